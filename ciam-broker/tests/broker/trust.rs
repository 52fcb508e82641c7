//! What a provider says counts only as far as its connection is trusted.

use std::collections::BTreeSet;

use ciam_broker::{Connection, ReleaseSettings, ReleaseTarget};
use ciam_core::Sensitivity::Personal;
use ciam_core::{Attributes, Sensitivity};
use serde_json::{Value, json};

use crate::bank::{ACCESS_TOKEN, Bank};
use crate::pipeline::attributes;

fn is_verified(attributes: &Attributes, name: &str) -> bool {
    attributes.attribute(name).unwrap().is_verified()
}

fn with_email(claims: &mut Value) {
    claims["email"] = "aino@example.org".into();
    claims["email_verified"] = true.into();
}

#[test]
fn a_connection_is_not_trusted_unless_it_says_so() {
    let connection: Connection = serde_json::from_value(json!({
        "id": "social", "connector": "oidc", "label": "Social",
        "issuer": "https://social.example", "client_id": "ciam", "acr": "low",
    }))
    .unwrap();
    assert!(!connection.vouches);
    assert!(connection.amr.is_empty());
}

#[tokio::test]
async fn nothing_from_a_provider_that_does_not_vouch_is_verified() {
    let mut bank = Bank::new();
    bank.connection.vouches = false;
    let person = bank.sign_in(with_email).await.unwrap();
    assert!(!is_verified(&person.attributes, "given_name"));
    assert!(!is_verified(&person.attributes, "email"));
    assert!(!is_verified(&person.attributes, "person"));

    bank.connection.vouches = true;
    let person = bank.sign_in(with_email).await.unwrap();
    assert!(is_verified(&person.attributes, "given_name"));
    assert!(is_verified(&person.attributes, "email"));
}

#[tokio::test]
async fn a_check_is_no_attribute_of_its_own() {
    let bank = Bank::new();
    let person = bank.sign_in(with_email).await.unwrap();
    assert!(person.attributes.attribute("email_verified").is_none());
}

#[tokio::test]
async fn a_check_in_userinfo_is_not_one_of_an_address_in_the_id_token() {
    let mut bank = Bank::new();
    bank.connection.userinfo = true;
    bank.upstream.json(
        "/userinfo",
        json!({ "sub": "customer-4711", "email": "aino@example.org", "email_verified": true }),
    );
    let person = bank.sign_in(|_| ()).await.unwrap();
    assert!(is_verified(&person.attributes, "email"));
    assert!(
        bank.upstream.last("/userinfo").headers()["authorization"]
            .to_str()
            .unwrap()
            .ends_with(ACCESS_TOKEN)
    );
    let other = bank
        .sign_in(|claims| claims["email"] = "other@example.org".into())
        .await
        .unwrap();
    assert_eq!(other.attributes.text("email"), Some("other@example.org"));
    assert!(!is_verified(&other.attributes, "email"));
}

#[tokio::test]
async fn means_that_are_not_listed_are_dropped() {
    let mut bank = Bank::new();
    let said = |claims: &mut Value| claims["amr"] = json!(["pwd", "mfa", "hwk"]);
    assert_eq!(bank.sign_in(said).await.unwrap().amr, ["pwd", "hwk"]);
    bank.connection.amr = BTreeSet::new();
    assert!(bank.sign_in(said).await.unwrap().amr.is_empty());
}

fn release(rules: &Value, profile: &Attributes) -> Value {
    let rules = json!({ "rules": [{ "scope": "email", "attributes": rules }] });
    let rules = ReleaseSettings::parse(&rules.to_string()).unwrap();
    let (client, scopes) = ("shop".parse().unwrap(), "email".parse().unwrap());
    rules
        .release(profile, &client, &scopes, ReleaseTarget::UserInfo)
        .into()
}

fn profile(verified: bool, sensitivity: Sensitivity) -> Attributes {
    let mut profile = attributes(&[
        ("email", json!("aino@example.org"), sensitivity),
        // What some source once said does not count.
        ("email_verified", json!(!verified), Personal),
        ("phone_number", json!("+358 50 1"), Personal),
    ]);
    let mut email = profile.remove("email").unwrap();
    email.values[0].provenance.verified = verified;
    profile.insert("email".parse().unwrap(), email);
    profile
}

#[test]
fn whether_an_address_was_checked_comes_from_its_provenance() {
    let both = json!([{ "attribute": "email" }, { "attribute": "email_verified" }]);
    let one = json!([{ "attribute": "email" }]);
    let turned = json!([{ "attribute": "email_verified" }, { "attribute": "email" }]);
    for rules in [both, one, turned] {
        for verified in [true, false] {
            assert_eq!(
                release(&rules, &profile(verified, Personal)),
                json!({ "email": "aino@example.org", "email_verified": verified })
            );
        }
    }
    let phone = json!([{ "attribute": "phone_number" }]);
    assert_eq!(
        release(&phone, &profile(true, Personal)),
        json!({ "phone_number": "+358 50 1", "phone_number_verified": true })
    );
}

#[test]
fn there_is_no_check_without_an_address() {
    let rules = json!([{ "attribute": "email_verified" }]);
    let alone = attributes(&[("email_verified", json!(true), Personal)]);
    assert_eq!(release(&rules, &alone), json!({}));
    let sensitive = profile(true, Sensitivity::Sensitive);
    assert_eq!(release(&rules, &sensitive), json!({}));
}

#[test]
fn a_claim_that_another_attribute_fills_has_the_check_of_that_attribute() {
    let mut profile = profile(true, Personal);
    profile.merge(attributes(&[(
        "work_email",
        json!("boss@example.org"),
        Personal,
    )]));
    let mut unverified = profile.remove("work_email").unwrap();
    unverified.values[0].provenance.verified = false;
    profile.insert("work_email".parse().unwrap(), unverified);
    let renamed = json!({ "attribute": "work_email", "claim": "email" });
    let check = json!({ "attribute": "email_verified" });
    for rules in [json!([renamed, check]), json!([check, renamed])] {
        assert_eq!(
            release(&rules, &profile),
            json!({ "email": "boss@example.org", "email_verified": false })
        );
    }
}
