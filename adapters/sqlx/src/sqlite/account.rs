use async_trait::async_trait;
use ciam_core::account::{Account, Credential, IdentifierDigest, Link, LinkDigest};
use ciam_core::store::{AccountStore, Created, Linked, Unlinked};
use ciam_core::{StoreError, SubjectId, TenantId};
use sqlx::sqlite::SqliteConnection;

use super::error::store_error;
use super::row::{Columns as _, as_word, stored};
use super::{SqliteStore, change, commit, on};

#[async_trait]
impl AccountStore for SqliteStore {
    async fn find(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
    ) -> Result<Option<Account>, StoreError> {
        load(on(&mut self.snapshot().await?), tenant, subject).await
    }

    async fn find_by_identifier(
        &self,
        tenant: &TenantId,
        identifier: &IdentifierDigest,
    ) -> Result<Option<Account>, StoreError> {
        let mut look = self.snapshot().await?;
        match owner_of_identifier(on(&mut look), tenant, identifier).await? {
            Some(subject) => load(on(&mut look), tenant, &subject).await,
            None => Ok(None),
        }
    }

    async fn find_by_link(
        &self,
        tenant: &TenantId,
        link: &LinkDigest,
    ) -> Result<Option<Account>, StoreError> {
        let mut look = self.snapshot().await?;
        match owner_of_link(on(&mut look), tenant, link).await? {
            Some(subject) => load(on(&mut look), tenant, &subject).await,
            None => Ok(None),
        }
    }

    async fn create(&self, tenant: &TenantId, account: Account) -> Result<(), StoreError> {
        let mut tx = self.transaction().await?;
        add(on(&mut tx), tenant, &account).await?;
        commit(tx).await
    }

    async fn create_linked(
        &self,
        tenant: &TenantId,
        account: Account,
    ) -> Result<Created, StoreError> {
        let mut tx = self.transaction().await?;
        if let Some(first) = account.links.first()
            && let Some(subject) = owner_of_link(on(&mut tx), tenant, &first.digest).await?
        {
            let existing = load(on(&mut tx), tenant, &subject).await?;
            let existing = existing.ok_or_else(|| StoreError::corrupt("a link to no account"))?;
            return Ok(Created::Existing(existing));
        }
        add(on(&mut tx), tenant, &account).await?;
        commit(tx).await?;
        Ok(Created::Created)
    }

    async fn link(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        link: Link,
    ) -> Result<Linked, StoreError> {
        let mut tx = self.transaction().await?;
        match owner_of_link(on(&mut tx), tenant, &link.digest).await? {
            Some(owner) if owner == *subject => return Ok(Linked::Done),
            Some(_) => return Ok(Linked::Taken),
            None => {}
        }
        if !touch(on(&mut tx), tenant, subject).await? {
            return Ok(Linked::Missing);
        }
        add_link(on(&mut tx), tenant, subject, &link).await?;
        commit(tx).await?;
        Ok(Linked::Done)
    }

    async fn unlink(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        link: &LinkDigest,
    ) -> Result<Unlinked, StoreError> {
        let mut tx = self.transaction().await?;
        let query = sqlx::query(
            "DELETE FROM ciam_links WHERE tenant = ?1 AND subject = ?2 AND digest = ?3",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(subject.as_bytes().as_slice())
        .bind(link.0.as_slice());
        if change(query, on(&mut tx)).await? == 0 {
            return Ok(Unlinked::Missing);
        }
        let other_method = sqlx::query(
            "SELECT 1 FROM ciam_links WHERE tenant = ?1 AND subject = ?2
             UNION ALL
             SELECT 1 FROM ciam_credentials WHERE tenant = ?1 AND subject = ?2 LIMIT 1",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(subject.as_bytes().as_slice())
        .fetch_optional(on(&mut tx))
        .await
        .map_err(store_error)?;
        if other_method.is_none() {
            // Not committed: the link stays.
            return Ok(Unlinked::LastMethod);
        }
        touch(on(&mut tx), tenant, subject).await?;
        commit(tx).await?;
        Ok(Unlinked::Done)
    }

    async fn update_profile(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        version: u64,
        sealed_profile: Vec<u8>,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(
            "UPDATE ciam_accounts SET sealed_profile = ?4, version = version + 1
             WHERE tenant = ?1 AND subject = ?2 AND version = ?3",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(subject.as_bytes().as_slice())
        .bind(stored(version))
        .bind(sealed_profile);
        Ok(change(query, &self.writer).await? == 1)
    }

    async fn update_credential(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        kind: &str,
        version: u64,
        data: &str,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(
            "UPDATE ciam_credentials SET data = ?5, version = version + 1
             WHERE tenant = ?1 AND subject = ?2 AND version = ?4 AND position =
                (SELECT min(position) FROM ciam_credentials
                 WHERE tenant = ?1 AND subject = ?2 AND kind = ?3)",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(subject.as_bytes().as_slice())
        .bind(kind.to_owned())
        .bind(stored(version))
        .bind(data.to_owned());
        Ok(change(query, &self.writer).await? == 1)
    }
}

/// Stores an account with all that belongs to it. What is taken fails with [`StoreError::Conflict`].
async fn add(
    tx: &mut SqliteConnection,
    tenant: &TenantId,
    account: &Account,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "INSERT INTO ciam_accounts (tenant, subject, status, version, created_at, sealed_profile)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .bind(tenant.as_bytes().as_slice())
    .bind(account.subject.as_bytes().as_slice())
    .bind(as_word(&account.status)?)
    .bind(stored(account.version))
    .bind(account.created_at.as_millis())
    .bind(account.sealed_profile.as_slice());
    change(query, &mut *tx).await?;
    for identifier in &account.identifiers {
        add_identifier(tx, tenant, &account.subject, identifier).await?;
    }
    for credential in &account.credentials {
        add_credential(tx, tenant, &account.subject, credential).await?;
    }
    for link in &account.links {
        add_link(tx, tenant, &account.subject, link).await?;
    }
    Ok(())
}

async fn add_identifier(
    tx: &mut SqliteConnection,
    tenant: &TenantId,
    subject: &SubjectId,
    identifier: &IdentifierDigest,
) -> Result<(), StoreError> {
    // The same name twice (an e-mail address that is also the user name) is kept once.
    if owner_of_identifier(tx, tenant, identifier).await? == Some(*subject) {
        return Ok(());
    }
    let query = sqlx::query(
        "INSERT INTO ciam_identifiers (tenant, subject, digest, position)
         VALUES (?1, ?2, ?3, (SELECT coalesce(max(position) + 1, 0) FROM ciam_identifiers
                              WHERE tenant = ?1 AND subject = ?2))",
    )
    .bind(tenant.as_bytes().as_slice())
    .bind(subject.as_bytes().as_slice())
    .bind(identifier.0.as_slice());
    change(query, tx).await.map(drop)
}

async fn add_credential(
    tx: &mut SqliteConnection,
    tenant: &TenantId,
    subject: &SubjectId,
    credential: &Credential,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "INSERT INTO ciam_credentials (tenant, subject, kind, version, data, position)
         VALUES (?1, ?2, ?3, ?4, ?5, (SELECT coalesce(max(position) + 1, 0) FROM ciam_credentials
                                      WHERE tenant = ?1 AND subject = ?2))",
    )
    .bind(tenant.as_bytes().as_slice())
    .bind(subject.as_bytes().as_slice())
    .bind(credential.kind.clone())
    .bind(stored(credential.version))
    .bind(credential.data.clone());
    change(query, tx).await.map(drop)
}

async fn add_link(
    tx: &mut SqliteConnection,
    tenant: &TenantId,
    subject: &SubjectId,
    link: &Link,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "INSERT INTO ciam_links (tenant, subject, digest, connection, linked_at, position)
         VALUES (?1, ?2, ?3, ?4, ?5, (SELECT coalesce(max(position) + 1, 0) FROM ciam_links
                                      WHERE tenant = ?1 AND subject = ?2))",
    )
    .bind(tenant.as_bytes().as_slice())
    .bind(subject.as_bytes().as_slice())
    .bind(link.digest.0.as_slice())
    .bind(link.connection.as_str().to_owned())
    .bind(link.linked_at.as_millis());
    change(query, tx).await.map(drop)
}

/// Raises the version of an account; says whether there is one.
async fn touch(
    tx: &mut SqliteConnection,
    tenant: &TenantId,
    subject: &SubjectId,
) -> Result<bool, StoreError> {
    let query = sqlx::query(
        "UPDATE ciam_accounts SET version = version + 1 WHERE tenant = ?1 AND subject = ?2",
    )
    .bind(tenant.as_bytes().as_slice())
    .bind(subject.as_bytes().as_slice());
    Ok(change(query, tx).await? == 1)
}

async fn owner_of_identifier(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    identifier: &IdentifierDigest,
) -> Result<Option<SubjectId>, StoreError> {
    let row = sqlx::query("SELECT subject FROM ciam_identifiers WHERE tenant = ?1 AND digest = ?2")
        .bind(tenant.as_bytes().as_slice())
        .bind(identifier.0.as_slice())
        .fetch_optional(connection)
        .await
        .map_err(store_error)?;
    row.map(|row| row.array("subject").map(SubjectId::from_bytes))
        .transpose()
}

async fn owner_of_link(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    link: &LinkDigest,
) -> Result<Option<SubjectId>, StoreError> {
    let row = sqlx::query("SELECT subject FROM ciam_links WHERE tenant = ?1 AND digest = ?2")
        .bind(tenant.as_bytes().as_slice())
        .bind(link.0.as_slice())
        .fetch_optional(connection)
        .await
        .map_err(store_error)?;
    row.map(|row| row.array("subject").map(SubjectId::from_bytes))
        .transpose()
}

async fn load(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    subject: &SubjectId,
) -> Result<Option<Account>, StoreError> {
    let row = sqlx::query("SELECT * FROM ciam_accounts WHERE tenant = ?1 AND subject = ?2")
        .bind(tenant.as_bytes().as_slice())
        .bind(subject.as_bytes().as_slice())
        .fetch_optional(&mut *connection)
        .await
        .map_err(store_error)?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Account {
        subject: *subject,
        status: row.word("status")?,
        version: row.counter("version")?,
        created_at: row.time("created_at")?,
        identifiers: identifiers(connection, tenant, subject).await?,
        sealed_profile: row.bytes("sealed_profile")?,
        credentials: credentials(connection, tenant, subject).await?,
        links: links(connection, tenant, subject).await?,
    }))
}

async fn identifiers(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    subject: &SubjectId,
) -> Result<Vec<IdentifierDigest>, StoreError> {
    let rows = sqlx::query(
        "SELECT digest FROM ciam_identifiers WHERE tenant = ?1 AND subject = ?2 ORDER BY position",
    )
    .bind(tenant.as_bytes().as_slice())
    .bind(subject.as_bytes().as_slice())
    .fetch_all(connection)
    .await
    .map_err(store_error)?;
    rows.iter()
        .map(|row| row.array("digest").map(IdentifierDigest))
        .collect()
}

async fn credentials(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    subject: &SubjectId,
) -> Result<Vec<Credential>, StoreError> {
    let rows = sqlx::query(
        "SELECT * FROM ciam_credentials WHERE tenant = ?1 AND subject = ?2 ORDER BY position",
    )
    .bind(tenant.as_bytes().as_slice())
    .bind(subject.as_bytes().as_slice())
    .fetch_all(connection)
    .await
    .map_err(store_error)?;
    let credential = |row: &sqlx::sqlite::SqliteRow| {
        Ok(Credential {
            kind: row.text("kind")?,
            version: row.counter("version")?,
            data: row.text("data")?,
        })
    };
    rows.iter().map(credential).collect()
}

async fn links(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    subject: &SubjectId,
) -> Result<Vec<Link>, StoreError> {
    let rows = sqlx::query(
        "SELECT * FROM ciam_links WHERE tenant = ?1 AND subject = ?2 ORDER BY position",
    )
    .bind(tenant.as_bytes().as_slice())
    .bind(subject.as_bytes().as_slice())
    .fetch_all(connection)
    .await
    .map_err(store_error)?;
    let link = |row: &sqlx::sqlite::SqliteRow| {
        Ok(Link {
            connection: row.parsed("connection")?,
            digest: LinkDigest(row.array("digest")?),
            linked_at: row.time("linked_at")?,
        })
    };
    rows.iter().map(link).collect()
}
