//! Signing in with a password, and what the tokens are good for.

use ciam::core::encoding::b64url_decode;
use ciam::tokens::UnverifiedJwe;
use serde_json::{Value, json};

use crate::party::shop::SCOPES;
use crate::walk::member::Members;
use crate::walk::{Proof, Walk, ensure};

/// Code flow with the `openidconnect` crate: PKCE, `state`, `nonce`, `iss`,
/// private_key_jwt, and a verified ID token.
pub(super) async fn signs_in(walk: &mut Walk) -> Proof {
    let tokens = walk
        .tokens(&walk.shop(), &walk.shop_redirect_uri(), SCOPES)
        .await?;
    let acr = tokens.text("acr").unwrap_or_default();
    ensure(acr == "low", || format!("the password gave `{acr}`"))?;
    ensure(tokens.text("given_name") == Some("Alice"), || {
        format!(
            "the ID token is about somebody else: {:?}",
            tokens.claims.keys()
        )
    })?;
    ensure(tokens.refresh_token.is_some(), || {
        "there is no refresh token".into()
    })?;

    // And once through the shop's own pages, for the steps to come.
    let shop = walk.running.urls.shop.clone();
    let page = walk.alice.open(&format!("{shop}/login")).await?;
    let (user, password) = (&walk.config.user.name, &walk.config.user.password);
    let home = crate::walk::sign_in(&mut walk.alice, &page, user, password, None).await?;
    home.text_of("scopes")?;
    Ok(format!(
        "code redeemed with private_key_jwt and PKCE, ID token verified, acr `{acr}`, scopes `{}`",
        tokens.scopes
    ))
}

/// RFC 9068 inside JWE: five segments, and `cty` says what is inside.
pub(super) async fn encrypted(walk: &Walk) -> Proof {
    let tokens = walk
        .tokens(&walk.shop(), &walk.shop_redirect_uri(), SCOPES)
        .await?;
    let segments = tokens.access_token.split('.').count();
    ensure(segments == 5, || format!("it has {segments} segments"))?;
    let header = segment(&tokens.access_token, 0)?;
    ensure(
        header.at("cty") == "JWT" && header.at("enc") == "A256GCM",
        || format!("its header is {header}"),
    )?;
    let inner = open(walk, &tokens.access_token)?;
    let signed = segment(&inner, 0)?;
    let claims = segment(&inner, 1)?;
    ensure(
        signed.at("typ") == "at+jwt" && signed.at("alg") == "ES256",
        || format!("inside is {signed}"),
    )?;
    ensure(
        claims.at("aud") == walk.running.urls.orders.as_str(),
        || format!("it is for {}", claims.at("aud")),
    )?;
    Ok(format!(
        "five segments, {} with {}, `cty` JWT; inside an at+jwt signed with ES256 for {}",
        header.text("alg"),
        header.text("enc"),
        walk.running.urls.orders
    ))
}

/// Own orders are listed, those of others are not readable.
pub(super) async fn calls_the_api(walk: &Walk) -> Proof {
    let tokens = walk
        .tokens(&walk.shop(), &walk.shop_redirect_uri(), SCOPES)
        .await?;
    let token = &tokens.access_token;
    let listed = walk.api(token, "/orders", None).await?;
    let count = listed.body.at("orders").as_array().map_or(0, Vec::len);
    ensure(listed.status == 200 && count > 0, || {
        format!("the API answered {} {}", listed.status, listed.body)
    })?;
    let own = walk.api(token, "/orders/1", None).await?;
    let other = walk.api(token, "/orders/2", None).await?;
    let none = walk.api(token, "/orders/999", None).await?;
    ensure(
        none.status == other.status && none.body == other.body,
        || format!("an order that there is not: {} {}", none.status, none.body),
    )?;
    ensure(own.status == 200 && other.status == 403, || {
        format!(
            "own order: {}, somebody else's: {}",
            own.status, other.status
        )
    })?;
    let placed = walk
        .api(token, "/orders", Some(json!({ "total_cents": 1_999 })))
        .await?;
    ensure(placed.status == 201, || {
        format!("a small order: {}", placed.status)
    })?;
    let anonymous = walk.api("", "/orders", None).await?;
    ensure(anonymous.status == 400 || anonymous.status == 401, || {
        format!("without a token: {}", anonymous.status)
    })?;
    Ok(format!(
        "{count} own order(s) listed, a small one placed, somebody else's refused with 403"
    ))
}

/// Above 1 000 € the API says what would help (RFC 9470).
pub(super) async fn large_order(walk: &Walk) -> Proof {
    let tokens = walk
        .tokens(&walk.shop(), &walk.shop_redirect_uri(), SCOPES)
        .await?;
    let answer = walk
        .api(
            &tokens.access_token,
            "/orders",
            Some(json!({ "total_cents": 150_000 })),
        )
        .await?;
    let challenge = &answer.challenge;
    ensure(
        answer.status == 401
            && challenge.contains("error=\"insufficient_user_authentication\"")
            && challenge.contains("acr_values=\"substantial\""),
        || format!("the API answered {} {challenge}", answer.status),
    )?;
    Ok(
        "1 500 € with a password: 401 insufficient_user_authentication, acr_values=\"substantial\""
            .to_owned(),
    )
}

/// The signed token inside an encrypted one; only the API has the key.
pub(super) fn open(walk: &Walk, token: &str) -> Result<String, String> {
    UnverifiedJwe::parse(token)
        .and_then(|jwe| jwe.decrypt_nested(&walk.running.orders_key))
        .map(|signed| signed.as_str().to_owned())
        .map_err(|error| format!("the access token does not open: {error}"))
}

/// A segment of a token as JSON.
pub(super) fn segment(token: &str, index: usize) -> Result<Value, String> {
    token
        .split('.')
        .nth(index)
        .and_then(b64url_decode)
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| format!("segment {index} of a token is not JSON"))
}
