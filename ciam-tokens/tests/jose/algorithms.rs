//! RFC 8725 2.1 and 3.1: the algorithm is the key's, never the token's.

use ciam_core::encoding::b64url_encode;
use ciam_tokens::{JoseError, UnverifiedJwe, UnverifiedJws};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::json;

use crate::forge::{
    access_claims, header, key_set, signing_key, verify_access, verify_access_header, without,
};

#[test]
fn jo_01_none_in_any_spelling_absent_or_number() {
    for alg in [
        json!("none"),
        json!("None"),
        json!("nOnE"),
        json!(""),
        json!(256),
        json!(null),
    ] {
        let refused = verify_access_header(|header| header["alg"] = alg.clone());
        assert!(
            matches!(refused, Err(JoseError::Algorithm(_))),
            "{alg}: {refused:?}"
        );
    }
    let key = signing_key();
    let header = without(header(&key, "at+jwt"), "alg").to_string();
    let unsigned = format!(
        "{}.{}.",
        b64url_encode(header.as_bytes()),
        b64url_encode(access_claims().to_string().as_bytes())
    );
    let refused = verify_access(&unsigned, &key_set(&key));
    assert!(
        matches!(refused, Err(JoseError::Algorithm(_))),
        "{refused:?}"
    );
}

#[test]
fn jo_02_shared_secret_made_of_the_public_key() {
    let key = signing_key();
    let jwk = key.public_jwk().to_json();
    let pkcs8 = key.to_pkcs8().unwrap();
    let pkcs8 = pkcs8.expose();
    for secret in [jwk.as_bytes(), &pkcs8[pkcs8.len() - 65..]] {
        for (name, algorithm) in [("HS256", Algorithm::HS256), ("HS512", Algorithm::HS512)] {
            let mut header = header(&key, "at+jwt");
            header["alg"] = name.into();
            let input = format!(
                "{}.{}",
                b64url_encode(header.to_string().as_bytes()),
                b64url_encode(access_claims().to_string().as_bytes())
            );
            let mac = jsonwebtoken::crypto::sign(
                input.as_bytes(),
                &EncodingKey::from_secret(secret),
                algorithm,
            )
            .unwrap();
            let refused = verify_access(&format!("{input}.{mac}"), &key_set(&key));
            assert!(
                matches!(refused, Err(JoseError::Algorithm(_))),
                "{refused:?}"
            );
        }
    }
}

#[test]
fn spelling_of_the_algorithm_is_exact() {
    for alg in [
        "es256", "ES256 ", "ES256K", "ES384", "RS256", "EdDSA", "ECDH-ES",
    ] {
        let refused = verify_access_header(|header| header["alg"] = alg.into());
        assert!(
            matches!(refused, Err(JoseError::Algorithm(_))),
            "{alg}: {refused:?}"
        );
    }
}

#[test]
fn jo_19_jo_20_key_managements_that_are_not_offered() {
    for alg in [
        "RSA1_5",
        "RSA-OAEP",
        "PBES2-HS256+A128KW",
        "dir",
        "A128KW",
        "ECDH-ES+A128KW",
        "none",
    ] {
        let header = json!({ "alg": alg, "enc": "A256GCM", "p2c": 1_000_000_000, "p2s": "AAAA" });
        let token = format!(
            "{}.AAAA.AAAA.AAAA.AAAA",
            b64url_encode(header.to_string().as_bytes())
        );
        let refused = UnverifiedJwe::parse(&token).map(|_| ());
        assert!(
            matches!(refused, Err(JoseError::Algorithm(_))),
            "{alg}: {refused:?}"
        );
    }
}

#[test]
fn a_signature_algorithm_is_no_key_management_and_the_reverse() {
    let header = b64url_encode(
        json!({ "alg": "ES256", "enc": "A256GCM" })
            .to_string()
            .as_bytes(),
    );
    let refused = UnverifiedJwe::parse(&format!("{header}..AAAA.AAAA.AAAA")).map(|_| ());
    assert!(matches!(refused, Err(JoseError::Algorithm(_))));
    let header = b64url_encode(json!({ "alg": "ECDH-ES" }).to_string().as_bytes());
    let refused = UnverifiedJws::parse(&format!("{header}.AAAA.AAAA")).map(|_| ());
    assert!(matches!(refused, Err(JoseError::Algorithm(_))));
}
