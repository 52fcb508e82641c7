//! The files of the repository.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::cargo::root;

/// The files below the root, without build output, installed packages and
/// hidden folders.
pub(crate) fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(root(), &mut found);
    found.sort();
    assert!(!found.is_empty(), "no file found");
    found
}

/// Those that end in `.rs`.
pub(crate) fn rust_files() -> Vec<PathBuf> {
    let mut files = files();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files
}

/// A path as a message shows it.
pub(crate) fn shown(path: &Path) -> String {
    let relative = path.strip_prefix(root()).unwrap_or(path);
    relative.display().to_string()
}

/// The text of a file.
pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", shown(path)))
}

/// A TOML file of the root.
pub(crate) fn toml(name: &str) -> toml::Table {
    let text = read(&root().join(name));
    text.parse()
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// `deny.toml`.
pub(crate) fn deny() -> toml::Table {
    toml("deny.toml")
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    // Cargo marks its build folder with this file, whatever its name.
    if folder.join("CACHEDIR.TAG").exists() {
        return;
    }
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let entry = entry.expect("a readable entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name == "target" || name == "node_modules" {
            continue;
        }
        let kind = entry.file_type().expect("a kind of file");
        if kind.is_dir() {
            collect(&entry.path(), found);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
}
