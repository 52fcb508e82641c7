//! What a user compiles who takes only a part.

use std::collections::BTreeSet;

use crate::cargo::{names, tree};

/// Everything an API that only checks tokens has no use for.
const NOT_FOR_AN_API: &[&str] = &[
    "argon2",
    "cedar-policy",
    "cedar-policy-core",
    "ciam-broker",
    "ciam-idp",
    "ciam-sqlx",
    "libsqlite3-sys",
    "minijinja",
    "oauth2",
    "openidconnect",
    "reqwest",
    "sqlx",
    "sqlx-core",
];

#[test]
fn an_api_on_axum_compiles_neither_provider_nor_store() {
    absent(&tree("ciam-axum", &[]), NOT_FOR_AN_API);
    absent(&tree("ciam-axum", &[]), &["actix-web", "ciam-actix"]);
}

#[test]
fn an_api_on_actix_compiles_neither_provider_nor_store() {
    absent(&tree("ciam-actix", &[]), NOT_FOR_AN_API);
    absent(&tree("ciam-actix", &[]), &["axum", "ciam-axum"]);
}

#[test]
fn an_api_over_the_facade_is_as_small() {
    for adapter in ["axum", "actix"] {
        let tree = tree("ciam", &["--no-default-features", "--features", adapter]);
        absent(&tree, NOT_FOR_AN_API);
    }
}

#[test]
fn the_core_has_no_server_no_runtime_and_no_sql() {
    absent(
        &tree("ciam-core", &[]),
        &[
            "actix-web",
            "axum",
            "hyper",
            "minijinja",
            "reqwest",
            "sqlx",
            "tokio",
        ],
    );
}

#[test]
fn policy_does_not_know_tokens() {
    let tree = tree("ciam-policy", &["--all-features"]);
    absent(&tree, &["ciam-tokens", "aws-lc-rs", "jsonwebtoken"]);
}

#[test]
fn the_facade_by_default_is_free_of_openssl_and_rsa() {
    let tree = tree("ciam", &[]);
    absent(&tree, &["openssl", "openssl-sys", "native-tls", "rsa"]);
    absent(&tree, &["axum", "actix-web", "sqlx", "openidconnect"]);
    one_major(&tree, "reqwest");
}

#[test]
fn the_facade_with_everything_has_one_tls_and_no_rsa() {
    let tree = tree("ciam", &["--all-features"]);
    absent(&tree, &["openssl", "openssl-sys", "native-tls", "rsa"]);
    for single in ["reqwest", "rustls", "aws-lc-rs", "ring"] {
        one_major(&tree, single);
    }
}

#[test]
fn the_quickstart_compiles_actix_only_when_asked() {
    absent(&tree("quickstart", &[]), &["actix-web", "ciam-actix"]);
}

fn absent(tree: &BTreeSet<String>, unwanted: &[&str]) {
    let names = names(tree);
    for name in unwanted {
        assert!(!names.contains(name), "`{name}` is in the tree");
    }
}

fn one_major(tree: &BTreeSet<String>, name: &str) {
    let versions: Vec<_> = tree
        .iter()
        .filter(|line| line.split(' ').next() == Some(name))
        .collect();
    assert!(versions.len() <= 1, "more than one `{name}`: {versions:?}");
}
