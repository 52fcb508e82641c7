//! Every id of the catalogue is tried or has a reason to wait.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

/// How many rows each family of the catalogue has.
const FAMILIES: [(&str, u32); 3] = [("AZ", 48), ("RU", 18), ("TK", 40)];

/// Rows that need no request: see `redirect_uri`.
const AT_REGISTRATION: [&str; 3] = ["RU-14", "RU-15", "RU-16"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Later {
    /// The feature a row waits for, by id.
    later: BTreeMap<String, String>,
}

#[test]
fn every_row_of_the_catalogue_is_tried_or_waits_for_a_feature() {
    let mut tried: BTreeSet<String> = crate::rows::all().into_iter().map(|row| row.id).collect();
    tried.extend(AT_REGISTRATION.map(str::to_owned));
    let later = later();
    for (family, count) in FAMILIES {
        for number in 1..=count {
            let id = format!("{family}-{number:02}");
            let known = [tried.contains(&id), later.contains_key(&id)];
            assert_eq!(
                known.iter().filter(|known| **known).count(),
                1,
                "{id} must be a row, or be in later.toml with what it waits for"
            );
        }
    }
}

#[test]
fn ids_are_there_once() {
    let rows = crate::rows::all();
    let ids: BTreeSet<_> = rows.iter().map(|row| &row.id).collect();
    assert_eq!(ids.len(), rows.len());
}

fn later() -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalogue/later.toml");
    let later: Later = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(
        later
            .later
            .values()
            .all(|feature| !feature.trim().is_empty())
    );
    later.later
}
