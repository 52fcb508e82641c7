//! What holds for every answer, whatever the row.

use ciam_core::store::memory::MemoryStore;
use ciam_testkit::Page;

use crate::outcome::{Outcome, is_html};

/// What is wrong with an answer, apart from the row's own outcome.
pub(crate) fn faults(page: &Page, expected: Option<&Outcome>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut check = |holds: bool, fault: &str| {
        if !holds {
            faults.push(fault.to_owned());
        }
    };
    let status = page.status.as_u16();
    let meant = matches!(expected, Some(Outcome::Status(meant)) if *meant == status);
    check(status < 500 || meant, &format!("status {status}"));
    // RFC 9700 section 4.12.
    check(
        !page.status.is_redirection() || status == 303,
        "a redirect other than 303",
    );
    let published = page.url.path().contains("/.well-known/") || page.url.path() == "/jwks";
    if !published {
        let cache = page.header("cache-control").unwrap_or_default();
        check(cache.contains("no-store"), "no `Cache-Control: no-store`");
    }
    check(
        page.header("access-control-allow-credentials").is_none(),
        "credentials for other origins",
    );
    for (name, value) in &page.headers {
        let plain = !value
            .as_bytes()
            .iter()
            .any(|byte| matches!(byte, b'\r' | b'\n' | 0));
        check(plain, &format!("`{name}` has control characters"));
    }
    if is_html(page) {
        check_html(page, &mut check);
    }
    check_cookies(page, &mut check);
    if let Some(target) = page.location() {
        // LK-05: what is in an address ends up in histories and logs.
        for (name, _) in target.query_pairs() {
            let secret = [
                "access_token",
                "refresh_token",
                "id_token",
                "password",
                "client_assertion",
            ];
            check(
                !secret.contains(&name.as_ref()),
                &format!("`{name}` in an address"),
            );
        }
    }
    faults
}

/// AZ-45, LG-36, AZ-38.
fn check_html(page: &Page, check: &mut impl FnMut(bool, &str)) {
    let policy = page.header("content-security-policy").unwrap_or_default();
    check(
        policy.contains("default-src 'none'"),
        "CSP without default-src 'none'",
    );
    check(
        policy.contains("frame-ancestors 'none'"),
        "CSP without frame-ancestors 'none'",
    );
    check(policy.contains("form-action"), "CSP without form-action");
    check(
        !policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"),
        "CSP with `unsafe-`",
    );
    check(
        page.header("x-frame-options") == Some("DENY"),
        "no `X-Frame-Options: DENY`",
    );
    check(
        page.header("x-content-type-options") == Some("nosniff"),
        "no `nosniff`",
    );
    check(
        page.header("strict-transport-security").is_some(),
        "no HSTS on https",
    );
    check(
        page.header("referrer-policy").is_some(),
        "no Referrer-Policy",
    );
    let text = page.text().to_lowercase();
    for markup in ["<script", "<img", "onerror=", "javascript:"] {
        check(!text.contains(markup), &format!("`{markup}` on the page"));
    }
}

/// LG-04.
fn check_cookies(page: &Page, check: &mut impl FnMut(bool, &str)) {
    for cookie in page.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        check(cookie.starts_with("__Host-"), "a cookie without `__Host-`");
        for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            let there = cookie.split(';').any(|part| part.trim() == attribute);
            check(there, &format!("a cookie without {attribute}"));
        }
        check(
            !cookie.to_lowercase().contains("domain="),
            "a cookie with Domain",
        );
    }
}

/// Secrets that got into the security events.
pub(crate) fn leaks(store: &MemoryStore, secrets: &[String]) -> Vec<String> {
    let events = store.audit_events();
    let text = serde_json::to_string(&events).unwrap() + &format!("{events:?}");
    secrets
        .iter()
        .filter(|secret| secret.len() >= 8 && text.contains(secret.as_str()))
        .map(|secret| format!("`{}…` is in the security events", &secret[..6]))
        .collect()
}

/// LK-03: an event is one line, whatever was sent.
pub(crate) fn torn_lines(store: &MemoryStore) -> Vec<String> {
    let torn = |text: &Option<String>| {
        text.as_ref()
            .is_some_and(|text| text.chars().any(char::is_control))
    };
    store
        .audit_events()
        .into_iter()
        .filter(|event| torn(&event.client) || torn(&event.subject) || torn(&event.reason))
        .map(|event| format!("control characters in the event {event:?}"))
        .collect()
}
