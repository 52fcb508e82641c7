//! [`ciam_core::store::ClientStore`].

use ciam_core::Stores;
use ciam_core::api::Api;
use ciam_core::client::Client;

use super::samples::{client as client_id, tenant};

/// A client is stored, replaced, and comes back whole, disabled or not.
pub async fn a_client_is_stored_and_replaced(stores: Stores) {
    let tenant = tenant();
    let mut shop = client("shop");
    stores
        .clients
        .put_client(&tenant, client("other"))
        .await
        .unwrap();
    for enabled in [true, false, true] {
        shop.enabled = enabled;
        stores
            .clients
            .put_client(&tenant, shop.clone())
            .await
            .unwrap();
        let found = stores.clients.client(&tenant, &shop.id).await.unwrap();
        assert_eq!(json(&found), json(&Some(&shop)));
    }
    let unknown = client_id("unknown");
    let found = stores.clients.client(&tenant, &unknown).await.unwrap();
    assert!(found.is_none());
}

/// APIs are stored and replaced by audience.
pub async fn apis_are_stored_and_replaced(stores: Stores) {
    let tenant = tenant();
    let (orders, mut stock) = (
        api("https://api.example/orders"),
        api("https://api.example/stock"),
    );
    for api in [&orders, &stock] {
        stores.clients.put_api(&tenant, api.clone()).await.unwrap();
    }
    stock.enabled = false;
    stores
        .clients
        .put_api(&tenant, stock.clone())
        .await
        .unwrap();
    let mut found = stores.clients.apis(&tenant).await.unwrap();
    found.sort_by(|a, b| a.audience.cmp(&b.audience));
    assert_eq!(json(&found), json(&vec![orders, stock]));
}

pub(super) fn client(id: &str) -> Client {
    let text = format!(
        r#"{{"client_id": "{id}", "client_name": "The \"{id}\" ünd more",
            "redirect_uris": ["https://shop.example/cb"], "grant_types": ["authorization_code"],
            "token_endpoint_auth_method": "none", "scope": "openid orders:read",
            "first_party": true}}"#
    );
    serde_json::from_str(&text).expect("a client")
}

pub(super) fn api(audience: &str) -> Api {
    let text = format!(
        r#"{{"audience": "{audience}", "name": "An API",
            "scopes": {{"orders:read": "see your orders"}}}}"#
    );
    serde_json::from_str(&text).expect("an API")
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("JSON")
}
