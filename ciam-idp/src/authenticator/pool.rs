//! Threads for work that would hold up everybody else.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::oneshot;

/// A few threads of our own with a short queue. They end when the pool is dropped.
#[derive(Clone)]
pub(super) struct Pool {
    jobs: SyncSender<Job>,
}

/// The queue is full, or no thread could be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the queue is full")]
pub(super) struct Full;

type Job = Box<dyn FnOnce() + Send>;

impl Pool {
    pub(super) fn new(name: &str, threads: usize, queue: usize) -> Self {
        let (jobs, queue) = sync_channel(queue);
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..threads {
            let queue = Arc::clone(&queue);
            let worker = thread::Builder::new().name(name.to_owned());
            // Fewer threads do as well; with none, the queue is closed and each job
            // is refused.
            let _started = worker.spawn(move || work(&queue));
        }
        Self { jobs }
    }

    /// Runs `job` on one of the threads.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Full> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(move || {
            // Nobody waits any more when the connection was closed.
            let _unheard = answer.send(job());
        });
        self.jobs.try_send(job).map_err(|_| Full)?;
        answered.await.map_err(|_| Full)
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pool { .. }")
    }
}

fn work(queue: &Mutex<Receiver<Job>>) {
    loop {
        // The lock is held while waiting, and released before the work is done.
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}
