use std::path::Path;
use std::time::Duration;

use ciam_core::outside::random;
use ciam_core::store::{Binding, Key, Kind, Record};
use ciam_core::{GrantId, SubjectId, SystemEntropy, TenantId, Timestamp};
use ciam_sqlx::{SqliteOptions, SqliteStore};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Row as _};

pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// Patient, because the tests may run on a busy machine with a slow disk.
pub(crate) async fn open(path: &Path) -> SqliteStore {
    let options = SqliteOptions::new(path).with_timeout(Duration::from_secs(60));
    SqliteStore::open_with(options).await.unwrap()
}

pub(crate) fn tenant() -> TenantId {
    TenantId::from_bytes(random(&SystemEntropy))
}

pub(crate) fn record(kind: Kind) -> Record {
    let grant = GrantId::generate(&SystemEntropy);
    Record {
        kind,
        key: Key {
            route: grant.into(),
            digest: random(&SystemEntropy),
        },
        binding: Some(Binding {
            grant,
            subject: Some(SubjectId::generate(&SystemEntropy)),
            session: None,
            client: "shop".parse().unwrap(),
        }),
        expires_at: NOW + Duration::from_secs(600),
        remembered_until: NOW + Duration::from_secs(3_600),
        version: 0,
        payload: b"payload".to_vec(),
    }
}

/// A look at the file, or a change of it, past the store.
pub(crate) async fn raw(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

pub(crate) async fn execute(path: &Path, sql: &'static str) {
    let mut connection = raw(path).await;
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// The first column of the first row.
pub(crate) async fn number(path: &Path, sql: &'static str) -> i64 {
    let mut connection = raw(path).await;
    let row = sqlx::query(sql).fetch_one(&mut connection).await.unwrap();
    let number = row.get(0);
    connection.close().await.unwrap();
    number
}
