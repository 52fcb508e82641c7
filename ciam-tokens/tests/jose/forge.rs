//! Makes tokens that the library itself would never make.

use std::time::Duration;

use aws_lc_rs::{aead, agreement};
use ciam_core::encoding::{b64url_decode, b64url_encode};
use ciam_core::{Principal, Timestamp};
use ciam_tokens::profile::access_token::AccessTokenRules;
use ciam_tokens::{DecryptKey, JoseError, SigningAlgorithm, SigningKey, VerifyKeySet};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);
pub(crate) const ISSUER: &str = "https://id.example.com";
pub(crate) const API: &str = "https://orders.example.com";
pub(crate) const CLIENT: &str = "shop";
pub(crate) const TEN_MINUTES: Duration = Duration::from_secs(600);

pub(crate) fn signing_key() -> SigningKey {
    SigningKey::generate(SigningAlgorithm::Es256).unwrap()
}

pub(crate) fn key_set(key: &SigningKey) -> VerifyKeySet {
    VerifyKeySet::new([key.verify_key().unwrap()])
}

/// Any header and payload with a valid signature over them.
pub(crate) fn sign_raw(key: &SigningKey, header: &str, payload: &str) -> String {
    let input = format!(
        "{}.{}",
        b64url_encode(header.as_bytes()),
        b64url_encode(payload.as_bytes())
    );
    sign_input(key, &input)
}

/// Any two segments with a valid signature over them.
pub(crate) fn sign_input(key: &SigningKey, input: &str) -> String {
    let encoding = EncodingKey::from_ec_der(key.to_pkcs8().unwrap().expose());
    let signature =
        jsonwebtoken::crypto::sign(input.as_bytes(), &encoding, Algorithm::ES256).unwrap();
    format!("{input}.{signature}")
}

pub(crate) fn header(key: &SigningKey, typ: &str) -> Value {
    json!({ "alg": "ES256", "typ": typ, "kid": key.kid().as_str() })
}

/// The claims of a sound access token.
pub(crate) fn access_claims() -> Value {
    json!({
        "iss": ISSUER,
        "sub": "ada",
        "aud": API,
        "client_id": CLIENT,
        "iat": NOW.as_secs(),
        "exp": NOW.as_secs() + 300,
        "jti": "4f2a",
        "scope": "orders:read",
    })
}

/// The claims of a sound ID token.
pub(crate) fn id_claims() -> Value {
    json!({
        "iss": ISSUER,
        "sub": "ada",
        "aud": CLIENT,
        "iat": NOW.as_secs(),
        "exp": NOW.as_secs() + 300,
        "nonce": "n-0S6",
        "acr": "substantial",
    })
}

/// The claims of a sound client assertion.
pub(crate) fn assertion_claims() -> Value {
    json!({
        "iss": CLIENT,
        "sub": CLIENT,
        "aud": ISSUER,
        "iat": NOW.as_secs(),
        "exp": NOW.as_secs() + 60,
        "jti": "7d0e",
    })
}

/// `claims` with one member changed; `null` stays `null`.
pub(crate) fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

/// `claims` without one member.
pub(crate) fn without(mut claims: Value, name: &str) -> Value {
    claims.as_object_mut().unwrap().remove(name);
    claims
}

pub(crate) fn verify_access(token: &str, keys: &VerifyKeySet) -> Result<Principal, JoseError> {
    AccessTokenRules {
        issuer: ISSUER,
        audience: API,
    }
    .verify(token, keys, NOW)
}

/// What an API says to a token with this payload, all else being in order.
pub(crate) fn verify_access_payload(payload: &str) -> Result<Principal, JoseError> {
    let key = signing_key();
    let header = header(&key, "at+jwt").to_string();
    verify_access(&sign_raw(&key, &header, payload), &key_set(&key))
}

/// What an API says to a token with this header, all else being in order.
pub(crate) fn verify_access_header(
    change: impl FnOnce(&mut Value),
) -> Result<Principal, JoseError> {
    let key = signing_key();
    let mut header = header(&key, "at+jwt");
    change(&mut header);
    let token = sign_raw(&key, &header.to_string(), &access_claims().to_string());
    verify_access(&token, &key_set(&key))
}

/// Any text, encrypted as if it were a signed token.
pub(crate) fn encrypt_raw(reader: &DecryptKey, text: &str) -> String {
    let public: Value = serde_json::from_str(&reader.public_jwk().to_json()).unwrap();
    let decode = |name: &str| b64url_decode(public[name].as_str().unwrap()).unwrap();
    let point = [&[4], &decode("x")[..], &decode("y")[..]].concat();
    let ephemeral = agreement::PrivateKey::generate(&agreement::ECDH_P256).unwrap();
    let epk = ephemeral.compute_public_key().unwrap();
    let header = json!({
        "alg": "ECDH-ES",
        "enc": "A256GCM",
        "cty": "JWT",
        "kid": reader.kid().as_str(),
        "epk": {
            "kty": "EC",
            "crv": "P-256",
            "x": b64url_encode(&epk.as_ref()[1..33]),
            "y": b64url_encode(&epk.as_ref()[33..]),
        },
    });
    let header = b64url_encode(header.to_string().as_bytes());
    let peer = agreement::UnparsedPublicKey::new(&agreement::ECDH_P256, point);
    // RFC 7518 4.6.2 by hand: one round of SHA-256.
    let key = agreement::agree(&ephemeral, peer, (), |secret| {
        let mut input = vec![0, 0, 0, 1];
        input.extend_from_slice(secret);
        input.extend_from_slice(&[0, 0, 0, 7]);
        input.extend_from_slice(b"A256GCM");
        input.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
        Ok(ciam_core::crypto::sha256(&input))
    })
    .unwrap();
    let key = aead::LessSafeKey::new(aead::UnboundKey::new(&aead::AES_256_GCM, &key).unwrap());
    let mut content = text.as_bytes().to_vec();
    let tag = key
        .seal_in_place_separate_tag(
            aead::Nonce::assume_unique_for_key([7; 12]),
            aead::Aad::from(header.as_bytes()),
            &mut content,
        )
        .unwrap();
    format!(
        "{header}..{}.{}.{}",
        b64url_encode(&[7; 12]),
        b64url_encode(&content),
        b64url_encode(tag.as_ref())
    )
}
