//! Reading columns into the types of the ports, and the way back.

use ciam_core::{StoreError, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::error::store_error;

/// Columns of a row. Each fails with [`StoreError::Corrupt`] when the column holds something else.
pub(super) trait Columns {
    fn bytes(&self, column: &str) -> Result<Vec<u8>, StoreError>;
    fn optional_bytes(&self, column: &str) -> Result<Option<Vec<u8>>, StoreError>;
    fn integer(&self, column: &str) -> Result<i64, StoreError>;
    fn text(&self, column: &str) -> Result<String, StoreError>;

    /// An id or a digest.
    fn array<const N: usize>(&self, column: &str) -> Result<[u8; N], StoreError> {
        exact(self.bytes(column)?)
    }

    /// An id that may be missing.
    fn optional_array<const N: usize>(&self, column: &str) -> Result<Option<[u8; N]>, StoreError> {
        self.optional_bytes(column)?.map(exact).transpose()
    }

    fn time(&self, column: &str) -> Result<Timestamp, StoreError> {
        self.integer(column).map(Timestamp::from_millis)
    }

    /// A count, a version or a revision.
    fn counter(&self, column: &str) -> Result<u64, StoreError> {
        u64::try_from(self.integer(column)?).map_err(StoreError::corrupt)
    }

    /// Text with a grammar: an id, scopes.
    fn parsed<T>(&self, column: &str) -> Result<T, StoreError>
    where
        T: std::str::FromStr,
        T::Err: std::error::Error + Send + Sync + 'static,
    {
        self.text(column)?.parse().map_err(StoreError::corrupt)
    }

    /// A JSON document.
    fn document<T: DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        serde_json::from_str(&self.text(column)?).map_err(StoreError::corrupt)
    }

    /// A value of an enum that is written as one word.
    fn word<T: DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        serde_json::from_value(self.text(column)?.into()).map_err(StoreError::corrupt)
    }
}

impl Columns for SqliteRow {
    fn bytes(&self, column: &str) -> Result<Vec<u8>, StoreError> {
        self.try_get(column).map_err(store_error)
    }

    fn optional_bytes(&self, column: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.try_get(column).map_err(store_error)
    }

    fn integer(&self, column: &str) -> Result<i64, StoreError> {
        self.try_get(column).map_err(store_error)
    }

    fn text(&self, column: &str) -> Result<String, StoreError> {
        self.try_get(column).map_err(store_error)
    }
}

/// A counter as SQLite keeps it. Counters start at 0 and rise by one, so the
/// upper half of `u64` is never reached; a made-up one matches no row.
pub(super) fn stored(counter: u64) -> i64 {
    i64::try_from(counter).unwrap_or(i64::MAX)
}

/// A JSON document as text.
pub(super) fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(StoreError::corrupt)
}

/// An enum value as the one word it is written with.
pub(super) fn as_word(value: &impl Serialize) -> Result<String, StoreError> {
    match serde_json::to_value(value).map_err(StoreError::corrupt)? {
        serde_json::Value::String(word) => Ok(word),
        _ => Err(StoreError::corrupt("not one word")),
    }
}

fn exact<const N: usize>(bytes: Vec<u8>) -> Result<[u8; N], StoreError> {
    bytes
        .try_into()
        .map_err(|_| StoreError::corrupt("an id or digest of another length"))
}
