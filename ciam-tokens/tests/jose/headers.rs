//! RFC 7515 4: what may stand in a header.

use ciam_core::encoding::b64url_encode;
use ciam_tokens::{JoseError, UnverifiedJwe};
use serde_json::{Value, json};

use crate::forge::{
    access_claims, header, key_set, sign_raw, signing_key, verify_access, verify_access_header,
};

#[test]
fn jo_08_crit_unknown_known_or_empty() {
    for crit in [
        json!(["exp"]),
        json!(["b64"]),
        json!(["alg"]),
        json!([]),
        json!("exp"),
        json!(null),
    ] {
        let refused = verify_access_header(|header| header["crit"] = crit.clone());
        assert!(
            matches!(refused, Err(JoseError::Header(_))),
            "{crit}: {refused:?}"
        );
    }
    let encrypted = json!({ "alg": "ECDH-ES", "enc": "A256GCM", "crit": ["exp"], "exp": 1 });
    let refused = UnverifiedJwe::parse(&format!(
        "{}..A.A.A",
        b64url_encode(encrypted.to_string().as_bytes())
    ))
    .map(|_| ());
    assert!(matches!(refused, Err(JoseError::Header(_))));
}

#[test]
fn jo_09_a_member_named_twice_in_header_or_claims() {
    let key = signing_key();
    let header = header(&key, "at+jwt").to_string();
    let claims = access_claims().to_string();
    let twice = |json: &str, member: &str| json.replacen('{', &format!("{{{member},"), 1);
    for (header, claims) in [
        (twice(&header, r#""alg":"ES256""#), claims.clone()),
        (twice(&header, r#""alg":"none""#), claims.clone()),
        (twice(&header, r#""\u0061lg":"none""#), claims.clone()),
        (header.clone(), twice(&claims, r#""sub":"eve""#)),
        (
            header.clone(),
            twice(&claims, r#""aud":"https://other.example""#),
        ),
        (header.clone(), twice(&claims, r#""address":{"a":1,"a":2}"#)),
    ] {
        let refused = verify_access(&sign_raw(&key, &header, &claims), &key_set(&key));
        assert!(
            matches!(refused, Err(JoseError::Parse(_))),
            "{header} {claims}: {refused:?}"
        );
    }
}

#[test]
fn jo_10_keys_that_a_token_brings_along_are_ignored() {
    let attacker = signing_key();
    let jwk: Value = serde_json::from_str(&attacker.public_jwk().to_json()).unwrap();
    let brought = |header: &mut Value| {
        header["jwk"] = jwk.clone();
        header["jku"] = json!("https://evil.example/jwks");
        header["x5u"] = json!("https://evil.example/cert");
        header["x5c"] = json!(["AAAA"]);
    };
    // They change nothing for a good token …
    assert!(verify_access_header(brought).is_ok());
    // … and do not help a bad one.
    let key = signing_key();
    let mut forged = header(&key, "at+jwt");
    brought(&mut forged);
    let token = sign_raw(&attacker, &forged.to_string(), &access_claims().to_string());
    assert_eq!(
        verify_access(&token, &key_set(&key)),
        Err(JoseError::Signature)
    );
    forged["kid"] = json!(attacker.kid().as_str());
    let token = sign_raw(&attacker, &forged.to_string(), &access_claims().to_string());
    assert!(matches!(
        verify_access(&token, &key_set(&key)),
        Err(JoseError::Key(_))
    ));
}

#[test]
fn jo_17_b64() {
    for b64 in [json!(false), json!(true), json!("false")] {
        let refused = verify_access_header(|header| header["b64"] = b64.clone());
        assert!(
            matches!(refused, Err(JoseError::Header(_))),
            "{b64}: {refused:?}"
        );
        let refused = verify_access_header(|header| {
            header["b64"] = b64.clone();
            header["crit"] = json!(["b64"]);
        });
        assert!(
            matches!(refused, Err(JoseError::Header(_))),
            "{b64}: {refused:?}"
        );
    }
}

#[test]
fn types_of_members_are_checked() {
    for (name, value) in [
        ("typ", json!(1)),
        ("typ", json!(["at+jwt"])),
        ("cty", json!(false)),
        ("typ", json!(null)),
    ] {
        let refused = verify_access_header(|header| header[name] = value.clone());
        assert!(
            matches!(refused, Err(JoseError::Header(_))),
            "{name}: {refused:?}"
        );
    }
}

#[test]
fn headers_beyond_8_kib_are_refused() {
    let refused = verify_access_header(|header| header["junk"] = json!("j".repeat(8 * 1024)));
    assert!(
        matches!(refused, Err(JoseError::TooLarge(_))),
        "{refused:?}"
    );
    assert!(verify_access_header(|header| header["junk"] = json!("j".repeat(1024))).is_ok());
}
