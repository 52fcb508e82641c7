//! The port for clients and APIs.

use async_trait::async_trait;

use super::StoreError;
use crate::api::Api;
use crate::client::Client;
use crate::id::{ClientId, TenantId};

/// Registered clients and APIs.
#[async_trait]
pub trait ClientStore: Send + Sync + 'static {
    /// The client, disabled or not.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn client(&self, tenant: &TenantId, id: &ClientId) -> Result<Option<Client>, StoreError>;

    /// Stores the client, replacing one of the same id.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn put_client(&self, tenant: &TenantId, client: Client) -> Result<(), StoreError>;

    /// All APIs of the tenant; a handful.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn apis(&self, tenant: &TenantId) -> Result<Vec<Api>, StoreError>;

    /// Stores the API, replacing one of the same audience.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn put_api(&self, tenant: &TenantId, api: Api) -> Result<(), StoreError>;
}
