//! The access policy: no, and not everything.

use serde_json::json;

use crate::party::partner;
use crate::relying_party::RelyingParty;
use crate::seed::MINOR;
use crate::walk::{Proof, Walk, callback, ensure, sign_in};

/// Refused at the provider with a plain sentence, and at the client with
/// `access_denied`.
pub(super) async fn minor(walk: &Walk) -> Proof {
    let client = walk.shop();
    let redirect_uri = walk.shop_redirect_uri();
    let login = client
        .begin("openid orders:read", None, None)
        .await
        .map_err(|error| error.to_string())?;
    let mut browser = walk.fresh_browser();
    let screen = browser.open(login.url.as_str()).await?;
    let password = &walk.config.user.password;
    let refused = sign_in(&mut browser, &screen, MINOR, password, Some(&redirect_uri)).await?;
    let sentence = refused.text_of("sentence")?;
    ensure(sentence.contains("18"), || {
        format!("the sentence is `{sentence}`")
    })?;
    let form = refused.form_with("choice", Some("continue"))?;
    let landed = browser.submit(&form, &[], Some(&redirect_uri)).await?;
    let error = match client.finish(&login, callback(&landed)).await {
        Ok(_) => return Err("the minor got tokens".into()),
        Err(error) => error,
    };
    ensure(error.code() == Some("access_denied"), || error.to_string())?;
    Ok(format!(
        "the provider says \"{sentence}\", the client gets access_denied"
    ))
}

/// Consent is asked for, and the policy grants less than was asked for and allowed.
pub(super) async fn partner(walk: &Walk) -> Proof {
    let mut browser = walk.fresh_browser();
    let partner = &walk.running.urls.partner;
    let screen = browser.open(&format!("{partner}/login")).await?;
    let (user, password) = (&walk.config.user.name, &walk.config.user.password);
    let consent = sign_in(&mut browser, &screen, user, password, None).await?;
    let form = consent.form_with("choice", Some("allow"))?;
    let home = browser.submit(&form, &[], None).await?;
    let granted = home.text_of("scopes")?;
    ensure(
        granted.contains("orders:read") && !granted.contains("orders:write"),
        || format!("`{granted}` was granted"),
    )?;
    // Asked once: the second time consent is there.
    let again = browser.open(&format!("{partner}/login")).await?;
    ensure(again.url.as_str().starts_with(partner.as_str()), || {
        format!("asked a second time: {}", again.shown())
    })?;
    // What was not granted does not work at the API either.
    let redirect_uri = partner::redirect_uri(&walk.running.urls);
    let client = RelyingParty::new(
        &walk.running.urls.provider,
        &redirect_uri,
        walk.running.keys.partner.clone(),
        walk.http.clone(),
    );
    let login = client
        .begin(partner::SCOPES, None, None)
        .await
        .map_err(|error| error.to_string())?;
    let landed = browser
        .open_until(login.url.as_str(), Some(&redirect_uri))
        .await?;
    let tokens = client
        .finish(&login, callback(&landed))
        .await
        .map_err(|error| error.to_string())?;
    let order = json!({ "total_cents": 100 });
    let listed = walk.api(&tokens.access_token, "/orders", None).await?;
    let placed = walk
        .api(&tokens.access_token, "/orders", Some(order))
        .await?;
    let lacking = placed.challenge.contains("error=\"insufficient_scope\"");
    ensure(
        listed.status == 200 && placed.status == 403 && lacking,
        || {
            format!(
                "listing: {}, ordering: {} {}",
                listed.status, placed.status, placed.challenge
            )
        },
    )?;
    Ok(format!(
        "asked for consent; of `{}` it got `{granted}`; ordering is refused with 403 insufficient_scope",
        partner::SCOPES
    ))
}
