//! Accounts: a person as this provider knows them, with credentials and links.

use serde::{Deserialize, Serialize};

use crate::crypto::{Digest, HmacKey, hmac_sha256};
use crate::encoding::bytes_as_b64url;
use crate::id::{ConnectionId, SubjectId, TenantId};
use crate::time::Timestamp;

/// Where an account is in its life. Only an active one signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AccountStatus {
    /// In use.
    Active,
    /// Locked after an incident; may come back.
    Locked,
    /// Switched off by an operator.
    Suspended,
}

/// An account as a store keeps it. What identifies the person is sealed or digested.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// The subject; never used again.
    pub subject: SubjectId,
    /// Where it is in its life.
    pub status: AccountStatus,
    /// Raised with each change; a change names the version it saw.
    pub version: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Keyed digests of the names a person may type to sign in.
    pub identifiers: Vec<IdentifierDigest>,
    /// The identity profile, sealed by a [`KeyWrapper`](crate::seal::KeyWrapper).
    #[serde(with = "bytes_as_b64url")]
    pub sealed_profile: Vec<u8>,
    /// Local credentials.
    pub credentials: Vec<Credential>,
    /// Identities at other providers.
    pub links: Vec<Link>,
}

/// A local credential, for example a password hash.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Credential {
    /// Which authenticator reads it (`password`).
    pub kind: String,
    /// Raised with each change; counters advance by compare and set.
    pub version: u64,
    /// What the authenticator stored: a hash, never the secret itself. The provider
    /// keeps it sealed for this subject, so that it is no use in another account.
    pub data: String,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// An identity at another provider that leads to this account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The connection it came through.
    pub connection: ConnectionId,
    /// Keyed digest of (issuer, subject) there.
    pub digest: LinkDigest,
    /// When it was linked.
    pub linked_at: Timestamp,
}

/// Keyed digest of a name typed at sign-in. Only who has the key can look a person up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IdentifierDigest(pub Digest);

/// Keyed digest of an upstream identity: issuer and subject, never an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LinkDigest(pub Digest);

/// Makes the keyed digests by which people are looked up.
#[derive(Clone, Debug)]
pub struct LookupKey(HmacKey);

impl LookupKey {
    /// From a key derived from the root key.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(HmacKey::new(key))
    }

    /// The digest of a name typed at sign-in. Blanks around it and letter case do not count.
    pub fn identifier(&self, tenant: &TenantId, typed: &str) -> IdentifierDigest {
        let canonical = typed.trim().to_lowercase();
        IdentifierDigest(hmac_sha256(
            &self.0,
            &[b"identifier", tenant.as_bytes(), canonical.as_bytes()],
        ))
    }

    /// The digest of an upstream identity.
    pub fn link(&self, tenant: &TenantId, issuer: &str, subject: &str) -> LinkDigest {
        let parts: [&[u8]; 4] = [
            b"link",
            tenant.as_bytes(),
            issuer.as_bytes(),
            subject.as_bytes(),
        ];
        LinkDigest(hmac_sha256(&self.0, &parts))
    }

    /// The digest of a sensitive value, to find its surrogate again.
    pub fn vault(&self, tenant: &TenantId, domain: &str, value: &[u8]) -> Digest {
        hmac_sha256(
            &self.0,
            &[b"vault", tenant.as_bytes(), domain.as_bytes(), value],
        )
    }
}
