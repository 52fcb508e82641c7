use std::path::PathBuf;

use ciam_core::StoreError;
use sqlx::error::ErrorKind;

/// A file cannot be used as a store. Nothing in it was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The file is something else than an SQLite database.
    #[error(
        "`{path}` is not an SQLite database and was left as it is; name another file, or move it away"
    )]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The database belongs to another application.
    #[error(
        "`{path}` is an SQLite database of another application and was left as it is; name another file"
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The database was written by a newer version.
    #[error(
        "`{path}` has schema version {found}, this program knows versions up to {known}; run the newer program, or restore a backup from before the upgrade"
    )]
    TooNew {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// The database is damaged.
    #[error("`{path}` is damaged and was left as it is; restore it from a backup")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file cannot be written.
    #[error("`{path}` cannot be written; allow this user to write the file and its folder")]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file cannot be reached: no such folder, no permission, locked, disk full.
    #[error("`{path}` cannot be opened ({source}); check that its folder exists and is writable")]
    Unavailable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl OpenError {
    pub(super) fn io(path: PathBuf, error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly {
                    path,
                    source: error.into(),
                }
            }
            _ => Self::Unavailable {
                path,
                source: error.into(),
            },
        }
    }

    pub(super) fn sql(path: PathBuf, error: sqlx::Error) -> Self {
        match primary_code(&error) {
            Some(SQLITE_NOTADB) => Self::NotADatabase { path },
            Some(SQLITE_CORRUPT) => Self::Damaged {
                path,
                source: error.into(),
            },
            Some(SQLITE_READONLY | SQLITE_PERM) => Self::ReadOnly {
                path,
                source: error.into(),
            },
            _ => Self::Unavailable {
                path,
                source: error.into(),
            },
        }
    }
}

/// What a port answers when SQL failed.
pub(super) fn store_error(error: sqlx::Error) -> StoreError {
    let duplicate = error
        .as_database_error()
        .is_some_and(|e| e.kind() == ErrorKind::UniqueViolation);
    if duplicate {
        return StoreError::Conflict;
    }
    if matches!(
        primary_code(&error),
        Some(SQLITE_CORRUPT | SQLITE_NOTADB | SQLITE_ERROR)
    ) {
        return StoreError::corrupt(error);
    }
    match error {
        sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::Decode(_)
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::ColumnIndexOutOfBounds { .. }
        | sqlx::Error::TypeNotFound { .. } => StoreError::corrupt(error),
        // Busy, full, I/O, a closed pool or a time-out: nobody knows, so try again.
        other => StoreError::unavailable(other),
    }
}

/// The primary result code: the low byte of the extended one
/// (<https://www.sqlite.org/rescode.html>).
fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// A table or column is not there: somebody changed the schema.
const SQLITE_ERROR: i32 = 1;
const SQLITE_PERM: i32 = 3;
const SQLITE_READONLY: i32 = 8;
const SQLITE_CORRUPT: i32 = 11;
const SQLITE_NOTADB: i32 = 26;
