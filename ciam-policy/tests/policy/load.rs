//! Loading: everything that is wrong is listed, and a bad set never replaces a good one.

use std::fs;
use std::path::Path;

use ciam_policy::{CedarEngine, Entity, LoadError, PRINCIPAL_SCHEMA, PolicyEngine, PolicyRequest};
use serde_json::Map;
use tempfile::TempDir;

const SCHEMA: &str = "entity Order = { owner: String };
action read appliesTo { principal: [User], resource: [Order], context: ApiContext };";
const PERMIT: &str = "permit (principal, action == Action::\"read\", resource);";
const FORBID: &str = "forbid (principal, action == Action::\"read\", resource);";

fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(directory.path().join(name), text).unwrap();
    }
    directory
}

fn build(path: &Path) -> Result<CedarEngine, LoadError> {
    CedarEngine::builder().policies_dir(path).build()
}

fn permits(engine: &CedarEngine) -> bool {
    engine
        .decide(&PolicyRequest {
            principal: Entity::new(Entity::USER, "alice"),
            action: "read",
            resource: Entity::new("Order", "1").with_attribute("owner", "alice"),
            context: Map::new(),
        })
        .is_permit()
}

/// PO-03: one bad policy, and the old set stays; once it is good, the new one counts.
#[test]
fn po_03_bad_reload_keeps_the_old_policies() {
    let files = directory(&[
        ("orders.cedarschema", SCHEMA),
        ("orders.cedar", PERMIT),
        ("notes.txt", "not a policy"),
    ]);
    let engine = build(files.path()).unwrap();
    assert!(permits(&engine));

    let bad = format!("{FORBID}\npermit (principal, action == Action::\"raed\", resource);");
    fs::write(files.path().join("orders.cedar"), bad).unwrap();
    let error = engine.reload().unwrap_err();
    assert!(error.to_string().contains("raed"), "{error}");
    assert!(permits(&engine));

    fs::remove_file(files.path().join("orders.cedar")).unwrap();
    assert!(engine.reload().is_err());
    assert!(permits(&engine));

    fs::write(files.path().join("orders.cedar"), FORBID).unwrap();
    engine.reload().unwrap();
    assert!(!permits(&engine));
}

#[test]
fn replaced_by_other_sources() {
    let sources = || CedarEngine::builder().schema_text(SCHEMA);
    let engine = sources().policy_text("a", PERMIT).build().unwrap();
    assert!(permits(&engine));
    engine.replace(&sources().policy_text("b", FORBID)).unwrap();
    assert!(!permits(&engine));
    assert!(engine.replace(&sources().policy_text("b", "x")).is_err());
    assert!(!permits(&engine));
    engine.reload().unwrap();
    assert!(permits(&engine));
}

#[test]
fn all_problems_are_listed_with_file_and_line() {
    let files = directory(&[
        ("orders.cedarschema", SCHEMA),
        (
            "a.cedar",
            "permit (principal, action, resource)\nwhen { principal. };",
        ),
        (
            "b.cedar",
            "@id(\"x\")\npermit (principal, action == Action::\"read\", resource)\nwhen { resource.price > 3 };\n\n@id(\"x\")\npermit (principal, action, resource);",
        ),
        (
            "c.cedar",
            "\n@acr(\"high\")\npermit (principal, action, resource);\n@max_age(\"soon\")\nforbid (principal, action, resource);\nforbid (principal == ?principal, action, resource);",
        ),
    ]);
    let error = build(files.path()).unwrap_err();
    let text = error.to_string();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), error.diagnostics().len(), "{text}");
    for start in [
        "a.cedar:2: ",
        "b.cedar:3: ",
        "b.cedar:5: ",
        "c.cedar:2: ",
        "c.cedar:4: ",
        "c.cedar: ",
    ] {
        assert!(
            lines.iter().any(|line| line.starts_with(start)),
            "{start}\n{text}"
        );
    }
}

#[test]
fn a_bad_schema_is_reported_with_its_line() {
    let files = directory(&[
        (
            "orders.cedarschema",
            "entity Order;\nentity Broken = {\n  a: };",
        ),
        ("orders.cedar", "permit (principal, action, resource"),
    ]);
    let error = build(files.path()).unwrap_err().to_string();
    assert!(error.contains("orders.cedarschema:3: "), "{error}");
    assert!(error.contains("orders.cedar:1: "), "{error}");

    let unknown = CedarEngine::builder()
        .schema_text("entity Order = { owner: Person };")
        .build()
        .unwrap_err();
    assert!(unknown.to_string().contains("Person"), "{unknown}");
}

#[test]
fn an_empty_or_missing_directory_is_an_error() {
    let files = directory(&[("orders.cedarschema", SCHEMA)]);
    let error = build(files.path()).unwrap_err().to_string();
    assert!(error.ends_with("there is no `*.cedar` file"), "{error}");
    assert!(build(&files.path().join("nowhere")).is_err());
}

#[test]
fn policies_without_id_are_named_by_file_and_place() {
    let engine = CedarEngine::builder()
        .schema_text(SCHEMA)
        .policy_text("orders.cedar", format!("{PERMIT}\n{FORBID}"))
        .build()
        .unwrap();
    let decision = engine.decide(&PolicyRequest {
        principal: Entity::new(Entity::USER, "alice"),
        action: "read",
        resource: Entity::new("Order", "1").with_attribute("owner", "alice"),
        context: Map::new(),
    });
    assert_eq!(decision.reasons()[0].id, "orders.cedar#2");
}

/// The schema names every kind of type, in namespaces too.
#[test]
fn types_of_the_schema_language() {
    let schema = r#"
        namespace Shop {
            type Money = { cents: Long, currency: String };
            entity Team;
            entity Order in [Team] = {
                price: Money, tags: Set<String>, paid: Bool, team?: Team, buyer: User,
                from?: ipaddr, discount?: decimal, at?: datetime, within?: duration,
            };
            action "order:read" appliesTo { principal: [User], resource: [Order] };
        }
    "#;
    let policy = r#"
        permit (principal, action == Shop::Action::"order:read", resource in Shop::Team::"t")
        when {
            resource.price.cents == 5 && resource.tags.contains("a") && resource.paid &&
            resource.buyer == principal && resource has team && resource.team == Shop::Team::"u" &&
            resource has from && resource.from.isLoopback() &&
            resource has discount && resource.discount.lessThan(decimal("0.2")) &&
            resource has at && resource.at > datetime("2026-01-01") &&
            resource has within && resource.within < duration("2h")
        };
    "#;
    let engine = CedarEngine::builder()
        .schema_text(schema)
        .policy_text("shop", policy)
        .build()
        .unwrap();
    let attributes = serde_json::json!({
        "price": { "cents": 5, "currency": "EUR", "more": 1 }, "tags": ["a", "b"], "paid": true,
        "team": "u", "buyer": "alice", "from": "127.0.0.1", "discount": "0.1",
        "at": "2026-06-01", "within": "1h",
    });
    let mut resource = Entity::new("Shop::Order", "1")
        .with_attributes(attributes.as_object().unwrap().clone())
        .with_parent(ciam_policy::EntityUid::new("Shop::Team", "t"));
    let ask = |resource: Entity| {
        engine.decide(&PolicyRequest {
            principal: Entity::new(Entity::USER, "alice"),
            action: "order:read",
            resource,
            context: Map::new(),
        })
    };
    let decision = ask(resource.clone());
    assert!(decision.is_permit(), "{decision:?}");
    resource = resource.with_attribute("from", "not an address");
    assert_eq!(ask(resource).errors().len(), 1);
}

#[test]
fn the_principal_schema_is_there_for_editors() {
    assert!(PRINCIPAL_SCHEMA.contains("entity User"));
}
