//! Passwords, hashed with Argon2id (RFC 9106).

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use ciam_core::outside::random;
use ciam_core::{Secret, SystemEntropy};
use unicode_normalization::UnicodeNormalization;

use super::pool::{Full, Pool};
use super::{Authenticated, Authenticator, EnrollError, LoginAttempt, LoginError};

/// Sign-in with a password.
///
/// Passwords are compared in Unicode Normalization Form C. Hashing runs on a few
/// threads of its own; when too much of it waits, attempts
/// are refused as "try again later" before they slow everything down.
///
/// ```
/// use ciam_core::Secret;
/// use ciam_core::account::Credential;
/// use ciam_idp::{Authenticator, LoginAttempt, Password};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let password = Password::new();
/// let secret = Secret::new("correct horse".to_owned());
/// let credential = Credential {
///     kind: password.kind().to_owned(),
///     version: 0,
///     data: password.enroll(&secret).await?,
/// };
/// let attempt = LoginAttempt { credential: Some(&credential), secret: &secret };
/// assert_eq!(password.authenticate(attempt).await?.amr, ["pwd"]);
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new()?.block_on(example())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Password {
    pool: Pool,
}

impl Password {
    /// The kind of its credentials.
    pub const KIND: &str = "password";

    /// With as many threads as half of the processors, at least one and at most four.
    #[must_use]
    pub fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with_threads(processors.div_ceil(2).min(4))
    }

    /// With this many threads; each needs 19 MiB while it works.
    #[must_use]
    pub fn with_threads(threads: usize) -> Self {
        Self {
            pool: Pool::new("ciam-password", threads.max(1), QUEUE),
        }
    }
}

impl Default for Password {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Authenticator for Password {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    async fn authenticate(&self, attempt: LoginAttempt<'_>) -> Result<Authenticated, LoginError> {
        let known = attempt.credential.is_some();
        let hash = attempt
            .credential
            .map_or_else(nobodys_hash, |credential| credential.data.clone());
        let secret = normalized(attempt.secret);
        let outcome = self
            .pool
            .run(move || {
                Argon2::default().verify_password(secret.expose().as_bytes(), hash.as_str())
            })
            .await
            .map_err(|Full| LoginError::Busy)?;
        match outcome {
            Ok(()) if known => Ok(Authenticated {
                amr: vec!["pwd".to_owned()],
                acr: None,
            }),
            Ok(()) | Err(argon2::password_hash::Error::PasswordInvalid) => Err(LoginError::Refused),
            Err(_) => Err(LoginError::Corrupt),
        }
    }

    async fn enroll(&self, secret: &Secret<String>) -> Result<String, EnrollError> {
        let secret = normalized(secret);
        fit(secret.expose())?;
        self.pool
            .run(move || hash(secret.expose().as_bytes()))
            .await
            .map_err(|Full| EnrollError::Busy)?
            .ok_or(EnrollError::Failed)
    }
}

/// In Normalization Form C (NIST SP 800-63B-4 section 3.1.1.2): keyboards differ in
/// how they type the same accent.
fn normalized(secret: &Secret<String>) -> Secret<String> {
    Secret::new(secret.expose().nfc().collect())
}

/// The rules of NIST SP 800-63B-4 section 3.1.1.2: length, and nothing about which
/// characters must be there.
fn fit(secret: &str) -> Result<(), EnrollError> {
    match secret.chars().count() {
        0..8 => Err(EnrollError::Unfit("it has fewer than 8 characters")),
        8..=128 if secret.contains('\0') => Err(EnrollError::Unfit("it contains a NUL character")),
        8..=128 => Ok(()),
        _ => Err(EnrollError::Unfit("it has more than 128 characters")),
    }
}

fn hash(secret: &[u8]) -> Option<String> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    let salt: [u8; 16] = random(&SystemEntropy);
    let hash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(secret, &salt)
        .ok()?;
    Some(hash.to_string())
}

/// A hash that costs as much as a real one and that no password has.
fn nobodys_hash() -> String {
    let (salt, output) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${output}")
}

// The first of the settings that OWASP recommends for Argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Attempts that may wait. At a twentieth of a second each, a few seconds' worth.
const QUEUE: usize = 64;
