//! The bank: a second issuer with its own keys, database and port, which the
//! provider reaches over HTTP like any other.

use std::sync::Arc;

use ciam::idp::page::Accent;
use ciam::idp::{AcrLevels, Provider};
use ciam::policy::CedarEngine;

use super::provider::brand;
use crate::config::Config;
use crate::problem::{Problem, chain};
use crate::store::Opened;

/// Builds the bank on its open database.
pub(crate) fn build(opened: &Opened, config: &Config) -> Result<Provider, Problem> {
    let mut brand = brand(&config.names.bank);
    brand.accent = "#1f4e8c".parse::<Accent>().ok();
    Provider::builder(opened.issuer.clone())
        .with_stores(opened.stores.clone())
        .with_keys(opened.keys.clone())
        .with_policies(policies()?)
        // A bank knows its customers: all its sign-ins are worth this much.
        .with_acr_levels(AcrLevels::new("substantial", ["high"]))
        .with_brand(brand)
        .build()
        .map_err(|error| Problem::caused("the bank cannot be built", &error))
}

/// What bank and social network have in common: who has an account may sign in.
pub(super) fn policies() -> Result<Arc<CedarEngine>, Problem> {
    CedarEngine::builder()
        .policy_text("upstream.cedar", include_str!("../policies/upstream.cedar"))
        .build()
        .map(Arc::new)
        .map_err(|error| Problem::new(chain(&error)))
}
