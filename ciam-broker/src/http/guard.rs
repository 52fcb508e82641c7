//! Which addresses may be fetched.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use async_trait::async_trait;
use url::{Host, Url};

/// Why an address is not fetched. For the log; callers all see one text, so
/// that an error says nothing about our network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GuardError {
    /// Not https.
    #[error("the scheme is not https")]
    Scheme,
    /// User name or password in the URL.
    #[error("the URL has credentials")]
    Credentials,
    /// No host, or one that is written to be read in two ways.
    #[error("the host is not acceptable")]
    Host,
    /// A port where no web server is.
    #[error("port {0} is not allowed")]
    Port(u16),
    /// An address that is not on the public internet.
    #[error("{0} is not a public address")]
    Address(IpAddr),
}

/// Finds the addresses of a host name.
#[async_trait]
pub trait ResolveHost: Send + Sync + 'static {
    /// All addresses of `host`.
    ///
    /// # Errors
    /// When the name cannot be resolved.
    async fn resolve(&self, host: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// The resolver of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

#[async_trait]
impl ResolveHost for SystemResolver {
    async fn resolve(&self, host: &str) -> std::io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((host, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// Which network a request goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    Public,
    Loopback,
}

impl Network {
    /// Checks what a name resolved to. One bad address spoils the name: whoever
    /// mixes them wants us to pick the wrong one.
    pub(super) fn check(self, addresses: &[IpAddr]) -> Result<(), GuardError> {
        let fits = |address: &IpAddr| match self {
            Self::Public => is_public(address),
            Self::Loopback => address.is_loopback(),
        };
        match addresses.iter().find(|address| !fits(address)) {
            Some(bad) => Err(GuardError::Address(*bad)),
            None if addresses.is_empty() => Err(GuardError::Host),
            None => Ok(()),
        }
    }
}

/// Checks a URL before anything is resolved, and says which network it is in.
pub(super) fn check(url: &Url, loopback: &BTreeSet<String>) -> Result<Network, GuardError> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err(GuardError::Credentials);
    }
    let network = if loopback.contains(&url.origin().ascii_serialization()) {
        Network::Loopback
    } else {
        if url.scheme() != "https" {
            return Err(GuardError::Scheme);
        }
        check_port(url)?;
        Network::Public
    };
    // A literal address never meets the resolver. The parser of URLs has already
    // made one of decimal, octal and hexadecimal spellings.
    match url.host() {
        Some(Host::Ipv4(ip)) => network.check(&[ip.into()])?,
        Some(Host::Ipv6(ip)) => network.check(&[ip.into()])?,
        Some(Host::Domain(name)) if name.is_empty() || name.ends_with('.') => {
            return Err(GuardError::Host);
        }
        Some(Host::Domain(_)) => {}
        None => return Err(GuardError::Host),
    }
    Ok(network)
}

fn check_port(url: &Url) -> Result<(), GuardError> {
    match url.port_or_known_default() {
        Some(443) => Ok(()),
        Some(port) if port >= 1024 && !NOT_WEB.contains(&port) => Ok(()),
        Some(port) => Err(GuardError::Port(port)),
        None => Err(GuardError::Scheme),
    }
}

/// Whether an address is on the public internet: not private, local, shared,
/// reserved, for documentation or multicast, and not another spelling of such
/// (IANA special-purpose registries, RFC 6890).
fn is_public(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => is_public_v4(*ip),
        IpAddr::V6(ip) => is_public_v6(*ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let special = match ip.octets() {
        [0 | 10 | 127, ..] => true,
        [100, b, ..] => b & 0xc0 == 64,
        [169, 254, ..] => true,
        [172, b, ..] => b & 0xf0 == 16,
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [192, 168, ..] => true,
        [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        [a, ..] => a >= 224,
    };
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    match ip.segments() {
        // Documentation, Teredo, ORCHID, benchmarking: all below 2001::/23, 2001:db8::/32, 3fff::/20.
        [0x2001, b, ..] => b >= 0x200 && b != 0xdb8,
        [0x3fff, b, ..] => b >= 0x1000,
        // 6to4 carries an IPv4 address inside.
        [0x2002, ..] => false,
        // Of the rest only global unicast: mapped, compatible, NAT64, unique
        // local, link-local and multicast addresses are all outside 2000::/3.
        [a, ..] => a & 0xe000 == 0x2000,
    }
}

/// Ports above 1023 where databases, caches and control planes listen.
const NOT_WEB: [u16; 16] = [
    1433, 1521, 2049, 2375, 2376, 2379, 3306, 3389, 5432, 5672, 5900, 5985, 6379, 9200, 11211,
    27017,
];
