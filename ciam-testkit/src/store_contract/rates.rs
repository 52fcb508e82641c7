//! [`RateStore`](ciam_core::store::RateStore).

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
