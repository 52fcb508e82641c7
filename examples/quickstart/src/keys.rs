//! The private keys of the demo's clients and of its API, one PEM file each.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ciam::core::encoding::{b64url_decode, b64url_encode};
use ciam::core::jwk::JwkSetDocument;
use ciam::core::outside::random;
use ciam::core::{ClientId, Clock, SystemClock, SystemEntropy};
use ciam::tokens::profile::client_assertion;
use ciam::tokens::{
    ContentEncryption, DecryptKey, JoseError, Jwk, JwkSet, KeyManagement, SigningAlgorithm,
    SigningKey,
};

use crate::folder::{Folder, private_file};
use crate::problem::Problem;

/// A client's key for `private_key_jwt`.
#[derive(Debug, Clone)]
pub(crate) struct ClientKey {
    client: ClientId,
    key: Arc<SigningKey>,
}

impl ClientKey {
    /// The key of a client, made at its first use and kept in the folder.
    pub(crate) fn open(folder: &Folder, client: &str) -> Result<Self, Problem> {
        let path = folder.keys()?.file(&format!("{client}.pem"));
        let pkcs8 = read_or_make(&path, || {
            let key = SigningKey::generate(SigningAlgorithm::Es256).map_err(unusable)?;
            Ok(key.to_pkcs8().map_err(unusable)?.expose().clone())
        })?;
        let key = SigningKey::from_pkcs8(SigningAlgorithm::Es256, &pkcs8)
            .map_err(|_| not_a_key(&path))?;
        Ok(Self {
            client: client_id(client)?,
            key: Arc::new(key),
        })
    }

    /// The key of a client that was made before.
    pub(crate) fn read(folder: &Folder, client: &str) -> Result<Self, Problem> {
        let name = client_id(client)?;
        let plain = client
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let file = folder.file(&format!("client-keys/{client}.pem"));
        if !plain || !file.exists() {
            return Err(Problem::new(format!(
                "{} has no key of a client `{name}`; there are shop, partner, referee, warehouse and closed, once the demo was started",
                folder.path().display()
            )));
        }
        Self::open(folder, client)
    }

    /// A key that nobody knows, of somebody who says to be `client`.
    pub(crate) fn stranger(client: &str) -> Result<Self, Problem> {
        let key = SigningKey::generate(SigningAlgorithm::Es256).map_err(unusable)?;
        Ok(Self {
            client: client_id(client)?,
            key: Arc::new(key),
        })
    }

    pub(crate) fn client(&self) -> &ClientId {
        &self.client
    }

    pub(crate) fn kid(&self) -> String {
        self.key.kid().to_string()
    }

    /// The public half, as the client is registered with it.
    pub(crate) fn jwks(&self) -> Result<JwkSetDocument, Problem> {
        document(self.key.public_jwk())
    }

    /// PKCS#8 PEM, as `openid-client` reads it.
    pub(crate) fn to_pem(&self) -> Result<String, Problem> {
        Ok(pem(self.key.to_pkcs8().map_err(unusable)?.expose()))
    }

    /// A client assertion for one use within a minute (RFC 7523 2.2).
    pub(crate) fn assertion(&self, issuer: &str) -> Result<String, Problem> {
        let token_id = b64url_encode(&random::<16>(&SystemEntropy));
        let signed = client_assertion::sign(
            &self.key,
            &self.client,
            issuer,
            &token_id,
            Duration::from_secs(60),
            SystemClock.now(),
        );
        Ok(signed.map_err(unusable)?.into_string())
    }
}

/// The key that access tokens for the orders API are encrypted to.
pub(crate) fn open_api_key(folder: &Folder) -> Result<Arc<DecryptKey>, Problem> {
    let path = folder.keys()?.file("orders.pem");
    let pkcs8 = read_or_make(&path, || {
        let key = DecryptKey::generate(KeyManagement::EcdhEs, ContentEncryption::A256Gcm)
            .map_err(unusable)?;
        Ok(key.to_pkcs8().map_err(unusable)?.expose().clone())
    })?;
    DecryptKey::from_pkcs8(KeyManagement::EcdhEs, ContentEncryption::A256Gcm, &pkcs8)
        .map(Arc::new)
        .map_err(|_| not_a_key(&path))
}

/// A key set of one key.
pub(crate) fn document(key: Jwk) -> Result<JwkSetDocument, Problem> {
    JwkSetDocument::new(&JwkSet::new([key]).to_json())
        .map_err(|error| Problem::caused("a public key cannot be written", &error))
}

fn client_id(text: &str) -> Result<ClientId, Problem> {
    text.parse()
        .map_err(|_| Problem::new(format!("`{text}` is not a client identifier")))
}

fn read_or_make(
    path: &Path,
    make: impl FnOnce() -> Result<Vec<u8>, Problem>,
) -> Result<Vec<u8>, Problem> {
    match fs::read_to_string(path) {
        Ok(text) => {
            refuse_exposed(path)?;
            der(&text).ok_or_else(|| not_a_key(path))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let made = make()?;
            private_file(path)
                .and_then(|mut file| file.write_all(pem(&made).as_bytes()))
                .map_err(|error| {
                    Problem::caused(format_args!("{} cannot be written", path.display()), &error)
                })?;
            Ok(made)
        }
        Err(error) => Err(Problem::caused(
            format_args!("{} cannot be read", path.display()),
            &error,
        )),
    }
}

/// Whoever can read the key can be the client.
#[cfg(unix)]
fn refuse_exposed(path: &Path) -> Result<(), Problem> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = fs::metadata(path).map_err(|error| {
        Problem::caused(format_args!("{} cannot be read", path.display()), &error)
    })?;
    match metadata.permissions().mode() & 0o077 {
        0 => Ok(()),
        _ => Err(Problem::new(format!(
            "{} can be read by others; run `chmod 600` on it",
            path.display()
        ))),
    }
}

#[cfg(not(unix))]
fn refuse_exposed(_path: &Path) -> Result<(), Problem> {
    Ok(())
}

fn not_a_key(path: &Path) -> Problem {
    Problem::new(format!(
        "{} is not a private key of the demo; move it away, and a new one is made",
        path.display()
    ))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that `map_err` takes"
)]
fn unusable(error: JoseError) -> Problem {
    Problem::caused("a key of the demo cannot be used", &error)
}

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// The textual encoding of RFC 7468 section 10.
fn pem(der: &[u8]) -> String {
    let mut base64 = b64url_encode(der).replace('-', "+").replace('_', "/");
    while !base64.len().is_multiple_of(4) {
        base64.push('=');
    }
    let mut text = format!("{BEGIN}\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str(END);
    text.push('\n');
    text
}

fn der(pem: &str) -> Option<Vec<u8>> {
    let body = pem.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
    let base64: String = body
        .chars()
        .filter(|c| !c.is_ascii_whitespace() && *c != '=')
        .map(|c| match c {
            '+' => '-',
            '/' => '_',
            other => other,
        })
        .collect();
    b64url_decode(&base64)
}

#[cfg(test)]
mod tests {
    use super::{der, pem};

    #[test]
    fn pem_reads_back() {
        for length in [0, 1, 47, 48, 49, 138] {
            let bytes: Vec<u8> = (0..length).map(|n: u8| n.wrapping_mul(7)).collect();
            assert_eq!(der(&pem(&bytes)), Some(bytes));
        }
        assert_eq!(der("nonsense"), None);
    }
}
