//! The protected header of a compact token (RFC 7515 4, RFC 7516 4).

use serde_json::Value;

use crate::base64url;
use crate::error::JoseError;
use crate::json::{self, Object};
use crate::key::KeyId;

/// Encoded headers longer than this are refused unread.
pub(crate) const MAX_HEADER: usize = 8 * 1024;

/// The members that both kinds of tokens have. `jku`, `x5u`, `jwk` and `x5c`
/// are not read: a token does not choose the key that checks it (RFC 8725 3.10).
#[derive(Debug, Clone)]
pub(crate) struct Header {
    pub(crate) alg: String,
    pub(crate) kid: Option<KeyId>,
    pub(crate) typ: Option<String>,
    pub(crate) cty: Option<String>,
    pub(crate) members: Object,
}

impl Header {
    /// Reads the first segment of a token.
    pub(crate) fn parse(segment: &str) -> Result<Self, JoseError> {
        if segment.len() > MAX_HEADER {
            return Err(JoseError::TooLarge("the header"));
        }
        let members = json::parse_object(&base64url::decode(segment)?)?;
        // No extension is implemented, so any `crit` names one that is not
        // understood, and an empty one is malformed (RFC 7515 4.1.11).
        if members.contains_key("crit") {
            return Err(JoseError::Header("`crit` names an unknown extension"));
        }
        // Without `crit` beside it a reader would be free to ignore `b64`
        // (RFC 7797 6): two readers, two payloads.
        if members.contains_key("b64") {
            return Err(JoseError::Header("`b64` is not supported"));
        }
        let alg = match members.get("alg") {
            Some(Value::String(alg)) => alg.clone(),
            _ => return Err(JoseError::Algorithm("`alg` is not a string")),
        };
        let kid = match members.get("kid") {
            None => None,
            Some(Value::String(kid)) => Some(KeyId::parse(kid)?),
            Some(_) => return Err(JoseError::Key("`kid` is not a string")),
        };
        Ok(Self {
            alg,
            kid,
            typ: media_type(&members, "typ")?,
            cty: media_type(&members, "cty")?,
            members,
        })
    }

    /// A member that is a string or absent.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, JoseError> {
        match self.members.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(JoseError::Header("a member is not a string")),
        }
    }
}

/// A media type in lower case and without `application/` (RFC 7515 4.1.9).
fn media_type(members: &Object, name: &str) -> Result<Option<String>, JoseError> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => {
            let lower = text.to_ascii_lowercase();
            let short = lower
                .strip_prefix("application/")
                .filter(|rest| !rest.contains('/'));
            Ok(Some(short.map_or(lower.clone(), str::to_owned)))
        }
        Some(_) => Err(JoseError::Header("`typ` or `cty` is not a string")),
    }
}
