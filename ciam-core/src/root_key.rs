//! The root key: 32 bytes outside the store, from which all keys at rest derive.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::account::LookupKey;
use crate::crypto::{HmacKey, hmac_sha256};
use crate::encoding::{b64url_array, b64url_encode};
use crate::outside::{Entropy, SystemEntropy, random};
use crate::seal::{KeyWrapper, LocalKeyWrapper, SealError};
use crate::secret::Secret;

/// The key that seals private keys, personal columns and the vault, and from
/// which the lookup key derives. Whoever has the store without it can read no
/// person's data and sign nothing.
///
/// ```
/// use ciam_core::root_key::RootKey;
///
/// let root = RootKey::new([7; 32]);
/// assert_eq!(format!("{root:?}"), "RootKey([redacted])");
/// ```
#[derive(Clone)]
pub struct RootKey(Secret<[u8; 32]>);

/// Why the root key is not there. Each message says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RootKeyError {
    /// There is no such file.
    #[error("the root key `{}` is missing; put it back, or move the database away to start anew", .0.display())]
    Missing(PathBuf),
    /// Others can read it.
    #[error("the root key `{}` can be read by others; run `chmod 600` on it", .0.display())]
    Exposed(PathBuf),
    /// It is not a root key.
    #[error("`{}` is not a root key: 43 characters of base64url are wanted", .0.display())]
    Malformed(PathBuf),
    /// A new one would overwrite it.
    #[error("`{}` exists already and is not overwritten", .0.display())]
    Exists(PathBuf),
    /// It cannot be read or written.
    #[error("the root key `{}` cannot be read or written", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl RootKey {
    /// From its 32 bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// Reads a key file: one line of base64url, mode 0600.
    ///
    /// # Errors
    /// [`RootKeyError`] when it is missing, readable by others or malformed.
    pub fn read(path: &Path) -> Result<Self, RootKeyError> {
        let io = |source: std::io::Error| match source.kind() {
            ErrorKind::NotFound => RootKeyError::Missing(path.to_owned()),
            _ => RootKeyError::Io {
                path: path.to_owned(),
                source,
            },
        };
        refuse_exposed(path, &fs::metadata(path).map_err(io)?)?;
        let text = Secret::new(fs::read_to_string(path).map_err(io)?);
        b64url_array(text.expose().trim())
            .map(Self::new)
            .ok_or_else(|| RootKeyError::Malformed(path.to_owned()))
    }

    /// Draws a key and writes it to a new file with mode 0600.
    ///
    /// # Errors
    /// [`RootKeyError::Exists`] when there is one: it is never overwritten.
    pub fn create(path: &Path) -> Result<Self, RootKeyError> {
        let io = |source: std::io::Error| match source.kind() {
            ErrorKind::AlreadyExists => RootKeyError::Exists(path.to_owned()),
            _ => RootKeyError::Io {
                path: path.to_owned(),
                source,
            },
        };
        let root = Self::new(random(&SystemEntropy));
        let mut file = new_private_file().open(path).map_err(io)?;
        let text = Secret::new(b64url_encode(root.0.expose()));
        file.write_all(text.expose().as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(io)?;
        Ok(root)
    }

    /// A key for one purpose. Purposes never share a key.
    pub fn derive(&self, purpose: &str) -> Secret<[u8; 32]> {
        let key = HmacKey::new(self.0.expose());
        Secret::new(hmac_sha256(&key, &[b"ciam root key", purpose.as_bytes()]))
    }

    /// The wrapper that seals under this key.
    ///
    /// # Errors
    /// Those of [`LocalKeyWrapper::new`].
    pub fn wrapper(&self, entropy: impl Entropy) -> Result<Arc<dyn KeyWrapper>, SealError> {
        Ok(Arc::new(LocalKeyWrapper::new(
            &self.derive("seal"),
            entropy,
        )?))
    }

    /// The key by which people are looked up.
    pub fn lookup_key(&self) -> LookupKey {
        LookupKey::new(self.derive("lookup").expose())
    }
}

impl std::fmt::Debug for RootKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RootKey([redacted])")
    }
}

#[cfg(unix)]
fn refuse_exposed(path: &Path, metadata: &fs::Metadata) -> Result<(), RootKeyError> {
    use std::os::unix::fs::PermissionsExt;
    match metadata.permissions().mode() & 0o077 {
        0 => Ok(()),
        _ => Err(RootKeyError::Exposed(path.to_owned())),
    }
}

#[cfg(not(unix))]
fn refuse_exposed(_path: &Path, _metadata: &fs::Metadata) -> Result<(), RootKeyError> {
    Ok(())
}

fn new_private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
