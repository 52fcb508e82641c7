//! A folder for the time of the walk.

use std::fs;
use std::path::{Path, PathBuf};

use ciam::core::SystemEntropy;
use ciam::core::encoding::b64url_encode;
use ciam::core::outside::random;

use crate::problem::Problem;

/// Removed when dropped.
#[derive(Debug)]
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub(super) fn new() -> Result<Self, Problem> {
        let name = b64url_encode(&random::<12>(&SystemEntropy));
        let path = std::env::temp_dir().join(format!("ciam-walk-{name}"));
        fs::create_dir(&path).map_err(|error| {
            Problem::caused(
                format_args!("the folder {} cannot be made", path.display()),
                &error,
            )
        })?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}
