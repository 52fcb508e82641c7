use std::path::Path;

use sqlx::sqlite::{SqliteConnection, SqlitePool, SqlitePoolOptions};
use sqlx::{Connection as _, Row as _};

use super::{OpenError, SqliteOptions, SqliteStore, identity, schema};

impl SqliteStore {
    /// Opens the file, makes it when it is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// [`OpenError`], each with a sentence that says what to do. A file that is
    /// not ours is left as it was.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::open_with(SqliteOptions::new(path)).await
    }

    /// Opens a file with options.
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub async fn open_with(options: SqliteOptions) -> Result<Self, OpenError> {
        identity::check(&options.path, options.host_database).await?;
        make_private(&options.path)?;
        prepare(&options).await?;
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(options.timeout)
                .idle_timeout(None)
                .max_lifetime(None)
                // A local file does not go away like a server does.
                .test_before_acquire(false)
        };
        let connect = |pool: SqlitePoolOptions| async {
            let pool: SqlitePool = pool
                .connect_with(options.connect())
                .await
                .map_err(|error| OpenError::sql(options.path.clone(), error))?;
            Ok(pool)
        };
        Ok(Self {
            writer: connect(pool(1)).await?,
            readers: connect(pool(options.readers)).await?,
        })
    }
}

/// Makes the file if it is not there, readable for this user alone: it holds
/// sealed keys and digests of tokens. SQLite gives its side files the same mode.
fn make_private(path: &Path) -> Result<(), OpenError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(OpenError::io(path.to_owned(), error)),
    }
}

/// Brings the file up to date. The connection is closed whatever happens, so
/// that a refused file has no side files left beside it.
async fn prepare(options: &SqliteOptions) -> Result<(), OpenError> {
    let failed = |error| OpenError::sql(options.path.clone(), error);
    let mut connection = SqliteConnection::connect_with(&options.connect())
        .await
        .map_err(failed)?;
    let prepared = bring_up_to_date(&mut connection, options).await;
    let closed = connection.close().await.map_err(failed);
    prepared.and(closed)
}

/// Schema first, then WAL: so the application id is in the file's own header,
/// where [`identity::check`] reads it, and not in the log alone.
async fn bring_up_to_date(
    connection: &mut SqliteConnection,
    options: &SqliteOptions,
) -> Result<(), OpenError> {
    schema::migrate(connection, options).await?;
    use_wal(connection)
        .await
        .map_err(|error| OpenError::sql(options.path.clone(), error))
}

/// Changing the journal needs the file for a moment alone, and SQLite does not
/// wait for that; but it waits for the write lock.
async fn use_wal(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut tries = 20;
    loop {
        let changed = sqlx::query("PRAGMA journal_mode = WAL")
            .fetch_one(&mut *connection)
            .await
            .and_then(|row| row.try_get::<String, _>(0));
        tries -= 1;
        match changed {
            Ok(mode) if mode.eq_ignore_ascii_case("wal") => return Ok(()),
            Ok(mode) if tries == 0 => {
                let reason = format!("the journal mode stays `{mode}`, `wal` is needed");
                return Err(sqlx::Error::Configuration(reason.into()));
            }
            Err(error) if tries == 0 => return Err(error),
            Ok(_) | Err(_) => {
                let waiting = connection.begin_with("BEGIN IMMEDIATE").await?;
                waiting.rollback().await?;
            }
        }
    }
}
