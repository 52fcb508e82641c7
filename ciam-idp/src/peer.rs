use std::net::SocketAddr;

/// What the adapter knows of the connection a request came over.
///
/// Nothing in here is read from headers: an adapter that stands behind a proxy
/// fills it in only from a proxy it was told to trust.
#[derive(Clone, Debug, Default)]
pub struct Peer {
    /// The address of the other side.
    pub address: Option<SocketAddr>,
    /// The verified client certificate (DER).
    pub client_certificate: Option<Vec<u8>>,
    /// Whether the connection is TLS, here or at the trusted proxy.
    pub https: bool,
}
