//! For those who test against `ciam`: the store contract suite, a clock that
//! moves when told, and a browser-like user agent.

mod clock;

pub use clock::ManualClock;
