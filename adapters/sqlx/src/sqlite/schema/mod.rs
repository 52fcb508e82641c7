//! The schema, as a list of steps that only grows.
//!
//! A step only adds (tables, columns with a default, indices), so that the
//! version before it can go on working with the same file.

use ciam_core::{Clock as _, SystemClock};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, Row as _};

use super::identity::APPLICATION_ID;
use super::{OpenError, SqliteOptions};

struct Step {
    version: i64,
    sql: &'static str,
}

const STEPS: &[Step] = &[
    Step {
        version: 1,
        sql: include_str!("0001_ports.sql"),
    },
    Step {
        version: 2,
        sql: include_str!("0002_audit_by_age.sql"),
    },
];

/// Runs the steps that are missing, all or none. Of several processes one runs them.
pub(super) async fn migrate(
    connection: &mut SqliteConnection,
    options: &SqliteOptions,
) -> Result<(), OpenError> {
    let failed = |error| OpenError::sql(options.path.clone(), error);
    let known = STEPS.last().map_or(0, |step| step.version);
    // A file that is up to date or too new is never locked or written.
    let found = version(connection).await.map_err(failed)?;
    if found > known {
        return Err(OpenError::TooNew {
            path: options.path.clone(),
            found,
            known,
        });
    }
    if found == known {
        return Ok(());
    }
    let mut change = connection
        .begin_with("BEGIN IMMEDIATE")
        .await
        .map_err(failed)?;
    // Another process may have been faster.
    let found = version(&mut change).await.map_err(failed)?;
    if found == 0 && !options.host_database {
        // Pragmas take no parameters; this one is part of the transaction.
        let sql = format!("PRAGMA application_id = {APPLICATION_ID}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(&mut *change)
            .await
            .map_err(failed)?;
    }
    for step in STEPS.iter().filter(|step| step.version > found) {
        sqlx::raw_sql(step.sql)
            .execute(&mut *change)
            .await
            .map_err(failed)?;
        sqlx::query("INSERT INTO ciam_migrations (version, applied_at) VALUES (?1, ?2)")
            .bind(step.version)
            .bind(SystemClock.now().as_millis())
            .execute(&mut *change)
            .await
            .map_err(failed)?;
    }
    change.commit().await.map_err(failed)
}

/// The newest step in the file; 0 when there is none.
async fn version(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    let there = sqlx::query("SELECT 1 FROM sqlite_master WHERE name = 'ciam_migrations'")
        .fetch_optional(&mut *connection)
        .await?;
    if there.is_none() {
        return Ok(0);
    }
    sqlx::query("SELECT coalesce(max(version), 0) FROM ciam_migrations")
        .fetch_one(connection)
        .await?
        .try_get(0)
}
