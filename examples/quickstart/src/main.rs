//! The quickstart: a shop, an orders API, a provider and a demo bank in one
//! process, all on loopback.
//!
//! `cargo run -p quickstart` serves it; `cargo run -p quickstart -- walk` does
//! without a browser all that can be done with one.

mod args;
mod config;
mod folder;
mod keys;
mod listen;
mod options;
mod party;
mod problem;
mod ready;
mod relying_party;
mod seed;
mod serve;
mod site;
mod store;
mod walk;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};
use crate::config::Config;
use crate::folder::Folder;
use crate::keys::ClientKey;
use crate::problem::Problem;
use crate::serve::Start;

fn main() -> ExitCode {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(run(args)),
        Err(error) => Err(Problem::caused("the runtime cannot start", &error)),
    };
    match ended {
        Ok(status) => status,
        Err(problem) => {
            writeln!(std::io::stderr().lock(), "quickstart: {problem}").ok();
            ExitCode::from(2)
        }
    }
}

async fn run(args: Args) -> Result<ExitCode, Problem> {
    listen::check_host(&args.host)?;
    match &args.command {
        None | Some(Command::Serve) => serve(args).await,
        Some(Command::Walk) => walk::run(args.actix).await,
        Some(Command::Options { .. }) => options(args).await,
        Some(Command::Assertion { client }) => {
            let folder = existing(&args)?;
            let key = ClientKey::read(&folder, client)?;
            say(&key.assertion(&issuer(&args, &folder)?)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn serve(args: Args) -> Result<ExitCode, Problem> {
    let folder = Folder::open(&args.dir)?;
    let config = Config::read(folder.path())?;
    let mut running = Start {
        port: args.port.unwrap_or(config.port),
        host: args.host,
        actix: args.actix,
        config: config.clone(),
        folder: folder.clone(),
    }
    .run()
    .await?;
    ready::tell(&running, &config, &folder);
    if let Some(file) = &args.ready_file {
        ready::write(file, &running, &config)?;
    }
    let failure = tokio::select! {
        () = asked_to_end() => None,
        problem = running.failed() => Some(problem),
    };
    running.stop().await;
    match failure {
        None => Ok(ExitCode::SUCCESS),
        Some(problem) => Err(problem),
    }
}

async fn options(args: Args) -> Result<ExitCode, Problem> {
    let folder = existing(&args)?;
    let issuer = issuer(&args, &folder)?;
    let Some(Command::Options { change }) = args.command else {
        return Ok(ExitCode::SUCCESS);
    };
    say(&options::run(&folder, &issuer, change).await?);
    Ok(ExitCode::SUCCESS)
}

/// A closed pipe is no reason to stop.
fn say(line: &str) {
    writeln!(std::io::stdout().lock(), "{line}").ok();
}

/// The folder of a demo that was started before.
fn existing(args: &Args) -> Result<Folder, Problem> {
    if args.dir.is_dir() {
        return Folder::open(&args.dir);
    }
    Err(Problem::new(format!(
        "there is no folder {}; start the demo once, or name its folder with --dir",
        args.dir.display()
    )))
}

/// The issuer that the demo in the folder serves under.
fn issuer(args: &Args, folder: &Folder) -> Result<String, Problem> {
    let of_port = |port| format!("http://{}:{port}", args.host);
    match (args.port, folder.remembered().into_iter().next()) {
        (Some(port), _) if port != 0 => Ok(of_port(port)),
        (_, Some(issuer)) => Ok(issuer),
        _ => Ok(of_port(Config::read(folder.path())?.port)),
    }
}

/// Ctrl-C, or what a service manager sends.
async fn asked_to_end() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
