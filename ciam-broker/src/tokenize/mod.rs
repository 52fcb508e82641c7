//! Tokenization: a surrogate stands for a sensitive value.
//!
//! Only whoever may detokenize gets the value back; everybody else can compare
//! surrogates, and nothing more.

use std::fmt;

use async_trait::async_trait;
use ciam_core::seal::SealError;
use ciam_core::{StoreError, TenantId, Timestamp};
use serde_json::Value;

mod vault;

pub use vault::VaultTokenizer;

use crate::name::TokenDomain;

/// Why a value could not be tokenized, or a surrogate not be resolved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenizeError {
    /// There is no value behind it here: unknown, forgotten, or of another
    /// tenant or domain. It does not say which.
    #[error("there is no such surrogate")]
    Unknown,
    /// The caller gave no purpose.
    #[error("a purpose is wanted")]
    NoPurpose,
    /// The store failed.
    #[error("the vault's store failed")]
    Store(#[from] StoreError),
    /// The value could not be sealed or opened.
    #[error("the vault's seal failed")]
    Seal(#[from] SealError),
}

impl TokenizeError {
    /// Whether trying again later may help.
    pub const fn is_unavailable(&self) -> bool {
        matches!(
            self,
            Self::Store(StoreError::Unavailable(_)) | Self::Seal(SealError::Unavailable(_))
        )
    }
}

/// A sensitive value in clear. `Debug` hides it.
#[derive(Clone, PartialEq)]
pub struct ClearValue(Value);

impl ClearValue {
    /// The value itself. The name makes each use easy to find.
    pub fn expose(&self) -> &Value {
        &self.0
    }
}

impl fmt::Debug for ClearValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClearValue([redacted])")
    }
}

/// Replaces sensitive values by surrogates.
#[async_trait]
pub trait Tokenizer: Send + Sync + 'static {
    /// The surrogate of a value: the same for the same tenant, domain and value,
    /// and not to be computed without the keys.
    ///
    /// # Errors
    /// [`TokenizeError`]: the value must then go nowhere.
    async fn tokenize(
        &self,
        tenant: &TenantId,
        domain: &TokenDomain,
        value: &Value,
        now: Timestamp,
    ) -> Result<String, TokenizeError>;

    /// The value behind a surrogate.
    ///
    /// The caller has asked the policy before, with `purpose`, and has written
    /// the audit record: this checks neither.
    ///
    /// # Errors
    /// [`TokenizeError::Unknown`] when there is none here, [`TokenizeError::NoPurpose`]
    /// when `purpose` is blank, else what failed.
    async fn detokenize(
        &self,
        tenant: &TenantId,
        domain: &TokenDomain,
        surrogate: &str,
        purpose: &str,
    ) -> Result<ClearValue, TokenizeError>;
}
