//! The ID token (OIDC Core 3.1.3.7).

use std::time::Duration;

use ciam_core::Timestamp;
use ciam_tokens::profile::id_token::{IdTokenRules, VerifiedIdToken};
use ciam_tokens::{JoseError, PrivateKeyError, UnverifiedJwe, VerifyKeySet, VerifyKeySource};

use super::jwks::no_keys;
use super::metadata::Metadata;
use super::token_request::Tokens;
use super::{LoginState, OidcConnector};
use crate::connection::Connection;
use crate::connector::{ConnectorError, Rejection};

impl OidcConnector {
    /// Decrypts the ID token where the connection wants that, and verifies it.
    pub(super) async fn verify(
        &self,
        connection: &Connection,
        metadata: &Metadata,
        state: &LoginState,
        tokens: &Tokens,
        now: Timestamp,
    ) -> Result<VerifiedIdToken, ConnectorError> {
        let signed = self
            .signed_part(connection, tokens.id_token.expose())
            .await?;
        let rules = IdTokenRules {
            issuer: connection.issuer.as_str(),
            client_id: connection.client_id.as_str(),
            nonce: Some(state.nonce.expose()),
            max_age: FRESH,
        };
        let verify = |keys: &VerifyKeySet| rules.verify(&signed, keys, now);
        let source = self.key_sets.at(&metadata.jwks_uri)?;
        let verified = match source.held(now).as_deref().map(verify) {
            // The provider may have changed its keys since (OIDC Core 10.1.1).
            None | Some(Err(JoseError::Key(_) | JoseError::Signature)) => {
                verify(source.fetched(None, now).await.map_err(no_keys)?.as_ref())
            }
            Some(verified) => verified,
        };
        let token = verified.map_err(Rejection::IdToken)?;
        token
            .check_access_token(tokens.access_token.expose())
            .map_err(Rejection::IdToken)?;
        Ok(token)
    }

    /// What arrives does not choose: encrypted where the connection wants it,
    /// else not encrypted.
    async fn signed_part(
        &self,
        connection: &Connection,
        token: &str,
    ) -> Result<String, ConnectorError> {
        if !connection.require_encrypted_id_token {
            return Ok(token.to_owned());
        }
        // Five segments are a JWE (RFC 7516 3.1).
        if token.split('.').count() != 5 {
            return Err(Rejection::NotEncrypted.into());
        }
        let jwe = UnverifiedJwe::parse(token).map_err(Rejection::IdToken)?;
        match jwe.decrypt_nested_with(&self.keys.decrypters()).await {
            Ok(signed) => Ok(signed.as_str().to_owned()),
            // A fault of ours says nothing about the provider's token.
            Err(PrivateKeyError::Refused(cause @ JoseError::Crypto(_))) => {
                Err(ConnectorError::Internal(cause.into()))
            }
            Err(PrivateKeyError::Refused(cause)) => Err(Rejection::IdToken(cause).into()),
            Err(unavailable) => Err(ConnectorError::KeyUnavailable(unavailable)),
        }
    }
}

/// A token from the token endpoint is seconds old; one of yesterday is a replay.
const FRESH: Duration = Duration::from_secs(10 * 60);
