//! Cedar behind the guard: what policies can read, and what is denied.

use ciam_policy::{
    Advice, CedarEngine, Decision, Entity, EntityUid, PolicyEngine, PolicyRequest, Resource,
};
use http::{HeaderMap, Method, Uri};
use serde_json::{Map, Value, json};

use crate::stub::{guard, principal};

const SCHEMA: &str = r#"
    type Claims = { department?: String };
    entity Group;
    entity Order in [Group] = { owner: User, total_cents: Long, note?: String };
    action read, write, peek appliesTo {
        principal: [User, Machine], resource: [Order, User], context: ApiContext
    };
"#;

const ORDERS: &str = r#"
    @id("owner")
    permit (principal is User, action in [Action::"read", Action::"write"], resource is Order)
    when { resource.owner == principal };

    @id("large-orders")
    @reason("Orders above 1000 € need a stronger sign-in.")
    @acr("substantial")
    forbid (principal, action == Action::"write", resource is Order)
    when { resource.total_cents > 100000 }
    unless { context has acr && context.acr == "substantial" };

    @id("stock")
    permit (principal is Machine, action == Action::"read", resource);

    @id("accounting")
    permit (principal is User, action == Action::"peek", resource in Group::"europe")
    when { principal has claims.department && principal.claims.department == "accounting" };

    @id("overflows")
    permit (principal, action == Action::"peek", resource is Order)
    when { resource.total_cents * 9223372036854775807 > 0 };

    @id("self")
    permit (principal, action == Action::"read", resource is User) when { principal == resource };
"#;

struct Order {
    owner: &'static str,
    total_cents: i64,
}

impl Resource for Order {
    fn entity_type(&self) -> &str {
        "Order"
    }

    fn id(&self) -> String {
        "17".to_owned()
    }

    fn attributes(&self) -> Map<String, Value> {
        let mut attributes = Map::new();
        attributes.insert("owner".to_owned(), json!(self.owner));
        attributes.insert("total_cents".to_owned(), json!(self.total_cents));
        attributes.insert("undeclared".to_owned(), json!({ "x": [1.5] }));
        attributes
    }
}

fn engine() -> CedarEngine {
    CedarEngine::builder()
        .schema_text(SCHEMA)
        .policy_text("orders.cedar", ORDERS)
        .build()
        .unwrap()
}

fn decide(principal: Entity, action: &str, resource: Entity, context: Value) -> Decision {
    engine().decide(&PolicyRequest {
        principal,
        action,
        resource,
        context: serde_json::from_value(context).unwrap(),
    })
}

fn ids(decision: &Decision) -> Vec<&str> {
    decision.reasons().iter().map(|p| p.id.as_str()).collect()
}

fn order(owner: &'static str, total_cents: i64) -> Entity {
    let order = Order { owner, total_cents };
    (&order as &dyn Resource).into()
}

fn user(id: &str) -> Entity {
    Entity::of_principal(&principal(id, "", json!({})))
}

#[test]
fn nothing_is_permitted_by_default() {
    let decision = decide(user("bob"), "read", order("alice", 1), json!({}));
    assert!(!decision.is_permit());
    assert!(decision.reasons().is_empty() && decision.errors().is_empty());
}

#[test]
fn a_permit_names_its_policy() {
    let decision = decide(user("alice"), "read", order("alice", 1), json!({}));
    assert!(decision.is_permit());
    assert_eq!(ids(&decision), ["owner"]);
}

/// PO-02: a forbid wins over a permit.
#[test]
fn po_02_forbid_over_permit() {
    let decision = decide(user("alice"), "write", order("alice", 100_001), json!({}));
    assert!(!decision.is_permit());
    assert_eq!(ids(&decision), ["large-orders"]);
    let sentence = "Orders above 1000 € need a stronger sign-in.";
    assert_eq!(decision.public_reason(), Some(sentence));
}

/// A step-up that was advised and done permits; it is not advised where it cannot help.
#[test]
fn step_up_is_advised_where_it_helps() {
    let decision = decide(user("alice"), "write", order("alice", 100_001), json!({}));
    let advice = Advice::StepUp {
        acr_values: vec!["substantial".to_owned()],
        max_age: None,
    };
    assert_eq!(decision.advice(), Some(&advice));

    let strong = json!({ "acr": "substantial" });
    assert!(decide(user("alice"), "write", order("alice", 100_001), strong).is_permit());

    let of_another = decide(user("bob"), "write", order("alice", 100_001), json!({}));
    assert_eq!(of_another.advice(), None);
}

/// The sentence of a forbid says something about the thing: who could not have it
/// anyway hears nothing. The log still has the policy's name.
#[test]
fn a_reason_is_for_those_whom_a_permit_waits_for() {
    let of_another = decide(user("bob"), "write", order("alice", 100_001), json!({}));
    assert!(!of_another.is_permit());
    assert_eq!(of_another.public_reason(), None);
    assert_eq!(ids(&of_another), ["large-orders"]);
}

/// PO-01: an evaluation error denies, and is reported.
#[test]
fn po_01_evaluation_error_denies() {
    let decision = decide(user("alice"), "peek", order("alice", 2), json!({}));
    assert!(!decision.is_permit());
    assert_eq!(decision.errors().len(), 1, "{:?}", decision.errors());
    assert!(decision.errors()[0].contains("overflows"));
}

/// PO-01: even when another policy permits.
#[test]
fn po_01_evaluation_error_beside_a_permit_denies() {
    let claims = json!({ "department": "accounting" });
    let accountant = Entity::of_principal(&principal("eve", "", claims));
    let europe = |cents| order("alice", cents).with_parent(EntityUid::new("Group", "europe"));
    let fine = decide(accountant.clone(), "peek", europe(1), json!({}));
    assert!(fine.is_permit(), "{fine:?}");
    let failed = decide(accountant, "peek", europe(2), json!({}));
    assert!(!failed.is_permit() && failed.reasons().is_empty());
}

/// PO-01: a missing attribute or a wrong type denies.
#[test]
fn po_01_missing_attribute_and_wrong_type() {
    let missing = Entity::new("Order", "17").with_attribute("owner", "alice");
    let wrong = order("alice", 1).with_attribute("total_cents", "1");
    let fraction = order("alice", 1).with_attribute("total_cents", 1.5);
    for resource in [missing, wrong, fraction] {
        let decision = decide(user("alice"), "read", resource, json!({}));
        assert!(!decision.is_permit());
        assert_eq!(decision.errors().len(), 1);
    }
    let ill_typed = json!({ "acr": ["substantial"] });
    let decision = decide(user("alice"), "read", order("alice", 1), ill_typed);
    assert!(!decision.is_permit());
    assert_eq!(decision.errors(), ["`context.acr` is not text"]);
}

#[test]
fn what_the_schema_does_not_know_is_denied() {
    let unknown_action = decide(user("alice"), "delete", order("alice", 1), json!({}));
    let unknown_type = decide(
        user("alice"),
        "read",
        Entity::new("Invoice", "1"),
        json!({}),
    );
    let not_applicable = decide(user("alice"), "sign_in", order("alice", 1), json!({}));
    let no_type = decide(
        user("alice"),
        "read",
        Entity::new("not a type", "1"),
        json!({}),
    );
    for decision in [unknown_action, unknown_type, not_applicable, no_type] {
        assert!(!decision.is_permit());
        assert_eq!(decision.errors().len(), 1, "{decision:?}");
    }
}

#[test]
fn undeclared_claims_are_ignored() {
    let claims = json!({ "shoe_size": 38.5, "address": { "country": "FI" }, "age": null });
    let alice = Entity::of_principal(&principal("alice", "", claims));
    let context = json!({ "weather": "rain" });
    assert!(decide(alice, "read", order("alice", 1), context).is_permit());
}

#[test]
fn principal_and_resource_may_be_the_same() {
    assert!(
        decide(
            user("alice"),
            "read",
            Entity::new("User", "alice"),
            json!({})
        )
        .is_permit()
    );
    assert!(!decide(user("alice"), "read", Entity::new("User", "bob"), json!({})).is_permit());
}

#[tokio::test]
async fn behind_the_guard() {
    let guard = guard(engine()).with_scope("read", "orders:read").unwrap();
    let large = Order {
        owner: "alice",
        total_cents: 100_001,
    };
    for (token, action, status) in [
        ("reader", "read", 200),
        ("alice", "read", 403),
        ("reader", "write", 401),
        ("strong", "write", 200),
        ("machine", "read", 200),
        ("machine", "write", 403),
        // A claim named `acr` is not the authentication context.
        ("liar", "write", 403),
        ("ill-typed", "read", 403),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
        let caller = guard
            .authenticate(&Method::GET, &Uri::from_static("/"), &headers)
            .await
            .unwrap();
        let answer = match caller.authorize(action, &large).await {
            Ok(()) => 200,
            Err(refusal) => refusal.status().as_u16(),
        };
        assert_eq!(answer, status, "{token} {action}");
    }
}
