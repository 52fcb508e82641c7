//! The people half of the provider, through `Provider::handle`: discovery screen,
//! sign-in, consent, refusal, step-up, sign-out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod people {
    mod audit;
    mod brokered;
    mod consent;
    mod credentials;
    mod interaction;
    mod limits;
    mod outage;
    mod prompt;
    mod screen;
    mod session;
    mod settings;
    mod sign_out;
    mod site;
    mod trust;
    mod watched;
}
