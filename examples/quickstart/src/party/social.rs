//! The social network: a third issuer, of which nobody can say how well it knows
//! its members. It runs from the start and is offered after `options add`.

use ciam::idp::Provider;
use ciam::idp::page::Accent;

use super::bank::policies;
use super::provider::brand;
use crate::config::Config;
use crate::problem::Problem;
use crate::store::Opened;

/// Builds the social network on its open database.
pub(crate) fn build(opened: &Opened, config: &Config) -> Result<Provider, Problem> {
    let mut brand = brand(&config.names.social);
    brand.accent = "#7a2e8f".parse::<Accent>().ok();
    Provider::builder(opened.issuer.clone())
        .with_stores(opened.stores.clone())
        .with_keys(opened.keys.clone())
        .with_policies(policies()?)
        .with_brand(brand)
        .build()
        .map_err(|error| Problem::caused("the social network cannot be built", &error))
}
