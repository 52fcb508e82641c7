use std::collections::BTreeMap;
use std::path::Path;

use ciam_core::StoreError;
use ciam_core::crypto::{Digest, sha256};
use ciam_core::store::ClientStore as _;
use ciam_sqlx::{OpenError, SqliteOptions, SqliteStore};

use crate::samples::{execute, folder, number, open, tenant};

#[tokio::test]
async fn a_file_that_is_not_sqlite_is_refused_and_left_alone() {
    let folder = folder();
    let path = folder.path().join("ciam.db");
    for content in [
        "hello",
        "SQLite format 2, no longer read. And some more to fill a header of a hundred bytes, or else it would be short.",
        "SQLite format 3\0",
    ] {
        std::fs::write(&path, content).unwrap();
        let error = refused(&path).await;
        assert!(matches!(error, OpenError::NotADatabase { .. }), "{error:?}");
        says(
            &error,
            "is not an SQLite database and was left as it is; name another file",
        );
    }
}

#[tokio::test]
async fn the_database_of_another_application_is_refused_and_left_alone() {
    for sql in [
        "CREATE TABLE orders (id INTEGER)",
        "PRAGMA application_id = 7; CREATE TABLE orders (id INTEGER)",
        "PRAGMA application_id = 7; PRAGMA user_version = 1; VACUUM",
        "PRAGMA journal_mode = WAL; CREATE TABLE orders (id INTEGER)",
        "CREATE TABLE ciam_migrations (version INTEGER)",
    ] {
        let folder = folder();
        let path = folder.path().join("ciam.db");
        execute(&path, sql).await;
        let error = refused(&path).await;
        assert!(matches!(error, OpenError::Foreign { .. }), "{error:?}");
        says(
            &error,
            "is an SQLite database of another application and was left as it is",
        );
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let folder = folder();
    let path = folder.path().join("ciam.db");
    open(&path).await.close().await;
    execute(&path, "INSERT INTO ciam_migrations VALUES (9999, 0)").await;
    let error = refused(&path).await;
    assert!(
        matches!(error, OpenError::TooNew { found: 9999, .. }),
        "{error:?}"
    );
    says(&error, "has schema version 9999");
    says(&error, "run the newer program");
}

#[tokio::test]
async fn a_damaged_file_is_refused_and_left_alone() {
    let folder = folder();
    let path = folder.path().join("ciam.db");
    open(&path).await.close().await;
    let mut content = std::fs::read(&path).unwrap();
    content[100..4096].fill(0xa5);
    std::fs::write(&path, &content).unwrap();
    let error = SqliteStore::open(&path).await.unwrap_err();
    // SQLite may leave its empty side files, the file itself is untouched.
    assert!(std::fs::read(&path).unwrap() == content);
    assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
    says(&error, "restore it from a backup");
}

#[tokio::test]
async fn a_missing_folder_is_named() {
    let folder = folder();
    let path = folder.path().join("missing").join("ciam.db");
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert!(matches!(error, OpenError::Unavailable { .. }), "{error:?}");
    says(&error, &format!("`{}` cannot be opened", path.display()));
    assert!(!path.parent().unwrap().exists());
    // A folder is not a file either.
    let error = SqliteStore::open(folder.path()).await.unwrap_err();
    assert!(matches!(error, OpenError::Unavailable { .. }), "{error:?}");
}

#[tokio::test]
async fn an_empty_file_is_used() {
    let folder = folder();
    let nothing = folder.path().join("nothing.db");
    std::fs::write(&nothing, b"").unwrap();
    open(&nothing).await.close().await;

    let no_tables = folder.path().join("no_tables.db");
    execute(&no_tables, "CREATE TABLE t (a); DROP TABLE t").await;
    open(&no_tables).await.close().await;
}

#[tokio::test]
async fn a_new_file_is_ours_in_wal_mode_and_private() {
    let folder = folder();
    let path = folder.path().join("ciam.db");
    let store = open(&path).await;
    let id = i64::from(i32::from_be_bytes(*b"ciam"));
    assert_eq!(number(&path, "PRAGMA application_id").await, id);
    let wal = "SELECT journal_mode = 'wal' FROM pragma_journal_mode()";
    assert_eq!(number(&path, wal).await, 1);
    // The id must be in the file itself while the log is not folded in yet: a
    // program that was killed leaves just that behind.
    let header = std::fs::read(&path).unwrap();
    assert_eq!(&header[68..72], b"ciam");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let mode = entry.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
    store.close().await;
}

#[tokio::test]
async fn every_table_carries_the_prefix() {
    let folder = folder();
    let path = folder.path().join("ciam.db");
    open(&path).await.close().await;
    let others = "SELECT count(*) FROM sqlite_master
                  WHERE name NOT LIKE 'ciam\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    assert_eq!(number(&path, others).await, 0);
}

#[tokio::test]
async fn it_can_live_in_the_database_of_its_host() {
    let folder = folder();
    let path = folder.path().join("shop.db");
    execute(
        &path,
        "PRAGMA application_id = 7; CREATE TABLE orders (id); INSERT INTO orders VALUES (42)",
    )
    .await;
    for _ in 0..2 {
        let options = SqliteOptions::new(&path).in_host_database();
        let store = SqliteStore::open_with(options).await.unwrap();
        assert!(store.apis(&tenant()).await.unwrap().is_empty());
        store.close().await;
    }
    assert_eq!(number(&path, "PRAGMA application_id").await, 7);
    assert_eq!(number(&path, "SELECT id FROM orders").await, 42);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_may_open_a_new_file_at_once() {
    let folder = folder();
    let path = folder.path().join("ciam.db");
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            tokio::spawn(async move { open(&path).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().close().await;
    }
    assert_eq!(
        number(&path, "SELECT count(*) = max(version) FROM ciam_migrations").await,
        1
    );
}

#[tokio::test]
async fn a_closed_store_is_unavailable() {
    let folder = folder();
    let store = open(&folder.path().join("ciam.db")).await;
    store.close().await;
    let answer = store.apis(&tenant()).await;
    assert!(matches!(answer, Err(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn an_unreadable_document_is_corrupt() {
    let folder = folder();
    let path = folder.path().join("ciam.db");
    let store = open(&path).await;
    let tenant = ciam_core::TenantId::from_bytes([b'x'; 16]);
    execute(
        &path,
        "INSERT INTO ciam_apis VALUES (CAST('xxxxxxxxxxxxxxxx' AS BLOB), 'https://a', '{')",
    )
    .await;
    let answer = store.apis(&tenant).await;
    assert!(matches!(answer, Err(StoreError::Corrupt(_))), "{answer:?}");
    store.close().await;
}

/// Opening fails, and the folder is as it was, byte for byte.
async fn refused(path: &Path) -> OpenError {
    let before = content(path.parent().unwrap());
    let error = SqliteStore::open(path).await.unwrap_err();
    assert_eq!(content(path.parent().unwrap()), before);
    error
}

fn says(error: &OpenError, wanted: &str) {
    let text = error.to_string();
    assert!(text.contains(wanted), "{text}");
    assert!(!text.contains('\n'), "one line: {text}");
}

fn content(folder: &Path) -> BTreeMap<String, Digest> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            (name, sha256(&std::fs::read(entry.path()).unwrap()))
        })
        .collect()
}
