//! The folder of the demo: where its files are, and how they are written.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use ciam::core::SystemEntropy;
use ciam::core::encoding::b64url_encode;
use ciam::core::outside::random;

use crate::listen::Urls;
use crate::problem::Problem;

/// The folder that `--dir` names.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Makes the folder when it is not there.
    pub(crate) fn open(path: &Path) -> Result<Self, Problem> {
        fs::create_dir_all(path).map_err(|error| {
            Problem::caused(
                format_args!("the folder {} cannot be made", path.display()),
                &error,
            )
        })?;
        Ok(Self(path.to_owned()))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// How a second process is started that works on this folder.
    pub(crate) fn command(&self) -> String {
        if self.0 == Path::new(".") {
            "cargo run -p quickstart --".to_owned()
        } else {
            format!("cargo run -p quickstart -- --dir {}", self.0.display())
        }
    }

    /// Where client keys are kept.
    pub(crate) fn keys(&self) -> Result<Self, Problem> {
        Self::open(&self.0.join("client-keys"))
    }

    /// Remembers under which addresses the demo serves, for a second process: the
    /// settings in a database belong to an issuer.
    pub(crate) fn remember(&self, urls: &Urls) -> Result<(), Problem> {
        let lines = [&urls.provider, &urls.bank, &urls.social];
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        write_whole(&self.file(ADDRESSES), text.as_bytes())
    }

    /// The addresses of the last `serve`: the provider's, then those of the issuers
    /// that it can reach.
    pub(crate) fn remembered(&self) -> Vec<String> {
        let text = fs::read_to_string(self.file(ADDRESSES)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

const ADDRESSES: &str = "ciam.addresses";

/// Writes a file so that others see nothing or all of it.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> Result<(), Problem> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    // A name that nobody can have put a link under.
    let unique = b64url_encode(&random::<12>(&SystemEntropy));
    name.push(format!(".{unique}.part"));
    let part = path.with_file_name(name);
    // What is written here may hold a private key.
    let written = private_file(&part).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&part, path)
    });
    written.map_err(|error| {
        fs::remove_file(&part).ok();
        Problem::caused(format_args!("{} cannot be written", path.display()), &error)
    })
}

/// A new file that only its owner can read; fails when there is one, or a link.
pub(crate) fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
