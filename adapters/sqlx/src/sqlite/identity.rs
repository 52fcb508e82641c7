//! Whose file is it? Looked up without changing a byte of it.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};

use super::OpenError;

/// The `application_id` of our files: "ciam".
pub(super) const APPLICATION_ID: i32 = i32::from_be_bytes(*b"ciam");

/// Refuses what is not ours. The header is read as a file, not through SQLite,
/// because opening could already run a recovery or leave files beside it.
///
/// The id in the header is current: it is set before the file changes to WAL mode.
pub(super) async fn check(path: &Path, host_database: bool) -> Result<(), OpenError> {
    let Some(header) = read_header(path)? else {
        return Ok(());
    };
    let not_a_database = || OpenError::NotADatabase {
        path: path.to_owned(),
    };
    if header.get(..MAGIC.len()) != Some(MAGIC) {
        return Err(not_a_database());
    }
    if host_database {
        return Ok(());
    }
    let id = header
        .get(APPLICATION_ID_AT..)
        .and_then(|rest| rest.first_chunk())
        .map(|bytes| i32::from_be_bytes(*bytes))
        .ok_or_else(not_a_database)?;
    let ours = match id {
        APPLICATION_ID => true,
        0 => is_empty(path).await?,
        _ => false,
    };
    if ours {
        Ok(())
    } else {
        Err(OpenError::Foreign {
            path: path.to_owned(),
        })
    }
}

/// The first bytes of the file; none when there is nothing in it or no file.
fn read_header(path: &Path) -> Result<Option<Vec<u8>>, OpenError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(OpenError::io(path.to_owned(), error)),
    };
    let mut header = Vec::with_capacity(HEADER_LEN);
    file.take(u64::try_from(HEADER_LEN).unwrap_or(u64::MAX))
        .read_to_end(&mut header)
        .map_err(|error| OpenError::io(path.to_owned(), error))?;
    Ok((!header.is_empty()).then_some(header))
}

/// Whether a database without an application id has no tables either.
async fn is_empty(path: &Path) -> Result<bool, OpenError> {
    let failed = |error| OpenError::sql(path.to_owned(), error);
    // `immutable`: no locks, no recovery, no files beside it.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .immutable(true)
        .disable_statement_logging();
    let mut connection = SqliteConnection::connect_with(&options)
        .await
        .map_err(failed)?;
    let tables: i64 = sqlx::query("SELECT count(*) FROM sqlite_master")
        .fetch_one(&mut connection)
        .await
        .and_then(|row| row.try_get(0))
        .map_err(failed)?;
    connection.close().await.map_err(failed)?;
    Ok(tables == 0)
}

// https://www.sqlite.org/fileformat2.html#the_database_header
const MAGIC: &[u8] = b"SQLite format 3\0";
const HEADER_LEN: usize = 100;
const APPLICATION_ID_AT: usize = 68;
