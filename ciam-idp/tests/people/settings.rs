//! Settings of every kind: the last good document stays, also over a restart, and a
//! sign-in ends with the pipelines it began with.

use std::sync::Arc;

use ciam_core::RootKey;
use ciam_core::encoding::b64url_decode;
use ciam_core::settings::SettingsKind;
use ciam_idp::{Keys, Provider};
use ciam_policy::{Decision, PolicyEngine, PolicyRequest};
use ciam_testkit::UserAgent;
use serde_json::{Value, json};

use super::brokered::{World, connection};
use super::sign_out::id_token;
use super::site::{
    Hosts, PASSWORD, Site, answer, authorize, post_password, press, roam, sign_in, visit,
};

struct Permit;

impl PolicyEngine for Permit {
    fn decide(&self, _: &PolicyRequest<'_>) -> Decision {
        Decision::permit(Vec::new())
    }
}

/// Another process with the same store.
async fn restarted(site: &Site) -> Provider {
    let issuer = site.provider.issuer().clone();
    let root = RootKey::new([7; 32]);
    let keys = Keys::open(&issuer, &site.stores, &root).await.unwrap();
    Provider::builder(issuer)
        .with_stores(site.stores.clone())
        .with_keys(keys)
        .with_policies(Arc::new(Permit))
        .with_clock(site.clock.clone())
        .build()
        .unwrap()
}

/// What the shop is told of alice.
async fn told(provider: &Provider) -> Value {
    let mut browser = UserAgent::new(Hosts(vec![provider.clone()]));
    let page = sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    let token = id_token(provider, "shop", &answer(&page).unwrap()).await;
    let claims = b64url_decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&claims).unwrap()
}

#[tokio::test]
async fn bad_release_rules_leave_the_last_good_ones_in_force() {
    let site = Site::new().await;
    site.person("alice", &[("given_name", "Alice".into())])
        .await;
    assert_eq!(told(&site.provider).await["given_name"], "Alice");
    let good = json!({ "rules": [{ "scope": "profile", "attributes": [
        { "attribute": "given_name", "claim": "first_name" },
    ] }] });
    for body in [good.to_string(), "{\"rulez\": []}".to_owned()] {
        site.publish_text(SettingsKind::Release, body).await;
        for provider in [site.provider.clone(), restarted(&site).await] {
            let claims = told(&provider).await;
            assert_eq!(claims["first_name"], "Alice");
            assert_eq!(claims.get("given_name"), None);
        }
    }
    let events = site.memory.audit_events();
    assert!(events.iter().any(|event| {
        event.kind == "settings.rejected"
            && event
                .reason
                .as_ref()
                .unwrap()
                .starts_with("release revision 2")
    }));
}

#[tokio::test]
async fn bad_release_rules_without_good_ones_release_nothing() {
    let site = Site::new().await;
    site.person("alice", &[("given_name", "Alice".into())])
        .await;
    site.publish_text(SettingsKind::Release, "not json".to_owned())
        .await;
    assert_eq!(told(&restarted(&site).await).await.get("given_name"), None);
}

#[tokio::test]
async fn a_sign_in_ends_with_the_pipelines_it_began_with() {
    let world = World::new().await;
    let name = [("given_name", "Bea".into())];
    world.bank.person("bea", &name).await;
    let mut bank = connection();
    bank["pipeline"] = "bank".into();
    world.publish(&[bank]).await;
    let publish = async |step: Value| {
        let document = json!({ "pipelines": { "bank": { "steps": [step] } } });
        let text = document.to_string();
        world.site.publish_text(SettingsKind::Pipelines, text).await;
    };
    let first_name = json!({ "rename": { "from": "given_name", "to": "first_name" } });
    publish(first_name).await;
    let mut browser = world.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    let page = press(&mut browser, &page, "option-demo-bank").await;
    let page = roam(&mut browser, page).await;
    publish(json!({ "drop": ["given_name"] })).await;
    let page = post_password(&mut browser, &page, "bea", PASSWORD).await;
    let page = roam(&mut browser, page).await;
    let token = id_token(&world.site.provider, "shop", &answer(&page).unwrap()).await;
    let claims = b64url_decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    let subject = claims["sub"].as_str().unwrap().parse().unwrap();
    let accounts = world.site.provider.accounts();
    let profile = accounts.profile(&subject).await.unwrap().unwrap();
    assert_eq!(profile.attributes.text("first_name"), Some("Bea"));
}

#[tokio::test]
async fn a_connection_that_gives_more_for_saying_nothing_is_refused() {
    for (acr, mapped, good) in [
        ("low", "substantial", true),
        ("substantial", "substantial", true),
        ("substantial", "high", true),
        ("substantial", "low", false),
        ("high", "substantial", false),
        ("low", "unheard-of", false),
    ] {
        let world = World::new().await;
        let mut bank = connection();
        bank["label"] = "The new label".into();
        bank["acr"] = acr.into();
        bank["acr_map"] = json!({ "urn:bank:app": mapped });
        world.publish(&[bank]).await;
        let page = visit(&mut world.browser(), &authorize("shop", &[])).await;
        let taken = page.text().contains("The new label");
        assert_eq!(taken, good, "{acr} with {mapped}");
        // Else the document before it.
        assert!(page.form("option-demo-bank").is_some());
    }
}
