//! What an operator changes while everything runs.

use ciam_core::client::Client;
use ciam_core::settings::SettingsKind;
use ciam_core::store::ClientStore;

use crate::row::Change;
use crate::world::{World, client_id, options, publish};

impl World {
    /// Does it.
    pub(crate) async fn change(&self, change: &Change) {
        match change {
            Change::DisableClient(client) => {
                self.change_client(client, |client| client.enabled = false)
                    .await;
            }
            Change::DropScope(client, scope) => {
                self.change_client(client, |client| {
                    client.scopes = client.scopes.filtered(|known| known.as_str() != scope);
                })
                .await;
            }
            Change::Suspend(user) => self.accounts.suspend(self.subject(user).await),
            Change::Options(which) => self.change_options(which).await,
        }
    }

    /// Changes a client as it is stored.
    async fn change_client(&self, name: &str, change: impl FnOnce(&mut Client)) {
        let id = client_id(name).parse().unwrap();
        let mut client = self.store.client(&self.tenant, &id).await.unwrap().unwrap();
        change(&mut client);
        self.store.put_client(&self.tenant, client).await.unwrap();
    }

    /// Publishes other sign-in options.
    async fn change_options(&self, which: &str) {
        publish(
            &self.store,
            &self.tenant,
            SettingsKind::SignIn,
            &options(which),
        )
        .await;
    }
}
