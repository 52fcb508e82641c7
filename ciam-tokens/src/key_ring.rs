//! The keys of one tenant, sealed in a store.

use std::sync::Arc;

use async_trait::async_trait;
use ciam_core::seal::{KeyWrapper, SealError};
use ciam_core::store::{KeyRecord, KeyStore, KeyUse as StoredUse, StoreError};
use ciam_core::{TenantId, Timestamp};

use crate::algorithm::{ContentEncryption, KeyManagement, SigningAlgorithm};
use crate::error::JoseError;
use crate::jwk_set::JwkSet;
use crate::key::{DecryptKey, DecryptKeySet, EncryptKeySet, KeyId, SigningKey, VerifyKeySet};
use crate::port::{Decrypter, Signer};
use crate::source::{KeySourceError, VerifyKeySource};

/// The private keys of a tenant: one signs, all decrypt, and all are published.
///
/// ```
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use ciam_core::seal::LocalKeyWrapper;
/// use ciam_core::store::memory::MemoryStore;
/// use ciam_core::{Clock, Issuer, Secret, SystemClock, SystemEntropy, TenantId};
/// use ciam_tokens::KeyRing;
///
/// let issuer: Issuer = "https://id.example.com".parse()?;
/// let wrapper = LocalKeyWrapper::new(&Secret::new([7; 32]), SystemEntropy)?;
/// let store = MemoryStore::new();
/// let tenant = TenantId::of(&issuer);
/// let ring = KeyRing::load_or_create(&tenant, &store, &wrapper, SystemClock.now()).await?;
/// println!("{}", ring.public_jwks());
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new()?.block_on(example())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct KeyRing {
    tenant: TenantId,
    signing: Arc<dyn Signer>,
    verify: Arc<VerifyKeySet>,
    decrypt: DecryptKeySet,
    public_jwks: Arc<str>,
}

/// Why the keys of a tenant could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyRingError {
    /// The store failed.
    #[error("the keys cannot be loaded")]
    Store(#[from] StoreError),
    /// They do not open: most likely with another root key than the one that
    /// sealed them.
    #[error("the keys cannot be opened; is it the same root key as before?")]
    Seal(#[from] SealError),
    /// What was opened is not a key, or a new one could not be made.
    #[error("a key of the store is not usable")]
    Key(#[from] JoseError),
    /// Other nodes changed the keys again and again.
    #[error("the keys changed while they were loaded")]
    Contended,
}

impl KeyRing {
    /// Keys that lie elsewhere than in the store, such as in a key service:
    /// the one that signs, those that decrypt, and what is published. In
    /// `published` may be more keys, such as old ones that only verify.
    ///
    /// # Errors
    ///
    /// [`JoseError::Key`] when the public half of a key, with its name, use
    /// and algorithm, is not in `published`: nobody could use its tokens.
    pub fn new(
        tenant: TenantId,
        signing: Arc<dyn Signer>,
        decrypt: DecryptKeySet,
        published: &JwkSet,
    ) -> Result<Self, JoseError> {
        let verify = VerifyKeySet::from_jwk_set(published);
        verify
            .select(Some(signing.kid()), signing.algorithm())
            .map_err(|_| JoseError::Key("the key that signs is not published"))?;
        let encrypt = EncryptKeySet::from_jwk_set(published);
        let is_published = |key: &Arc<dyn Decrypter>| {
            let mut keys = encrypt.keys().iter();
            keys.any(|public| public.kid() == Some(key.kid()))
        };
        if !decrypt.keys().iter().all(is_published) {
            return Err(JoseError::Key("a key that decrypts is not published"));
        }
        Ok(Self {
            tenant,
            signing,
            verify: Arc::new(verify),
            decrypt,
            public_jwks: published.to_json().into(),
        })
    }

    /// Loads the keys of a tenant; what is missing is made, sealed and stored
    /// first. With several nodes at once, one creates and all load the same.
    /// Keys of algorithms that this version does not know are left alone.
    ///
    /// # Errors
    ///
    /// [`KeyRingError`]; nothing that is stored is overwritten then.
    pub async fn load_or_create(
        tenant: &TenantId,
        store: &dyn KeyStore,
        wrapper: &dyn KeyWrapper,
        now: Timestamp,
    ) -> Result<Self, KeyRingError> {
        for _ in 0..ATTEMPTS {
            let stored = store.keys(tenant).await?;
            let missing: Vec<StoredUse> = [StoredUse::Sig, StoredUse::Enc]
                .into_iter()
                .filter(|key_use| !stored.keys.iter().any(|key| is_known(key, *key_use)))
                .collect();
            if missing.is_empty() {
                return Self::open(*tenant, &stored.keys, wrapper).await;
            }
            let mut keys = stored.keys;
            for key_use in missing {
                keys.push(create(tenant, key_use, wrapper, now).await?);
            }
            // Won or lost, the next round loads what all nodes agree on.
            let _won = store.replace_keys(tenant, stored.generation, keys).await?;
        }
        Err(KeyRingError::Contended)
    }

    async fn open(
        tenant: TenantId,
        records: &[KeyRecord],
        wrapper: &dyn KeyWrapper,
    ) -> Result<Self, KeyRingError> {
        // The newest first: it signs, and others encrypt to it.
        let mut records: Vec<&KeyRecord> = records.iter().collect();
        records.sort_by_key(|key| std::cmp::Reverse((key.created_at, key.kid.clone())));
        let mut signing = Vec::new();
        let mut decrypt = Vec::new();
        for record in records {
            let context = context(&tenant, record.key_use, &record.algorithm, &record.kid);
            if is_known(record, StoredUse::Sig) {
                let pkcs8 = wrapper.open(&context, &record.sealed).await?;
                let key = SigningKey::from_pkcs8(SigningAlgorithm::Es256, pkcs8.expose())?;
                signing.push(Arc::new(key));
            } else if is_known(record, StoredUse::Enc) {
                let pkcs8 = wrapper.open(&context, &record.sealed).await?;
                let key = DecryptKey::from_pkcs8(
                    KeyManagement::EcdhEs,
                    ContentEncryption::A256Gcm,
                    pkcs8.expose(),
                )?;
                decrypt.push(Arc::new(key));
            }
        }
        let published = JwkSet::new(
            signing
                .iter()
                .map(|key| key.public_jwk())
                .chain(decrypt.iter().map(|key| key.public_jwk())),
        );
        let current = signing
            .into_iter()
            .next()
            .ok_or(JoseError::Key("no key signs"))?;
        let decrypt = DecryptKeySet::new(decrypt);
        Ok(Self::new(tenant, current, decrypt, &published)?)
    }

    /// Whose keys these are.
    #[must_use]
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// The key that signs.
    #[must_use]
    pub fn signing(&self) -> &Arc<dyn Signer> {
        &self.signing
    }

    /// The keys that check what was signed.
    #[must_use]
    pub fn verify_keys(&self) -> &Arc<VerifyKeySet> {
        &self.verify
    }

    /// The keys that decrypt what others sent.
    #[must_use]
    pub fn decrypt_keys(&self) -> &DecryptKeySet {
        &self.decrypt
    }

    /// The JWK Set document to publish at `jwks_uri`, newest keys first.
    #[must_use]
    pub fn public_jwks(&self) -> &Arc<str> {
        &self.public_jwks
    }
}

#[async_trait]
impl VerifyKeySource for KeyRing {
    fn held(&self, _now: Timestamp) -> Option<Arc<VerifyKeySet>> {
        Some(Arc::clone(&self.verify))
    }

    async fn fetched(
        &self,
        _kid: Option<&KeyId>,
        _now: Timestamp,
    ) -> Result<Arc<VerifyKeySet>, KeySourceError> {
        Ok(Arc::clone(&self.verify))
    }
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRing")
            .field("tenant", &self.tenant)
            .field("signing", &self.signing)
            .field("decrypt", &self.decrypt)
            .finish_non_exhaustive()
    }
}

/// Whether this version can use the key for this use.
fn is_known(record: &KeyRecord, key_use: StoredUse) -> bool {
    record.key_use == key_use && record.algorithm == algorithm(key_use)
}

const fn algorithm(key_use: StoredUse) -> &'static str {
    match key_use {
        StoredUse::Sig => SigningAlgorithm::Es256.as_str(),
        StoredUse::Enc => KeyManagement::EcdhEs.as_str(),
    }
}

async fn create(
    tenant: &TenantId,
    key_use: StoredUse,
    wrapper: &dyn KeyWrapper,
    now: Timestamp,
) -> Result<KeyRecord, KeyRingError> {
    let (kid, pkcs8) = match key_use {
        StoredUse::Sig => {
            let key = SigningKey::generate(SigningAlgorithm::Es256)?;
            (key.kid().to_string(), key.to_pkcs8()?)
        }
        StoredUse::Enc => {
            let key = DecryptKey::generate(KeyManagement::EcdhEs, ContentEncryption::A256Gcm)?;
            (key.kid().to_string(), key.to_pkcs8()?)
        }
    };
    let algorithm = algorithm(key_use);
    let context = context(tenant, key_use, algorithm, &kid);
    Ok(KeyRecord {
        sealed: wrapper.seal(&context, pkcs8.expose()).await?,
        kid,
        key_use,
        algorithm: algorithm.to_owned(),
        created_at: now,
    })
}

/// Binds a sealed key to its place: moved to another tenant, use or name it
/// does not open.
fn context(tenant: &TenantId, key_use: StoredUse, algorithm: &str, kid: &str) -> Vec<u8> {
    let key_use = match key_use {
        StoredUse::Sig => "sig",
        StoredUse::Enc => "enc",
    };
    format!("ciam key {tenant} {key_use} {algorithm} {kid}").into_bytes()
}

const ATTEMPTS: usize = 8;
