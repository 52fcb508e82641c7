use std::sync::Arc;

use ciam_core::Stores;

use crate::samples::{folder, open};

ciam_testkit::store_contract!(async {
    let folder = folder();
    let store = open(&folder.path().join("ciam.db")).await;
    (Stores::from_one(Arc::new(store)), folder)
});
