//! RFC 7517: what a key says of itself is believed, and checked.

use ciam_core::encoding::b64url_encode;
use ciam_tokens::{
    ContentEncryption, DecryptKey, EncryptKey, EncryptKeySet, JoseError, Jwk, JwkSet,
    KeyManagement, KeyUse, SigningKey, VerifyKey, VerifyKeySet,
};
use serde_json::{Value, json};

use crate::forge::{
    access_claims, header, key_set, sign_raw, signing_key, verify_access, verify_access_header,
    with, without,
};

fn public(key: &SigningKey) -> Value {
    serde_json::from_str(&key.public_jwk().to_json()).unwrap()
}

fn parse(jwk: &Value) -> Result<Jwk, JoseError> {
    Jwk::parse(jwk.to_string().as_bytes())
}

fn parse_set(keys: &[Value]) -> JwkSet {
    JwkSet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

#[test]
fn jo_03_use_key_ops_and_alg_must_fit_the_signature() {
    let key = signing_key();
    let jwk = public(&key);
    assert!(VerifyKey::from_jwk(&parse(&jwk).unwrap()).is_ok());
    for other in [
        with(jwk.clone(), "use", json!("enc")),
        with(jwk.clone(), "alg", json!("ECDH-ES")),
        with(jwk.clone(), "alg", json!("ES384")),
        with(jwk.clone(), "key_ops", json!(["encrypt"])),
        with(jwk.clone(), "key_ops", json!(["sign"])),
        with(jwk.clone(), "key_ops", json!([])),
    ] {
        let refused = VerifyKey::from_jwk(&parse(&other).unwrap());
        assert!(matches!(refused, Err(JoseError::Key(_))), "{other}");
        let token = sign_raw(
            &key,
            &header(&key, "at+jwt").to_string(),
            &access_claims().to_string(),
        );
        let keys = VerifyKeySet::from_jwk_set(&parse_set(&[other]));
        assert!(matches!(
            verify_access(&token, &keys),
            Err(JoseError::Key(_))
        ));
    }
    for malformed in [
        with(jwk.clone(), "use", json!("sign")),
        with(jwk.clone(), "use", json!(1)),
        with(jwk.clone(), "key_ops", json!("verify")),
        with(jwk.clone(), "key_ops", json!(["verify", "verify"])),
        with(jwk.clone(), "key_ops", json!([1])),
        with(jwk.clone(), "alg", json!(null)),
    ] {
        assert!(
            matches!(parse(&malformed), Err(JoseError::Key(_))),
            "{malformed}"
        );
    }
}

#[test]
fn a_signature_key_is_never_encrypted_to() {
    let jwk = public(&signing_key());
    assert!(EncryptKey::from_jwk(&parse(&jwk).unwrap()).is_err());
    assert!(
        EncryptKeySet::from_jwk_set(&parse_set(&[jwk]))
            .preferred()
            .is_err()
    );
}

#[test]
fn jo_04_points_off_the_curve_and_other_curves() {
    let jwk = public(&signing_key());
    let zero = b64url_encode(&[0; 32]);
    let long = b64url_encode(&[1; 33]);
    for other in [
        with(jwk.clone(), "x", json!(zero.clone())),
        with(
            with(jwk.clone(), "x", json!(zero.clone())),
            "y",
            json!(zero),
        ),
        with(jwk.clone(), "y", jwk["x"].clone()),
        with(jwk.clone(), "x", json!(long)),
        with(jwk.clone(), "x", json!("")),
        with(jwk.clone(), "x", json!(5)),
        without(jwk.clone(), "y"),
        with(jwk.clone(), "crv", json!("P-384")),
        with(jwk.clone(), "crv", json!("secp256k1")),
        without(jwk.clone(), "crv"),
        with(jwk.clone(), "kty", json!("RSA")),
        without(jwk, "kty"),
    ] {
        assert!(matches!(parse(&other), Err(JoseError::Key(_))), "{other}");
    }
    assert!(matches!(
        verify_access_header(|header| header["alg"] = "ES384".into()),
        Err(JoseError::Algorithm(_))
    ));
}

#[test]
fn jo_11_kid_with_path_quote_length_or_other_type() {
    for kid in [
        json!("../../etc/passwd"),
        json!("' or 1=1 --"),
        json!("\""),
        json!("k".repeat(10 * 1024 / 2)),
        json!(""),
        json!("a b"),
        json!(7),
        json!(null),
        json!({ "kid": 1 }),
        json!("unknown"),
    ] {
        let refused = verify_access_header(|header| header["kid"] = kid.clone());
        assert!(
            matches!(refused, Err(JoseError::Key(_))),
            "{kid}: {refused:?}"
        );
    }
}

#[test]
fn without_a_kid_the_only_key_is_taken_and_two_are_ambiguous() {
    let (one, other) = (signing_key(), signing_key());
    let header = without(header(&one, "at+jwt"), "kid").to_string();
    let token = sign_raw(&one, &header, &access_claims().to_string());
    assert!(verify_access(&token, &key_set(&one)).is_ok());
    assert_eq!(
        verify_access(&token, &key_set(&other)),
        Err(JoseError::Signature)
    );
    let both = VerifyKeySet::new([one.verify_key().unwrap(), other.verify_key().unwrap()]);
    assert!(matches!(
        verify_access(&token, &both),
        Err(JoseError::Key(_))
    ));
    assert!(matches!(
        verify_access(&token, &VerifyKeySet::default()),
        Err(JoseError::Key(_))
    ));
}

#[test]
fn jo_28_sets_are_bounded_and_bad_keys_skipped() {
    let key = signing_key();
    let good = public(&key);
    let secret = json!({ "kty": "oct", "k": b64url_encode(&[1; 32]), "alg": "HS256", "kid": "a" });
    let private = with(public(&signing_key()), "d", json!(b64url_encode(&[1; 32])));
    let set = parse_set(&[
        secret.clone(),
        private,
        json!({ "kty": "OKP", "crv": "Ed25519", "x": "AAAA" }),
        json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA" }),
        json!(1),
        json!(null),
        json!({}),
        good.clone(),
    ]);
    assert_eq!(set.keys(), [key.public_jwk()]);
    assert!(parse(&secret).is_err());

    let many = |count: usize| json!({ "keys": vec![good.clone(); count] }).to_string();
    assert!(matches!(
        JwkSet::parse(many(65).as_bytes()),
        Err(JoseError::TooLarge(_))
    ));
    assert!(matches!(
        JwkSet::parse(many(10_000).as_bytes()),
        Err(JoseError::TooLarge(_))
    ));
    for text in [
        "",
        "[]",
        "{}",
        "{\"keys\":{}}",
        "{\"keys\":[],\"keys\":[]}",
        "{\"keys\":[{\"kty\":\"EC\",\"kty\":\"EC\"}]}",
    ] {
        assert!(
            matches!(JwkSet::parse(text.as_bytes()), Err(JoseError::Parse(_))),
            "`{text}`"
        );
    }
}

#[test]
fn two_keys_with_one_name_are_both_left_out() {
    let (one, other) = (public(&signing_key()), public(&signing_key()));
    let set = parse_set(&[
        with(one.clone(), "kid", json!("same")),
        with(other, "kid", json!("same")),
        one.clone(),
    ]);
    assert_eq!(set.keys(), [parse(&one).unwrap()]);
    // One name for a signature key and an encryption key is not ambiguous.
    let reader = DecryptKey::generate(KeyManagement::EcdhEs, ContentEncryption::A256Gcm).unwrap();
    let enc: Value = serde_json::from_str(&reader.public_jwk().to_json()).unwrap();
    let set = parse_set(&[with(one, "kid", json!("k")), with(enc, "kid", json!("k"))]);
    assert_eq!(set.for_use(KeyUse::Signature).count(), 1);
    assert_eq!(set.for_use(KeyUse::Encryption).count(), 1);
}

#[test]
fn published_keys_have_public_members_only() {
    let key = signing_key();
    let mut members: Vec<String> = public(&key).as_object().unwrap().keys().cloned().collect();
    members.sort();
    assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    assert_eq!(key.kid(), &key.public_jwk().thumbprint());
}

#[test]
fn private_keys_round_trip_and_do_not_print() {
    let key = signing_key();
    let again = SigningKey::from_pkcs8(key.algorithm(), key.to_pkcs8().unwrap().expose()).unwrap();
    assert_eq!(again.public_jwk(), key.public_jwk());
    let reader = DecryptKey::generate(KeyManagement::EcdhEs, ContentEncryption::A256Gcm).unwrap();
    let again = DecryptKey::from_pkcs8(
        KeyManagement::EcdhEs,
        ContentEncryption::A256Gcm,
        reader.to_pkcs8().unwrap().expose(),
    )
    .unwrap();
    assert_eq!(again.public_jwk(), reader.public_jwk());
    assert!(format!("{key:?} {reader:?}").matches("[redacted]").count() == 2);
    assert!(SigningKey::from_pkcs8(key.algorithm(), b"not a key").is_err());
    assert!(SigningKey::from_pkcs8(key.algorithm(), &[]).is_err());
}

#[test]
fn halves_of_different_private_keys_are_refused() {
    let vector: Value =
        serde_json::from_str(include_str!("../vectors/rfc7515-appendix-a3.json")).unwrap();
    let jwk = vector["key"].clone();
    assert!(SigningKey::from_jwk(jwk.to_string().as_bytes()).is_ok());
    assert!(DecryptKey::from_jwk(jwk.to_string().as_bytes()).is_ok());
    let other = public(&signing_key());
    let mixed = with(
        with(jwk.clone(), "x", other["x"].clone()),
        "y",
        other["y"].clone(),
    );
    for bad in [
        mixed.clone(),
        with(jwk.clone(), "d", json!(b64url_encode(&[0; 32]))),
        with(jwk.clone(), "d", json!(b64url_encode(&[0xff; 32]))),
        with(jwk.clone(), "d", json!("AA")),
        without(jwk, "d"),
    ] {
        assert!(
            matches!(
                SigningKey::from_jwk(bad.to_string().as_bytes()),
                Err(JoseError::Key(_))
            ),
            "{bad}"
        );
        assert!(
            matches!(
                DecryptKey::from_jwk(bad.to_string().as_bytes()),
                Err(JoseError::Key(_))
            ),
            "{bad}"
        );
    }
}
