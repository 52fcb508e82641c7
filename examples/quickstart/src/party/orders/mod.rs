//! The orders API: what the framework has no part in. `axum` and `actix` hold
//! the same handlers under the same names.

#[cfg(feature = "actix")]
pub(crate) mod actix;
pub(crate) mod axum;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ciam::core::SystemClock;
use ciam::core::http_client::HttpClient;
use ciam::policy::{CedarEngine, EntityUid, Guard, Resource};
use ciam::tokens::{AccessTokenVerifier, DecryptKey, DecryptKeySet, RemoteKeySet};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::listen::Urls;
use crate::problem::{Problem, chain};

/// The API's parts, shared by its handlers.
#[derive(Debug, Clone)]
pub(crate) struct Orders {
    guard: Guard,
    audience: String,
    book: Arc<Mutex<BTreeMap<u64, Order>>>,
}

/// An order.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Order {
    number: u64,
    /// Whose it is: a subject of the provider.
    owner: String,
    total_cents: i64,
}

/// What a customer sends to order something.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOrder {
    total_cents: i64,
}

/// What policies read about an order.
impl Resource for Order {
    fn entity_type(&self) -> &str {
        "Order"
    }

    fn id(&self) -> String {
        self.number.to_string()
    }

    fn attributes(&self) -> Map<String, Value> {
        [
            ("owner".to_owned(), json!(self.owner)),
            ("total_cents".to_owned(), json!(self.total_cents)),
        ]
        .into_iter()
        .collect()
    }
}

impl Orders {
    /// An API that knows nothing of the provider but its address. The access
    /// tokens for it are encrypted to `key`.
    pub(crate) fn new(
        urls: &Urls,
        key: Arc<DecryptKey>,
        http: Arc<dyn HttpClient>,
        subject: &str,
    ) -> Result<Self, Problem> {
        let jwks_uri = format!("{}/jwks", urls.provider)
            .parse()
            .map_err(|error| Problem::caused("the provider's key address", &error))?;
        let keys = Arc::new(RemoteKeySet::new(http, jwks_uri));
        let verifier = AccessTokenVerifier::new(&urls.provider, &urls.orders, keys)
            .require_encryption(DecryptKeySet::new([key]));
        let policies = CedarEngine::builder()
            .schema_text(include_str!("../../policies/orders.cedarschema"))
            .policy_text("orders.cedar", include_str!("../../policies/orders.cedar"))
            .build()
            .map_err(|error| Problem::new(chain(&error)))?;
        let guard = Guard::new(
            Arc::new(verifier),
            Arc::new(policies),
            Arc::new(SystemClock),
        )
        .with_realm("orders")
        .with_scope("list", "orders:read")
        .and_then(|guard| guard.with_scope("read", "orders:read"))
        .and_then(|guard| guard.with_scope("create", "orders:write"))
        .and_then(|guard| guard.with_scope("read_stock", "orders:stock"))
        .map_err(|error| Problem::caused("the scopes of the orders API", &error))?;
        let orders = Self {
            guard,
            audience: urls.orders.clone(),
            book: Arc::default(),
        };
        // The demo user and somebody else have ordered before.
        orders.add(subject, 4_250);
        orders.add("somebody-else", 8_900);
        Ok(orders)
    }

    fn guard(&self) -> &Guard {
        &self.guard
    }

    /// The API as a whole, for actions that are about no single order.
    fn itself(&self) -> EntityUid {
        EntityUid::new("Api", &self.audience)
    }

    fn of(&self, owner: &str) -> Vec<Order> {
        let book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.values()
            .filter(|order| order.owner == owner)
            .cloned()
            .collect()
    }

    fn find(&self, number: u64) -> Option<Order> {
        let book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.get(&number).cloned()
    }

    /// What stands for an order that there is not: nobody's. Asking for it is refused
    /// as asking for somebody else's is, so that the answer does not tell them apart.
    fn missing(number: u64) -> Order {
        Order {
            number,
            owner: String::new(),
            total_cents: 0,
        }
    }

    fn add(&self, owner: &str, total_cents: i64) -> Order {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        let order = Order {
            number: book.keys().next_back().map_or(1, |last| last + 1),
            owner: owner.to_owned(),
            total_cents,
        };
        book.insert(order.number, order.clone());
        order
    }
}

impl NewOrder {
    /// The order as it would be, for the policy to look at.
    fn draft(&self, owner: &str) -> Order {
        Order {
            number: 0,
            owner: owner.to_owned(),
            total_cents: self.total_cents,
        }
    }

    fn is_sensible(&self) -> bool {
        (1..=10_000_000).contains(&self.total_cents)
    }
}

/// What the warehouse reads.
fn stock() -> Value {
    json!({ "stock": [{ "article": "tea", "pieces": 120 }, { "article": "bicycle", "pieces": 3 }] })
}
