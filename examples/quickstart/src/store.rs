//! Opening an issuer's database together with its root key.

use std::sync::Arc;

use ciam::core::{Issuer, RootKey, Stores};
use ciam::idp::Keys;
use ciam::sqlx::SqliteStore;

use crate::folder::Folder;
use crate::problem::Problem;

/// An issuer's database and keys, open.
pub(crate) struct Opened {
    pub(crate) issuer: Issuer,
    pub(crate) database: SqliteStore,
    pub(crate) stores: Stores,
    pub(crate) keys: Keys,
}

impl Opened {
    /// Opens `NAME.db` with `NAME.key`; both are made when neither is there.
    pub(crate) async fn open(folder: &Folder, name: &str, issuer: &str) -> Result<Self, Problem> {
        let issuer: Issuer = issuer.parse().map_err(|error| {
            Problem::caused("an address of the demo cannot be an issuer", &error)
        })?;
        let file = folder.file(&format!("{name}.db"));
        let key_file = folder.file(&format!("{name}.key"));
        let is_new = !file.exists();
        // A file that is not ours is told first: its key is not missing.
        let database = if is_new {
            None
        } else {
            Some(open(&file).await?)
        };
        // The key of a database is never made anew: nothing would open with it.
        let root = if is_new && !key_file.exists() {
            RootKey::create(&key_file)
        } else {
            RootKey::read(&key_file)
        };
        let root = root.map_err(|error| Problem::new(crate::problem::chain(&error)))?;
        let database = match database {
            Some(database) => database,
            None => open(&file).await?,
        };
        let stores = Stores::from_one(Arc::new(database.clone()));
        let keys = Keys::open(&issuer, &stores, &root)
            .await
            .map_err(|error| Problem::caused(file.display(), &error))?;
        Ok(Self {
            issuer,
            database,
            stores,
            keys,
        })
    }
}

async fn open(file: &std::path::Path) -> Result<SqliteStore, Problem> {
    SqliteStore::open(file)
        .await
        .map_err(|error| Problem::new(crate::problem::chain(&error)))
}
