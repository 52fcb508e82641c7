//! Length, names and places of files.

use std::{collections::BTreeSet, fs, path::Path};

use crate::{
    cargo::root,
    source::{files, read, rust_files, shown},
};

/// Of a text file that people write.
const MOST_LINES: usize = 500;
const MOST_TEST_BINARIES: usize = 8;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &[
    "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils",
];

#[test]
fn no_file_is_longer_than_500_lines() {
    let long: Vec<_> = files()
        .iter()
        .filter(|file| !is_lock_file(file))
        .filter_map(|file| Some((fs::read_to_string(file).ok()?.lines().count(), shown(file))))
        .filter(|(lines, _)| *lines > MOST_LINES)
        .collect();
    assert!(long.is_empty(), "over {MOST_LINES} lines: {long:?}");
}

#[test]
fn file_and_folder_names_say_what_is_inside() {
    for file in rust_files() {
        let path = shown(&file).replace(".rs", "");
        for part in path.split(['/', '\\']) {
            let empty = part
                .split(['_', '-'])
                .any(|word| EMPTY_NAMES.contains(&word));
            assert!(!empty, "{}: `{part}` says nothing", shown(&file));
        }
    }
}

#[test]
fn the_root_has_few_test_binaries() {
    // Each binary links the whole product again; a specification is a folder
    // inside one of them.
    let binaries: BTreeSet<_> = rust_files()
        .iter()
        .filter_map(|file| {
            let inside = file.strip_prefix(root().join("tests")).ok()?;
            let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
            match parts.as_slice() {
                [name] => Some(name.trim_end_matches(".rs").to_owned()),
                [name, main] if main == "main.rs" => Some(name.clone().into_owned()),
                _ => None,
            }
        })
        .collect();
    assert!(
        binaries.len() <= MOST_TEST_BINARIES,
        "{} binaries: {binaries:?}",
        binaries.len()
    );
}

#[test]
fn no_test_is_ignored() {
    // In two parts, or this file would find itself.
    let attribute = ["#[", "ignore"].concat();
    for file in rust_files() {
        let ignored = read(&file)
            .lines()
            .any(|line| line.trim_start().starts_with(&attribute));
        assert!(!ignored, "{}: an ignored test", shown(&file));
    }
}

#[test]
fn ff3_is_not_used() {
    let module = ["fpe::", "ff3"].concat();
    for file in rust_files() {
        assert!(!read(&file).contains(&module), "{}: FF3", shown(&file));
    }
}

#[test]
fn locks_of_npm_name_no_registry() {
    for file in files() {
        if file.ends_with("package-lock.json") {
            let named = read(&file).contains("\"resolved\"");
            assert!(!named, "{}: a registry is named", shown(&file));
        }
    }
}

fn is_lock_file(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name == "Cargo.lock" || name == "package-lock.json")
}
