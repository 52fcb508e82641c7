//! Release by scope, client and target.

use ciam_broker::{ReleaseSettings, ReleaseTarget};
use ciam_core::Sensitivity::{Personal, Public, Sensitive};
use serde_json::{Value, json};

use crate::pipeline::attributes;

fn release(client: &str, scopes: &str, target: ReleaseTarget<'_>) -> Value {
    let rules = ReleaseSettings::parse(
        r#"{"rules": [
            {"scope": "profile", "attributes": [
                {"attribute": "given_name"},
                {"attribute": "address"},
                {"attribute": "national_id"}]},
            {"scope": "identity", "clients": ["ciam"], "to": ["id_token"], "attributes": [
                {"attribute": "national_id", "clear": true}]},
            {"scope": "orders:read", "to": ["access_token"], "audiences": ["https://orders.example"],
             "attributes": [{"attribute": "person", "claim": "person_key"}]}
        ]}"#,
    )
    .unwrap();
    let profile = attributes(&[
        ("given_name", json!("Aino"), Personal),
        ("address", json!({ "country": "FI" }), Personal),
        ("national_id", json!("131052-308T"), Sensitive),
        ("person", json!("tok_1"), Public),
        ("shoe_size", json!(38), Public),
    ]);
    rules
        .release(
            &profile,
            &client.parse().unwrap(),
            &scopes.parse().unwrap(),
            target,
        )
        .into()
}

#[test]
fn only_what_a_rule_lets_out_and_typed() {
    for target in [ReleaseTarget::IdToken, ReleaseTarget::UserInfo] {
        assert_eq!(
            release("shop", "openid profile", target),
            json!({ "given_name": "Aino", "address": { "country": "FI" } })
        );
        assert_eq!(release("shop", "openid", target), json!({}));
    }
}

#[test]
fn bk06_sensitive_leaves_only_in_clear_for_the_named_client() {
    let all = "openid profile identity orders:read";
    let clear = release("ciam", all, ReleaseTarget::IdToken);
    assert_eq!(clear["national_id"], "131052-308T");
    for (client, scopes, target) in [
        ("shop", all, ReleaseTarget::IdToken),
        ("ciam", all, ReleaseTarget::UserInfo),
        ("ciam", "openid profile", ReleaseTarget::IdToken),
        (
            "ciam",
            all,
            ReleaseTarget::AccessToken("https://orders.example"),
        ),
    ] {
        assert_eq!(release(client, scopes, target).get("national_id"), None);
    }
}

#[test]
fn access_tokens_get_what_their_audience_gets() {
    let orders = ReleaseTarget::AccessToken("https://orders.example");
    assert_eq!(
        release("shop", "profile orders:read", orders),
        json!({ "person_key": "tok_1" })
    );
    let stock = ReleaseTarget::AccessToken("https://stock.example");
    assert_eq!(release("shop", "profile orders:read", stock), json!({}));
}

#[test]
fn several_values_become_an_array_and_no_value_no_claim() {
    let rules = ReleaseSettings::parse(
        r#"{"rules": [{"scope": "groups", "attributes": [{"attribute": "groups"}]}]}"#,
    )
    .unwrap();
    let mut profile = attributes(&[("groups", json!("a"), Personal)]);
    let mut groups = profile.remove("groups").unwrap();
    let one = groups.values[0].clone();
    for (values, released) in [
        (vec![one.clone()], json!({ "groups": "a" })),
        (vec![one.clone(), one], json!({ "groups": ["a", "a"] })),
        (vec![], json!({})),
    ] {
        groups.values = values;
        profile.insert("groups".parse().unwrap(), groups.clone());
        let claims = rules.release(
            &profile,
            &"shop".parse().unwrap(),
            &"groups".parse().unwrap(),
            ReleaseTarget::UserInfo,
        );
        assert_eq!(Value::from(claims), released);
    }
}
