use async_trait::async_trait;

use super::{MemoryStore, Tables};
use crate::account::{Account, IdentifierDigest, Link, LinkDigest};
use crate::id::{SubjectId, TenantId};
use crate::store::{AccountStore, Created, Linked, StoreError, Unlinked};

impl Tables {
    fn by_identifier(&self, tenant: &TenantId, wanted: &IdentifierDigest) -> Option<&Account> {
        self.of_tenant(tenant)
            .find(|a| a.identifiers.contains(wanted))
    }

    fn by_link(&self, tenant: &TenantId, wanted: &LinkDigest) -> Option<&Account> {
        self.of_tenant(tenant)
            .find(|a| a.links.iter().any(|l| &l.digest == wanted))
    }

    fn of_tenant<'a>(&'a self, tenant: &TenantId) -> impl Iterator<Item = &'a Account> {
        let tenant = *tenant;
        self.accounts
            .iter()
            .filter(move |((of, _), _)| *of == tenant)
            .map(|(_, account)| account)
    }

    fn add_account(&mut self, tenant: &TenantId, account: Account) -> Result<(), StoreError> {
        let taken = self.accounts.contains_key(&(*tenant, account.subject))
            || account
                .identifiers
                .iter()
                .any(|id| self.by_identifier(tenant, id).is_some())
            || account
                .links
                .iter()
                .any(|l| self.by_link(tenant, &l.digest).is_some());
        if taken {
            return Err(StoreError::Conflict);
        }
        self.accounts.insert((*tenant, account.subject), account);
        Ok(())
    }
}

#[async_trait]
impl AccountStore for MemoryStore {
    async fn find(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
    ) -> Result<Option<Account>, StoreError> {
        Ok(self
            .tables()
            .await?
            .accounts
            .get(&(*tenant, *subject))
            .cloned())
    }

    async fn find_by_identifier(
        &self,
        tenant: &TenantId,
        identifier: &IdentifierDigest,
    ) -> Result<Option<Account>, StoreError> {
        Ok(self
            .tables()
            .await?
            .by_identifier(tenant, identifier)
            .cloned())
    }

    async fn find_by_link(
        &self,
        tenant: &TenantId,
        link: &LinkDigest,
    ) -> Result<Option<Account>, StoreError> {
        Ok(self.tables().await?.by_link(tenant, link).cloned())
    }

    async fn create(&self, tenant: &TenantId, account: Account) -> Result<(), StoreError> {
        self.tables().await?.add_account(tenant, account)
    }

    async fn create_linked(
        &self,
        tenant: &TenantId,
        account: Account,
    ) -> Result<Created, StoreError> {
        let mut tables = self.tables().await?;
        let first = account.links.first().map(|link| link.digest);
        if let Some(existing) = first.and_then(|digest| tables.by_link(tenant, &digest)) {
            return Ok(Created::Existing(existing.clone()));
        }
        tables.add_account(tenant, account)?;
        Ok(Created::Created)
    }

    async fn link(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        link: Link,
    ) -> Result<Linked, StoreError> {
        let mut tables = self.tables().await?;
        if let Some(owner) = tables.by_link(tenant, &link.digest) {
            return Ok(if owner.subject == *subject {
                Linked::Done
            } else {
                Linked::Taken
            });
        }
        let Some(account) = tables.accounts.get_mut(&(*tenant, *subject)) else {
            return Ok(Linked::Missing);
        };
        account.links.push(link);
        account.version += 1;
        Ok(Linked::Done)
    }

    async fn unlink(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        link: &LinkDigest,
    ) -> Result<Unlinked, StoreError> {
        let mut tables = self.tables().await?;
        let Some(account) = tables.accounts.get_mut(&(*tenant, *subject)) else {
            return Ok(Unlinked::Missing);
        };
        if !account.links.iter().any(|l| &l.digest == link) {
            return Ok(Unlinked::Missing);
        }
        if account.credentials.is_empty() && account.links.len() == 1 {
            return Ok(Unlinked::LastMethod);
        }
        account.links.retain(|l| &l.digest != link);
        account.version += 1;
        Ok(Unlinked::Done)
    }

    async fn update_profile(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        version: u64,
        sealed_profile: Vec<u8>,
    ) -> Result<bool, StoreError> {
        let mut tables = self.tables().await?;
        let Some(account) = tables
            .accounts
            .get_mut(&(*tenant, *subject))
            .filter(|a| a.version == version)
        else {
            return Ok(false);
        };
        account.sealed_profile = sealed_profile;
        account.version += 1;
        Ok(true)
    }

    async fn update_credential(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        kind: &str,
        version: u64,
        data: &str,
    ) -> Result<bool, StoreError> {
        let mut tables = self.tables().await?;
        let Some(credential) = tables
            .accounts
            .get_mut(&(*tenant, *subject))
            .and_then(|a| a.credentials.iter_mut().find(|c| c.kind == kind))
            .filter(|c| c.version == version)
        else {
            return Ok(false);
        };
        data.clone_into(&mut credential.data);
        credential.version += 1;
        Ok(true)
    }
}
