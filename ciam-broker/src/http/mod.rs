//! The one way out: an [`HttpClient`](ciam_core::http_client::HttpClient) that
//! only goes where it may.

mod guard;
mod reqwest;

pub use self::reqwest::{ClientError, GuardedClient};
pub use guard::{GuardError, ResolveHost, SystemResolver};
