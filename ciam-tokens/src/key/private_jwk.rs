//! Reading private keys from JWKs (RFC 7518 6.2.2).

use serde_json::Value;
use zeroize::Zeroizing;

use crate::base64url;
use crate::error::JoseError;
use crate::json;
use crate::jwk::{Jwk, KeyUse};
use crate::key::P256Point;

/// The parts of a private P-256 key.
pub(crate) struct PrivateP256 {
    pub(crate) jwk: Jwk,
    pub(crate) point: P256Point,
    pub(crate) d: Zeroizing<Vec<u8>>,
}

impl PrivateP256 {
    pub(crate) fn parse(text: &[u8], key_use: KeyUse) -> Result<Self, JoseError> {
        let mut members = json::parse_object(text)?;
        let d = match members.remove("d") {
            Some(Value::String(d)) => Zeroizing::new(d),
            _ => return Err(JoseError::Key("no private member `d`")),
        };
        let d = Zeroizing::new(base64url::decode(&d).map_err(|_| SIZE)?);
        if d.len() != 32 {
            return Err(SIZE);
        }
        let jwk = Jwk::from_private_members(&members)?;
        jwk.check_private_use(key_use)?;
        Ok(Self {
            point: jwk.point().clone(),
            jwk,
            d,
        })
    }
}

const SIZE: JoseError = JoseError::Key("`d` has not the size of the curve");
