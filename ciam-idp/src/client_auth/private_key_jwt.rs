//! RFC 7523 sections 2.2 and 3: the client signs an assertion, which works once.

use ciam_core::Timestamp;
use ciam_core::client::{Client, ClientAuthMethod};
use ciam_core::crypto::sha256;
use ciam_tokens::profile::client_assertion::UnverifiedClientAssertion;

use super::{ClientAuthError, find, refused};
use crate::failure::Failure;
use crate::provider::Inner;

pub(super) async fn authenticate(
    inner: &Inner,
    kind: &str,
    assertion: &str,
    claimed: Option<&str>,
    now: Timestamp,
) -> Result<Client, ClientAuthError> {
    if kind != JWT_BEARER {
        return Err(ClientAuthError::InvalidRequest(
            "client_assertion_type is not supported",
        ));
    }
    let assertion = UnverifiedClientAssertion::parse(assertion)
        .map_err(|_| refused("the assertion is not one", None))?;
    let id = assertion.client_id().clone();
    // RFC 7521 section 4.2: client_id is unnecessary, and must be the same.
    if claimed.is_some_and(|claimed| claimed != id.as_str()) {
        return Err(refused("client_id is not the assertion's", Some(&id)));
    }
    let client = find(inner, &id).await?.filter(|client| {
        client.enabled && client.token_endpoint_auth_method == ClientAuthMethod::PrivateKeyJwt
    });
    // An unknown client costs a verification too: with keys of ours that it
    // cannot have signed with.
    let keys = match client.as_ref().and_then(|client| client.jwks.as_ref()) {
        Some(jwks) => inner.client_keys.parsed(jwks),
        None => inner.keys.ring.verify_keys().clone(),
    };
    let verified = assertion.verify(inner.issuer.as_str(), &keys, now);
    let Some(client) = client else {
        return Err(refused(
            "the client is unknown, disabled or registered for another method",
            Some(&id),
        ));
    };
    if client.jwks.is_none() {
        return Err(refused("the client has no keys", Some(&id)));
    }
    let verified = verified.map_err(|_| refused("the assertion is not valid", Some(&id)))?;
    let digest = sha256(format!("{id}\0{}", verified.token_id).as_bytes());
    let first = inner
        .stores
        .state
        .insert_once(
            &inner.tenant,
            "client_assertion",
            &digest,
            verified.replayable_until(),
            now,
        )
        .await
        .map_err(Failure::from)?;
    match first {
        true => Ok(client),
        false => Err(refused("the assertion was used before", Some(&id))),
    }
}

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
