//! Every port on one SQLite file.

use sqlx::sqlite::{Sqlite, SqlitePool};
use sqlx::{SqliteConnection, Transaction};

use ciam_core::StoreError;

mod account;
mod audit;
mod client;
mod consent;
mod error;
mod identity;
mod key;
mod open;
mod options;
mod outbox;
mod rate;
mod row;
mod schema;
mod session;
mod settings;
mod state;
mod vault;

pub use error::OpenError;
pub use options::SqliteOptions;

use error::store_error;

/// Every storage port on one SQLite file. Clones share the connections.
#[derive(Clone)]
pub struct SqliteStore {
    /// One connection, so that writers of this process queue here and not on the file's lock.
    writer: SqlitePool,
    readers: SqlitePool,
}

impl SqliteStore {
    /// Waits until running calls are done and closes the file. Later calls fail
    /// with [`StoreError::Unavailable`]. The last process to close folds the
    /// write-ahead log into the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Begins a change of several statements. It takes the file's write lock at
    /// once, so that what it reads cannot change before it writes; dropped without
    /// `commit`, it never happened.
    async fn transaction(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(store_error)
    }

    /// Begins a read of several statements that see one state.
    async fn snapshot(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.readers.begin().await.map_err(store_error)
    }
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SqliteStore { .. }")
    }
}

/// A statement with its values.
type Query<'q> = sqlx::query::Query<'q, Sqlite, <Sqlite as sqlx::Database>::Arguments>;

/// Runs a change that returns at most one row, to its end.
///
/// Not `fetch_optional`: that stops at the row, and the commit and its errors come after it.
async fn change_returning<'c, E>(
    query: Query<'_>,
    on: E,
) -> Result<Option<sqlx::sqlite::SqliteRow>, StoreError>
where
    E: sqlx::Executor<'c, Database = Sqlite>,
{
    let rows = query.fetch_all(on).await.map_err(store_error)?;
    Ok(rows.into_iter().next())
}

/// Runs a change and says how many rows it touched.
async fn change<'c, E>(query: Query<'_>, on: E) -> Result<u64, StoreError>
where
    E: sqlx::Executor<'c, Database = Sqlite>,
{
    let done = query.execute(on).await.map_err(store_error)?;
    Ok(done.rows_affected())
}

/// Makes a change final.
async fn commit(transaction: Transaction<'static, Sqlite>) -> Result<(), StoreError> {
    transaction.commit().await.map_err(store_error)
}

/// The connection below a transaction.
fn on<'t>(transaction: &'t mut Transaction<'static, Sqlite>) -> &'t mut SqliteConnection {
    transaction
}
