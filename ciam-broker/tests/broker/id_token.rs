//! Rows FD-* that are about the ID token.

use std::time::Duration;

use ciam_broker::Rejection;
use ciam_core::encoding::b64url_encode;
use ciam_tokens::jws;
use serde_json::{Value, json};

use crate::bank::{Bank, is_id_token, rejection, remove};

/// What is wrong, and how it is done to the claims.
type Row = (&'static str, fn(&mut Value));

#[tokio::test]
async fn fd05_fd06_fd07_fd10_fd16_wrong_claims() {
    let rows: [Row; 22] = [
        ("FD-05 nonce absent", |c| remove(c, "nonce")),
        ("FD-05 nonce other", |c| c["nonce"] = "other".into()),
        ("FD-06 iss other", |c| {
            c["iss"] = "https://evil.example".into()
        }),
        ("FD-06 iss absent", |c| remove(c, "iss")),
        ("FD-06 aud other", |c| c["aud"] = "someone".into()),
        ("FD-06 aud absent", |c| remove(c, "aud")),
        ("FD-06 aud with another", |c| {
            c["aud"] = json!(["ciam", "someone"])
        }),
        ("FD-06 azp other", |c| c["azp"] = "someone".into()),
        ("FD-07 expired", |c| c["exp"] = json!(1_799_999_000)),
        ("FD-07 exp absent", |c| remove(c, "exp")),
        ("FD-07 exp as text", |c| c["exp"] = "1800000300".into()),
        ("FD-07 iat one day old", |c| c["iat"] = json!(1_799_913_600)),
        ("FD-07 iat absent", |c| remove(c, "iat")),
        ("FD-07 nbf ahead", |c| c["nbf"] = json!(1_800_000_200)),
        ("FD-10 at_hash wrong", |c| {
            c["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA".into()
        }),
        ("FD-16 sub a number", |c| c["sub"] = json!(4711)),
        ("FD-16 sub 10 KiB", |c| c["sub"] = "a".repeat(10_240).into()),
        ("FD-16 sub empty", |c| c["sub"] = "".into()),
        ("FD-16 sub absent", |c| remove(c, "sub")),
        ("acr a list", |c| c["acr"] = json!(["urn:bank:app"])),
        ("amr a text", |c| c["amr"] = "hwk".into()),
        ("auth_time a text", |c| c["auth_time"] = "now".into()),
    ];
    let bank = Bank::new();
    for (row, change) in rows {
        assert!(is_id_token(bank.sign_in(change).await), "{row}");
    }
}

#[tokio::test]
async fn fd08_alg_none_and_hs256() {
    let bank = Bank::unencrypted();
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"HS256","typ":"JWT"}"#,
        r#"{"alg":"ES384","typ":"JWT"}"#,
    ] {
        let login = bank.begin().await;
        let payload = b64url_encode(bank.claims(&login).to_string().as_bytes());
        for signature in [
            String::new(),
            b64url_encode(&[1; 32]),
            b64url_encode(&[1; 64]),
        ] {
            let login = bank.begin().await;
            let token = format!("{}.{payload}.{signature}", b64url_encode(header.as_bytes()));
            bank.hand_out(&token);
            assert!(is_id_token(bank.finish(login).await), "{header}");
        }
    }
}

#[tokio::test]
async fn fd08_signature_of_a_stranger_under_the_banks_name() {
    let bank = Bank::unencrypted();
    let login = bank.begin().await;
    let good = bank.id_token(&bank.claims(&login));
    let (head, _) = good.rsplit_once('.').unwrap();
    bank.hand_out(&format!("{head}.{}", b64url_encode(&[7; 64])));
    assert!(is_id_token(bank.finish(login).await));
}

#[tokio::test]
async fn an_unencrypted_id_token_is_refused_where_encryption_is_wanted() {
    let bank = Bank::new();
    let login = bank.begin().await;
    let claims = bank.claims(&login).to_string();
    let signed = jws::sign(&bank.key, "JWT", claims.as_bytes()).unwrap();
    bank.hand_out(signed.as_str());
    assert_eq!(rejection(bank.finish(login).await), Rejection::NotEncrypted);
}

#[tokio::test]
async fn an_encrypted_id_token_is_refused_where_none_is_wanted() {
    let mut bank = Bank::new();
    let login = bank.begin().await;
    bank.hand_out(&bank.id_token(&bank.claims(&login)));
    bank.connection.require_encrypted_id_token = false;
    assert!(is_id_token(bank.finish(login).await));
}

#[tokio::test]
async fn a_tampered_ciphertext_is_refused() {
    let bank = Bank::new();
    let login = bank.begin().await;
    let token = bank.id_token(&bank.claims(&login));
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let changed = if parts[3].starts_with('A') { "B" } else { "A" };
    parts[3].replace_range(0..1, changed);
    bank.hand_out(&parts.join("."));
    assert!(is_id_token(bank.finish(login).await));
}

#[tokio::test]
async fn auth_time_is_checked_when_it_was_asked_for() {
    let bank = Bank::new();
    let rows: [(Row, bool); 4] = [
        (("fresh", |_| ()), true),
        (("ahead", |c| c["auth_time"] = json!(1_800_000_120)), false),
        (("old", |c| c["auth_time"] = json!(1_799_990_000)), false),
        (("missing", |c| remove(c, "auth_time")), false),
    ];
    for ((row, change), good) in rows {
        let login = bank
            .begin_with(|login| login.max_age = Some(60))
            .await
            .unwrap();
        let mut claims = bank.claims(&login);
        change(&mut claims);
        bank.hand_out(&bank.id_token(&claims));
        let outcome = bank.finish(login).await;
        assert_eq!(outcome.is_ok(), good, "{row}");
    }
}

#[tokio::test]
async fn an_age_counts_to_the_moment_of_asking() {
    let mut bank = Bank::new();
    // The person took five minutes at the bank, and had signed in just before.
    for (auth_time, good) in [(1_800_000_000, true), (1_799_999_900, false)] {
        bank.now = crate::bank::NOW;
        let login = bank
            .begin_with(|login| login.max_age = Some(0))
            .await
            .unwrap();
        bank.now = bank.now + Duration::from_secs(300);
        let mut claims = bank.claims(&login);
        claims["auth_time"] = json!(auth_time);
        bank.hand_out(&bank.id_token(&claims));
        assert_eq!(bank.finish(login).await.is_ok(), good, "{auth_time}");
    }
}

#[tokio::test]
async fn nobody_was_authenticated_in_the_future() {
    let bank = Bank::new();
    let outcome = bank
        .sign_in(|c| c["auth_time"] = json!(1_800_000_120))
        .await;
    assert_eq!(rejection(outcome), Rejection::AuthTime);
}

#[tokio::test]
async fn an_acr_that_is_not_in_the_map_counts_as_the_lowest() {
    let bank = Bank::new();
    for acr in ["high", "substantial", "urn:bank:APP"] {
        let person = bank.sign_in(|c| c["acr"] = acr.into()).await.unwrap();
        assert_eq!(person.acr, "low", "{acr}");
    }
    let person = bank.sign_in(|c| remove(c, "acr")).await.unwrap();
    assert_eq!(person.acr, "low");
}

#[tokio::test]
async fn fd13_an_unchecked_address_is_not_vouched_for() {
    let bank = Bank::new();
    for (checked, vouched) in [
        (json!(true), true),
        (json!(false), false),
        (json!("true"), false),
        (json!(null), false),
    ] {
        let person = bank
            .sign_in(|c| {
                c["email"] = "aino@example.org".into();
                c["email_verified"] = checked;
            })
            .await
            .unwrap();
        let email = person.attributes.attribute("email").unwrap();
        assert_eq!(email.values[0].provenance.verified, vouched);
    }
}
