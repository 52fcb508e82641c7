//! The provider's two questions, on the schema that comes with the crate.

use ciam_policy::{CedarEngine, Decision, Entity, PolicyEngine, PolicyRequest};
use serde_json::{Map, Value, json};

const ACCESS: &str = r#"
    permit (principal, action in [Action::"sign_in", Action::"grant_scope"], resource);

    @reason("You must be 18 to use this shop.")
    forbid (principal is User, action == Action::"sign_in", resource == Api::"https://orders.example.com")
    when { principal has age && principal.age < 18 };

    forbid (principal, action == Action::"grant_scope", resource)
    when { context.scope == "orders:write" && !context.first_party };
"#;

fn ask(action: &str, user: Entity, context: Value) -> Decision {
    let engine = CedarEngine::builder()
        .policy_text("access.cedar", ACCESS)
        .build()
        .unwrap();
    let mut whole = json!({
        "client": "shop", "first_party": true, "acr": "low", "amr": ["pwd"], "scopes": ["openid"],
        "now": 1_800_000_000,
    });
    let whole_context = whole.as_object_mut().unwrap();
    whole_context.extend(serde_json::from_value::<Map<_, _>>(context).unwrap());
    engine.decide(&PolicyRequest {
        principal: user,
        action,
        resource: Entity::new(Entity::API, "https://orders.example.com"),
        context: whole_context.clone(),
    })
}

fn user() -> Entity {
    Entity::new(Entity::USER, "u")
}

#[test]
fn a_minor_is_refused_with_a_sentence() {
    let minor = ask("sign_in", user().with_attribute("age", 16), json!({}));
    let sentence = "You must be 18 to use this shop.";
    assert_eq!(minor.public_reason(), Some(sentence));
    assert!(ask("sign_in", user().with_attribute("age", 18), json!({})).is_permit());
    assert!(ask("sign_in", user(), json!({})).is_permit());
    assert!(ask("sign_in", Entity::new(Entity::MACHINE, "m"), json!({})).is_permit());
}

#[test]
fn scopes_are_granted_one_by_one() {
    let partner = |scope: &str| json!({ "scope": scope, "first_party": false });
    assert!(ask("grant_scope", user(), partner("orders:read")).is_permit());
    assert!(!ask("grant_scope", user(), partner("orders:write")).is_permit());
    assert!(ask("grant_scope", user(), json!({ "scope": "orders:write" })).is_permit());
    let without_scope = ask("grant_scope", user(), json!({}));
    assert!(!without_scope.is_permit() && !without_scope.errors().is_empty());
}
