//! `ciam` stores on SQL.
//!
//! [`SqliteStore`] implements every storage port of `ciam-core` on one SQLite
//! file, with no server beside it:
//!
//! ```
//! use std::sync::Arc;
//! use ciam_core::Stores;
//! use ciam_sqlx::SqliteStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("ciam.db");
//! let store = SqliteStore::open(&path).await?;
//! let stores = Stores::from_one(Arc::new(store.clone()));
//! // … the provider runs with `stores` …
//! store.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! **Durability.** The file is in WAL mode with `synchronous=FULL`: what a method
//! has answered survives a power cut, as far as the disk keeps its promises. That
//! costs one flush per change.
//!
//! **Sharing.** Any number of processes on one machine may open the file, but not
//! over a network file system: WAL needs shared memory. Changes queue on one
//! connection per store, reads go on beside them.
//!
//! **Whose file.** A file made here carries an application id. One that is not
//! SQLite, belongs to another application or was written by a newer version is
//! refused with [`OpenError`] and left as it was.

mod sqlite;

pub use sqlite::{OpenError, SqliteOptions, SqliteStore};
