//! Says which tests `cargo test` alone cannot run, and what runs them.
//!
//! Foreign clients are referees of the provider: they want a running quickstart
//! and their own packages. `scripts/test` installs and starts both.

fn main() {
    // `cargo test -- --list` and filters of other binaries must not hear of it.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    println!("referees, not run by `cargo test`: they want a server that is not here");
    println!("  openid-client (npm): a running quickstart and Node.js; `scripts/test` starts it");
}
