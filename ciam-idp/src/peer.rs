use std::net::SocketAddr;

/// What the adapter knows of the connection a request came over.
///
/// Nothing in here is read from headers: an adapter that stands behind a proxy
/// fills it in only from a proxy it was told to trust.
#[derive(Clone, Debug, Default)]
pub struct Peer {
    /// The address of the other side. Failed sign-ins are counted by it (90 in 15
    /// minutes): behind a proxy it must be the address that the proxy reports, or
    /// everybody shares one count and one attacker locks all out. Leave it empty when
    /// it is not known; then only the count per person limits guessing.
    pub address: Option<SocketAddr>,
    /// The verified client certificate (DER).
    pub client_certificate: Option<Vec<u8>>,
    /// Whether the connection is TLS, here or at the trusted proxy.
    pub https: bool,
}
