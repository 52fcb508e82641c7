//! The shop's pages. They show what happened, since this is a demo.

use ciam::core::encoding::b64url_decode;
use serde_json::{Map, Value};

use super::Hints;
use super::api::{Answer, Order};
use crate::relying_party::{RelyingPartyError, Tokens};
use crate::seed;
use crate::site::escape;

pub(super) fn nav(tokens: Option<&Tokens>) -> String {
    match tokens {
        None => "<a class=\"button primary\" id=\"sign-in\" href=\"/login\">Sign in</a>".into(),
        Some(tokens) => format!(
            "<span class=\"muted\">{}</span>\
             <form method=\"post\" action=\"/sign-out\"><button id=\"sign-out\">Sign out</button></form>",
            escape(name(tokens))
        ),
    }
}

pub(super) fn welcome(hints: &Hints) -> String {
    let config = &hints.config;
    format!(
        "<section><h1>Welcome</h1>\
         <p>This shop knows nobody. It asks <a href=\"{provider}/.well-known/openid-configuration\">{name}</a>, an OpenID provider, who you are.</p>\
         <p class=\"row\"><a class=\"button primary\" href=\"/login\">Sign in</a>\
         <span>as <code>{user}</code> with password <code>{password}</code></span></p></section>\n{}",
        things_to_try(hints),
        provider = escape(&hints.urls.provider),
        name = escape(&config.names.provider),
        user = escape(&config.user.name),
        password = escape(&config.user.password),
    )
}

pub(super) fn signed_in(tokens: &Tokens, hints: &Hints) -> String {
    let acr = tokens.text("acr").unwrap_or("unknown");
    let surrogate = tokens.text(seed::SURROGATE).map_or_else(
        || "<dd class=\"muted\">none: nobody signed in with the bank yet</dd>".to_owned(),
        |surrogate| {
            format!(
                "<dd><code id=\"surrogate\">{}</code> stands for the national identity number. \
                 The number itself never left the provider.</dd>",
                escape(surrogate)
            )
        },
    );
    format!(
        "<section><h1>Hello, {name}</h1>\
         <dl><dt>Level of assurance</dt><dd><code id=\"acr\">{acr}</code></dd>\
         <dt>Granted scopes</dt><dd><code id=\"scopes\">{scopes}</code></dd>\
         <dt>Identity surrogate</dt>{surrogate}</dl>\
         <p class=\"row\"><a class=\"button primary\" href=\"/orders\">Your orders</a>\
         <a class=\"button\" href=\"/login?acr=substantial\">Confirm with your bank</a></p></section>\n\
         <section><h2>The ID token says</h2><dl>{claims}</dl></section>\n\
         <section><h2>The access token</h2><p>It is for the orders API alone: signed, then encrypted to \
         the API's key. All this shop can read of it is the header.</p><pre id=\"access-token-header\">{header}</pre></section>\n{more}",
        name = escape(name(tokens)),
        acr = escape(acr),
        scopes = escape(&tokens.scopes),
        claims = claims(&tokens.claims),
        header = escape(&header(&tokens.access_token)),
        more = things_to_try(hints),
    )
}

pub(super) fn orders(orders: &[Order]) -> String {
    let rows: String = orders
        .iter()
        .map(|order| {
            format!(
                "<tr><td>Order {}</td><td class=\"number\">{}</td></tr>",
                order.number,
                euros(order.total_cents)
            )
        })
        .collect();
    let table = if rows.is_empty() {
        "<p class=\"muted\">You have not ordered anything yet.</p>".to_owned()
    } else {
        format!("<table><tbody id=\"orders\">{rows}</tbody></table>")
    };
    format!(
        "<section><h1>Your orders</h1>{table}</section>\n\
         <section><h2>Order something</h2><div class=\"row\">{}{}</div>\
         <p class=\"muted\">Above 1 000 € the API wants a sign-in with a bank.</p></section>",
        order_button(1_999, "Tea"),
        order_button(150_000, "A bicycle"),
    )
}

pub(super) fn confirm(total: i64, answer: &Answer) -> String {
    format!(
        "<section><h1>Confirm it is you</h1><p id=\"reason\">{sentence}</p>\
         <p>The API refused the order of {price} with this challenge (RFC 9470):</p>\
         <pre id=\"challenge\">{challenge}</pre>\
         <form class=\"row\" method=\"post\" action=\"/confirm\">\
         <input type=\"hidden\" name=\"total\" value=\"{total}\"><input type=\"hidden\" name=\"acr\" value=\"{acr}\">\
         <button class=\"primary\" id=\"step-up\">Confirm with your bank</button>\
         <a href=\"/orders\">Not now</a></form></section>",
        sentence = escape(answer.sentence()),
        price = euros(total),
        challenge = escape(answer.challenge.as_deref().unwrap_or_default()),
        acr = escape(answer.wanted_acr().unwrap_or_default()),
    )
}

pub(super) fn refused(answer: &Answer) -> String {
    format!(
        "<section><h1>Not allowed</h1><p id=\"reason\">{}</p>\
         <p class=\"muted\">The orders API answered {}.</p><p><a href=\"/\">Back</a></p></section>",
        escape(answer.sentence()),
        answer.status
    )
}

pub(super) fn unreachable(problem: &str) -> String {
    format!(
        "<section><h1>Not now</h1><p>Something behind this shop does not answer. Please try again.</p>\
         <p class=\"muted\">{}</p></section>",
        escape(problem)
    )
}

/// `tokens` are those of whoever was signed in before and still is.
pub(super) fn not_signed_in(tokens: Option<&Tokens>, error: &RelyingPartyError) -> String {
    let (title, again) = match tokens {
        None => ("You are not signed in", "/login"),
        Some(_) => ("Nothing was confirmed", "/orders"),
    };
    format!(
        "<section><h1>{title}</h1><p class=\"bad\" id=\"error\">{}</p>\
         <p class=\"row\"><a class=\"button\" href=\"{again}\">Try again</a><a href=\"/\">Back</a></p></section>",
        escape(&error.to_string())
    )
}

fn things_to_try(hints: &Hints) -> String {
    let Hints { urls, config, .. } = hints;
    let names = &config.names;
    let run = escape(&hints.command);
    let run_quietly = run.replacen("run", "run -q", 1);
    format!(
        "<section><h2>Things to try</h2><ol>\
         <li>Order the bicycle for 1 500 € under <a href=\"/orders\">orders</a>: the API wants more than a password. \
         Confirm at {bank} as <code>{bank_alice}</code> or, to be refused, as <code>{bank_carol}</code> (password <code>{bank_password}</code>).</li>\
         <li>Sign in with {bank} as <code>{bank_carol}</code>, whom nobody here knows: she gets an account.</li>\
         <li>Sign in as <code>{minor}</code> (same password as <code>{user}</code>), a minor: the provider refuses.</li>\
         <li>Open <a href=\"{partner}\">{partner_name}</a>, somebody else's client: it has to ask, and gets less than it asks for.</li>\
         <li>Take the bank away while everything runs: <code>{run} options disable {bank_id}</code>, and load the sign-in page again. \
         <code>enable</code> brings it back.</li>\
         <li>Offer another provider: <code>{run} options add {social_id} --issuer {social} --label \"{social_name}\"</code> \
         (user <code>{social_user}</code>, password <code>{social_password}</code>).</li>\
         <li>Be a machine: <pre>TOKEN=$(curl -s {provider}/token -d grant_type=client_credentials -d scope=orders:stock \\\n  \
         -d client_assertion_type={assertion_type} \\\n  -d client_assertion=$({run_quietly} assertion) \\\n  \
         | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')\n\
         curl {orders}/orders/stock -H \"Authorization: Bearer $TOKEN\"</pre></li>\
         <li>See all of it happen: <code>{run} walk</code></li></ol></section>",
        bank = escape(&names.bank),
        bank_alice = seed::BANK_ALICE,
        bank_carol = seed::BANK_CAROL,
        bank_password = seed::BANK_PASSWORD,
        bank_id = seed::BANK,
        minor = seed::MINOR,
        user = escape(&config.user.name),
        partner = escape(&urls.partner),
        partner_name = escape(&names.partner),
        provider = escape(&urls.provider),
        orders = escape(&urls.orders),
        social = escape(&urls.social),
        social_id = seed::SOCIAL,
        social_name = escape(&names.social),
        social_user = seed::SOCIAL_USER,
        social_password = seed::SOCIAL_PASSWORD,
        assertion_type = crate::relying_party::ASSERTION_TYPE,
    )
}

fn order_button(total: i64, what: &str) -> String {
    format!(
        "<form method=\"post\" action=\"/orders\"><input type=\"hidden\" name=\"total\" value=\"{total}\">\
         <button class=\"primary\" id=\"order-{total}\">{what} for {}</button></form>",
        euros(total)
    )
}

fn claims(claims: &Map<String, Value>) -> String {
    claims
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            format!(
                "<dt>{}</dt><dd><code>{}</code></dd>",
                escape(name),
                escape(&value)
            )
        })
        .collect()
}

/// The protected header of a token, which is not a secret.
fn header(token: &str) -> String {
    token
        .split('.')
        .next()
        .and_then(b64url_decode)
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_default()
}

fn name(tokens: &Tokens) -> &str {
    ["given_name", "name", "sub"]
        .into_iter()
        .find_map(|claim| tokens.text(claim))
        .unwrap_or("you")
}

/// With a blank, which does not break, between thousands.
fn euros(cents: i64) -> String {
    let (euros, cents) = (cents / 100, cents % 100);
    match (euros / 1_000, euros % 1_000) {
        (0, euros) => format!("{euros}.{cents:02}\u{a0}€"),
        (thousands, rest) => format!("{thousands}\u{a0}{rest:03}.{cents:02}\u{a0}€"),
    }
}
