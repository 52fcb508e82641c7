//! Signing in with the bank, and what becomes of what the bank says.

use std::fs;

use super::password::{open, segment};
use crate::party::shop::SCOPES;
use crate::seed::{ALICES_NUMBER, BANK_ALICE, BANK_CAROL, CAROLS_NUMBER, SURROGATE};
use crate::walk::member::Members;
use crate::walk::{Proof, Walk, callback, ensure, sign_in, sign_in_at_bank};

/// The shop offers to confirm, the bank gives what the password does not, the
/// subject stays, and the waiting order is placed.
pub(super) async fn steps_up(walk: &mut Walk) -> Proof {
    let shop = walk.running.urls.shop.clone();
    let orders = walk.alice.open(&format!("{shop}/orders")).await?;
    let form = orders.form_with("total", Some("150000"))?;
    let confirm = walk.alice.submit(&form, &[], None).await?;
    confirm.text_of("challenge")?;
    // Nobody else's page can confirm in her name.
    let mut elsewhere = confirm.clone();
    elsewhere.set_origin("http://elsewhere.example");
    let missing = || format!("nothing to confirm with: {}", confirm.shown());
    let forged = elsewhere.form("/confirm").ok_or_else(missing)?;
    let refused = walk.alice.submit(&forged, &[], None).await?;
    ensure(refused.status == 403, || {
        format!("a forged confirmation: {}", refused.shown())
    })?;
    let form = confirm.form("/confirm").ok_or_else(missing)?;
    let screen = walk.alice.submit(&form, &[], None).await?;
    ensure(screen.form_with("password", None).is_err(), || {
        "the screen offers a password although it is too weak".into()
    })?;
    let placed = sign_in_at_bank(&mut walk.alice, &screen, BANK_ALICE, None).await?;
    ensure(placed.text_of("orders")?.contains("1\u{a0}500.00"), || {
        format!("the order was not placed: {}", placed.shown())
    })?;
    let home = walk.alice.open(&shop).await?;
    let acr = home.text_of("acr")?;
    ensure(acr == "substantial", || format!("acr is `{acr}`"))?;
    Ok(format!(
        "the bank signed and encrypted its ID token for the provider, the same subject came back with acr `{acr}`, the 1 500 € order is placed"
    ))
}

/// Nobody but the vault has the national identity number.
pub(super) async fn surrogate_only(walk: &mut Walk) -> Proof {
    let home = walk.alice.open(&walk.running.urls.shop.clone()).await?;
    let at_shop = home.text_of("surrogate")?;
    ensure(at_shop.starts_with("tok_"), || {
        format!("the shop has `{at_shop}`")
    })?;

    // The orders API gets it too, in its access token.
    let client = walk.shop();
    let redirect_uri = walk.shop_redirect_uri();
    let login = client
        .begin(SCOPES, None, None)
        .await
        .map_err(|error| error.to_string())?;
    let landed = walk
        .alice
        .open_until(login.url.as_str(), Some(&redirect_uri))
        .await?;
    let tokens = client
        .finish(&login, callback(&landed))
        .await
        .map_err(|error| error.to_string())?;
    let claims = segment(&open(walk, &tokens.access_token)?, 1)?;
    ensure(claims.at(SURROGATE) == at_shop.as_str(), || {
        format!("the API has {}", claims.at(SURROGATE))
    })?;

    let seen = [
        home.html,
        claims.to_string(),
        format!("{:?}", tokens.claims),
    ];
    ensure(
        !seen.iter().any(|text| text.contains(ALICES_NUMBER)),
        || "the number is seen outside".into(),
    )?;
    let mut bytes = 0;
    for name in ["ciam.db", "ciam.db-wal", "demo-bank.db", "demo-bank.db-wal"] {
        let content = fs::read(walk.folder.file(name)).unwrap_or_default();
        bytes += content.len();
        for number in [ALICES_NUMBER, CAROLS_NUMBER] {
            let found = content
                .windows(number.len())
                .any(|w| w == number.as_bytes());
            ensure(!found, || format!("{name} holds a number in clear"))?;
        }
    }
    ensure(bytes > 0, || "there was no database to look into".into())?;
    Ok(format!(
        "shop and API have `{at_shop}`; the number is in no token, on no page, and nowhere in {bytes} bytes of databases"
    ))
}

/// Who comes from the bank for the first time gets an account.
pub(super) async fn creates_an_account(walk: &Walk) -> Proof {
    let mut browser = walk.fresh_browser();
    let shop = &walk.running.urls.shop;
    let screen = browser.open(&format!("{shop}/login")).await?;
    let home = sign_in_at_bank(&mut browser, &screen, BANK_CAROL, None).await?;
    let acr = home.text_of("acr")?;
    ensure(acr == "substantial" && home.html.contains("Carol"), || {
        format!("not Carol: {}", home.shown())
    })?;
    Ok(format!(
        "{BANK_CAROL} is known to the bank alone; she has an account now, acr `{acr}`"
    ))
}

/// A step-up that brings somebody else is refused, and signs nobody in.
pub(super) async fn somebody_else(walk: &Walk) -> Proof {
    let shop = &walk.running.urls.shop;
    let mut browser = walk.fresh_browser();
    let screen = browser.open(&format!("{shop}/login")).await?;
    let (user, password) = (&walk.config.user.name, &walk.config.user.password);
    sign_in(&mut browser, &screen, user, password, None).await?;
    let screen = browser
        .open(&format!("{shop}/login?acr=substantial"))
        .await?;
    let refused = sign_in_at_bank(&mut browser, &screen, BANK_CAROL, None).await?;
    let at_provider = refused
        .url
        .as_str()
        .starts_with(&walk.running.urls.provider);
    ensure(at_provider && !refused.html.contains("Carol"), || {
        format!("it was not refused: {}", refused.shown())
    })?;
    let home = browser.open(shop).await?;
    let acr = home.text_of("acr")?;
    ensure(acr == "low" && home.html.contains("Alice"), || {
        format!("the session changed: {}", home.shown())
    })?;
    Ok(format!(
        "{BANK_CAROL} came back instead of {BANK_ALICE}: refused at the provider with {}, the session stayed as it was",
        refused.status.as_u16()
    ))
}
