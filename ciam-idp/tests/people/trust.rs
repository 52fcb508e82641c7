//! What another provider says of a person counts only as far as it is trusted.

use ciam_core::SubjectId;
use ciam_core::encoding::b64url_decode;
use ciam_core::settings::SettingsKind;
use ciam_idp::NewLink;
use ciam_testkit::Page;
use serde_json::{Value, json};

use super::brokered::{BANK, World, by_bank, connection};
use super::sign_out::id_token;
use super::site::{MINOR, answer, authorize, visit};

/// Lets the bank say when people were born; trusted or not.
async fn offer(world: &World, vouches: bool, amr: &[&str]) {
    let mut bank = connection();
    bank["claims"] = json!(["given_name", "birthdate"]);
    bank["vouches"] = vouches.into();
    bank["amr"] = json!(amr);
    world.publish(&[bank]).await;
}

async fn sign_in(world: &World, name: &str) -> Page {
    let mut browser = world.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    by_bank(&mut browser, &page, name).await
}

/// Somebody who is known here to be a child, and calls themselves older at the bank.
async fn tim(world: &World) -> SubjectId {
    let old = [("birthdate", "1980-01-01".into())];
    let there = world.bank.person("tim", &old).await;
    let link = NewLink {
        connection: "demo-bank".parse().unwrap(),
        issuer: BANK.to_owned(),
        subject: there.to_string(),
    };
    let young = [("birthdate", "2020-01-01".into())];
    world.site.linked_person("tim", &young, vec![link]).await
}

#[tokio::test]
async fn unvouched_value_does_not_replace_a_vouched_one() {
    let world = World::new().await;
    offer(&world, false, &[]).await;
    let tim = tim(&world).await;
    let page = sign_in(&world, "tim").await;
    assert_eq!(page.status, 403);
    assert!(page.text().contains(MINOR), "{}", page.text());
    let accounts = world.site.provider.accounts();
    let profile = accounts.profile(&tim).await.unwrap().unwrap();
    assert_eq!(profile.attributes.text("birthdate"), Some("2020-01-01"));

    offer(&world, true, &[]).await;
    assert!(answer(&sign_in(&world, "tim").await).is_ok());
}

#[tokio::test]
async fn what_nobody_vouches_for_decides_nothing() {
    let world = World::new().await;
    // The bank itself would refuse a minor.
    let step = json!({ "rename": { "from": "nickname", "to": "birthdate" } });
    let pipelines = json!({ "pipelines": { "bank": { "steps": [step] } } });
    let site = &world.site;
    site.publish_text(SettingsKind::Pipelines, pipelines.to_string())
        .await;
    let young = [("nickname", "2020-01-01".into())];
    world.bank.person("kim", &young).await;
    let offer = async |vouches: bool| {
        let mut bank = connection();
        bank["claims"] = json!(["nickname"]);
        bank["pipeline"] = "bank".into();
        bank["vouches"] = vouches.into();
        world.publish(&[bank]).await;
    };
    offer(false).await;
    // Not known to be a minor, and not known to be of age either.
    assert!(answer(&sign_in(&world, "kim").await).is_ok());
    offer(true).await;
    let page = sign_in(&world, "kim").await;
    assert!(page.text().contains(MINOR), "{}", page.text());
}

#[tokio::test]
async fn only_means_that_are_listed_become_ours() {
    let world = World::new().await;
    world.bank.person("bea", &[]).await;
    for (listed, expected) in [
        (&["mfa", "pwd"][..], Some(json!(["pwd"]))),
        (&["mfa"], None),
        (&[], None),
    ] {
        offer(&world, false, listed).await;
        let page = sign_in(&world, "bea").await;
        let code = answer(&page).unwrap();
        let token = id_token(&world.site.provider, "shop", &code).await;
        let claims = b64url_decode(token.split('.').nth(1).unwrap()).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        let amr = claims.get("amr").filter(|amr| **amr != json!([]));
        assert_eq!(amr, expected.as_ref());
    }
}
