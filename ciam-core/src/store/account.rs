//! The port for people.

use async_trait::async_trait;

use super::StoreError;
use crate::account::{Account, IdentifierDigest, Link, LinkDigest};
use crate::id::{SubjectId, TenantId};

/// Answer of [`AccountStore::create_linked`].
#[must_use]
#[derive(Clone, Debug, PartialEq)]
pub enum Created {
    /// The account is stored.
    Created,
    /// The link leads to this account already; nothing was stored.
    Existing(Account),
}

/// Answer of [`AccountStore::link`].
#[must_use]
#[derive(Clone, Debug, PartialEq)]
pub enum Linked {
    /// It leads to the account now (or did before).
    Done,
    /// It leads to another account.
    Taken,
    /// There is no such account.
    Missing,
}

/// Answer of [`AccountStore::unlink`].
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlinked {
    /// It is gone.
    Done,
    /// It was the last way to sign in and stays.
    LastMethod,
    /// There was no such link.
    Missing,
}

/// Users, credentials and links together, so that none is made without the other.
#[async_trait]
pub trait AccountStore: Send + Sync + 'static {
    /// The account of a subject.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn find(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
    ) -> Result<Option<Account>, StoreError>;

    /// The account that a typed name leads to.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn find_by_identifier(
        &self,
        tenant: &TenantId,
        identifier: &IdentifierDigest,
    ) -> Result<Option<Account>, StoreError>;

    /// The account that an upstream identity leads to.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn find_by_link(
        &self,
        tenant: &TenantId,
        link: &LinkDigest,
    ) -> Result<Option<Account>, StoreError>;

    /// Stores a new account with its identifiers, credentials and links.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the subject, an identifier or a link exists.
    async fn create(&self, tenant: &TenantId, account: Account) -> Result<(), StoreError>;

    /// Stores a new account reached by its first link, unless that link leads
    /// somewhere already. Of concurrent callers one creates, all get the same account.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the subject or an identifier exists.
    async fn create_linked(
        &self,
        tenant: &TenantId,
        account: Account,
    ) -> Result<Created, StoreError>;

    /// Adds a link to an account.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn link(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        link: Link,
    ) -> Result<Linked, StoreError>;

    /// Removes a link, unless it is the last way to sign in (no credential and no other link).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn unlink(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        link: &LinkDigest,
    ) -> Result<Unlinked, StoreError>;

    /// Replaces the sealed profile when the account's version is `version`; raises it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn update_profile(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        version: u64,
        sealed_profile: Vec<u8>,
    ) -> Result<bool, StoreError>;

    /// Replaces the data of the credential of `kind` when its version is `version`;
    /// raises it. Counters and rehashed passwords advance this way.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn update_credential(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        kind: &str,
        version: u64,
        data: &str,
    ) -> Result<bool, StoreError>;
}
