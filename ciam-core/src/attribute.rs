//! Attributes: what is known about a person, from where, and how touchy it is.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::time::Timestamp;

/// An attribute's name: lower-case letters, digits, `_`, `.` and `-`, starting
/// with a letter, at most 64 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AttributeName(String);

impl AttributeName {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is not an attribute name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an attribute name: lower-case letters, digits, `_`, `.` and `-` are wanted, starting with a letter"
)]
pub struct AttributeNameError(String);

impl FromStr for AttributeName {
    type Err = AttributeNameError;

    fn from_str(text: &str) -> Result<Self, AttributeNameError> {
        let fits = text.len() <= 64
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| {
                b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.' | b'-')
            });
        fits.then(|| Self(text.to_owned()))
            .ok_or_else(|| AttributeNameError(text.chars().take(64).collect()))
    }
}

impl TryFrom<String> for AttributeName {
    type Error = AttributeNameError;

    fn try_from(text: String) -> Result<Self, AttributeNameError> {
        text.parse()
    }
}

impl From<AttributeName> for String {
    fn from(name: AttributeName) -> Self {
        name.0
    }
}

impl std::borrow::Borrow<str> for AttributeName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AttributeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AttributeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How touchy a value is; ordered from harmless to touchy.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Says nothing about a person (a surrogate, a language).
    Public,
    /// Personal data: released by rule, never logged.
    #[default]
    Personal,
    /// A value that must not leave the broker in clear (a national identity number).
    Sensitive,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The connection, attribute source or transformer that gave it.
    pub source: String,
    /// Whether the source vouches for it, as opposed to the person having typed it.
    #[serde(default)]
    pub verified: bool,
    /// When it was fetched.
    pub at: Timestamp,
}

/// One value of an attribute. `Debug` hides it unless it is public.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeValue {
    /// The value: text, a number, a boolean or an object such as an address.
    pub value: Value,
    /// How touchy it is.
    #[serde(default)]
    pub sensitivity: Sensitivity,
    /// Where it comes from.
    pub provenance: Provenance,
}

impl fmt::Debug for AttributeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("AttributeValue");
        match self.sensitivity {
            Sensitivity::Public => out.field("value", &self.value),
            Sensitivity::Personal | Sensitivity::Sensitive => out.field("value", &"[redacted]"),
        };
        out.field("sensitivity", &self.sensitivity)
            .field("provenance", &self.provenance)
            .finish()
    }
}

/// The values of one name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attribute {
    /// In the order the sources gave them.
    pub values: Vec<AttributeValue>,
}

impl Attribute {
    /// One value.
    pub fn single(value: AttributeValue) -> Self {
        Self {
            values: vec![value],
        }
    }

    /// The first value.
    pub fn first(&self) -> Option<&AttributeValue> {
        self.values.first()
    }

    /// Whether there is a value, and the source vouches for each.
    pub fn is_verified(&self) -> bool {
        !self.values.is_empty() && self.values.iter().all(|v| v.provenance.verified)
    }

    /// The most touchy of its values decides.
    pub fn sensitivity(&self) -> Sensitivity {
        self.values
            .iter()
            .map(|v| v.sensitivity)
            .max()
            .unwrap_or(Sensitivity::Public)
    }
}

/// Attributes by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attributes(BTreeMap<AttributeName, Attribute>);

impl Attributes {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// The attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.0.get(name)
    }

    /// The first value of that name, when it is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attribute(name)?.first()?.value.as_str()
    }

    /// Sets the attribute, replacing one of the same name.
    pub fn insert(&mut self, name: AttributeName, attribute: Attribute) {
        self.0.insert(name, attribute);
    }

    /// Takes the attribute out.
    pub fn remove(&mut self, name: &str) -> Option<Attribute> {
        self.0.remove(name)
    }

    /// In alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&AttributeName, &Attribute)> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes over all of `newer`; a name that is in both gets the newer values.
    pub fn merge(&mut self, newer: Self) {
        self.0.extend(newer.0);
    }
}

impl FromIterator<(AttributeName, Attribute)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (AttributeName, Attribute)>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}

/// The identity profile: the attributes of one subject, merged from sources.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What is known.
    #[serde(default)]
    pub attributes: Attributes,
}
