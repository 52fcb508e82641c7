//! [`ciam_core::store::RateStore`].

use std::time::Duration;

use ciam_core::Stores;
use ciam_core::store::Rate;

use super::samples::{NOW, TASKS, count, digest, race, tenant};

const WINDOW: Duration = Duration::from_secs(60);

/// Of 64 at once, exactly as many as the limit says go ahead.
pub async fn take_allows_exactly_the_limit(stores: Stores) {
    let tenant = tenant();
    for limit in [1, 10] {
        let key = digest();
        let results = race(|_| {
            let rates = stores.rates.clone();
            async move { rates.take(&tenant, &key, limit, WINDOW, NOW).await.unwrap() }
        })
        .await;
        let allowed = usize::try_from(limit).unwrap();
        assert_eq!(count(&results, |r| *r == Rate::Allowed), allowed);
        let refused = Rate::RetryAt(NOW + WINDOW);
        assert_eq!(count(&results, |r| *r == refused), TASKS - allowed);
    }
}

/// The same when a window has just ended: of 64 that find it over, one begins the next.
pub async fn take_allows_exactly_the_limit_in_the_next_window(stores: Stores) {
    let tenant = tenant();
    for limit in [1, 10] {
        let key = digest();
        for _ in 0..limit {
            let taken = stores.rates.take(&tenant, &key, limit, WINDOW, NOW).await;
            assert_eq!(taken.unwrap(), Rate::Allowed);
        }
        let now = NOW + WINDOW;
        let results = race(|_| {
            let rates = stores.rates.clone();
            async move { rates.take(&tenant, &key, limit, WINDOW, now).await.unwrap() }
        })
        .await;
        let allowed = usize::try_from(limit).unwrap();
        assert_eq!(count(&results, |r| *r == Rate::Allowed), allowed);
        let refused = Rate::RetryAt(now + WINDOW);
        assert_eq!(count(&results, |r| *r == refused), TASKS - allowed);
    }
}

/// The window begins with the first event, and refusals do not make it longer.
pub async fn the_window_begins_with_the_first(stores: Stores) {
    let (tenant, key) = (tenant(), digest());
    let take = async |after| {
        let taken = stores.rates.take(&tenant, &key, 2, WINDOW, NOW + after);
        taken.await.unwrap()
    };
    assert_eq!(take(Duration::ZERO).await, Rate::Allowed);
    assert_eq!(take(Duration::from_secs(30)).await, Rate::Allowed);
    let refused = Rate::RetryAt(NOW + WINDOW);
    assert_eq!(take(Duration::from_secs(30)).await, refused);
    assert_eq!(take(WINDOW - Duration::from_millis(1)).await, refused);
    assert_eq!(take(WINDOW).await, Rate::Allowed);
    assert_eq!(take(WINDOW).await, Rate::Allowed);
    assert_eq!(take(WINDOW).await, Rate::RetryAt(NOW + WINDOW + WINDOW));
}

/// A limit of zero allows nothing; another key is counted apart.
pub async fn keys_are_counted_apart(stores: Stores) {
    let (tenant, key) = (tenant(), digest());
    let take = async |key, limit| {
        let taken = stores.rates.take(&tenant, &key, limit, WINDOW, NOW).await;
        taken.unwrap()
    };
    assert_eq!(take(key, 0).await, Rate::RetryAt(NOW + WINDOW));
    assert_eq!(take(key, 1).await, Rate::Allowed);
    assert_eq!(take(key, 1).await, Rate::RetryAt(NOW + WINDOW));
    assert_eq!(take(digest(), 1).await, Rate::Allowed);
}

/// What is given back may be taken again, in the same window, and never more than the limit.
pub async fn what_is_given_back_can_be_taken_again(stores: Stores) {
    let (tenant, key) = (tenant(), digest());
    let take = async |after| {
        let taken = stores.rates.take(&tenant, &key, 2, WINDOW, NOW + after);
        taken.await.unwrap()
    };
    let give_back = async |after| {
        let given = stores.rates.give_back(&tenant, &key, NOW + after);
        given.await.unwrap();
    };
    // Nothing to give back.
    give_back(Duration::ZERO).await;
    assert_eq!(take(Duration::ZERO).await, Rate::Allowed);
    for _ in 0..3 {
        give_back(Duration::ZERO).await;
    }
    for _ in 0..2 {
        assert_eq!(take(Duration::from_secs(1)).await, Rate::Allowed);
    }
    let refused = Rate::RetryAt(NOW + WINDOW);
    assert_eq!(take(Duration::from_secs(1)).await, refused);
    give_back(Duration::from_secs(2)).await;
    assert_eq!(take(Duration::from_secs(2)).await, Rate::Allowed);
    assert_eq!(take(Duration::from_secs(2)).await, refused);
    // A window that is over.
    give_back(WINDOW).await;
    assert_eq!(take(WINDOW).await, Rate::Allowed);
}

/// `purge` removes windows that are over, and no others.
pub async fn ended_windows_are_purged(stores: Stores) {
    let tenant = tenant();
    for _ in 0..3 {
        let taken = stores.rates.take(&tenant, &digest(), 1, WINDOW, NOW).await;
        assert_eq!(taken.unwrap(), Rate::Allowed);
    }
    let purge = async |after, limit| {
        let purged = stores.state.purge(NOW + after, limit).await;
        purged.unwrap()
    };
    assert_eq!(purge(WINDOW - Duration::from_millis(1), 10).await, 0);
    assert_eq!(purge(WINDOW, 2).await, 2);
    assert_eq!(purge(WINDOW, 2).await, 1);
}
