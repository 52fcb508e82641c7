//! The lint table holds for every crate.

use crate::{
    cargo::{members, text},
    source::{read, toml},
};

#[test]
fn unsafe_code_is_forbidden_for_the_workspace() {
    let root = toml("Cargo.toml");
    assert_eq!(
        root["workspace"]["lints"]["rust"]["unsafe_code"].as_str(),
        Some("forbid")
    );
}

#[test]
fn what_can_panic_is_denied_for_the_workspace() {
    let root = toml("Cargo.toml");
    for lint in [
        "expect_used",
        "indexing_slicing",
        "panic",
        "todo",
        "unreachable",
        "unwrap_used",
    ] {
        let level = &root["workspace"]["lints"]["clippy"][lint];
        assert_eq!(level.as_str(), Some("deny"), "{lint}");
    }
}

#[test]
fn every_crate_takes_lints_licence_edition_and_msrv_from_the_workspace() {
    for member in members() {
        let name = text(&member, "name").to_owned();
        let manifest: toml::Table = read(text(&member, "manifest_path").as_ref())
            .parse()
            .expect("a manifest is TOML");
        let taken = |table: &str| manifest[table].get("workspace").cloned();
        assert_eq!(taken("lints"), Some(true.into()), "{name}: [lints]");
        for key in ["edition", "license", "rust-version", "version"] {
            let inherited = manifest["package"]
                .get(key)
                .and_then(|v| v.get("workspace"));
            assert_eq!(inherited, Some(&true.into()), "{name}: {key}");
        }
    }
}
