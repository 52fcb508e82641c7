//! RFC 7519 4.1: registered claims, for each kind of token.

use ciam_tokens::JoseError;
use ciam_tokens::profile::client_assertion::UnverifiedClientAssertion;
use ciam_tokens::profile::id_token::IdTokenRules;
use serde_json::{Value, json};

use crate::forge::{
    API, CLIENT, ISSUER, NOW, TEN_MINUTES, access_claims, assertion_claims, header, id_claims,
    key_set, sign_raw, signing_key, verify_access, with, without,
};

type Verify = fn(&str, &ciam_tokens::VerifyKeySet) -> Result<(), JoseError>;

/// A kind of token: its `typ`, sound claims, and how it is checked.
fn kinds() -> [(&'static str, Value, Verify); 3] {
    [
        ("at+jwt", access_claims(), |token, keys| {
            verify_access(token, keys).map(|_| ())
        }),
        ("JWT", id_claims(), |token, keys| {
            IdTokenRules {
                issuer: ISSUER,
                client_id: CLIENT,
                nonce: Some("n-0S6"),
                max_age: TEN_MINUTES,
            }
            .verify(token, keys, NOW)
            .map(|_| ())
        }),
        (
            "client-authentication+jwt",
            assertion_claims(),
            |token, keys| {
                UnverifiedClientAssertion::parse(token)?
                    .verify(ISSUER, keys, NOW)
                    .map(|_| ())
            },
        ),
    ]
}

fn each_kind(name: &str, values: &[Value], expected: fn(&JoseError) -> bool) {
    let key = signing_key();
    for (typ, claims, verify) in kinds() {
        let header = header(&key, typ).to_string();
        let good = sign_raw(&key, &header, &claims.to_string());
        assert_eq!(verify(&good, &key_set(&key)), Ok(()), "{typ}");
        for value in values {
            let bad = with(claims.clone(), name, value.clone()).to_string();
            let answer = verify(&sign_raw(&key, &header, &bad), &key_set(&key));
            assert!(
                answer.as_ref().is_err_and(expected),
                "{typ} {name} {value}: {answer:?}"
            );
        }
    }
}

const CLAIMS: fn(&JoseError) -> bool = |error| matches!(error, JoseError::Claims(_));

#[test]
fn jo_15_times_of_a_wrong_type() {
    let values = [
        json!(NOW.as_secs().to_string()),
        json!(1_700_000_000.5),
        json!(1_700_000_100.0),
        json!(-1),
        json!(1_u64 << 63),
        json!(1e19),
        json!(null),
        json!([NOW.as_secs()]),
        json!(true),
    ];
    for name in ["exp", "iat", "nbf"] {
        each_kind(name, &values, CLAIMS);
    }
}

#[test]
fn jo_16_audience_and_issuer_of_another() {
    each_kind(
        "aud",
        &[
            json!("https://other.example"),
            json!([]),
            json!([""]),
            json!(""),
            json!(5),
            json!(null),
            json!([API, 5]),
            json!([CLIENT, 5]),
            json!([ISSUER, 5]),
            json!({ "a": API }),
            json!("https://orders.example.com/"),
            json!("https://id.example.com/"),
        ],
        CLAIMS,
    );
    each_kind(
        "iss",
        &[
            json!("https://id.example.com/"),
            json!("https://evil.example"),
            json!("HTTPS://ID.EXAMPLE.COM"),
            json!([ISSUER]),
            json!({ "iss": ISSUER }),
            json!(""),
            json!(null),
        ],
        CLAIMS,
    );
}

#[test]
fn required_claims_must_be_there() {
    let key = signing_key();
    for (typ, claims, verify) in kinds() {
        let required: &[&str] = match typ {
            "at+jwt" => &["iss", "sub", "aud", "client_id", "iat", "exp", "jti"],
            "JWT" => &["iss", "sub", "aud", "iat", "exp", "nonce"],
            _ => &["iss", "sub", "aud", "exp", "jti"],
        };
        for name in required {
            let bad = without(claims.clone(), name).to_string();
            let answer = verify(
                &sign_raw(&key, &header(&key, typ).to_string(), &bad),
                &key_set(&key),
            );
            assert!(
                matches!(answer, Err(JoseError::Claims(_))),
                "{typ} {name}: {answer:?}"
            );
            for value in [json!(""), json!({}), json!(null)] {
                let bad = with(claims.clone(), name, value.clone()).to_string();
                let answer = verify(
                    &sign_raw(&key, &header(&key, typ).to_string(), &bad),
                    &key_set(&key),
                );
                assert!(answer.is_err(), "{typ} {name} {value}: {answer:?}");
            }
        }
    }
}

#[test]
fn tokens_end_begin_and_do_not_live_for_ever() {
    let now = NOW.as_secs();
    each_kind(
        "exp",
        &[json!(now - 30), json!(0), json!(now - 86_400)],
        |error| *error == JoseError::Expired,
    );
    each_kind(
        "exp",
        &[json!(now + 2 * 86_400), json!(253_402_300_799_i64)],
        CLAIMS,
    );
    each_kind("iat", &[json!(now + 120), json!(now + 31)], CLAIMS);
    each_kind("nbf", &[json!(now + 120), json!(now + 31)], CLAIMS);
}

#[test]
fn clocks_may_differ_by_30_seconds() {
    let key = signing_key();
    let now = NOW.as_secs();
    for (typ, claims, verify) in kinds() {
        for (name, value) in [
            ("exp", now - 29),
            ("iat", now + 10),
            ("iat", now + 30),
            ("nbf", now + 30),
        ] {
            let token = sign_raw(
                &key,
                &header(&key, typ).to_string(),
                &with(claims.clone(), name, json!(value)).to_string(),
            );
            assert_eq!(
                verify(&token, &key_set(&key)),
                Ok(()),
                "{typ} {name} {}",
                value - now
            );
        }
    }
}

#[test]
fn jo_14_a_token_of_one_kind_is_not_one_of_another() {
    let key = signing_key();
    let foreign = [
        "logout+jwt",
        "dpop+jwt",
        "secevent+jwt",
        "oauth-authz-req+jwt",
        "introspection+jwt",
        "token",
        "",
    ];
    for (typ, claims, verify) in kinds() {
        let others = kinds().map(|(other, ..)| other);
        for other in foreign.into_iter().chain(others) {
            // `JWT` says nothing, so that it is accepted where no type was ever fixed.
            let fits = other == typ || (typ != "at+jwt" && other == "JWT");
            let token = sign_raw(&key, &header(&key, other).to_string(), &claims.to_string());
            let answer = verify(&token, &key_set(&key));
            match answer {
                Ok(()) => assert!(fits, "{typ} took {other}"),
                Err(error) => assert!(
                    !fits && matches!(error, JoseError::Type(_)),
                    "{typ} {other}: {error:?}"
                ),
            }
        }
    }
}

#[test]
fn the_media_type_may_be_written_in_full_and_in_any_case() {
    let key = signing_key();
    for typ in ["application/at+jwt", "AT+JWT", "Application/At+Jwt"] {
        let token = sign_raw(
            &key,
            &header(&key, typ).to_string(),
            &access_claims().to_string(),
        );
        assert!(verify_access(&token, &key_set(&key)).is_ok(), "{typ}");
    }
    for typ in ["application/x/at+jwt", "text/at+jwt", " at+jwt"] {
        let token = sign_raw(
            &key,
            &header(&key, typ).to_string(),
            &access_claims().to_string(),
        );
        assert!(
            matches!(
                verify_access(&token, &key_set(&key)),
                Err(JoseError::Type(_))
            ),
            "{typ}"
        );
    }
}
