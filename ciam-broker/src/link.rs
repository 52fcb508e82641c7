//! Linking: which account an external identity leads to.
//!
//! The key is (issuer, subject), as a keyed digest. Never an e-mail address: a
//! provider that lets people choose theirs would hand out other people's
//! accounts.

use ciam_core::account::{Link, LinkDigest, LookupKey};
use ciam_core::{TenantId, Timestamp};

use crate::identity::VerifiedIdentity;

impl VerifiedIdentity<'_> {
    /// The digest by which its account is found.
    pub fn link_digest(&self, key: &LookupKey, tenant: &TenantId) -> LinkDigest {
        key.link(tenant, self.issuer(), self.subject())
    }

    /// The link to store with its account.
    pub fn link(&self, key: &LookupKey, tenant: &TenantId, now: Timestamp) -> Link {
        Link {
            connection: self.connection().clone(),
            digest: self.link_digest(key, tenant),
            linked_at: now,
        }
    }
}
