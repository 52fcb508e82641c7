//! The catalogue of bad input, run on the provider from outside.
//!
//! A row of `rows/*.toml` says what is sent and how it must be answered. Each
//! row runs on the axum router and on the actix app, and both must answer the
//! same. `later.toml` lists the rows that wait for a feature.
//!
//! One row alone: `CATALOGUE_ROW=AZ-08 cargo test -p ciam --test catalogue`.
//!
//! A case says only how it differs from the good request (`set`, `remove`,
//! `repeat`, `headers`, …; see `row`), what comes first (`given`) and what must
//! come back (`expect`; see `outcome`). What holds for every answer is in
//! `invariants`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod accounts;
mod adapters;
mod answer;
mod coverage;
mod invariants;
mod jws;
mod leaks;
mod operator;
mod outcome;
mod placeholder;
mod play;
mod policy;
mod redirect_uri;
mod request;
mod row;
mod rows;
mod world;
