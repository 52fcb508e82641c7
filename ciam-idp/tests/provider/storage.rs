//! Storage that is slow, fails, or belongs to somebody else.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ciam_core::store::KeyStore;
use ciam_core::{Issuer, RootKey, Stores};
use ciam_idp::{BuildError, Keys, KeysError, Lifetimes, Provider};
use http::Request;

use crate::browser::Browser;
use crate::world::{ISSUER, World, authorize, body};

#[tokio::test]
async fn an_outage_is_503_and_never_a_refusal() {
    let world = World::new().await;
    let code = world.code("openid").await;
    let assertion_first = world.exchange("AAAA").await;
    assert_eq!(assertion_first.status(), 400);
    world.store.set_down(true);
    let answer = world.exchange(&code).await;
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
    assert_eq!(body(&answer)["error"], "temporarily_unavailable");
    let page = Browser::default()
        .get(&world.provider, authorize(&[]).as_str())
        .await;
    assert_eq!(page.status(), 503);
    assert!(page.headers().contains_key("retry-after"));
    // HT-08: what needs no store is served.
    let keys = world.send(Request::get("/jwks"), Bytes::new()).await;
    assert_eq!(keys.status(), 200);
    world.store.set_down(false);
    assert_eq!(world.exchange(&code).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_exchanges_of_one_code_one_succeeds() {
    let world = Arc::new(World::new().await);
    let code = world.code("openid").await;
    world.store.set_delay(Duration::from_millis(1));
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (world, code) = (Arc::clone(&world), code.clone());
            tokio::spawn(async move { world.exchange(&code).await.status().as_u16() })
        })
        .collect();
    let mut issued = 0;
    for task in tasks {
        match task.await.unwrap() {
            200 => issued += 1,
            400 => {}
            other => panic!("{other}"),
        }
    }
    // The others revoke the grant; whoever was first may be too late for tokens.
    assert!(issued <= 1);
}

#[tokio::test]
async fn another_root_key_opens_nothing_and_writes_nothing() {
    let world = World::new().await;
    let issuer: Issuer = ISSUER.parse().unwrap();
    let stores = Stores::from_one(Arc::clone(&world.store));
    let tenant = world.provider.tenant();
    let before = world.store.keys(tenant).await.unwrap();
    let refused = Keys::open(&issuer, &stores, &RootKey::new([8; 32])).await;
    let Err(error @ KeysError::WrongRootKey) = refused else {
        panic!("opened with another root key");
    };
    assert!(error.to_string().contains("root key"));
    assert_eq!(world.store.keys(tenant).await.unwrap(), before);
}

#[tokio::test]
async fn what_does_not_fit_is_not_built() {
    let world = World::new().await;
    let issuer: Issuer = ISSUER.parse().unwrap();
    let stores = Stores::from_one(Arc::clone(&world.store));
    let keys = Keys::open(&issuer, &stores, &RootKey::new([7; 32]))
        .await
        .unwrap();
    let other = Provider::builder("https://other.test".parse().unwrap())
        .with_stores(stores.clone())
        .with_keys(keys.clone())
        .build();
    assert!(matches!(other, Err(BuildError::OtherIssuer(_))));
    let build = |change: fn(&mut Lifetimes)| {
        let mut lifetimes = Lifetimes::default();
        change(&mut lifetimes);
        Provider::builder(issuer.clone())
            .with_stores(stores.clone())
            .with_keys(keys.clone())
            .with_lifetimes(lifetimes)
            .build()
    };
    let never = build(|lifetimes| lifetimes.code = Duration::ZERO);
    assert!(matches!(never, Err(BuildError::Lifetime("code"))));
    // So long two holders of one refresh token would go unnoticed.
    let long = build(|lifetimes| lifetimes.refresh_grace = Duration::from_secs(61));
    assert!(matches!(long, Err(BuildError::Lifetime("refresh_grace"))));
    assert!(build(|lifetimes| lifetimes.refresh_grace = Duration::ZERO).is_ok());
    // A replay that is noticed too late leaves the tokens alive.
    let short = build(|lifetimes| lifetimes.code_memory = Duration::from_secs(599));
    assert!(matches!(short, Err(BuildError::Lifetime("code_memory"))));
}
