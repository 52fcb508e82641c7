//! JOSE for `ciam`: keys, signed and encrypted tokens, and the rules of each
//! kind of token.
//!
//! - [`SigningKey`], [`VerifyKey`], [`EncryptKey`] and [`DecryptKey`] are
//!   different types, each bound to one algorithm and parsed once.
//! - [`jws`] and [`jwe`] are the compact serializations, read strictly. What
//!   comes out of [`UnverifiedJwe`] is signed but not yet verified.
//! - [`profile`] says what an access token, an ID token and a client assertion
//!   are; their results are different types.
//! - [`KeyRing`] keeps the keys of a tenant sealed in a store,
//!   [`KeyRingIssuer`] issues with them, and [`AccessTokenVerifier`] checks
//!   what callers show to an API.
//! - [`Signer`] and [`Decrypter`] are private keys wherever they lie: those of
//!   this process answer at once, those of an HSM or a key service through a
//!   future.
//!
//! The algorithms are ES256 for signatures and ECDH-ES on P-256 with A256GCM
//! for encryption. There is no `none` and no shared secret.
//!
//! ```
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//!
//! use ciam_core::jwk::JwkSetDocument;
//! use ciam_core::seal::LocalKeyWrapper;
//! use ciam_core::store::memory::MemoryStore;
//! use ciam_core::token::{AccessTokenClaims, TokenIssuer, TokenSpec};
//! use ciam_core::{Issuer, Secret, SystemEntropy, TenantId, Timestamp};
//! use ciam_tokens::{
//!     AccessTokenVerifier, ContentEncryption, DecryptKey, DecryptKeySet, JwkSet, KeyManagement,
//!     KeyRing, KeyRingIssuer,
//! };
//!
//! let now = Timestamp::from_secs(1_700_000_000);
//! let issuer: Issuer = "https://id.example.com".parse()?;
//! let tenant = TenantId::of(&issuer);
//!
//! // The provider: its keys lie sealed in its store.
//! let wrapper = LocalKeyWrapper::new(&Secret::new([7; 32]), SystemEntropy)?;
//! let store = MemoryStore::new();
//! let ring = Arc::new(KeyRing::load_or_create(&tenant, &store, &wrapper, now).await?);
//! let provider = KeyRingIssuer::new(Arc::clone(&ring));
//!
//! // The API: it publishes a key that tokens for it are encrypted to.
//! let private = DecryptKey::generate(KeyManagement::EcdhEs, ContentEncryption::A256Gcm)?;
//! let published = JwkSetDocument::new(&JwkSet::new([private.public_jwk()]).to_json())?;
//! let api = AccessTokenVerifier::new(issuer.as_str(), "https://orders.example.com", ring)
//!     .require_encryption(DecryptKeySet::new([Arc::new(private)]));
//!
//! // A token is signed by the one and encrypted to the other.
//! let claims = AccessTokenClaims {
//!     iss: issuer.to_string(),
//!     sub: "ada".into(),
//!     aud: "https://orders.example.com".into(),
//!     client_id: "shop".into(),
//!     iat: now.as_secs(),
//!     exp: now.as_secs() + 300,
//!     jti: "4f2a".into(),
//!     scope: "orders:read".into(),
//!     auth_time: None,
//!     acr: None,
//!     amr: Vec::new(),
//!     sid: None,
//!     gid: None,
//!     rest: Default::default(),
//! };
//! let token = provider
//!     .issue(&tenant, TokenSpec::Access(&claims), Some(&published))
//!     .await?;
//!
//! let principal = api.verify_token(&token.0, now).await?;
//! assert_eq!(principal.subject, "ada");
//! assert!(principal.scopes.contains("orders:read"));
//! # Ok(())
//! # }
//! # tokio::runtime::Runtime::new()?.block_on(example())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod algorithm;
mod base64url;
mod claims;
mod compact;
mod content_key;
mod error;
mod header;
mod issuer;
mod json;
#[cfg(feature = "jsonwebtoken")]
mod jsonwebtoken;
mod jwk;
mod jwk_set;
mod key;
mod key_ring;
mod port;
mod source;
mod verifier;

pub mod jwe;
pub mod jws;
pub mod profile;

pub use algorithm::{ContentEncryption, KeyManagement, SigningAlgorithm};
pub use compact::{MAX_ENCRYPTED, MAX_SIGNED, SignedToken};
pub use content_key::{ContentKey, ContentKeyHeader};
pub use error::JoseError;
pub use issuer::KeyRingIssuer;
pub use jwe::UnverifiedJwe;
pub use jwk::{Jwk, KeyUse};
pub use jwk_set::JwkSet;
pub use jws::{UnverifiedJws, VerifiedJws};
pub use key::{
    DecryptKey, DecryptKeySet, EncryptKey, EncryptKeySet, KeyId, SigningKey, VerifyKey,
    VerifyKeySet,
};
pub use key_ring::{KeyRing, KeyRingError};
pub use port::{Decrypter, PrivateKeyError, Signature, Signer};
pub use source::{KeySourceError, RemoteKeySet, VerifyKeySource};
pub use verifier::{AccessTokenVerifier, IdTokenVerifier};
