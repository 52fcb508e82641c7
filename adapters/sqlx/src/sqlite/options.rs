use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};

/// How to open a file.
///
/// ```
/// use std::time::Duration;
/// use ciam_sqlx::SqliteOptions;
///
/// let options = SqliteOptions::new("ciam.db")
///     .with_readers(8)
///     .with_timeout(Duration::from_secs(2));
/// assert_eq!(options.path().to_str(), Some("ciam.db"));
/// ```
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    pub(super) path: PathBuf,
    pub(super) readers: u32,
    pub(super) timeout: Duration,
    pub(super) host_database: bool,
}

impl SqliteOptions {
    /// For the file at `path`, made when it is not there.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self {
            path: path.as_ref().to_owned(),
            readers: 4,
            timeout: Duration::from_secs(5),
            host_database: false,
        }
    }

    /// How many connections read at once; 4 if not set, at least 1.
    #[must_use]
    pub fn with_readers(mut self, readers: u32) -> Self {
        self.readers = readers.max(1);
        self
    }

    /// How long a call waits for a connection, and for the lock of another process,
    /// before it fails as unavailable; 5 seconds if not set.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Lets the tables live in a database of your own application, under the
    /// prefix `ciam_`. Its application id is neither checked nor set; its journal
    /// becomes WAL.
    #[must_use]
    pub fn in_host_database(mut self) -> Self {
        self.host_database = true;
        self
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A connection that may write.
    pub(super) fn connect(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(&self.path)
            .foreign_keys(true)
            // What was answered must survive a power cut; NORMAL would lose the last commits in WAL mode.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(self.timeout)
            .disable_statement_logging()
    }
}
