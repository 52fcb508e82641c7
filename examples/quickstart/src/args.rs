//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// A shop, an orders API, a provider and a demo bank in one process.
///
/// Everything listens on loopback and is a demo: the users and their passwords
/// are known to everybody.
#[derive(Debug, Parser)]
#[command(name = "quickstart", version)]
pub(crate) struct Args {
    /// Where the databases and keys of the demo are kept
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    pub(crate) dir: PathBuf,

    /// The provider's port, the other parties take those after it; 0 takes any free ports
    #[arg(long, global = true, value_name = "N")]
    pub(crate) port: Option<u16>,

    /// The host name to serve under: 127.0.0.1 or localhost
    #[arg(long, global = true, value_name = "NAME", default_value = "127.0.0.1")]
    pub(crate) host: String,

    /// Serve the orders API with actix-web (needs `--features actix`)
    #[arg(long, global = true)]
    pub(crate) actix: bool,

    /// Write this file (JSON) as soon as everything serves
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the demo until Ctrl-C (this is what happens without a command)
    Serve,
    /// See and change what the discovery screen offers, also while the demo runs
    Options {
        #[command(subcommand)]
        change: Change,
    },
    /// Do everything the demo shows without a browser, then try seven attacks
    Walk,
    /// Print a client assertion for curl, good for one minute and one use
    Assertion {
        /// The client that signs it
        #[arg(default_value = "warehouse")]
        client: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Change {
    /// List the sign-in options
    List,
    /// Offer an option again
    Enable {
        /// The option
        id: String,
    },
    /// Take an option from the discovery screen
    Disable {
        /// The option
        id: String,
    },
    /// Offer another OpenID provider
    Add {
        /// The new option
        id: String,
        /// The provider's issuer identifier
        #[arg(long, value_name = "URL")]
        issuer: String,
        /// What people read on the button
        #[arg(long)]
        label: Option<String>,
        /// The identifier we are registered under there
        #[arg(long, default_value = "ciam")]
        client_id: String,
    },
}
