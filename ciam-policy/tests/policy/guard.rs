//! The guard: which headers are accepted, and what a refusal says.

use std::error::Error;

use ciam_policy::{Caller, Decision, DenyAll, EntityUid, Guard, PolicyRef, Refusal};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::Value;

use crate::stub::{Always, guard, permit};

async fn authenticate(guard: &Guard, uri: &str, headers: &[&str]) -> Result<Caller, Refusal> {
    let mut map = HeaderMap::new();
    for value in headers {
        map.append("authorization", HeaderValue::from_str(value).unwrap());
    }
    guard
        .authenticate(&Method::GET, &uri.parse().unwrap(), &map)
        .await
}

fn told(refusal: &Refusal) -> (u16, String, Value) {
    let response = refusal.response();
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["content-type"], "application/json");
    let challenge = response
        .headers()
        .get("www-authenticate")
        .map_or(String::new(), |value| value.to_str().unwrap().to_owned());
    let body = serde_json::from_slice(response.body()).unwrap();
    (response.status().as_u16(), challenge, body)
}

fn order() -> EntityUid {
    EntityUid::new("Order", "17")
}

#[tokio::test]
async fn accepted_spellings_of_the_header() {
    let guard = guard(permit());
    for header in [
        "Bearer alice",
        "bearer alice",
        "BEARER alice",
        "Bearer   alice",
        "Bearer alice ",
    ] {
        let caller = authenticate(&guard, "/", &[header]).await.unwrap();
        assert_eq!(caller.principal().subject, "alice", "{header}");
    }
    let harmless = "/?access_tokens=a&x=access_token&Access_Token=b";
    assert!(
        authenticate(&guard, harmless, &["Bearer alice"])
            .await
            .is_ok()
    );
}

/// UI-01: without a token the challenge carries no error code (RFC 6750 3.1).
#[tokio::test]
async fn ui_01_no_token_is_a_bare_challenge() {
    let guard = guard(permit());
    for headers in [
        &[][..],
        &["Basic YTpi"],
        &["DPoP alice"],
        &["Bearerx alice"],
    ] {
        let refusal = authenticate(&guard, "/", headers).await.unwrap_err();
        let (status, challenge, body) = told(&refusal);
        assert_eq!((status, challenge.as_str()), (401, "Bearer"), "{headers:?}");
        assert_eq!(body.get("error"), None);
    }
    let refusal = authenticate(&guard.with_realm("or\"ders"), "/", &[])
        .await
        .unwrap_err();
    assert_eq!(told(&refusal).1, "Bearer realm=\"orders\"");
}

/// UI-02: a token in the query is refused, also next to one in the header, also escaped.
#[tokio::test]
async fn ui_02_token_in_the_query() {
    let guard = guard(permit());
    for uri in [
        "/?access_token=alice",
        "/?a=b&access_token=alice",
        "/?access%5Ftoken=alice",
        "/?%61ccess_token",
    ] {
        for headers in [&[][..], &["Bearer alice"]] {
            let refusal = authenticate(&guard, uri, headers).await.unwrap_err();
            let (status, challenge, body) = told(&refusal);
            assert_eq!(status, 400, "{uri}");
            assert_eq!(body["error"], "invalid_request");
            assert!(challenge.contains("error=\"invalid_request\""));
        }
    }
}

#[tokio::test]
async fn malformed_headers() {
    let guard = guard(permit());
    for headers in [
        &["Bearer alice", "Bearer alice"][..],
        &["Bearer alice", "Basic YTpi"],
        &["Bearer"],
        &["Bearer "],
        &["Bearer alice bob"],
        &["Bearer alice,Bearer bob"],
        &["Bearer al\u{e9}"],
    ] {
        let refusal = authenticate(&guard, "/", headers).await.unwrap_err();
        assert_eq!(told(&refusal).2["error"], "invalid_request", "{headers:?}");
        assert_eq!(refusal.status(), StatusCode::BAD_REQUEST);
    }
}

/// UI-04: whatever is wrong with a token, the caller learns only that it is not valid.
#[tokio::test]
async fn ui_04_bad_token() {
    let guard = guard(permit());
    for header in ["Bearer nobody", "Bearer a\"b", "Bearer =", "Bearer a=b"] {
        let refusal = authenticate(&guard, "/", &[header]).await.unwrap_err();
        let (status, challenge, body) = told(&refusal);
        assert_eq!(status, 401, "{header}");
        assert!(challenge.starts_with("Bearer error=\"invalid_token\""));
        assert!(!challenge.contains("secret") && !body.to_string().contains("secret"));
        assert!(refusal.source().is_some());
    }
}

#[tokio::test]
async fn unreachable_keys_are_not_the_callers_fault() {
    let refusal = authenticate(&guard(permit()), "/", &["Bearer down"])
        .await
        .unwrap_err();
    let (status, challenge, body) = told(&refusal);
    assert_eq!((status, challenge.as_str()), (503, ""));
    assert_eq!(body["error"], "temporarily_unavailable");
    assert_eq!(refusal.response().headers()["retry-after"], "5");
    let cause = refusal.source().unwrap().source().unwrap().to_string();
    assert_eq!(cause, "no keys: secret detail");
}

/// The policy decides first: whom it denies learns nothing about scopes.
#[tokio::test]
async fn policy_before_scope() {
    let denying = guard(DenyAll).with_scope("read", "orders:read").unwrap();
    let permitting = guard(permit()).with_scope("read", "orders:read").unwrap();
    let header = &["Bearer alice"];

    let caller = authenticate(&denying, "/", header).await.unwrap();
    let refusal = caller.authorize("read", &order()).await.unwrap_err();
    let (status, challenge, body) = told(&refusal);
    assert_eq!((status, challenge.as_str()), (403, "Bearer"));
    assert_eq!(body["error"], "access_denied");

    let caller = authenticate(&permitting, "/", header).await.unwrap();
    let refusal = caller.authorize("read", &order()).await.unwrap_err();
    let (status, challenge, body) = told(&refusal);
    assert_eq!(status, 403);
    assert_eq!(body["error"], "insufficient_scope");
    assert!(challenge.contains("error=\"insufficient_scope\""));
    assert!(challenge.ends_with("scope=\"orders:read\""));
    caller.authorize("other", &order()).await.unwrap();

    let caller = authenticate(&permitting, "/", &["Bearer reader"])
        .await
        .unwrap();
    caller.authorize("read", &order()).await.unwrap();
    caller.require_scope("orders:read").unwrap();
    let refusal = caller.require_scope("no \"scope").unwrap_err();
    assert!(!told(&refusal).1.contains("scope=\"no"));
}

#[tokio::test]
async fn the_person_reads_the_policys_sentence() {
    let forbid = PolicyRef {
        id: "internal-name".to_owned(),
        annotations: [(
            "reason".to_owned(),
            "Zuerst 18 werden – dann gern.".to_owned(),
        )]
        .into(),
    };
    let guard = guard(Always(Decision::deny(vec![forbid])));
    let caller = authenticate(&guard, "/", &["Bearer alice"]).await.unwrap();
    let refusal = caller.authorize("read", &order()).await.unwrap_err();
    let (status, challenge, body) = told(&refusal);
    assert_eq!((status, challenge.as_str()), (403, "Bearer"));
    assert_eq!(body["error_description"], "Zuerst 18 werden – dann gern.");
    assert!(!body.to_string().contains("internal-name"));
    assert_eq!(
        refusal.source().unwrap().to_string(),
        "forbidden by internal-name"
    );
}

#[test]
fn a_scope_must_be_one() {
    assert!(guard(permit()).with_scope("read", "two words").is_err());
}

#[test]
fn a_handler_without_guard_is_the_applications_mistake() {
    let (status, challenge, body) = told(&Refusal::unguarded());
    assert_eq!((status, challenge.as_str()), (500, ""));
    assert_eq!(body["error"], "server_error");
}
