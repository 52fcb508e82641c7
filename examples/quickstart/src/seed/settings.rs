//! The settings: what the discovery screen offers, the broker's pipelines, and
//! which attributes are released.

use ciam::broker::{DocumentError, PipelinesSettings, ReleaseSettings, SignInSettings};
use ciam::core::settings::{Revision, SettingsKind};
use ciam::core::{Clock, SystemClock};
use ciam::idp::Provider;
use serde_json::{Value, json};

use super::{BANK, CLIENT_AT_UPSTREAM, SURROGATE};
use crate::config::Config;
use crate::listen::Urls;
use crate::problem::{Problem, chain};

/// The provider's settings.
pub(crate) async fn at_provider(
    provider: &Provider,
    urls: &Urls,
    config: &Config,
) -> Result<(), Problem> {
    let sign_in = json!({
        "password": true,
        "connections": [{
            "id": BANK,
            "connector": "oidc",
            "label": config.names.bank,
            "hint": "Strong enough for large orders",
            "issuer": urls.bank,
            "client_id": CLIENT_AT_UPSTREAM,
            "scopes": "openid profile",
            "acr": "substantial",
            // A bank proves who its customers are: policies may decide by what it says.
            "vouches": true,
            "amr": ["pwd"],
            "require_encrypted_id_token": true,
            "claims": ["given_name", "family_name", "age_over_18", "birthdate", "iban"],
            "sensitive": ["national_id"],
            "pipeline": "bank",
            "create_accounts": true,
        }],
    });
    let pipelines = json!({
        "pipelines": {
            "bank": {
                "steps": [
                    // The number stays in the vault; everybody else gets a surrogate.
                    { "tokenize": { "attribute": "national_id", "domain": "national_id", "to": SURROGATE } },
                    { "mask": { "attribute": "iban", "keep_last": 4 } },
                    { "rename": { "from": "iban", "to": "bank_account" } },
                    // Whether somebody is 18 is all that anybody here wants to know.
                    { "drop": ["birthdate"] },
                ],
            },
        },
    });
    let release = json!({
        "rules": [
            { "scope": "profile", "attributes": [
                { "attribute": "given_name" },
                { "attribute": "family_name" },
            ] },
            { "scope": "profile", "clients": ["shop"], "attributes": [
                { "attribute": SURROGATE },
                { "attribute": "bank_account" },
            ] },
            { "scope": "orders:read", "to": ["access_token"], "audiences": [urls.orders],
              "attributes": [{ "attribute": SURROGATE }] },
        ],
    });
    SignInSettings::parse(&sign_in.to_string()).map_err(wrong)?;
    PipelinesSettings::parse(&pipelines.to_string()).map_err(wrong)?;
    ReleaseSettings::parse(&release.to_string()).map_err(wrong)?;
    publish(provider, SettingsKind::Pipelines, &pipelines).await?;
    publish(provider, SettingsKind::Release, &release).await?;
    publish(provider, SettingsKind::SignIn, &sign_in).await
}

/// The settings of an upstream issuer: a password, and what its one client gets.
pub(crate) async fn at_upstream(upstream: &Provider) -> Result<(), Problem> {
    let release = json!({
        "rules": [{
            "scope": "profile",
            "clients": [CLIENT_AT_UPSTREAM],
            "attributes": [
                { "attribute": "given_name" },
                { "attribute": "family_name" },
                { "attribute": "birthdate" },
                { "attribute": "age_over_18" },
                { "attribute": "iban" },
                // In clear, since the provider is allowed to have it. It travels encrypted.
                { "attribute": "national_id", "clear": true },
            ],
        }],
    });
    ReleaseSettings::parse(&release.to_string()).map_err(wrong)?;
    publish(upstream, SettingsKind::Release, &release).await?;
    let sign_in = json!({ "password": true, "connections": [] });
    publish(upstream, SettingsKind::SignIn, &sign_in).await
}

/// Publishes a document, unless there is one: an operator may have changed it.
async fn publish(provider: &Provider, kind: SettingsKind, body: &Value) -> Result<(), Problem> {
    let failed = |error| Problem::caused("the settings of the demo cannot be stored", &error);
    let settings = &provider.stores().settings;
    let tenant = provider.tenant();
    if settings
        .active(tenant, kind)
        .await
        .map_err(failed)?
        .is_some()
    {
        return Ok(());
    }
    let body = format!("{body:#}");
    // Who publishes in between has done the same.
    let _published = settings
        .publish(tenant, kind, Revision(0), body, SystemClock.now())
        .await
        .map_err(failed)?;
    Ok(())
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that `map_err` takes"
)]
fn wrong(error: DocumentError) -> Problem {
    Problem::new(format!("the settings of the demo: {}", chain(&error)))
}
