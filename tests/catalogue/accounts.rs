//! Accounts that an operator can suspend while a test runs.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ciam_core::account::{Account, AccountStatus, IdentifierDigest, Link, LinkDigest};
use ciam_core::store::{AccountStore, Created, Linked, StoreError, Unlinked};
use ciam_core::{SubjectId, TenantId};

/// The accounts of another store, some of them suspended since.
pub(crate) struct Suspending {
    inner: Arc<dyn AccountStore>,
    suspended: Mutex<BTreeSet<SubjectId>>,
}

impl Suspending {
    pub(crate) fn new(inner: Arc<dyn AccountStore>) -> Self {
        Self {
            inner,
            suspended: Mutex::default(),
        }
    }

    pub(crate) fn suspend(&self, subject: SubjectId) {
        self.suspended.lock().unwrap().insert(subject);
    }

    fn now(&self, account: Option<Account>) -> Option<Account> {
        account.map(|mut account| {
            if self.suspended.lock().unwrap().contains(&account.subject) {
                account.status = AccountStatus::Suspended;
            }
            account
        })
    }
}

#[async_trait]
impl AccountStore for Suspending {
    async fn find(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
    ) -> Result<Option<Account>, StoreError> {
        Ok(self.now(self.inner.find(tenant, subject).await?))
    }

    async fn find_by_identifier(
        &self,
        tenant: &TenantId,
        identifier: &IdentifierDigest,
    ) -> Result<Option<Account>, StoreError> {
        Ok(self.now(self.inner.find_by_identifier(tenant, identifier).await?))
    }

    async fn find_by_link(
        &self,
        tenant: &TenantId,
        link: &LinkDigest,
    ) -> Result<Option<Account>, StoreError> {
        Ok(self.now(self.inner.find_by_link(tenant, link).await?))
    }

    async fn create(&self, tenant: &TenantId, account: Account) -> Result<(), StoreError> {
        self.inner.create(tenant, account).await
    }

    async fn create_linked(
        &self,
        tenant: &TenantId,
        account: Account,
    ) -> Result<Created, StoreError> {
        self.inner.create_linked(tenant, account).await
    }

    async fn link(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        link: Link,
    ) -> Result<Linked, StoreError> {
        self.inner.link(tenant, subject, link).await
    }

    async fn unlink(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        link: &LinkDigest,
    ) -> Result<Unlinked, StoreError> {
        self.inner.unlink(tenant, subject, link).await
    }

    async fn update_profile(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        version: u64,
        sealed_profile: Vec<u8>,
    ) -> Result<bool, StoreError> {
        self.inner
            .update_profile(tenant, subject, version, sealed_profile)
            .await
    }

    async fn update_credential(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        kind: &str,
        version: u64,
        data: &str,
    ) -> Result<bool, StoreError> {
        self.inner
            .update_credential(tenant, subject, kind, version, data)
            .await
    }
}
