//! The guarded client on reqwest.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use ciam_core::http_client::{HttpClient, HttpError};
use ciam_core::issuer::is_loopback;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use super::guard::{self, GuardError, Network, ResolveHost, SystemResolver};

/// The client could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The origin is not `http://` or `https://` with a loopback host.
    #[error("`{0}` is not the origin of a server on this machine")]
    NotLoopback(String),
    /// The TLS library could not be set up.
    #[error("the HTTP client could not be set up")]
    Setup(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// An [`HttpClient`] that goes to public https addresses only.
///
/// It follows no redirect, waits 5 seconds at most, and reads 256 KiB at most.
/// A name is resolved once per connection; the addresses that were checked are
/// those that are connected to, so that a name cannot change in between.
/// Without the feature `tls` it has no https, and says so.
///
/// ```
/// use ciam_broker::GuardedClient;
///
/// let client = GuardedClient::new()?;
/// // A demo may reach its bank on the same machine:
/// let demo = client.dangerous_allow_loopback(["http://127.0.0.1:8081"])?;
/// # Ok::<(), ciam_broker::http::ClientError>(())
/// ```
pub struct GuardedClient {
    public: reqwest::Client,
    loopback: reqwest::Client,
    loopback_origins: BTreeSet<String>,
}

impl GuardedClient {
    /// A client with the resolver of the operating system.
    ///
    /// # Errors
    /// [`ClientError::Setup`].
    pub fn new() -> Result<Self, ClientError> {
        Self::with_resolver(Arc::new(SystemResolver))
    }

    /// A client that finds addresses through `resolver`. What it answers is
    /// checked all the same.
    ///
    /// # Errors
    /// [`ClientError::Setup`].
    pub fn with_resolver(resolver: Arc<dyn ResolveHost>) -> Result<Self, ClientError> {
        Ok(Self {
            public: build(resolver.clone(), Network::Public)?,
            loopback: build(resolver, Network::Loopback)?,
            loopback_origins: BTreeSet::new(),
        })
    }

    /// Also lets requests to these origins on this machine pass, over http too.
    /// For demonstrations and tests: whoever may set up a connection can then
    /// make us call these servers.
    ///
    /// # Errors
    /// [`ClientError::NotLoopback`] for any other origin.
    pub fn dangerous_allow_loopback<T: AsRef<str>>(
        mut self,
        origins: impl IntoIterator<Item = T>,
    ) -> Result<Self, ClientError> {
        for origin in origins {
            let origin = origin.as_ref();
            let refuse = || ClientError::NotLoopback(origin.to_owned());
            let url = Url::parse(origin).map_err(|_| refuse())?;
            let written = url.origin().ascii_serialization();
            if !is_loopback(&url) || written != origin.trim_end_matches('/') {
                return Err(refuse());
            }
            self.loopback_origins.insert(written);
        }
        Ok(self)
    }
}

#[async_trait]
impl HttpClient for GuardedClient {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, HttpError> {
        let url = Url::parse(&request.uri().to_string()).map_err(|_| HttpError::Forbidden)?;
        let network =
            guard::check(&url, &self.loopback_origins).map_err(|_| HttpError::Forbidden)?;
        if url.scheme() == "https" && !cfg!(feature = "tls") {
            return Err(HttpError::Unreachable(Box::new(NoTls)));
        }
        let client = match network {
            Network::Public => &self.public,
            Network::Loopback => &self.loopback,
        };
        let request = reqwest::Request::try_from(request.map(reqwest::Body::from))
            .map_err(|_| HttpError::Forbidden)?;
        let mut answer = client.execute(request).await.map_err(failed)?;
        let mut response = http::Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        *response.body_mut() = body(&mut answer).await?;
        Ok(response)
    }
}

/// Reads the body as far as the limit.
async fn body(answer: &mut reqwest::Response) -> Result<Bytes, HttpError> {
    let announced = answer.content_length().unwrap_or(0);
    if announced > u64::try_from(MAX_BODY).unwrap_or(u64::MAX) {
        return Err(HttpError::TooLarge);
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(HttpError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn failed(error: reqwest::Error) -> HttpError {
    if error.is_timeout() {
        return HttpError::Timeout;
    }
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(inner) = cause {
        if inner.is::<GuardError>() {
            return HttpError::Forbidden;
        }
        cause = inner.source();
    }
    HttpError::Unreachable(Box::new(error))
}

/// https without the feature for it.
#[derive(Debug, thiserror::Error)]
#[error("https needs the feature `tls` of `ciam-broker`")]
struct NoTls;

fn build(resolver: Arc<dyn ResolveHost>, network: Network) -> Result<reqwest::Client, ClientError> {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .connect_timeout(TIMEOUT)
        .timeout(TIMEOUT)
        .dns_resolver(Arc::new(CheckedResolver { resolver, network }))
        .user_agent(concat!("ciam/", env!("CARGO_PKG_VERSION")));
    builder
        .build()
        .map_err(|error| ClientError::Setup(Box::new(error)))
}

/// Gives a connection only addresses that were checked.
struct CheckedResolver {
    resolver: Arc<dyn ResolveHost>,
    network: Network,
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.resolver.clone();
        let network = self.network;
        Box::pin(async move {
            let addresses = resolver.resolve(name.as_str()).await?;
            network.check(&addresses)?;
            // Port 0 stands for the port of the URL.
            let addresses = addresses.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}

impl std::fmt::Debug for GuardedClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GuardedClient")
            .field("loopback_origins", &self.loopback_origins)
            .finish_non_exhaustive()
    }
}

const TIMEOUT: Duration = Duration::from_secs(5);
const MAX_BODY: usize = 256 * 1024;
