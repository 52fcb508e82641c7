//! For those who test against `ciam`: the store contract suite, a clock that
//! moves when told, and a browser-like user agent.

mod clock;
pub mod store_contract;
mod user_agent;

pub use clock::ManualClock;
pub use user_agent::{Cookie, CookieJar, Form, Page, Transport, UserAgent};
