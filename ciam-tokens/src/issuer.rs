//! Issues tokens with the keys of a tenant.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use ciam_core::TenantId;
use ciam_core::crypto::Digest;
use ciam_core::jwk::JwkSetDocument;
use ciam_core::token::{IssuedToken, TokenError, TokenIssuer, TokenSpec};

use crate::error::JoseError;
use crate::json;
use crate::jwk_set::JwkSet;
use crate::key::EncryptKeySet;
use crate::key_ring::KeyRing;
use crate::{jwe, jws};

/// Signs with the keys of one [`KeyRing`], and encrypts to the recipient's
/// keys where that is asked for. Where it is asked for and not possible, it
/// refuses: there is no way from here to an unencrypted token.
pub struct KeyRingIssuer {
    ring: Arc<KeyRing>,
    /// Parsed keys of recipients, by the digest of their document.
    recipients: Mutex<HashMap<Digest, Arc<EncryptKeySet>>>,
}

impl KeyRingIssuer {
    /// Issues with these keys, for their tenant.
    #[must_use]
    pub fn new(ring: Arc<KeyRing>) -> Self {
        Self {
            ring,
            recipients: Mutex::default(),
        }
    }

    fn recipient(&self, document: &JwkSetDocument) -> Result<Arc<EncryptKeySet>, TokenError> {
        let lock = || {
            self.recipients
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(known) = lock().get(document.digest()) {
            return Ok(Arc::clone(known));
        }
        let set =
            JwkSet::parse(document.as_str().as_bytes()).map_err(|_| TokenError::NoEncryptionKey)?;
        let keys = Arc::new(EncryptKeySet::from_jwk_set(&set));
        let mut recipients = lock();
        if recipients.len() >= MAX_RECIPIENTS {
            recipients.clear();
        }
        recipients.insert(*document.digest(), Arc::clone(&keys));
        Ok(keys)
    }
}

#[async_trait]
impl TokenIssuer for KeyRingIssuer {
    async fn issue(
        &self,
        tenant: &TenantId,
        spec: TokenSpec<'_>,
        encrypt_to: Option<&JwkSetDocument>,
    ) -> Result<IssuedToken, TokenError> {
        if tenant != self.ring.tenant() {
            return Err(TokenError::Unavailable(
                JoseError::Key("these are the keys of another tenant").into(),
            ));
        }
        // First of all: without a key for the recipient nothing is signed.
        let recipient = encrypt_to
            .map(|document| self.recipient(document))
            .transpose()?;
        let (typ, payload) = payload(spec)?;
        // Whatever keeps a key from signing is a fault of ours.
        let signed = jws::sign_with(self.ring.signing().as_ref(), typ, &payload)
            .await
            .map_err(|cause| TokenError::Unavailable(cause.into()))?;
        let Some(keys) = recipient else {
            return Ok(IssuedToken(signed.into_string()));
        };
        let key = keys.preferred().map_err(|_| TokenError::NoEncryptionKey)?;
        jwe::encrypt_nested(key, &signed)
            .map(IssuedToken)
            .map_err(unavailable)
    }
}

impl std::fmt::Debug for KeyRingIssuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRingIssuer")
            .field("ring", &self.ring)
            .finish_non_exhaustive()
    }
}

fn payload(spec: TokenSpec<'_>) -> Result<(&'static str, Vec<u8>), TokenError> {
    let (typ, payload) = match spec {
        TokenSpec::Access(claims) => ("at+jwt", serde_json::to_vec(claims)),
        TokenSpec::Id(claims) => ("JWT", serde_json::to_vec(claims)),
        _ => return Err(unavailable(JoseError::Type("not a kind that is issued"))),
    };
    let payload = payload.map_err(|cause| TokenError::Unavailable(cause.into()))?;
    // A released attribute must not stand in for a registered claim: readers
    // that take the last of two would believe it.
    json::parse_object(&payload).map_err(|_| {
        unavailable(JoseError::Claims(
            "an attribute has the name of a registered claim",
        ))
    })?;
    Ok((typ, payload))
}

fn unavailable(cause: JoseError) -> TokenError {
    TokenError::Unavailable(cause.into())
}

const MAX_RECIPIENTS: usize = 1024;
