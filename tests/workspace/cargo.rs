//! Questions to cargo: the manifests of the workspace, the resolved graph, and
//! the tree of one package alone.

use std::{collections::BTreeSet, path::Path, process::Command};

use serde_json::Value;

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The packages of the workspace as their manifests declare them.
pub(crate) fn members() -> Vec<Value> {
    list(&metadata(&["--no-deps"]), "packages")
}

/// Packages and resolved graph of the whole workspace with all features, for
/// this machine's platform.
pub(crate) fn resolved() -> Value {
    let host = host();
    metadata(&["--all-features", "--filter-platform", &host])
}

/// The names and versions (`name v1.2.3`) of what one package compiles.
///
/// `cargo tree` of one package and not of the workspace: a workspace build
/// unifies features, so it proves nothing about what a user gets.
pub(crate) fn tree(package: &str, more: &[&str]) -> BTreeSet<String> {
    let mut arguments = vec!["tree", "--locked", "--edges", "normal", "--prefix", "none"];
    arguments.extend(["--package", package]);
    arguments.extend(more);
    let tree: BTreeSet<_> = cargo(&arguments)
        .lines()
        .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty())
        .collect();
    assert!(
        names(&tree).contains(package),
        "the tree of `{package}` does not name it"
    );
    tree
}

/// The names alone of [`tree`].
pub(crate) fn names(tree: &BTreeSet<String>) -> BTreeSet<&str> {
    tree.iter()
        .filter_map(|line| line.split(' ').next())
        .collect()
}

/// An array below `key`, empty when there is none.
pub(crate) fn list(value: &Value, key: &str) -> Vec<Value> {
    value[key].as_array().cloned().unwrap_or_default()
}

/// A string below `key`, empty when there is none.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn metadata(more: &[&str]) -> Value {
    let mut arguments = vec!["metadata", "--locked", "--format-version", "1"];
    arguments.extend(more);
    serde_json::from_str(&cargo(&arguments)).expect("cargo metadata prints JSON")
}

fn host() -> String {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    run(Command::new(rustc).arg("-vV"))
        .lines()
        .find_map(|line| line.strip_prefix("host: ").map(str::to_owned))
        .expect("rustc names its host")
}

fn cargo(arguments: &[&str]) -> String {
    run(Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root()))
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("the tool starts");
    assert!(
        output.status.success(),
        "{command:?} failed:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("the tool prints UTF-8")
}
