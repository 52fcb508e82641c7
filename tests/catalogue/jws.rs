//! Tokens of all kinds of badness, and good ones.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm,
};
use ciam_core::encoding::b64url_encode;
use ciam_tokens::SigningKey;
use serde_json::{Map, Value, json};

use crate::row::Token;

/// Makes a token: `claims` as `change` says, signed by `key` unless it says otherwise.
pub(crate) fn make(
    key: &SigningKey,
    stranger: &SigningKey,
    claims: Map<String, Value>,
    typ: &str,
    change: &Token,
    now: i64,
) -> String {
    let mut header = json!({"alg": "ES256", "typ": typ, "kid": key.kid().as_str()});
    change_members(
        header.as_object_mut().unwrap(),
        &change.header,
        &change.remove_header,
    );
    let mut claims = claims;
    change_members(&mut claims, &change.claims, &change.remove);
    for (name, seconds) in &change.times {
        claims.insert(name.clone(), json!(now + seconds));
    }
    let header = change
        .header_text
        .clone()
        .unwrap_or_else(|| header.to_string());
    let payload = change
        .payload
        .clone()
        .unwrap_or_else(|| Value::Object(claims).to_string());
    let input = format!(
        "{}.{}",
        b64url_encode(header.as_bytes()),
        b64url_encode(payload.as_bytes())
    );
    let signature = sign(
        key,
        stranger,
        change.sign.as_deref().unwrap_or("client"),
        &input,
    );
    mangle(
        format!("{input}.{}", b64url_encode(&signature)),
        change.mangle.as_deref(),
    )
}

fn change_members(members: &mut Map<String, Value>, set: &toml::Table, remove: &[String]) {
    for (name, value) in set {
        members.insert(name.clone(), serde_json::to_value(value).unwrap());
    }
    for name in remove {
        members.remove(name);
    }
}

fn sign(key: &SigningKey, stranger: &SigningKey, how: &str, input: &str) -> Vec<u8> {
    let input = input.as_bytes();
    match how {
        "client" => es256(key, &ECDSA_P256_SHA256_FIXED_SIGNING, input),
        "stranger" => es256(stranger, &ECDSA_P256_SHA256_FIXED_SIGNING, input),
        "der" => es256(key, &ECDSA_P256_SHA256_ASN1_SIGNING, input),
        "none" => Vec::new(),
        "zero" => vec![0; 64],
        "short" => {
            let mut signature = es256(key, &ECDSA_P256_SHA256_FIXED_SIGNING, input);
            signature.pop();
            signature
        }
        "long" => {
            let mut signature = es256(key, &ECDSA_P256_SHA256_FIXED_SIGNING, input);
            signature.push(0);
            signature
        }
        // The public key, as everybody can read it, taken for a shared secret.
        "hs256-jwk" => hs256(&serde_json::to_vec(&public(key)).unwrap(), input),
        "hs256-x" => hs256(public(key)["x"].as_str().unwrap().as_bytes(), input),
        "hs256-empty" => hs256(b"", input),
        other => panic!("`{other}` is no way to sign"),
    }
}

/// The public key as the client's JWK Set has it.
pub(crate) fn public(key: &SigningKey) -> Value {
    serde_json::from_str(&key.public_jwk().to_json()).unwrap()
}

fn es256(key: &SigningKey, kind: &'static EcdsaSigningAlgorithm, input: &[u8]) -> Vec<u8> {
    let pkcs8 = key.to_pkcs8().unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(kind, pkcs8.expose()).unwrap();
    pair.sign(&SystemRandom::new(), input)
        .unwrap()
        .as_ref()
        .to_vec()
}

fn hs256(secret: &[u8], input: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    hmac::sign(&key, input).as_ref().to_vec()
}

fn mangle(token: String, how: Option<&str>) -> String {
    let Some(how) = how else { return token };
    let segments: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = segments[..] else {
        panic!("`{token}` has not three segments")
    };
    match how {
        "padded" => format!("{header}=.{payload}==.{signature}=="),
        "blank" => format!("{header}. {payload}.{signature}"),
        "newline" => format!("{header}.{payload}\n.{signature}"),
        "base64" => format!("{header}.{payload}+/.{signature}"),
        "two" => format!("{header}.{payload}"),
        "four" => format!("{token}.{signature}"),
        "five" => format!("{header}.{header}.{payload}.{payload}.{signature}"),
        "dots" => ".".repeat(60_000),
        "empty" => "..".to_owned(),
        "changed" => {
            let mut first = payload.chars();
            let flipped = if first.next() == Some('e') { 'f' } else { 'e' };
            format!("{header}.{flipped}{}.{signature}", first.as_str())
        }
        "json" => {
            json!({"payload": payload, "protected": header, "signature": signature}).to_string()
        }
        "many" => json!({
            "payload": payload,
            "signatures": [{"protected": header, "signature": signature}],
        })
        .to_string(),
        other => panic!("`{other}` is no way to mangle"),
    }
}
