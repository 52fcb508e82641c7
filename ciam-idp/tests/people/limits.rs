//! Limits stop guessing, and nobody else.

use super::site::{PASSWORD, Site, answer, authorize, post_password, sign_in, visit};

#[tokio::test]
async fn only_failures_count_for_a_source_that_many_share() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    let fail = async |from: usize, to: usize| {
        let mut browser = browser.clone();
        for number in from..to {
            let name = format!("nobody-{number}");
            let wrong = post_password(&mut browser, &page, &name, PASSWORD).await;
            assert_eq!(wrong.status, 200, "attempt {number}");
        }
    };
    fail(0, 85).await;
    // More than there are attempts left.
    for _ in 0..8 {
        let mut browser = site.browser();
        let page = sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
        assert!(answer(&page).is_ok());
    }
    fail(85, 90).await;
    let mut browser = browser.clone();
    let refused = post_password(&mut browser, &page, "alice", PASSWORD).await;
    assert_eq!(refused.status, 429);
}
