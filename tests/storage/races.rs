//! Many at once, with a store that takes its time.

use std::collections::BTreeSet;
use std::time::Duration;

use ciam_idp::Provider;

use crate::shop::{Answer, Shop, post_token};

const MANY: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tk_14_one_of_many_exchanges_gets_tokens_and_the_replays_revoke_them() {
    let shop = Shop::open().await;
    let code = shop.code().await;
    shop.store.set_delay(Duration::from_millis(3));
    let bodies = (0..MANY).map(|n| shop.redeeming(&code, &format!("race-{n}")));
    let answers = all_at_once(&shop.provider, bodies.collect()).await;
    let good: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status() == 200)
        .collect();
    // None at all when a replay revoked the grant before the winner's tokens were stored.
    assert!(
        good.len() <= 1,
        "{} exchanges of one code succeeded",
        good.len()
    );
    assert!(
        answers
            .iter()
            .filter(|answer| answer.status() != 200)
            .all(|answer| answer.status() == 400 && answer.json()["error"] == "invalid_grant"),
        "{}",
        answers
            .iter()
            .map(Answer::text)
            .collect::<Vec<_>>()
            .join("\n")
    );
    for winner in good {
        let refresh_token = winner.json()["refresh_token"].as_str().unwrap().to_owned();
        let answer = shop.token(&shop.refreshing(&refresh_token, "after")).await;
        assert_eq!(
            answer.json()["error"],
            "invalid_grant",
            "the grant lives on"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rfc_9700_4_14_many_refreshes_with_one_token_get_one_successor() {
    let shop = Shop::open().await;
    let tokens = shop.tokens().await;
    let first = tokens["refresh_token"].as_str().unwrap();
    shop.store.set_delay(Duration::from_millis(3));
    let bodies = (0..MANY).map(|n| shop.refreshing(first, &format!("race-{n}")));
    let answers = all_at_once(&shop.provider, bodies.collect()).await;
    let successors: BTreeSet<_> = answers
        .iter()
        .map(|answer| {
            assert_eq!(answer.status(), 200, "{}", answer.text());
            answer.json()["refresh_token"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(successors.len(), 1, "one successor is wanted");
    let successor = successors.first().unwrap();
    assert_ne!(successor, first);
    let answer = shop.token(&shop.refreshing(successor, "after")).await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tk_30_of_many_requests_with_one_assertion_one_is_let_in() {
    let shop = Shop::open().await;
    let code = shop.code().await;
    let body = shop.redeeming(&code, "one-assertion");
    shop.store.set_delay(Duration::from_millis(3));
    let answers = all_at_once(&shop.provider, vec![body; MANY]).await;
    let let_in = answers
        .iter()
        .filter(|answer| answer.status() != 401)
        .count();
    assert_eq!(let_in, 1);
    let good = answers
        .iter()
        .filter(|answer| answer.status() == 200)
        .count();
    assert_eq!(good, 1, "the one that was let in gets its tokens");
}

#[tokio::test]
async fn one_interaction_gives_one_code_however_often_its_form_is_sent() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    let screen = shop.begin(&mut browser).await;
    shop.store.set_delay(Duration::from_millis(3));
    let [mut one, mut two, mut three, mut four] = [(); 4].map(|()| browser.clone());
    let pages = tokio::join!(
        shop.sign_in(&mut one, &screen),
        shop.sign_in(&mut two, &screen),
        shop.sign_in(&mut three, &screen),
        shop.sign_in(&mut four, &screen),
    );
    let pages = [pages.0, pages.1, pages.2, pages.3];
    let codes = pages
        .iter()
        .filter_map(|page| page.redirect_parameter("code"))
        .count();
    assert_eq!(codes, 1);
    assert!(pages.iter().all(|page| page.status.as_u16() < 500));
}

#[tokio::test]
async fn lg_12_parallel_tries_at_one_account_are_counted_one_by_one() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    let screen = shop.begin(&mut browser).await;
    let form = screen.form("password-form").unwrap();
    let form = form
        .with("username", "alice")
        .with("password", "not the password");
    shop.store.set_delay(Duration::from_millis(3));
    let mut tries = [(); 4].map(|()| browser.clone());
    let mut pages = Vec::new();
    for _ in 0..3 {
        let [one, two, three, four] = &mut tries;
        let four = tokio::join!(
            one.submit(&screen, &form),
            two.submit(&screen, &form),
            three.submit(&screen, &form),
            four.submit(&screen, &form),
        );
        pages.extend([four.0, four.1, four.2, four.3]);
    }
    let checked = pages.iter().filter(|page| page.status != 429).count();
    assert_eq!(checked, 5, "so many passwords were looked at");
    let refused = pages.iter().filter(|page| page.status == 429);
    assert!(
        refused
            .clone()
            .all(|page| page.headers.contains_key("retry-after"))
    );
}

async fn all_at_once(provider: &Provider, bodies: Vec<String>) -> Vec<Answer> {
    let tasks: Vec<_> = bodies
        .into_iter()
        .map(|body| tokio::spawn(post_token(provider.clone(), body)))
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}
