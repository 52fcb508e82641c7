//! From claims to attributes.

use ciam_core::attribute::AttributeValue;
use ciam_core::{Attribute, Attributes, Provenance, Sensitivity, Timestamp};
use serde_json::{Map, Value};

use crate::connection::Connection;
use crate::reserved::is_reserved;
use crate::verified::{check_of, checked_value};

/// The claims that the connection lists, and no others.
pub(super) fn take_over(
    connection: &Connection,
    claims: &Map<String, Value>,
    now: Timestamp,
) -> Attributes {
    let personal = connection
        .claims
        .iter()
        .map(|name| (name, Sensitivity::Personal));
    let sensitive = connection
        .sensitive
        .iter()
        .map(|name| (name, Sensitivity::Sensitive));
    // Sensitive last: it replaces, so that a claim in both lists is sensitive.
    personal
        .chain(sensitive)
        .filter(|(name, _)| !is_reserved(name.as_str()) && checked_value(name.as_str()).is_none())
        .filter_map(|(name, sensitivity)| {
            let claim = claims.get(name.as_str())?;
            let provenance = Provenance {
                source: connection.id.as_str().to_owned(),
                verified: connection.vouches && is_checked(name.as_str(), claims),
                at: now,
            };
            Some((name.clone(), attribute(claim, sensitivity, &provenance)))
        })
        .collect()
}

/// A provider does not vouch for an address that it did not check itself
/// (OIDC Core 5.1); saying nothing counts as not checked.
fn is_checked(name: &str, claims: &Map<String, Value>) -> bool {
    match check_of(name) {
        Some(check) => claims.get(check) == Some(&Value::Bool(true)),
        None => true,
    }
}

fn attribute(claim: &Value, sensitivity: Sensitivity, provenance: &Provenance) -> Attribute {
    let values = match claim {
        Value::Null => &[],
        Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    let value = |value: &Value| AttributeValue {
        value: value.clone(),
        sensitivity,
        provenance: provenance.clone(),
    };
    Attribute {
        values: values.iter().map(value).collect(),
    }
}
