//! Conversions to and from the types of the `jsonwebtoken` crate, so that code
//! that speaks them plugs in. It signs and checks nothing here.

use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::{Jwk as ForeignJwk, JwkSet as ForeignJwkSet};

use crate::algorithm::SigningAlgorithm;
use crate::error::JoseError;
use crate::jwk::Jwk;
use crate::jwk_set::JwkSet;

impl From<SigningAlgorithm> for Algorithm {
    fn from(algorithm: SigningAlgorithm) -> Self {
        match algorithm {
            SigningAlgorithm::Es256 => Self::ES256,
        }
    }
}

/// [`JoseError::Algorithm`] for those that are not supported.
impl TryFrom<Algorithm> for SigningAlgorithm {
    type Error = JoseError;

    fn try_from(algorithm: Algorithm) -> Result<Self, JoseError> {
        match algorithm {
            Algorithm::ES256 => Ok(Self::Es256),
            _ => Err(JoseError::Algorithm("not a supported signature")),
        }
    }
}

/// The other crate has no word for `ECDH-ES`: the `alg` of an encryption key
/// becomes its `UNKNOWN_ALGORITHM`.
impl TryFrom<&Jwk> for ForeignJwk {
    type Error = JoseError;

    fn try_from(jwk: &Jwk) -> Result<Self, JoseError> {
        serde_json::from_value(jwk.to_value())
            .map_err(|_| JoseError::Key("no such key in `jsonwebtoken`"))
    }
}

/// [`JoseError::Key`] for keys that are not supported, as [`Jwk::parse`].
impl TryFrom<&ForeignJwk> for Jwk {
    type Error = JoseError;

    fn try_from(jwk: &ForeignJwk) -> Result<Self, JoseError> {
        let text = serde_json::to_vec(jwk).map_err(|_| JoseError::Key("it cannot be written"))?;
        Self::parse(&text)
    }
}

impl TryFrom<&JwkSet> for ForeignJwkSet {
    type Error = JoseError;

    fn try_from(set: &JwkSet) -> Result<Self, JoseError> {
        let keys = set.keys().iter().map(ForeignJwk::try_from);
        Ok(Self {
            keys: keys.collect::<Result<_, _>>()?,
        })
    }
}

/// Keys that are not supported are left out, as [`JwkSet::parse`] does.
impl TryFrom<&ForeignJwkSet> for JwkSet {
    type Error = JoseError;

    fn try_from(set: &ForeignJwkSet) -> Result<Self, JoseError> {
        let text = serde_json::to_vec(set).map_err(|_| JoseError::Key("it cannot be written"))?;
        Self::parse(&text)
    }
}
