//! The claims that say whether another claim was checked (OIDC Core 5.1). They are
//! no attributes: they are told from the provenance of the value they are about, so
//! that the two never part.

use serde_json::{Map, Value};

/// The claim that says whether the value of `name` was checked.
pub(crate) fn check_of(name: &str) -> Option<&'static str> {
    PAIRS
        .iter()
        .find(|(value, _)| *value == name)
        .map(|(_, check)| *check)
}

/// The attribute that the claim `name` is about, when it is such a claim.
pub(crate) fn checked_value(name: &str) -> Option<&'static str> {
    PAIRS
        .iter()
        .find(|(_, check)| *check == name)
        .map(|(value, _)| *value)
}

/// Adds claims that count less to those that count more. What says that a value was
/// checked is taken over only together with that value, and without it says nothing.
pub(crate) fn add(claims: &mut Map<String, Value>, mut more: Map<String, Value>) {
    for (value, check) in PAIRS {
        if !claims.contains_key(value) {
            claims.remove(check);
        }
    }
    more.retain(|name, _| {
        let value = checked_value(name).unwrap_or(name);
        !claims.contains_key(name) && !claims.contains_key(value)
    });
    claims.extend(more);
}

const PAIRS: [(&str, &str); 2] = [
    ("email", "email_verified"),
    ("phone_number", "phone_number_verified"),
];
