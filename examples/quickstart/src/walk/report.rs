//! The lines that the walk prints.

use std::future::Future;
use std::process::ExitCode;
use std::time::Instant;

use super::Proof;
use crate::say;

/// Prints steps as they are done and counts them.
#[derive(Debug)]
pub(super) struct Report {
    held: usize,
    failed: usize,
}

impl Report {
    pub(super) fn new() -> Self {
        Self { held: 0, failed: 0 }
    }

    pub(super) fn heading(&self, text: &str) {
        say(&format!("\n{text}"));
    }

    /// Does one step: what it is called, and the work that proves it.
    pub(super) async fn step(&mut self, name: &str, work: impl Future<Output = Proof>) {
        let began = Instant::now();
        let proof = work.await;
        let took = began.elapsed().as_millis();
        match proof {
            Ok(proved) => {
                self.held += 1;
                say(&format!("  ✓ {name}: {proved} ({took} ms)"));
            }
            Err(problem) => {
                self.failed += 1;
                say(&format!("  ✗ {name}: {problem} ({took} ms)"));
            }
        }
    }

    /// Prints the count.
    pub(super) fn finish(self) -> ExitCode {
        say(&format!("\n{} held, {} failed", self.held, self.failed));
        if self.failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}
