//! Tokens and sessions over time.

use std::collections::BTreeSet;

use crate::party::shop::SCOPES;
use crate::walk::{Proof, Walk, callback, ensure};

/// A new refresh token each time, for the same person and scopes.
pub(super) async fn refresh(walk: &Walk) -> Proof {
    let client = walk.shop();
    let tokens = walk
        .tokens(&client, &walk.shop_redirect_uri(), SCOPES)
        .await?;
    let next = client
        .refresh(&tokens)
        .await
        .map_err(|error| error.to_string())?;
    ensure(next.refresh_token.is_some(), || {
        "there is no new refresh token".into()
    })?;
    ensure(tokens.refresh_token != next.refresh_token, || {
        "it stayed the same".into()
    })?;
    ensure(tokens.access_token != next.access_token, || {
        "the access token stayed the same".into()
    })?;
    let third = client
        .refresh(&next)
        .await
        .map_err(|error| error.to_string())?;
    let orders = walk.api(&third.access_token, "/orders", None).await?;
    ensure(orders.status == 200, || {
        format!("the API answered {}", orders.status)
    })?;
    Ok("two refreshes, two new refresh tokens, and the API takes the new access token".to_owned())
}

/// Three issuers and two sites share one host: no cookie is in another's way.
pub(super) async fn cookies_apart(walk: &Walk) -> Proof {
    let names: BTreeSet<String> = walk.alice.cookie_names().into_iter().collect();
    ensure(names.len() == walk.alice.cookie_names().len(), || {
        format!("a name is there twice: {names:?}")
    })?;
    ensure(walk.alice.has_cookie("shop_session_"), || {
        format!("the shop has none: {names:?}")
    })?;
    let ports: BTreeSet<u16> = walk
        .alice
        .visited
        .iter()
        .filter_map(url::Url::port)
        .collect();
    ensure(ports.len() >= 3 && names.len() >= 3, || {
        format!("{} ports, cookies {names:?}", ports.len())
    })?;
    Ok(format!(
        "{} parties on one host set {} cookies of different names, and everybody is still signed in",
        ports.len(),
        names.len()
    ))
}

/// Shop and provider forget the browser, and what was granted in the session ends.
pub(super) async fn signs_out(walk: &mut Walk) -> Proof {
    let shop = walk.running.urls.shop.clone();
    // A grant of the same session, to see it end.
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

    let home = walk.alice.open(&shop).await?;
    let form = home
        .form("/sign-out")
        .ok_or_else(|| format!("there is no sign-out: {}", home.shown()))?;
    let after = walk.alice.submit(&form, &[], None).await?;
    ensure(after.url.as_str().starts_with(&shop), || {
        format!("the provider did not lead back: {}", after.shown())
    })?;
    after.link("sign-in")?;
    let screen = walk.alice.open(&format!("{shop}/login")).await?;
    ensure(screen.form_with("password", None).is_ok(), || {
        format!("the provider still knows the browser: {}", screen.shown())
    })?;
    let error = match client.refresh(&tokens).await {
        Ok(_) => return Err("the refresh token survived the session".into()),
        Err(error) => error,
    };
    ensure(error.code() == Some("invalid_grant"), || error.to_string())?;
    Ok("the shop asks to sign in again, so does the provider, and the session's refresh token is dead (invalid_grant)".to_owned())
}
