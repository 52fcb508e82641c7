//! Release: which attributes leave, for which client, in which form.
//!
//! What no rule lets out stays. A sensitive attribute leaves only for a client
//! that a rule names and only with `"clear": true`.

use std::collections::BTreeSet;

use ciam_core::settings::SettingsKind;
use ciam_core::{Attribute, AttributeName, Attributes, ClientId, Scope, Scopes, Sensitivity};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::document::{self, DocumentError};
use crate::reserved::is_reserved;
use crate::verified::{check_of, checked_value};

/// Where attributes go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReleaseTarget<'a> {
    /// The client's ID token.
    IdToken,
    /// The client's userinfo response.
    UserInfo,
    /// An access token for this audience.
    AccessToken(&'a str),
}

/// The document of [`SettingsKind::Release`].
///
/// ```
/// use ciam_broker::{ReleaseSettings, ReleaseTarget};
/// use ciam_core::Attributes;
///
/// let rules = ReleaseSettings::parse(r#"{"rules": [
///     {"scope": "profile", "attributes": [{"attribute": "given_name"}]},
///     {"scope": "orders:read", "to": ["access_token"], "audiences": ["https://orders.example"],
///      "attributes": [{"attribute": "person", "claim": "person_key"}]}
/// ]}"#)?;
/// let claims = rules.release(
///     &Attributes::new(), &"shop".parse()?, &"openid profile".parse()?, ReleaseTarget::IdToken,
/// );
/// assert!(claims.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseSettings {
    /// An attribute leaves when any rule lets it out. When two rules fill one
    /// claim, the first counts.
    #[serde(default)]
    pub rules: Vec<ReleaseRule>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseRule {
    /// The scope that the client must have been granted.
    pub scope: Scope,
    /// For these clients; for all when empty.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub clients: BTreeSet<ClientId>,
    /// In which tokens and responses; when empty, ID token and userinfo.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub to: BTreeSet<ReleaseTo>,
    /// Into access tokens of these audiences.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub audiences: BTreeSet<String>,
    /// What is let out.
    pub attributes: Vec<ReleasedAttribute>,
}

/// A kind of token or response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReleaseTo {
    /// ID tokens.
    IdToken,
    /// Userinfo responses.
    #[serde(rename = "userinfo")]
    UserInfo,
    /// Access tokens: the rule then names audiences.
    AccessToken,
}

/// One attribute that is let out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasedAttribute {
    /// Which attribute.
    pub attribute: AttributeName,
    /// The claim's name, when it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// Whether it may leave even when it is sensitive. The rule then names clients.
    #[serde(default)]
    pub clear: bool,
}

impl ReleaseSettings {
    /// Where it is stored.
    pub const KIND: SettingsKind = SettingsKind::Release;

    /// Reads and checks a document.
    ///
    /// # Errors
    /// [`DocumentError`] with the first mistake.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        let settings: Self = document::parse(text)?;
        for (index, rule) in settings.rules.iter().enumerate() {
            rule.check(&format!("rules[{index}]"))?;
        }
        Ok(settings)
    }

    /// As JSON, to be published.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The claims that `client`, having been granted `scopes`, gets of
    /// `attributes`, by name. Values keep their JSON type; several values of
    /// one attribute become an array.
    ///
    /// `email_verified` and `phone_number_verified` are told from the provenance of
    /// the address or number, whatever an attribute of that name says, and always
    /// go along with the claims `email` and `phone_number`: a client must not take
    /// an address for checked that nobody vouches for.
    pub fn release(
        &self,
        attributes: &Attributes,
        client: &ClientId,
        scopes: &Scopes,
        target: ReleaseTarget<'_>,
    ) -> Map<String, Value> {
        let mut claims = Map::new();
        let applying = self
            .rules
            .iter()
            .filter(|rule| rule.applies(client, scopes, target));
        for released in applying.flat_map(|rule| &rule.attributes) {
            let name = released.attribute.as_str();
            // `email_verified` alone stands for the address it is about.
            let name = checked_value(name).unwrap_or(name);
            let only_check = name != released.attribute.as_str();
            let Some(attribute) = attributes.attribute(name) else {
                continue;
            };
            if attribute.sensitivity() == Sensitivity::Sensitive && !released.clear {
                continue;
            }
            let claim = if only_check { name } else { released.claim() };
            // Documents are checked when they are read, but this is the last gate.
            if is_reserved(claim)
                || checked_value(claim).is_some()
                || claims.contains_key(claim)
                || attribute.values.is_empty()
            {
                continue;
            }
            if !only_check && let Some(value) = json(attribute) {
                claims.insert(claim.to_owned(), value);
            }
            // Whatever attribute fills the claim: its own provenance says whether
            // the value was checked.
            if let Some(check) = check_of(claim)
                && (claims.contains_key(claim) || !claims.contains_key(check))
            {
                claims.insert(check.to_owned(), attribute.is_verified().into());
            }
        }
        claims
    }
}

impl ReleaseRule {
    fn applies(&self, client: &ClientId, scopes: &Scopes, target: ReleaseTarget<'_>) -> bool {
        let to_target = match target {
            ReleaseTarget::IdToken => self.to.is_empty() || self.to.contains(&ReleaseTo::IdToken),
            ReleaseTarget::UserInfo => self.to.is_empty() || self.to.contains(&ReleaseTo::UserInfo),
            ReleaseTarget::AccessToken(audience) => {
                self.to.contains(&ReleaseTo::AccessToken) && self.audiences.contains(audience)
            }
        };
        to_target
            && scopes.contains(self.scope.as_str())
            && (self.clients.is_empty() || self.clients.contains(client))
    }

    fn check(&self, path: &str) -> Result<(), DocumentError> {
        let to_access_tokens = self.to.contains(&ReleaseTo::AccessToken);
        if to_access_tokens == self.audiences.is_empty() {
            return Err(DocumentError::invalid(
                format!("{path}.audiences"),
                "a rule names audiences when it releases to `access_token`, and only then",
            ));
        }
        for (index, released) in self.attributes.iter().enumerate() {
            let path = format!("{path}.attributes[{index}]");
            let claim = released.claim();
            if is_reserved(claim) {
                let problem = format!("`{claim}` belongs to the protocol and cannot be released");
                return Err(DocumentError::invalid(format!("{path}.claim"), problem));
            }
            if claim.is_empty() || claim.len() > 128 || claim.chars().any(char::is_control) {
                let problem = "1 to 128 characters are wanted, without control characters";
                return Err(DocumentError::invalid(format!("{path}.claim"), problem));
            }
            if released.clear && self.clients.is_empty() {
                return Err(DocumentError::invalid(
                    format!("{path}.clear"),
                    "a rule that releases sensitive values names its clients",
                ));
            }
        }
        Ok(())
    }
}

impl ReleasedAttribute {
    fn claim(&self) -> &str {
        self.claim.as_deref().unwrap_or(self.attribute.as_str())
    }
}

fn json(attribute: &Attribute) -> Option<Value> {
    match attribute.values.as_slice() {
        [] => None,
        [one] => Some(one.value.clone()),
        several => Some(several.iter().map(|one| one.value.clone()).collect()),
    }
}
