//! Points on P-256.

use aws_lc_rs::agreement::{ECDH_P256, ParsedPublicKey, UnparsedPublicKey};
use aws_lc_rs::digest::{SHA256, digest};

use crate::base64url;
use crate::error::JoseError;
use crate::key::KeyId;

/// A point that is on the curve and not its identity: `04 || x || y`
/// (SEC 1 2.3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct P256Point([u8; 65]);

impl P256Point {
    /// From the members `x` and `y` of a JWK, each 32 octets in base64url
    /// (RFC 7518 6.2.1.2).
    pub(crate) fn from_coordinates(x: &str, y: &str) -> Result<Self, JoseError> {
        const SIZE: JoseError = JoseError::Key("a coordinate has not the size of the curve");
        let decode = |text: &str| -> Result<[u8; 32], JoseError> {
            base64url::decode(text)
                .map_err(|_| SIZE)?
                .try_into()
                .map_err(|_| SIZE)
        };
        let (x, y) = (decode(x)?, decode(y)?);
        let mut bytes = [4_u8; 65];
        for (to, from) in bytes.iter_mut().skip(1).zip(x.iter().chain(&y)) {
            *to = *from;
        }
        Self::from_uncompressed(&bytes)
    }

    /// From 65 octets. The cryptographic library checks the curve equation
    /// (invalid-curve attacks, RFC 8725 3.4).
    pub(crate) fn from_uncompressed(bytes: &[u8]) -> Result<Self, JoseError> {
        const REFUSED: JoseError = JoseError::Key("not a point on P-256");
        let bytes: [u8; 65] = bytes.try_into().map_err(|_| REFUSED)?;
        if bytes.first() != Some(&4) {
            return Err(REFUSED);
        }
        let point = Self(bytes);
        point.for_agreement()?;
        Ok(point)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 65] {
        &self.0
    }

    /// The same point as a peer of a key agreement.
    pub(crate) fn for_agreement(&self) -> Result<ParsedPublicKey, JoseError> {
        ParsedPublicKey::try_from(UnparsedPublicKey::new(&ECDH_P256, &self.0))
            .map_err(|_| JoseError::Key("not a point on P-256"))
    }

    pub(crate) fn x(&self) -> String {
        base64url::encode(self.0.get(1..33).unwrap_or_default())
    }

    pub(crate) fn y(&self) -> String {
        base64url::encode(self.0.get(33..).unwrap_or_default())
    }

    /// The name of the key: its SHA-256 thumbprint (RFC 7638 3).
    pub(crate) fn thumbprint(&self) -> KeyId {
        let canonical = format!(
            r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
            self.x(),
            self.y()
        );
        KeyId::from_thumbprint(base64url::encode(
            digest(&SHA256, canonical.as_bytes()).as_ref(),
        ))
    }
}
