//! The metadata and the published keys.

use serde_json::Value;

use crate::problem::chain;
use crate::walk::member::Members;
use crate::walk::{Proof, Walk, ensure};

/// Every endpoint it names is there, and the keys hold nothing private.
pub(super) async fn is_true(walk: &Walk) -> Proof {
    let issuer = &walk.running.urls.provider;
    let metadata = json(walk, &format!("{issuer}/.well-known/openid-configuration")).await?;
    let same = json(
        walk,
        &format!("{issuer}/.well-known/oauth-authorization-server"),
    )
    .await?;
    ensure(metadata == same, || "the two documents differ".into())?;
    ensure(metadata.at("issuer") == issuer.as_str(), || {
        "`issuer` is another".into()
    })?;
    let mut endpoints = 0;
    for (name, value) in metadata.as_object().into_iter().flatten() {
        let (true, Some(url)) = (name.ends_with("_endpoint"), value.as_str()) else {
            continue;
        };
        let answer = walk
            .http
            .get(url)
            .send()
            .await
            .map_err(|error| chain(&error))?;
        ensure(answer.status().as_u16() != 404, || {
            format!("{name} is not there")
        })?;
        endpoints += 1;
    }
    ensure(endpoints >= 4, || {
        format!("only {endpoints} endpoints are named")
    })?;
    for (name, wanted) in [
        ("code_challenge_methods_supported", "S256"),
        ("token_endpoint_auth_methods_supported", "private_key_jwt"),
        ("id_token_signing_alg_values_supported", "ES256"),
    ] {
        let listed = metadata.at(name).as_array().into_iter().flatten();
        let has = listed.into_iter().any(|value| value == wanted);
        ensure(has, || format!("`{name}` lacks `{wanted}`"))?;
    }
    let iss = metadata.at("authorization_response_iss_parameter_supported");
    ensure(*iss == true, || {
        "`iss` in the answer is not promised".into()
    })?;

    let jwks = json(walk, metadata.text("jwks_uri")).await?;
    let keys = jwks.at("keys").as_array().cloned().unwrap_or_default();
    let uses: Vec<&str> = keys
        .iter()
        .filter_map(|key| key.at("use").as_str())
        .collect();
    ensure(uses.contains(&"sig") && uses.contains(&"enc"), || {
        format!("the keys are for {uses:?}")
    })?;
    ensure(keys.iter().all(|key| key.get("d").is_none()), || {
        "a private key is published".into()
    })?;
    Ok(format!(
        "{endpoints} endpoints answer, {} public keys to verify and to encrypt",
        keys.len()
    ))
}

async fn json(walk: &Walk, url: &str) -> Result<Value, String> {
    let answer = walk
        .http
        .get(url)
        .send()
        .await
        .map_err(|error| chain(&error))?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(|error| chain(&error))?;
    serde_json::from_slice(&body).map_err(|_| format!("{url} answered {status} without JSON"))
}
