//! The provider: what the demo is about.

use std::sync::Arc;

use ciam::broker::GuardedClient;
use ciam::idp::page::Brand;
use ciam::idp::{AcrLevels, Provider};
use ciam::policy::CedarEngine;

use crate::config::Config;
use crate::listen::Urls;
use crate::problem::{Problem, chain};
use crate::store::Opened;

/// Builds the provider on its open database.
pub(crate) fn build(opened: &Opened, urls: &Urls, config: &Config) -> Result<Provider, Problem> {
    let policies = CedarEngine::builder()
        .policy_text("access.cedar", include_str!("../policies/access.cedar"))
        .build()
        .map_err(|error| Problem::new(chain(&error)))?;
    // The bank and the social network live on this machine, where the client
    // would otherwise go nowhere.
    let http = GuardedClient::new()
        .and_then(|client| client.dangerous_allow_loopback([&urls.bank, &urls.social]))
        .map_err(|error| Problem::caused("the HTTP client", &error))?;
    Provider::builder(opened.issuer.clone())
        .with_stores(opened.stores.clone())
        .with_keys(opened.keys.clone())
        .with_policies(Arc::new(policies))
        .with_http_client(Arc::new(http))
        // What the password and the bank give; the metadata promises no more.
        .with_acr_levels(AcrLevels::new("low", ["substantial"]))
        .with_brand(brand(&config.names.provider))
        .build()
        .map_err(|error| Problem::caused("the provider cannot be built", &error))
}

/// How an issuer of the demo presents itself.
pub(super) fn brand(name: &str) -> Brand {
    let mut brand = Brand::new(name);
    brand.demo_notice = Some("Nothing here is real, and everybody knows the passwords.".to_owned());
    brand
}
