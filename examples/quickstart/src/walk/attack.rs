//! Seven attacks, and how each is refused.

use super::member::Members;
use super::report::Report;
use super::{Proof, Walk, ensure, sign_in_at_bank};
use crate::party::shop::SCOPES;
use crate::relying_party::RelyingParty;
use crate::seed::clients::{self, REFEREE_REDIRECT_URI};
use crate::seed::{BANK, BANK_ALICE};

/// All attacks.
pub(super) async fn all(walk: &mut Walk, report: &mut Report) {
    report.heading("Seven attacks");
    report.step("a code is used twice", code_twice(walk)).await;
    report
        .step("the PKCE verifier is another", wrong_verifier(walk))
        .await;
    report
        .step("a token of another audience", other_audience(walk))
        .await;
    report
        .step("the ciphertext is changed", changed_ciphertext(walk))
        .await;
    report
        .step("the redirect URI is another", wrong_redirect_uri(walk))
        .await;
    report
        .step("a client assertion is replayed", replayed_assertion(walk))
        .await;
    report
        .step("the bank's ID token is not encrypted", clear_id_token(walk))
        .await;
}

/// The second use fails, and takes the tokens of the first with it
/// (RFC 6749 section 4.1.2).
async fn code_twice(walk: &Walk) -> Proof {
    let client = walk.shop();
    let (login, callback) = walk
        .code(&client, &walk.shop_redirect_uri(), SCOPES)
        .await?;
    let code = callback.code.clone().ok_or("there is no code")?;
    let tokens = client
        .finish(&login, callback)
        .await
        .map_err(|error| error.to_string())?;
    let second = client.redeem(code, &login.verifier, &login.nonce).await;
    let second = code_of(second.map(|_| ()))?;
    ensure(second == "invalid_grant", || {
        format!("the second use: {second}")
    })?;
    let refresh = code_of(client.refresh(&tokens).await.map(|_| ()))?;
    ensure(refresh == "invalid_grant", || {
        format!("the refresh token: {refresh}")
    })?;
    Ok("invalid_grant, and the refresh token of the first use is revoked".to_owned())
}

async fn wrong_verifier(walk: &Walk) -> Proof {
    let client = walk.shop();
    let (login, callback) = walk
        .code(&client, &walk.shop_redirect_uri(), SCOPES)
        .await?;
    let code = callback.code.ok_or("there is no code")?;
    let other = "A".repeat(43);
    let refused = code_of(client.redeem(code, &other, &login.nonce).await.map(|_| ()))?;
    ensure(refused == "invalid_grant", || refused.clone())?;
    Ok(refused)
}

/// A genuine token for another API, which even has the same key: signed by the
/// provider and readable for the orders API, it is not for it.
async fn other_audience(walk: &Walk) -> Proof {
    clients::register_invoices(
        &walk.running.provider,
        &walk.running.urls,
        &walk.running.keys,
        walk.running.orders_key.public_jwk(),
    )
    .await
    .map_err(|problem| problem.to_string())?;
    let client = RelyingParty::new(
        &walk.running.urls.provider,
        REFEREE_REDIRECT_URI,
        walk.running.keys.referee.clone(),
        walk.http.clone(),
    );
    let scopes = format!("openid {}", clients::INVOICES_SCOPE);
    let tokens = walk.tokens(&client, REFEREE_REDIRECT_URI, &scopes).await?;
    ensure(tokens.access_token.split('.').count() == 5, || {
        "the token is not encrypted".into()
    })?;
    let answer = walk.api(&tokens.access_token, "/orders", None).await?;
    answer.refused_token()
}

/// One bit of the ciphertext.
async fn changed_ciphertext(walk: &Walk) -> Proof {
    let tokens = walk
        .tokens(&walk.shop(), &walk.shop_redirect_uri(), SCOPES)
        .await?;
    let changed: Vec<String> = tokens
        .access_token
        .split('.')
        .enumerate()
        .map(
            |(index, segment)| match (index, segment.strip_prefix('A')) {
                (3, Some(rest)) => format!("B{rest}"),
                (3, None) => format!("A{}", segment.get(1..).unwrap_or_default()),
                _ => segment.to_owned(),
            },
        )
        .collect();
    let answer = walk.api(&changed.join("."), "/orders", None).await?;
    answer.refused_token()
}

/// Nothing is sent to an address that is not registered, and a code cannot be
/// redeemed with another than it was asked for with.
async fn wrong_redirect_uri(walk: &Walk) -> Proof {
    let client = walk.shop();
    let stolen = format!("{}/stolen", walk.running.urls.shop);
    let login = client
        .begin(SCOPES, None, None)
        .await
        .map_err(|error| error.to_string())?;
    let mut url = login.url.clone();
    let pairs: Vec<(String, String)> = login
        .url
        .query_pairs()
        .map(|(name, value)| match name.as_ref() {
            "redirect_uri" => (name.into_owned(), stolen.clone()),
            _ => (name.into_owned(), value.into_owned()),
        })
        .collect();
    url.query_pairs_mut().clear().extend_pairs(pairs);
    let page = walk
        .fresh_browser()
        .open_until(url.as_str(), Some(&stolen))
        .await?;
    let stayed = page.url.as_str().starts_with(&walk.running.urls.provider);
    ensure(stayed && page.status.as_u16() == 400, || page.shown())?;

    let (login, callback) = walk
        .code(&client, &walk.shop_redirect_uri(), SCOPES)
        .await?;
    let assertion = walk.assertion(&walk.running.keys.shop)?;
    let parameters = [
        ("grant_type", "authorization_code"),
        ("code", callback.code.as_deref().unwrap_or_default()),
        ("code_verifier", &login.verifier),
        ("redirect_uri", &stolen),
    ];
    let (status, answer) = walk.token_request(&assertion, &parameters).await?;
    ensure(answer.at("error") == "invalid_grant", || {
        format!("{status} {answer}")
    })?;
    Ok("a 400 page that redirects nowhere, and invalid_grant at the token endpoint".to_owned())
}

/// Good once (RFC 7523 section 3, `jti`).
async fn replayed_assertion(walk: &Walk) -> Proof {
    let assertion = walk.assertion(&walk.running.keys.warehouse)?;
    let parameters = [
        ("grant_type", "client_credentials"),
        ("scope", "orders:stock"),
    ];
    let (first, answer) = walk.token_request(&assertion, &parameters).await?;
    ensure(first == 200, || format!("the first use: {first} {answer}"))?;
    let (second, answer) = walk.token_request(&assertion, &parameters).await?;
    ensure(
        second == 401 && answer.at("error") == "invalid_client",
        || format!("the second use: {second} {answer}"),
    )?;
    Ok(format!("{second} {}", answer.text("error")))
}

/// The bank forgets to encrypt: the provider takes nothing less than was agreed.
async fn clear_id_token(walk: &Walk) -> Proof {
    let proof = sign_in_in_clear(walk).await;
    register_at_bank(walk, true).await?;
    let proof = proof?;
    // And with encryption the same works again.
    let mut browser = walk.fresh_browser();
    let shop = &walk.running.urls.shop;
    let screen = browser.open(&format!("{shop}/login")).await?;
    let home = sign_in_at_bank(&mut browser, &screen, BANK_ALICE, None).await?;
    home.text_of("acr")?;
    Ok(proof)
}

async fn sign_in_in_clear(walk: &Walk) -> Proof {
    register_at_bank(walk, false).await?;
    let client = walk.shop();
    let redirect_uri = walk.shop_redirect_uri();
    let login = client
        .begin(SCOPES, None, None)
        .await
        .map_err(|error| error.to_string())?;
    let mut browser = walk.fresh_browser();
    let screen = browser.open(login.url.as_str()).await?;
    let page = sign_in_at_bank(&mut browser, &screen, BANK_ALICE, Some(&redirect_uri)).await?;
    // The page stands at the address the bank led back to: no answer to the client.
    let at_provider = page.url.as_str().starts_with(&walk.running.urls.provider);
    ensure(at_provider && page.status.is_client_error(), || {
        page.shown()
    })?;
    let home = browser
        .open_until(login.url.as_str(), Some(&redirect_uri))
        .await?;
    ensure(home.form_with("password", None).is_ok(), || {
        format!("somebody is signed in: {}", home.shown())
    })?;
    Ok(format!(
        "the provider refuses with a page ({}) and signs nobody in",
        page.status.as_u16()
    ))
}

async fn register_at_bank(walk: &Walk, encrypted: bool) -> Result<(), String> {
    let running = &walk.running;
    clients::at_upstream(
        &running.bank,
        &running.provider,
        BANK,
        &walk.config,
        encrypted,
    )
    .await
    .map_err(|problem| problem.to_string())
}

/// The error code of a refusal.
fn code_of(answer: Result<(), crate::relying_party::RelyingPartyError>) -> Proof {
    match answer {
        Ok(()) => Err("it was answered with tokens".to_owned()),
        Err(error) => error
            .code()
            .map(str::to_owned)
            .ok_or_else(|| error.to_string()),
    }
}
