//! What the demo shows, step by step.

mod access;
mod broker;
mod machine;
mod metadata;
mod options;
mod password;
mod session;

use super::Walk;
use super::report::Report;

/// All steps, in the order a newcomer would take them.
pub(super) async fn all(walk: &mut Walk, report: &mut Report) {
    report.heading("What the demo shows");
    report
        .step("the metadata is true", metadata::is_true(walk))
        .await;
    report
        .step("an option goes and comes back", options::switched(walk))
        .await;
    report
        .step("an option is added", options::added(walk))
        .await;
    report
        .step("sign-in with a password", password::signs_in(walk))
        .await;
    report
        .step("the access token is encrypted", password::encrypted(walk))
        .await;
    report
        .step("the API answers", password::calls_the_api(walk))
        .await;
    report
        .step("a large order is refused", password::large_order(walk))
        .await;
    report
        .step("step-up with the bank", broker::steps_up(walk))
        .await;
    report
        .step("only the surrogate is seen", broker::surrogate_only(walk))
        .await;
    report
        .step("a stranger from the bank", broker::creates_an_account(walk))
        .await;
    report
        .step("a step-up as somebody else", broker::somebody_else(walk))
        .await;
    report.step("a minor is refused", access::minor(walk)).await;
    report
        .step("a partner has to ask", access::partner(walk))
        .await;
    report
        .step("a refresh token rotates", session::refresh(walk))
        .await;
    report
        .step("a machine reads the stock", machine::reads_the_stock(walk))
        .await;
    report
        .step("a disabled client and a wrong key", machine::refused(walk))
        .await;
    report
        .step("one jar for all parties", session::cookies_apart(walk))
        .await;
    report
        .step("sign-out ends both sessions", session::signs_out(walk))
        .await;
}
