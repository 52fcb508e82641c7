//! The vault: random surrogates, their values sealed in a store.

use std::sync::Arc;

use async_trait::async_trait;
use ciam_core::account::LookupKey;
use ciam_core::encoding::b64url_encode;
use ciam_core::outside::random;
use ciam_core::seal::{KeyWrapper, SealError};
use ciam_core::store::{VaultEntry, VaultPut, VaultStore};
use ciam_core::{Entropy, StoreError, TenantId, Timestamp};
use serde_json::Value;

use super::{ClearValue, TokenizeError, Tokenizer};
use crate::name::TokenDomain;

/// A [`Tokenizer`] over a [`VaultStore`]. A surrogate is `tok_` and 128 random
/// bits, so it says nothing about the value; the store finds a value's
/// surrogate by a keyed digest and holds the value sealed.
///
/// ```
/// use std::sync::Arc;
/// use ciam_broker::{TokenDomain, Tokenizer, VaultTokenizer};
/// use ciam_core::account::LookupKey;
/// use ciam_core::seal::LocalKeyWrapper;
/// use ciam_core::store::memory::MemoryStore;
/// use ciam_core::{Secret, SystemEntropy, TenantId, Timestamp};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let vault = VaultTokenizer::new(
///     Arc::new(MemoryStore::new()),
///     Arc::new(LocalKeyWrapper::new(&Secret::new([7; 32]), SystemEntropy)?),
///     LookupKey::new(&[8; 32]),
///     Arc::new(SystemEntropy),
/// );
/// let tenant = TenantId::of(&"https://id.example".parse()?);
/// let domain: TokenDomain = "national_id".parse()?;
/// let surrogate = vault
///     .tokenize(&tenant, &domain, &"131052-308T".into(), Timestamp::from_secs(1))
///     .await?;
/// assert!(surrogate.starts_with("tok_"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct VaultTokenizer {
    store: Arc<dyn VaultStore>,
    wrapper: Arc<dyn KeyWrapper>,
    lookup: LookupKey,
    entropy: Arc<dyn Entropy>,
}

impl VaultTokenizer {
    /// A vault in `store`, sealed by `wrapper`. Who changes `lookup` gives every
    /// value a second surrogate.
    pub fn new(
        store: Arc<dyn VaultStore>,
        wrapper: Arc<dyn KeyWrapper>,
        lookup: LookupKey,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self {
            store,
            wrapper,
            lookup,
            entropy,
        }
    }

    async fn put(
        &self,
        tenant: &TenantId,
        domain: &TokenDomain,
        plain: &[u8],
        now: Timestamp,
    ) -> Result<String, TokenizeError> {
        let surrogate = format!(
            "tok_{}",
            b64url_encode(&random::<16>(self.entropy.as_ref()))
        );
        let sealed = self
            .wrapper
            .seal(&context(tenant, domain, &surrogate), plain)
            .await?;
        let entry = VaultEntry {
            domain: domain.as_str().to_owned(),
            lookup: self.lookup.vault(tenant, domain.as_str(), plain),
            surrogate: surrogate.clone(),
            sealed,
            created_at: now,
        };
        match self.store.put(tenant, entry).await? {
            VaultPut::Stored => Ok(surrogate),
            VaultPut::Existing(entry) => Ok(entry.surrogate),
        }
    }
}

#[async_trait]
impl Tokenizer for VaultTokenizer {
    async fn tokenize(
        &self,
        tenant: &TenantId,
        domain: &TokenDomain,
        value: &Value,
        now: Timestamp,
    ) -> Result<String, TokenizeError> {
        // As JSON, so that the text "1" and the number 1 are two values.
        let plain = value.to_string();
        match self.put(tenant, domain, plain.as_bytes(), now).await {
            // The surrogate was drawn before: draw again, once. Twice is no chance.
            Err(TokenizeError::Store(StoreError::Conflict)) => {
                self.put(tenant, domain, plain.as_bytes(), now).await
            }
            answer => answer,
        }
    }

    async fn detokenize(
        &self,
        tenant: &TenantId,
        domain: &TokenDomain,
        surrogate: &str,
        purpose: &str,
    ) -> Result<ClearValue, TokenizeError> {
        if purpose.trim().is_empty() {
            return Err(TokenizeError::NoPurpose);
        }
        let entry = self
            .store
            .by_surrogate(tenant, domain.as_str(), surrogate)
            .await?
            .ok_or(TokenizeError::Unknown)?;
        let plain = self
            .wrapper
            .open(&context(tenant, domain, surrogate), &entry.sealed)
            .await?;
        serde_json::from_slice(plain.expose())
            .map(ClearValue)
            .map_err(|_| TokenizeError::Seal(SealError::Corrupt))
    }
}

impl std::fmt::Debug for VaultTokenizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VaultTokenizer { .. }")
    }
}

/// Where a sealed value belongs, so that one moved to another row, domain or
/// tenant does not open. Names have no NUL in them.
fn context(tenant: &TenantId, domain: &TokenDomain, surrogate: &str) -> Vec<u8> {
    format!("vault\0{tenant}\0{domain}\0{surrogate}").into_bytes()
}
