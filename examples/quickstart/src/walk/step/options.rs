//! The discovery screen, changed by a second process while the first runs.

use crate::seed::{BANK, SOCIAL, SOCIAL_PASSWORD, SOCIAL_USER};
use crate::walk::browser::{Browser, Page};
use crate::walk::{Proof, Walk, choose, ensure, sign_in};

/// `options disable` and `enable` show at the next page load.
pub(super) async fn switched(walk: &Walk) -> Proof {
    let mut browser = walk.fresh_browser();
    let before = screen(walk, &mut browser).await?;
    ensure(before.has_form_with("connection", BANK), || {
        format!("the bank is not offered: {}", before.shown())
    })?;
    before.form_with("password", None)?;
    second_process(walk, &["disable", BANK]).await?;
    let url = before.url.to_string();
    let without = browser.open(&url).await?;
    ensure(!without.has_form_with("connection", BANK), || {
        "the bank is still offered".into()
    })?;
    // A page from before must not help either.
    let posted = choose(&mut browser, &before, BANK).await?;
    ensure(
        posted.url.as_str().starts_with(&walk.running.urls.provider),
        || "the option still works when it is posted".into(),
    )?;
    second_process(walk, &["enable", BANK]).await?;
    let again = browser.open(&url).await?;
    ensure(again.has_form_with("connection", BANK), || {
        format!("the bank did not come back: {}", again.shown())
    })?;
    Ok(format!(
        "a second process disabled `{BANK}`, and it was gone from the same page; enabled, it was back; nothing restarted"
    ))
}

/// `options add` makes a working option. Nobody vouches for what a social network
/// says, so that who comes from there may look around, but not order.
pub(super) async fn added(walk: &Walk) -> Proof {
    let issuer = &walk.running.urls.social;
    let name = &walk.config.names.social;
    second_process(walk, &["add", SOCIAL, "--issuer", issuer, "--label", name]).await?;
    let mut browser = walk.fresh_browser();
    let page = screen(walk, &mut browser).await?;
    let at_social = choose(&mut browser, &page, SOCIAL).await?;
    ensure(at_social.url.as_str().starts_with(issuer.as_str()), || {
        format!("the option did not lead to {issuer}: {}", at_social.shown())
    })?;
    let home = sign_in(&mut browser, &at_social, SOCIAL_USER, SOCIAL_PASSWORD, None).await?;
    let acr = home.text_of("acr")?;
    ensure(acr == "low", || format!("it is worth `{acr}`"))?;
    let scopes = home.text_of("scopes")?;
    ensure(
        scopes.contains("orders:read") && !scopes.contains("orders:write"),
        || format!("`{scopes}` was granted"),
    )?;
    Ok(format!(
        "`{SOCIAL}` was added at run time, {SOCIAL_USER} signed in with it, worth `{acr}`; nobody vouches for an age, so no `orders:write`"
    ))
}

/// The discovery screen, on the way from the shop.
async fn screen(walk: &Walk, browser: &mut Browser) -> Result<Page, String> {
    browser
        .open(&format!("{}/login", walk.running.urls.shop))
        .await
}

/// This program once more, with `options …` on the same folder.
async fn second_process(walk: &Walk, change: &[&str]) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = tokio::process::Command::new(program)
        .arg("--dir")
        .arg(walk.folder.path())
        .arg("options")
        .args(change)
        .output()
        .await
        .map_err(|error| format!("the second process cannot start: {error}"))?;
    ensure(output.status.success(), || {
        format!(
            "`options {}` failed: {}",
            change.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        )
    })
}
