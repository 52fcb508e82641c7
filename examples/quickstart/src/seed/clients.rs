//! Clients and APIs, as they are registered.

use ciam::core::ConnectionId;
use ciam::core::api::Api;
use ciam::core::client::Client;
use ciam::core::jwk::JwkSetDocument;
use ciam::idp::Provider;
use ciam::tokens::Jwk;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::CLIENT_AT_UPSTREAM;
use crate::config::Config;
use crate::keys::ClientKey;
use crate::listen::Urls;
use crate::party::{partner, shop};
use crate::problem::Problem;

/// The keys of the provider's clients.
#[derive(Debug, Clone)]
pub(crate) struct ClientKeys {
    pub(crate) shop: ClientKey,
    pub(crate) partner: ClientKey,
    pub(crate) referee: ClientKey,
    pub(crate) warehouse: ClientKey,
    pub(crate) closed: ClientKey,
}

/// Where the referee's answers go: nobody listens there.
pub(crate) const REFEREE_REDIRECT_URI: &str = "http://127.0.0.1:9/cb";

/// The provider's clients and its API.
pub(crate) async fn at_provider(
    provider: &Provider,
    urls: &Urls,
    config: &Config,
    keys: &ClientKeys,
    orders: JwkSetDocument,
) -> Result<(), Problem> {
    let names = &config.names;
    let mut shop = web(
        &keys.shop,
        &names.shop,
        &shop::redirect_uri(urls),
        shop::SCOPES,
    )?;
    set(&mut shop, "first_party", json!(true));
    set(
        &mut shop,
        "post_logout_redirect_uris",
        json!([format!("{}/", urls.shop)]),
    );
    let partner = web(
        &keys.partner,
        &names.partner,
        &partner::redirect_uri(urls),
        partner::SCOPES,
    )?;
    let referee = referee(&keys.referee, "openid profile offline_access")?;
    let machine = |key: &ClientKey, name: &str| {
        Ok::<_, Problem>(json!({
            "client_id": key.client(),
            "client_name": name,
            "grant_types": ["client_credentials"],
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": Value::from(key.jwks()?),
            "scope": "orders:stock",
        }))
    };
    let warehouse = machine(&keys.warehouse, "Warehouse")?;
    let mut closed = machine(&keys.closed, "A client that was switched off")?;
    set(&mut closed, "enabled", json!(false));

    for client in [shop, partner, referee, warehouse, closed] {
        put_client(provider, client).await?;
    }
    let api: Api = registered(json!({
        "audience": urls.orders,
        "name": format!("Orders of {}", names.shop),
        "scopes": {
            "orders:read": "see your orders",
            "orders:write": "order in your name",
            "orders:stock": "see what is in stock",
        },
        "jwks": Value::from(orders),
    }))?;
    put_api(provider, api).await
}

/// The provider as a client of the upstream issuer of a connection. With `encrypted`,
/// ID tokens for it are encrypted to its keys.
pub(crate) async fn at_upstream(
    upstream: &Provider,
    provider: &Provider,
    connection: &str,
    config: &Config,
    encrypted: bool,
) -> Result<(), Problem> {
    let connection = connection
        .parse::<ConnectionId>()
        .map_err(|error| Problem::caused("the id of a connection of the demo", &error))?;
    let jwks = JwkSetDocument::new(provider.public_jwks())
        .map_err(|error| Problem::caused("the provider's public keys", &error))?;
    let client = json!({
        "client_id": CLIENT_AT_UPSTREAM,
        "client_name": config.names.provider,
        "redirect_uris": [provider.callback_url(&connection)],
        "grant_types": ["authorization_code"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": Value::from(jwks),
        "scope": "openid profile",
        "first_party": true,
        "encrypt_id_token": encrypted,
    });
    put_client(upstream, client).await
}

/// The scope of a second API, which is there for the walk alone.
pub(crate) const INVOICES_SCOPE: &str = "invoices:read";

/// A second API with the key of the first, and a client that may ask for it.
pub(crate) async fn register_invoices(
    provider: &Provider,
    urls: &Urls,
    keys: &ClientKeys,
    key: Jwk,
) -> Result<(), Problem> {
    let api: Api = registered(json!({
        "audience": format!("{}/invoices", urls.orders),
        "name": "Invoices",
        "scopes": { INVOICES_SCOPE: "see your invoices" },
        "jwks": Value::from(crate::keys::document(key)?),
    }))?;
    put_api(provider, api).await?;
    let scopes = format!("openid profile offline_access {INVOICES_SCOPE}");
    put_client(provider, referee(&keys.referee, &scopes)?).await
}

/// An independent client, with which others test the provider.
fn referee(key: &ClientKey, scopes: &str) -> Result<Value, Problem> {
    let mut referee = web(key, "Referee", REFEREE_REDIRECT_URI, scopes)?;
    set(&mut referee, "first_party", json!(true));
    Ok(referee)
}

/// A web client with private_key_jwt.
fn web(key: &ClientKey, name: &str, redirect_uri: &str, scopes: &str) -> Result<Value, Problem> {
    Ok(json!({
        "client_id": key.client(),
        "client_name": name,
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": Value::from(key.jwks()?),
        "scope": scopes,
    }))
}

async fn put_api(provider: &Provider, api: Api) -> Result<(), Problem> {
    api.check(provider.issuer())
        .map_err(|error| Problem::caused("an API of the demo", &error))?;
    provider
        .stores()
        .clients
        .put_api(provider.tenant(), api)
        .await
        .map_err(|error| Problem::caused("an API of the demo cannot be stored", &error))
}

async fn put_client(provider: &Provider, client: Value) -> Result<(), Problem> {
    let client: Client = registered(client)?;
    provider
        .stores()
        .clients
        .put_client(provider.tenant(), client)
        .await
        .map_err(|error| Problem::caused("a client of the demo cannot be stored", &error))
}

fn registered<T: DeserializeOwned>(record: Value) -> Result<T, Problem> {
    serde_json::from_value(record)
        .map_err(|error| Problem::caused("a record of the demo cannot be registered", &error))
}

fn set(record: &mut Value, name: &str, value: Value) {
    if let Value::Object(members) = record {
        members.insert(name.to_owned(), value);
    }
}
