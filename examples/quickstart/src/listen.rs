//! The ports of the parties. All are bound before anything else happens, since
//! their addresses are part of what is stored.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};

use crate::config::LAST_PORT;
use crate::problem::Problem;

/// The base URLs of the parties, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Urls {
    pub(crate) provider: String,
    pub(crate) shop: String,
    pub(crate) orders: String,
    pub(crate) partner: String,
    pub(crate) bank: String,
    pub(crate) social: String,
}

/// A bound socket for each party.
#[derive(Debug)]
pub(crate) struct Listeners {
    pub(crate) provider: TcpListener,
    pub(crate) shop: TcpListener,
    pub(crate) orders: TcpListener,
    pub(crate) partner: TcpListener,
    pub(crate) bank: TcpListener,
    pub(crate) social: TcpListener,
}

impl Listeners {
    /// Binds on loopback: `port` and the five after it, or any with 0.
    pub(crate) fn bind(port: u16) -> Result<Self, Problem> {
        if port > LAST_PORT {
            return Err(Problem::new(format!(
                "--port must be at most {LAST_PORT}: five more follow it"
            )));
        }
        let bind = |offset: u16| {
            let port = if port == 0 { 0 } else { port + offset };
            bind(port)
        };
        Ok(Self {
            provider: bind(0)?,
            shop: bind(1)?,
            orders: bind(2)?,
            partner: bind(3)?,
            bank: bind(4)?,
            social: bind(5)?,
        })
    }

    pub(crate) fn urls(&self, host: &str) -> Result<Urls, Problem> {
        let url = |listener: &TcpListener| {
            let address = listener
                .local_addr()
                .map_err(|error| Problem::caused("a socket has no address", &error))?;
            Ok(format!("http://{host}:{}", address.port()))
        };
        Ok(Urls {
            provider: url(&self.provider)?,
            shop: url(&self.shop)?,
            orders: url(&self.orders)?,
            partner: url(&self.partner)?,
            bank: url(&self.bank)?,
            social: url(&self.social)?,
        })
    }
}

/// What `--host` may be.
pub(crate) fn check_host(host: &str) -> Result<(), Problem> {
    if matches!(host, "127.0.0.1" | "localhost") {
        return Ok(());
    }
    Err(Problem::new(format!(
        "this is a demo with known passwords and serves on 127.0.0.1 and localhost only, not on `{host}`"
    )))
}

fn bind(port: u16) -> Result<TcpListener, Problem> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).and_then(|listener| {
        listener.set_nonblocking(true)?;
        Ok(listener)
    });
    listener.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => Problem::new(format!(
            "port {port} is in use; stop what listens there, or choose other ports with --port"
        )),
        ErrorKind::PermissionDenied => Problem::new(format!(
            "port {port} needs more rights; choose others with --port"
        )),
        _ => Problem::caused(format_args!("port {port} cannot be used"), &error),
    })
}
