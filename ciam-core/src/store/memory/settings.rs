use async_trait::async_trait;

use super::MemoryStore;
use crate::id::TenantId;
use crate::settings::{Revision, SettingsDocument, SettingsKind};
use crate::store::{Published, SettingsStore, StoreError};
use crate::time::Timestamp;

#[async_trait]
impl SettingsStore for MemoryStore {
    async fn active(
        &self,
        tenant: &TenantId,
        kind: SettingsKind,
    ) -> Result<Option<SettingsDocument>, StoreError> {
        let tables = self.tables().await?;
        Ok(tables
            .settings
            .get(&(*tenant, kind))
            .and_then(|all| all.last())
            .cloned())
    }

    async fn at(
        &self,
        tenant: &TenantId,
        kind: SettingsKind,
        revision: Revision,
    ) -> Result<Option<SettingsDocument>, StoreError> {
        let tables = self.tables().await?;
        let all = tables
            .settings
            .get(&(*tenant, kind))
            .map(Vec::as_slice)
            .unwrap_or_default();
        Ok(all.iter().find(|d| d.revision == revision).cloned())
    }

    async fn history(
        &self,
        tenant: &TenantId,
        kind: SettingsKind,
    ) -> Result<Vec<SettingsDocument>, StoreError> {
        let tables = self.tables().await?;
        let all = tables
            .settings
            .get(&(*tenant, kind))
            .map(Vec::as_slice)
            .unwrap_or_default();
        Ok(all.iter().rev().cloned().collect())
    }

    async fn publish(
        &self,
        tenant: &TenantId,
        kind: SettingsKind,
        expected: Revision,
        body: String,
        now: Timestamp,
    ) -> Result<Published, StoreError> {
        let mut tables = self.tables().await?;
        let newest = tables
            .settings
            .iter()
            .filter(|((of, _), _)| of == tenant)
            .filter_map(|(_, all)| all.last())
            .map(|d| d.revision.0)
            .max()
            .unwrap_or(0);
        let all = tables.settings.entry((*tenant, kind)).or_default();
        let active = all.last().map_or(Revision(0), |d| d.revision);
        if active != expected {
            return Ok(Published::Conflict(active));
        }
        let revision = Revision(newest + 1);
        all.push(SettingsDocument {
            kind,
            revision,
            published_at: now,
            body,
        });
        Ok(Published::Published(revision))
    }

    async fn changed_since(
        &self,
        tenant: &TenantId,
        revision: Revision,
    ) -> Result<Vec<(SettingsKind, Revision)>, StoreError> {
        let tables = self.tables().await?;
        let active = tables
            .settings
            .iter()
            .filter(|((of, _), _)| of == tenant)
            .filter_map(|((_, kind), all)| Some((*kind, all.last()?.revision)));
        Ok(active.filter(|(_, r)| *r > revision).collect())
    }
}
