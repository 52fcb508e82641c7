//! The bans of `deny.toml`, over the graph that cargo resolved.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    cargo::{list, resolved, text},
    source::deny,
};

#[test]
fn banned_crates_are_absent_or_under_their_named_wrapper() {
    let graph = resolved();
    let names = names(&graph);
    for ban in array(&deny()["bans"], "deny") {
        if ban.get("deny-multiple-versions").is_some() {
            continue;
        }
        let banned = ban["crate"].as_str().expect("a ban names a crate");
        let wrappers = array(&ban, "wrappers");
        for (id, _) in names.iter().filter(|(_, name)| **name == banned) {
            for parent in parents(&graph, id) {
                let parent = names.get(parent.as_str()).copied().unwrap_or(&parent);
                assert!(
                    wrappers
                        .iter()
                        .any(|allowed| allowed.as_str() == Some(parent)),
                    "`{banned}` is banned ({}) and `{parent}` brings it",
                    ban["reason"]
                );
            }
            assert!(
                !wrappers.is_empty(),
                "`{banned}` is banned: {}",
                ban["reason"]
            );
        }
    }
}

#[test]
fn crates_that_must_be_single_are_single() {
    let graph = resolved();
    let names = names(&graph);
    for ban in array(&deny()["bans"], "deny") {
        if ban.get("deny-multiple-versions").is_none() {
            continue;
        }
        let single = ban["crate"].as_str().expect("a ban names a crate");
        let found: Vec<_> = names.iter().filter(|(_, name)| **name == single).collect();
        assert!(found.len() <= 1, "{}: {found:?}", ban["reason"]);
    }
}

#[test]
fn banned_features_are_off() {
    let graph = resolved();
    let names = names(&graph);
    for ban in array(&deny()["bans"], "features") {
        let banned = ban["crate"].as_str().expect("a ban names a crate");
        for node in list(&graph["resolve"], "nodes") {
            if names.get(text(&node, "id")).copied() != Some(banned) {
                continue;
            }
            for feature in array(&ban, "deny") {
                let feature = feature.as_str().unwrap_or_default();
                assert!(
                    !list(&node, "features").iter().any(|on| on == feature),
                    "`{banned}` has feature `{feature}` on: {}",
                    ban["reason"]
                );
            }
        }
    }
}

#[test]
fn every_crate_comes_from_the_public_registry() {
    for package in list(&resolved(), "packages") {
        // `null` is a crate of this workspace.
        let source = package["source"].as_str().unwrap_or("registry+");
        assert!(
            source.starts_with("registry+"),
            "`{}` comes from {source}",
            text(&package, "name")
        );
    }
}

/// Package id to name.
fn names(graph: &Value) -> BTreeMap<&str, &str> {
    let packages = graph["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| (text(package, "id"), text(package, "name")))
        .collect()
}

/// The ids of the packages that depend directly on `id`.
fn parents(graph: &Value, id: &str) -> Vec<String> {
    list(&graph["resolve"], "nodes")
        .iter()
        .filter(|node| list(node, "dependencies").iter().any(|d| d == id))
        .map(|node| text(node, "id").to_owned())
        .collect()
}

fn array(table: &toml::Value, key: &str) -> Vec<toml::Value> {
    let found = table.get(key).and_then(toml::Value::as_array);
    found.cloned().unwrap_or_default()
}
