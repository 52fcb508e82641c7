//! Passwords at rest and as they are typed.

use ciam_core::Secret;
use ciam_core::account::Credential;
use ciam_idp::{Authenticator, LoginAttempt, NewAccount, Password};

use super::site::{PASSWORD, Site, authorize, post_password, session_cookie, sign_in, visit};

#[tokio::test]
async fn a_password_copied_to_another_account_does_not_open_it() {
    let site = Site::new().await;
    let alice = site.person("alice", &[]).await;
    let mallory = NewAccount {
        identifiers: vec!["mallory".to_owned()],
        password: Some(Secret::new("known to mallory".to_owned())),
        ..NewAccount::default()
    };
    let mallory = site.provider.accounts().create(mallory).await.unwrap();
    let accounts = &site.stores.accounts;
    let tenant = site.provider.tenant();
    let stolen = accounts.find(tenant, &mallory).await.unwrap().unwrap();
    let stolen = &stolen.credentials[0];
    assert!(!stolen.data.contains("argon2"), "in clear: {}", stolen.data);
    let written = accounts
        .update_credential(tenant, &alice, Password::KIND, 0, &stolen.data)
        .await;
    assert!(written.unwrap());

    let mut browser = site.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    // What we cannot look at is no attempt of theirs (it stays 500 and never becomes
    // 429), and it does not fill the record either.
    for _ in 0..100 {
        let answer = post_password(&mut browser, &page, "alice", "known to mallory").await;
        assert_eq!(answer.status, 500);
    }
    assert!(session_cookie(&browser).is_none());
    let events = site.memory.audit_events();
    let failed = events
        .iter()
        .filter(|event| event.kind == "provider.failed");
    assert_eq!(failed.count(), 60);
}

#[tokio::test]
async fn a_sealed_password_opens_its_own_account_again_and_again() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    for _ in 0..2 {
        let mut browser = site.browser();
        sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
        assert!(session_cookie(&browser).is_some());
    }
}

#[tokio::test]
async fn the_same_letters_typed_another_way_are_the_same_password() {
    let authenticator = Password::with_threads(1);
    let composed = Secret::new("Z\u{fc}rich \u{c5}ngstr\u{f6}m".to_owned());
    let decomposed = Secret::new("Zu\u{308}rich A\u{30a}ngstro\u{308}m".to_owned());
    let other = Secret::new("Zurich Angstrom".to_owned());
    for enrolled in [&composed, &decomposed] {
        let credential = Credential {
            kind: Password::KIND.to_owned(),
            version: 0,
            data: authenticator.enroll(enrolled).await.unwrap(),
        };
        let check = async |secret| {
            let credential = Some(&credential);
            let attempt = LoginAttempt { credential, secret };
            authenticator.authenticate(attempt).await.is_ok()
        };
        assert!(check(&composed).await);
        assert!(check(&decomposed).await);
        assert!(!check(&other).await);
    }
}

#[test]
fn debug_of_a_new_account_shows_no_names() {
    let new = NewAccount {
        identifiers: vec!["alice@example.com".to_owned()],
        password: Some(Secret::new(PASSWORD.to_owned())),
        links: vec![ciam_idp::NewLink {
            connection: "bank".parse().unwrap(),
            issuer: "https://bank.test".to_owned(),
            subject: "customer-4711".to_owned(),
        }],
        ..NewAccount::default()
    };
    let printed = format!("{new:?}");
    for secret in ["alice", PASSWORD, "4711"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
