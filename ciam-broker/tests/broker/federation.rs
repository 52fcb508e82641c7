//! The way out and back: rows FD-* that are about the callback and about people.

use ciam_broker::{BrokerError, Callback, ConnectorError, Rejection, UpstreamError};
use ciam_core::account::LookupKey;
use ciam_core::crypto::sha256;
use ciam_core::encoding::b64url_encode;
use ciam_tokens::VerifyKeySet;
use ciam_tokens::profile::client_assertion::UnverifiedClientAssertion;

use crate::bank::{Bank, ISSUER, metadata, rejection, remove, tenant};

#[tokio::test]
async fn a_good_sign_in_gives_the_person_with_a_surrogate() {
    let bank = Bank::new();
    let person = bank.sign_in(|_| ()).await.unwrap();
    assert_eq!(person.issuer, ISSUER);
    assert_eq!(person.subject, "customer-4711");
    assert_eq!(person.acr, "substantial");
    assert_eq!(person.amr, ["hwk"]);
    assert_eq!(person.auth_time.unwrap().as_secs(), bank.now.as_secs() - 5);
    assert_eq!(person.attributes.text("given_name"), Some("Aino"));
    assert!(
        person
            .attributes
            .text("person")
            .unwrap()
            .starts_with("tok_")
    );
    // Neither the sensitive claim nor one that nobody listed.
    assert!(person.attributes.attribute("national_id").is_none());
    assert!(person.attributes.attribute("shoe_size").is_none());
    let provenance = &person.attributes.attribute("given_name").unwrap().values[0].provenance;
    assert_eq!(provenance.source, "bank");
    assert!(provenance.verified);
}

#[tokio::test]
async fn the_authorization_request_is_complete() {
    let bank = Bank::new();
    let login = bank
        .begin_with(|login| {
            login.acr_values = vec!["substantial".into(), "unheard-of".into()];
            login.max_age = Some(60);
        })
        .await
        .unwrap();
    assert!(
        login
            .url
            .as_str()
            .starts_with("https://bank.example/authorize?theme=blue&")
    );
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "ciam"),
        ("redirect_uri", "https://id.example/callback/bank"),
        ("scope", "openid profile"),
        ("state", "the-state-of-this-browser"),
        ("code_challenge_method", "S256"),
        ("acr_values", "urn:bank:app"),
        ("max_age", "60"),
    ] {
        assert_eq!(login.query[name], value, "{name}");
    }
    assert_ne!(login.query["nonce"], bank.begin().await.query["nonce"]);
}

#[tokio::test]
async fn the_code_is_redeemed_with_pkce_and_private_key_jwt() {
    let bank = Bank::new();
    let login = bank.begin().await;
    let challenge = login.query["code_challenge"].clone();
    bank.hand_out(&bank.id_token(&bank.claims(&login)));
    bank.finish(login).await.unwrap();

    let request = bank.upstream.last("/token");
    let form: std::collections::HashMap<String, String> =
        url::form_urlencoded::parse(request.body())
            .into_owned()
            .collect();
    assert_eq!(form["code"], "c0de");
    assert_eq!(
        b64url_encode(&sha256(form["code_verifier"].as_bytes())),
        challenge
    );
    let assertion = UnverifiedClientAssertion::parse(&form["client_assertion"]).unwrap();
    let keys = VerifyKeySet::new([bank.ours.verify_key().unwrap()]);
    assertion.verify(ISSUER, &keys, bank.now).unwrap();
}

#[tokio::test]
async fn fd01_state_of_another_sign_in() {
    let bank = Bank::new();
    let login = bank.begin().await;
    let outcome = bank
        .come_back(
            login,
            &[("code", "c0de"), ("state", "another"), ("iss", ISSUER)],
        )
        .await;
    assert_eq!(rejection(outcome), Rejection::State);
    assert_eq!(bank.upstream.count("/token"), 0);
}

#[test]
fn fd01_callbacks_that_are_none() {
    for query in [
        "",
        "code=a",
        "state=b",
        "state=&code=a",
        "code=a&error=access_denied&state=b",
        "code=a&code=a&state=b",
        "code=a&state=b&iss=x&iss=y",
    ] {
        assert!(Callback::parse(query).is_err(), "{query}");
    }
    assert!(Callback::parse(&format!("state=b&code={}", "a".repeat(9000))).is_err());
}

#[tokio::test]
async fn fd03_iss_missing_though_promised_or_wrong() {
    for parameters in [
        &[("code", "c0de"), ("state", "the-state-of-this-browser")][..],
        &[
            ("code", "c0de"),
            ("state", "the-state-of-this-browser"),
            ("iss", "https://bank.example/"),
        ][..],
    ] {
        let bank = Bank::new();
        let login = bank.begin().await;
        // Taking the promise back meanwhile changes nothing.
        let mut quiet = metadata();
        quiet["authorization_response_iss_parameter_supported"] = false.into();
        bank.upstream
            .json("/.well-known/openid-configuration", quiet);
        let outcome = bank.come_back(login, parameters).await;
        assert_eq!(rejection(outcome), Rejection::Issuer);
        assert_eq!(bank.upstream.count("/token"), 0);
    }
}

#[tokio::test]
async fn fd04_callback_at_another_connection() {
    let mut bank = Bank::new();
    let login = bank.begin().await;
    bank.connection.id = "other-bank".parse().unwrap();
    assert_eq!(
        rejection(bank.finish(login).await),
        Rejection::OtherConnection
    );
    assert_eq!(bank.upstream.count("/token"), 0);
}

#[tokio::test]
async fn fd04_connection_that_became_another_provider() {
    let mut bank = Bank::new();
    let login = bank.begin().await;
    bank.connection.issuer = "https://evil.example".parse().unwrap();
    assert_eq!(
        rejection(bank.finish(login).await),
        Rejection::OtherConnection
    );
}

#[tokio::test]
async fn fd21_error_of_the_provider_is_never_shown() {
    let bank = Bank::new();
    for (code, meant) in [
        ("access_denied", UpstreamError::AccessDenied),
        (
            "temporarily_unavailable",
            UpstreamError::TemporarilyUnavailable,
        ),
        ("<script>alert(1)</script>", UpstreamError::Other),
    ] {
        let login = bank.begin().await;
        let state = login.query["state"].clone();
        let error = bank
            .come_back(
                login,
                &[
                    ("error", code),
                    ("error_description", "<b>send us your password</b>"),
                    ("state", &state),
                    ("iss", ISSUER),
                ],
            )
            .await
            .unwrap_err();
        assert!(matches!(
            &error,
            BrokerError::Connector(ConnectorError::Upstream(said)) if *said == meant
        ));
        assert!(!error.public_text().contains(['<', '>']));
        assert!(!format!("{error} {error:?}").contains(['<', '>']));
    }
}

#[tokio::test]
async fn a_sensitive_attribute_that_nothing_handles_fails_the_sign_in() {
    let mut bank = Bank::new();
    for pipeline in [None, Some("idle")] {
        bank.connection.pipeline = pipeline.map(|name| name.parse().unwrap());
        let error = bank.sign_in(|_| ()).await.unwrap_err();
        assert!(error.to_string().contains("`national_id`"), "{error}");
        assert!(!format!("{error} {error:?}").contains("131052"));
        // Who has no such number gets in.
        bank.sign_in(|c| remove(c, "national_id")).await.unwrap();
    }
    bank.connection.pipeline = Some("gone".parse().unwrap());
    let before = bank.upstream.count("/token");
    assert!(bank.sign_in(|_| ()).await.is_err());
    assert_eq!(
        bank.upstream.count("/token"),
        before,
        "no code is spent in vain"
    );
}

#[tokio::test]
async fn a_disabled_connection_neither_begins_nor_finishes() {
    let mut bank = Bank::new();
    let login = bank.begin().await;
    bank.connection.enabled = false;
    assert!(matches!(
        bank.begin_with(|_| ()).await,
        Err(BrokerError::Disabled)
    ));
    assert!(matches!(
        bank.finish(login).await,
        Err(BrokerError::Disabled)
    ));
}

#[tokio::test]
async fn a_transaction_survives_storage_and_shows_nothing() {
    let bank = Bank::new();
    let mut login = bank.begin().await;
    let stored = serde_json::to_vec(&login.begun.transaction).unwrap();
    assert!(!String::from_utf8_lossy(&stored).contains("the-state-of-this-browser"));
    login.begun.transaction = serde_json::from_slice(&stored).unwrap();
    assert!(!format!("{:?}", login.begun).contains(&login.query["nonce"]));
    bank.hand_out(&bank.id_token(&bank.claims(&login)));
    bank.finish(login).await.unwrap();
}

#[tokio::test]
async fn fd17_the_same_sub_from_two_issuers_is_two_people() {
    let bank = Bank::new();
    let key = LookupKey::new(&[3; 32]);
    let ours = tenant("https://id.example");
    let person = bank.arrive(|_| ()).await.unwrap();
    assert_eq!(
        (person.issuer(), person.subject()),
        (ISSUER, "customer-4711")
    );
    assert_ne!(
        person.link_digest(&key, &ours),
        key.link(&ours, "https://other-bank.example", "customer-4711")
    );
    assert_ne!(
        person.link_digest(&key, &ours),
        person.link_digest(&key, &tenant("https://two.example"))
    );
    // The e-mail address has no part in it.
    let again = bank
        .arrive(|c| c["email"] = "x@example.org".into())
        .await
        .unwrap();
    let link = again.link(&key, &ours, bank.now);
    assert_eq!(link.digest, person.link_digest(&key, &ours));
    assert_eq!(link.connection, bank.connection.id);
}

#[tokio::test]
async fn who_is_not_admitted_leaves_nothing_in_the_vault() {
    let bank = Bank::new();
    let ours = tenant("https://id.example");
    let person = bank.arrive(|_| ()).await.unwrap();
    assert_eq!(person.acr(), "substantial");
    assert!(!format!("{person:?}").contains("131052"));
    // A vault that is not there is not missed before that.
    bank.store.set_down(true);
    let person = bank.arrive(|_| ()).await.unwrap();
    assert!(person.admit(&ours, bank.now).await.is_err());
}
