//! Dependencies between our own crates run one way.

use serde_json::Value;

use crate::cargo::{list, members, text};

/// Each crate with the crates of ours that it may depend on. A new crate has to
/// be entered here, which is the moment to think about its place.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("ciam-core", &[]),
    ("ciam-tokens", &["ciam-core"]),
    // The guard takes a `TokenVerifier`, a port in core: policy does not know tokens.
    ("ciam-policy", &["ciam-core"]),
    ("ciam-sqlx", &["ciam-core"]),
    ("ciam-testkit", &["ciam-core"]),
    ("ciam-broker", &["ciam-core", "ciam-policy", "ciam-tokens"]),
    (
        "ciam-idp",
        &["ciam-broker", "ciam-core", "ciam-policy", "ciam-tokens"],
    ),
    (
        "ciam-axum",
        &["ciam-core", "ciam-idp", "ciam-policy", "ciam-tokens"],
    ),
    (
        "ciam-actix",
        &["ciam-core", "ciam-idp", "ciam-policy", "ciam-tokens"],
    ),
    (
        "ciam",
        &[
            "ciam-actix",
            "ciam-axum",
            "ciam-broker",
            "ciam-core",
            "ciam-idp",
            "ciam-policy",
            "ciam-sqlx",
            "ciam-tokens",
        ],
    ),
    // An example is written as a user would write it: over the façade.
    ("quickstart", &["ciam"]),
];

const ADAPTERS: &[&str] = &["ciam-axum", "ciam-actix"];

#[test]
fn crates_know_only_what_is_below_them() {
    let members = members();
    for member in &members {
        let name = text(member, "name");
        let Some((_, allowed)) = MAY_KNOW.iter().find(|(known, _)| *known == name) else {
            panic!("`{name}` has no line in MAY_KNOW");
        };
        for dependency in ours(&members, member, None) {
            let dependency = text(&dependency, "name").to_owned();
            assert!(
                allowed.contains(&dependency.as_str()),
                "`{name}` must not depend on `{dependency}`"
            );
        }
    }
}

#[test]
fn every_line_of_the_table_is_a_crate() {
    let members = members();
    for (name, _) in MAY_KNOW {
        assert!(
            members.iter().any(|member| text(member, "name") == *name),
            "`{name}` is in MAY_KNOW and not in the workspace"
        );
    }
}

#[test]
fn testkit_is_for_tests_alone() {
    let members = members();
    for member in &members {
        for kind in [None, Some("build")] {
            let names = ours(&members, member, kind);
            assert!(
                !names.iter().any(|d| text(d, "name") == "ciam-testkit"),
                "`{}` ships ciam-testkit",
                text(member, "name")
            );
        }
    }
}

#[test]
fn adapters_take_the_provider_only_behind_its_feature() {
    let members = members();
    for name in ADAPTERS {
        let adapter = member(&members, name);
        let idp = dependency(&members, adapter, "ciam-idp");
        assert_eq!(idp["optional"], true, "{name}: ciam-idp is not optional");
        for feature in features(adapter) {
            let (feature, enables) = feature;
            let enables_idp = enables.iter().any(|entry| entry.contains("ciam-idp"));
            assert!(
                !enables_idp || feature == "provider",
                "{name}: feature `{feature}` enables ciam-idp"
            );
        }
    }
}

#[test]
fn adapters_have_no_default_features() {
    let members = members();
    for name in ADAPTERS {
        for (feature, enables) in features(member(&members, name)) {
            assert!(
                feature != "default" || enables.is_empty(),
                "{name}: `provider` and `cedar` are the user's choice, default enables {enables:?}"
            );
        }
    }
}

#[test]
fn adapters_take_policy_without_its_default_features() {
    let members = members();
    for name in ADAPTERS {
        let policy = dependency(&members, member(&members, name), "ciam-policy");
        assert_eq!(
            policy["uses_default_features"], false,
            "{name}: ciam-policy with default features brings Cedar"
        );
        assert!(
            list(&policy, "features").is_empty(),
            "{name}: features of ciam-policy belong behind features of the adapter"
        );
    }
}

/// The normal (`None`) or named kind of dependencies on crates of the workspace.
fn ours(members: &[Value], member: &Value, kind: Option<&str>) -> Vec<Value> {
    list(member, "dependencies")
        .into_iter()
        .filter(|dependency| dependency["kind"].as_str() == kind)
        .filter(|dependency| {
            members
                .iter()
                .any(|other| text(other, "name") == text(dependency, "name"))
        })
        .collect()
}

fn member<'a>(members: &'a [Value], name: &str) -> &'a Value {
    members
        .iter()
        .find(|member| text(member, "name") == name)
        .unwrap_or_else(|| panic!("no crate `{name}`"))
}

fn dependency(members: &[Value], of: &Value, name: &str) -> Value {
    ours(members, of, None)
        .into_iter()
        .find(|dependency| text(dependency, "name") == name)
        .unwrap_or_else(|| panic!("`{}` does not depend on `{name}`", text(of, "name")))
}

fn features(member: &Value) -> Vec<(String, Vec<String>)> {
    let features = member["features"].as_object().cloned().unwrap_or_default();
    features
        .into_iter()
        .map(|(name, enables)| {
            let enables = enables.as_array().cloned().unwrap_or_default();
            let enables = enables.iter().filter_map(Value::as_str);
            (name, enables.map(str::to_owned).collect())
        })
        .collect()
}
