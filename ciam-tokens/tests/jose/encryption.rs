//! RFC 7516 and RFC 7518 4.6: encrypted tokens.

use ciam_core::encoding::{b64url_decode, b64url_encode};
use ciam_tokens::{
    ContentEncryption, DecryptKey, JoseError, KeyManagement, SignedToken, UnverifiedJwe,
    UnverifiedJws, jwe, jws,
};
use serde_json::{Value, json};

use crate::forge::signing_key;

fn reader() -> DecryptKey {
    DecryptKey::generate(KeyManagement::EcdhEs, ContentEncryption::A256Gcm).unwrap()
}

fn encrypted_to(reader: &DecryptKey) -> (String, SignedToken) {
    let signed = jws::sign(&signing_key(), "x+jwt", b"{}").unwrap();
    (
        jwe::encrypt_nested(&reader.encrypt_key(), &signed).unwrap(),
        signed,
    )
}

fn open(token: &str, reader: &DecryptKey) -> Result<SignedToken, JoseError> {
    UnverifiedJwe::parse(token)?.decrypt_nested(reader)
}

/// The token with one segment replaced.
fn replaced(token: &str, at: usize, segment: &str) -> String {
    let mut parts: Vec<&str> = token.split('.').collect();
    parts[at] = segment;
    parts.join(".")
}

fn with_header(token: &str, change: impl FnOnce(&mut Value)) -> String {
    let protected = b64url_decode(token.split('.').next().unwrap()).unwrap();
    let mut header: Value = serde_json::from_slice(&protected).unwrap();
    change(&mut header);
    replaced(token, 0, &b64url_encode(header.to_string().as_bytes()))
}

#[test]
fn a_nested_token_comes_out_as_it_went_in() {
    let reader = reader();
    let (token, signed) = encrypted_to(&reader);
    assert_eq!(open(&token, &reader).unwrap(), signed);
    let header = b64url_decode(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    assert_eq!(header["cty"], "JWT");
    assert_eq!(header["kid"], reader.kid().as_str());
    // The ephemeral key is another one each time (RFC 7518 4.6).
    let (again, _) = encrypted_to(&reader);
    assert_ne!(token.split('.').next(), again.split('.').next());
}

#[test]
fn jo_18_zip_is_refused() {
    let reader = reader();
    let (token, _) = encrypted_to(&reader);
    for zip in [json!("DEF"), json!("none"), json!(1)] {
        let refused = open(&with_header(&token, |header| header["zip"] = zip), &reader);
        assert!(matches!(refused, Err(JoseError::Header(_))), "{refused:?}");
    }
}

#[test]
fn jo_23_ephemeral_key_off_the_curve_the_identity_or_another_curve() {
    let reader = reader();
    let (token, _) = encrypted_to(&reader);
    let zero = b64url_encode(&[0; 32]);
    for (name, value) in [
        ("x", json!(zero)),
        ("y", json!(zero)),
        ("x", json!(b64url_encode(&[0xff; 32]))),
        ("x", json!("")),
        ("x", json!(b64url_encode(&[1; 65]))),
        ("x", json!(null)),
        ("crv", json!("P-384")),
        ("crv", json!("X25519")),
        ("kty", json!("OKP")),
    ] {
        let refused = open(
            &with_header(&token, |header| header["epk"][name] = value.clone()),
            &reader,
        );
        assert!(
            matches!(refused, Err(JoseError::Key(_))),
            "{name} {value}: {refused:?}"
        );
    }
    for epk in [
        json!(null),
        json!("x"),
        json!([]),
        json!({}),
        json!({ "kty": "EC", "crv": "P-256", "x": zero, "y": zero }),
    ] {
        let refused = open(
            &with_header(&token, |header| header["epk"] = epk.clone()),
            &reader,
        );
        assert!(
            matches!(refused, Err(JoseError::Key(_))),
            "{epk}: {refused:?}"
        );
    }
    let refused = open(
        &with_header(&token, |header| {
            header.as_object_mut().unwrap().remove("epk");
        }),
        &reader,
    );
    assert!(matches!(refused, Err(JoseError::Key(_))));
}

#[test]
fn jo_24_lengths_of_iv_tag_and_encrypted_key() {
    let reader = reader();
    let (token, _) = encrypted_to(&reader);
    for length in [0, 1, 8, 11, 13, 16] {
        let refused = open(
            &replaced(&token, 2, &b64url_encode(&vec![0; length])),
            &reader,
        );
        assert_eq!(refused, Err(JoseError::Decrypt), "iv of {length}");
    }
    let tag = b64url_decode(token.rsplit('.').next().unwrap()).unwrap();
    for length in 0..tag.len() {
        let refused = open(
            &replaced(&token, 4, &b64url_encode(&tag[..length])),
            &reader,
        );
        assert_eq!(refused, Err(JoseError::Decrypt), "tag of {length}");
    }
    let long = [&tag[..], &[0]].concat();
    assert_eq!(
        open(&replaced(&token, 4, &b64url_encode(&long)), &reader),
        Err(JoseError::Decrypt)
    );
    assert_eq!(
        open(&replaced(&token, 1, &b64url_encode(&[0; 40])), &reader),
        Err(JoseError::Decrypt)
    );
}

#[test]
fn tampering_with_any_part_gives_one_answer() {
    let reader = reader();
    let (token, _) = encrypted_to(&reader);
    let mut answers = vec![
        open(
            &with_header(&token, |header| header["apu"] = json!("QWxpY2U")),
            &reader,
        ),
        open(
            &with_header(&token, |header| header["typ"] = json!("JWT")),
            &reader,
        ),
        open(&replaced(&token, 3, ""), &reader),
    ];
    for at in [2, 3, 4] {
        let mut bytes = b64url_decode(token.split('.').nth(at).unwrap()).unwrap();
        for bit in [0, 7] {
            bytes[0] ^= 1 << bit;
            answers.push(open(&replaced(&token, at, &b64url_encode(&bytes)), &reader));
        }
        bytes.pop();
        answers.push(open(&replaced(&token, at, &b64url_encode(&bytes)), &reader));
    }
    let (other, _) = encrypted_to(&reader);
    for at in [0, 2, 3, 4] {
        answers.push(open(
            &replaced(&token, at, other.split('.').nth(at).unwrap()),
            &reader,
        ));
    }
    for answer in answers {
        assert_eq!(answer, Err(JoseError::Decrypt));
    }
}

#[test]
fn another_key_does_not_open_it() {
    let (token, _) = encrypted_to(&reader());
    assert_eq!(open(&token, &reader()), Err(JoseError::Decrypt));
}

#[test]
fn jo_26_signed_where_encrypted_is_due_and_the_reverse() {
    let reader = reader();
    let (token, signed) = encrypted_to(&reader);
    let refused = UnverifiedJwe::parse(signed.as_str()).map(|_| ());
    assert!(matches!(refused, Err(JoseError::Type(_))), "{refused:?}");
    let refused = UnverifiedJws::parse(&token).map(|_| ());
    assert!(matches!(refused, Err(JoseError::Type(_))), "{refused:?}");
}

#[test]
fn content_that_is_not_declared_as_a_token_is_not_a_nested_one() {
    let reader = reader();
    let (token, _) = encrypted_to(&reader);
    for cty in [json!("json"), json!("text/jwt"), json!("")] {
        let refused = open(
            &with_header(&token, |header| header["cty"] = cty.clone()),
            &reader,
        );
        assert!(
            matches!(refused, Err(JoseError::Type(_))),
            "{cty}: {refused:?}"
        );
    }
    let refused = open(
        &with_header(&token, |header| {
            header.as_object_mut().unwrap().remove("cty");
        }),
        &reader,
    );
    assert!(matches!(refused, Err(JoseError::Type(_))));
}

#[test]
fn members_of_the_header_are_checked() {
    let reader = reader();
    let (token, _) = encrypted_to(&reader);
    for (name, value) in [("apu", json!(1)), ("apv", json!("=")), ("apu", json!("A"))] {
        let refused = open(
            &with_header(&token, |header| header[name] = value.clone()),
            &reader,
        );
        assert!(
            matches!(refused, Err(JoseError::Header(_))),
            "{name} {value}: {refused:?}"
        );
    }
    for enc in [
        json!("A128GCM"),
        json!("A256CBC-HS512"),
        json!(null),
        json!("a256gcm"),
    ] {
        let refused = open(
            &with_header(&token, |header| header["enc"] = enc.clone()),
            &reader,
        );
        assert!(
            matches!(refused, Err(JoseError::Algorithm(_) | JoseError::Header(_))),
            "{enc}: {refused:?}"
        );
    }
}
