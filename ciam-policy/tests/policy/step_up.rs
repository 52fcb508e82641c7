//! Step-up: which advice follows from forbids, and how the caller is told (RFC 9470).

use ciam_policy::{Advice, Decision, EntityUid, PolicyRef};
use http::{HeaderMap, Method, Uri};

use crate::stub::{Always, guard};

fn forbid(annotations: &[(&str, &str)]) -> PolicyRef {
    PolicyRef {
        id: "p".to_owned(),
        annotations: annotations
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

fn step_up(acr_values: &[&str], max_age: Option<u64>) -> Option<Advice> {
    Some(Advice::StepUp {
        acr_values: acr_values.iter().map(|acr| (*acr).to_owned()).collect(),
        max_age,
    })
}

#[test]
fn every_forbid_must_be_lifted_by_it() {
    let acr = || forbid(&[("acr", "substantial high")]);
    let high = || forbid(&[("acr", "high")]);
    let low = || forbid(&[("acr", "low")]);
    let fresh = || forbid(&[("max_age", "300")]);
    let fresher = || forbid(&[("max_age", "60"), ("acr", "high")]);
    let plain = || forbid(&[("reason", "no")]);
    for (forbids, advice) in [
        (vec![], None),
        (vec![plain()], None),
        (vec![acr()], step_up(&["substantial", "high"], None)),
        (vec![fresh()], step_up(&[], Some(300))),
        (vec![acr(), plain()], None),
        (vec![acr(), high()], step_up(&["high"], None)),
        (vec![acr(), low()], None),
        (vec![fresh(), fresher()], step_up(&["high"], Some(60))),
        (vec![forbid(&[("max_age", "soon")])], None),
    ] {
        assert_eq!(Advice::step_up(&forbids), advice, "{forbids:?}");
    }
}

#[test]
fn a_permit_takes_no_advice() {
    let permit = Decision::permit(vec![]).with_advice(step_up(&["high"], None));
    assert_eq!(permit.advice(), None);
}

#[tokio::test]
async fn the_challenge_names_acr_values_and_max_age() {
    let advice = step_up(&["substantial", "high", "ba\"d"], Some(300));
    let guard = guard(Always(Decision::deny(vec![]).with_advice(advice)))
        .with_scope("read", "orders:write")
        .unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("authorization", "Bearer alice".parse().unwrap());
    let caller = guard
        .authenticate(&Method::GET, &Uri::from_static("/"), &headers)
        .await
        .unwrap();
    let order = EntityUid::new("Order", "17");
    let refusal = caller.authorize("read", &order).await.unwrap_err();
    assert_eq!(refusal.status(), 401);
    let response = refusal.response();
    let challenge = response.headers()["www-authenticate"].to_str().unwrap();
    assert!(challenge.starts_with("Bearer error=\"insufficient_user_authentication\""));
    assert!(challenge.ends_with("acr_values=\"substantial high\", max_age=\"300\""));
    assert!(!challenge.contains("scope="));
}
