//! A delay and an outage, so that races and failures show.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::MemoryStore;
use crate::store::StoreError;

#[derive(Default)]
pub(super) struct Faults {
    delay_micros: AtomicU64,
    down: AtomicBool,
}

impl Faults {
    pub(super) async fn apply(&self) -> Result<(), StoreError> {
        let delay = self.delay_micros.load(Ordering::Relaxed);
        if delay > 0 {
            tokio::time::sleep(Duration::from_micros(delay)).await;
        }
        if self.down.load(Ordering::Relaxed) {
            return Err(StoreError::unavailable("the store was switched off"));
        }
        Ok(())
    }
}

impl MemoryStore {
    /// Makes every call wait, as a database over a network does.
    pub fn set_delay(&self, delay: Duration) {
        let micros = u64::try_from(delay.as_micros()).unwrap_or(u64::MAX);
        self.faults.delay_micros.store(micros, Ordering::Relaxed);
    }

    /// Makes every call fail with [`StoreError::Unavailable`], or work again.
    pub fn set_down(&self, down: bool) {
        self.faults.down.store(down, Ordering::Relaxed);
    }
}
