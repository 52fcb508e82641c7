//! What can be wrong with a token or a key.

/// Why a token or key was refused.
///
/// The text is for the log of the party that checks. Whoever showed the token
/// gets one fixed answer, whatever the kind (RFC 6750 3.1 `invalid_token`,
/// RFC 6749 5.2 `invalid_client`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JoseError {
    /// The algorithm is missing, unknown, `none`, or not allowed here
    /// (RFC 8725 2.1 and 3.1).
    #[error("algorithm refused: {0}")]
    Algorithm(&'static str),
    /// No key fits, or the key itself is not acceptable (RFC 7517 4).
    #[error("key refused: {0}")]
    Key(&'static str),
    /// The header says something that is not understood or not allowed
    /// (RFC 7515 4.1.11).
    #[error("header refused: {0}")]
    Header(&'static str),
    /// It is not the compact serialization of a token, or not strict JSON.
    #[error("not a token: {0}")]
    Parse(&'static str),
    /// The signature is not of this key over these bytes.
    #[error("the signature is not valid")]
    Signature,
    /// The token is sound but of another kind (RFC 8725 3.11).
    #[error("token of another kind: {0}")]
    Type(&'static str),
    /// A claim is missing, of a wrong type, or says that the token is not for
    /// here or not for now (RFC 7519 4.1).
    #[error("claims refused: {0}")]
    Claims(&'static str),
    /// The time of `exp` has passed (RFC 7519 4.1.4).
    #[error("claims refused: the token has expired")]
    Expired,
    /// Longer than this library reads.
    #[error("too large: {0}")]
    TooLarge(&'static str),
    /// It could not be decrypted. There is one answer for all causes, so that
    /// it teaches nothing (RFC 7516 11.5).
    #[error("the token could not be decrypted")]
    Decrypt,
    /// The cryptographic library failed for a reason that is not the token's:
    /// no randomness, no memory.
    #[error("cryptography failed: {0}")]
    Crypto(&'static str),
}
