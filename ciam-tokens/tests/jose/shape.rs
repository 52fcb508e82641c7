//! RFC 7515 2 and 7.1: one spelling, bounded work.

use ciam_tokens::{JoseError, UnverifiedJwe, UnverifiedJws};
use serde_json::json;

use crate::forge::{
    access_claims, header, key_set, sign_input, sign_raw, signing_key, verify_access,
    verify_access_payload,
};

#[test]
fn jo_12_padding_blanks_newlines_and_the_other_alphabet() {
    let key = signing_key();
    let token = sign_raw(
        &key,
        &header(&key, "at+jwt").to_string(),
        &access_claims().to_string(),
    );
    let (input, signature) = token.rsplit_once('.').unwrap();
    let (first, payload) = input.split_once('.').unwrap();
    for bad in [
        format!("{token}="),
        format!("{token}=="),
        format!("{token}\n"),
        format!(" {token}"),
        format!("{first}=.{payload}.{signature}"),
        format!("{first}.{payload}.{}+", &signature[..signature.len() - 1]),
        format!("{first}.{payload}.{}/", &signature[..signature.len() - 1]),
        format!("{first}.{payload}.\u{e4}{}", &signature[1..]),
        // 64 bytes leave four bits unused, which must be zero.
        format!("{first}.{payload}.{}B", &signature[..signature.len() - 1]),
    ] {
        let refused = verify_access(&bad, &key_set(&key));
        assert!(
            matches!(refused, Err(JoseError::Parse(_))),
            "{bad}: {refused:?}"
        );
    }
    // The same inside what is signed.
    for payload in [
        format!("{payload}="),
        format!("{payload}\n"),
        payload.replacen('J', "+", 1),
    ] {
        let refused = verify_access(
            &sign_input(&key, &format!("{first}.{payload}")),
            &key_set(&key),
        );
        assert!(
            matches!(refused, Err(JoseError::Parse(_))),
            "{payload}: {refused:?}"
        );
    }
}

#[test]
fn jo_13_the_number_of_segments() {
    let key = signing_key();
    let token = sign_raw(
        &key,
        &header(&key, "at+jwt").to_string(),
        &access_claims().to_string(),
    );
    let short = token.rsplit_once('.').unwrap().0.to_owned();
    let dots = ".".repeat(1024 * 1024);
    for bad in [
        String::new(),
        ".".into(),
        short,
        format!("{token}."),
        format!("{token}.."),
        format!(".{token}"),
        format!("{token}.a.b.c"),
        dots,
        "a".repeat(1024 * 1024),
    ] {
        let refused = UnverifiedJws::parse(&bad).map(|_| ());
        assert!(
            matches!(refused, Err(JoseError::Parse(_) | JoseError::Type(_))),
            "{refused:?}"
        );
        let refused = UnverifiedJwe::parse(&bad).map(|_| ());
        assert!(refused.is_err());
    }
    let long = format!("{token}{}", "A".repeat(16 * 1024));
    assert!(matches!(
        UnverifiedJws::parse(&long),
        Err(JoseError::TooLarge(_))
    ));
    let long = format!("a..a.{}.a", "A".repeat(64 * 1024));
    assert!(matches!(
        UnverifiedJwe::parse(&long),
        Err(JoseError::TooLarge(_))
    ));
}

#[test]
fn jo_27_json_serialization_where_compact_is_expected() {
    let key = signing_key();
    let token = sign_raw(
        &key,
        &header(&key, "at+jwt").to_string(),
        &access_claims().to_string(),
    );
    let parts: Vec<&str> = token.split('.').collect();
    let one = json!({ "protected": parts[0], "signature": parts[2] });
    for json in [
        json!({ "payload": parts[1], "protected": parts[0], "signature": parts[2] }),
        json!({ "payload": parts[1], "signatures": [one.clone()] }),
        json!({ "payload": parts[1], "signatures": vec![one; 100] }),
    ] {
        let refused = verify_access(&json.to_string(), &key_set(&key));
        assert!(matches!(refused, Err(JoseError::Parse(_))), "{refused:?}");
    }
}

#[test]
fn jo_29_deep_and_huge_claims() {
    let claims = access_claims().to_string();
    let add = |member: String| claims.replacen('{', &format!("{{{member},"), 1);
    let nested = |depth: usize| add(format!("\"x\":{}{}", "[".repeat(depth), "]".repeat(depth)));
    assert!(verify_access_payload(&nested(31)).is_ok());
    for depth in [32, 200, 2_000] {
        let refused = verify_access_payload(&nested(depth));
        assert!(
            matches!(refused, Err(JoseError::Parse(_))),
            "{depth}: {refused:?}"
        );
    }
    // Larger ones do not even get as far as the parser.
    for huge in [
        nested(10_000),
        add(format!("\"x\":\"{}\"", "x".repeat(1024 * 1024))),
    ] {
        let refused = verify_access_payload(&huge);
        assert!(
            matches!(refused, Err(JoseError::TooLarge(_))),
            "{refused:?}"
        );
    }
}

#[test]
fn a_payload_that_is_not_an_object_is_refused() {
    for payload in [
        "",
        "null",
        "[]",
        "\"a\"",
        "{} {}",
        "{\"a\":1}x",
        "\u{feff}{}",
        "{\"a\":NaN}",
        "{\"a\":1e999}",
    ] {
        let refused = verify_access_payload(payload);
        assert!(
            matches!(refused, Err(JoseError::Parse(_))),
            "`{payload}`: {refused:?}"
        );
    }
}
