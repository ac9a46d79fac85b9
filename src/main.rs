//! Writes whole books in the time of their slowest section.
//!
//! Every command is a file under `command/`; this file only names them.

mod app;
mod cli;
mod command;
mod descriptors;
mod environment;
mod exit;
mod export;
mod identity;
mod interrupt;
mod logs;
mod phrasing;
mod probes;
mod report;
mod roles;
mod screen;
mod stdout;
mod traces;
mod view;

use std::process::ExitCode;

use bindery_config::Origin;
use clap::Parser as _;

use crate::{
    cli::{Cli, Command, Global},
    environment::Environment,
    exit::Failure,
};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(error) => Err(Failure::internal(error)),
    };
    outcome.unwrap_or_else(|failure| failure.report())
}

async fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let mut environment = Environment::of_process();
    let Cli { global, command } = cli;
    // Settings that cannot be used are for the command to report: `doctor` does it differently from the others.
    if let Ok(mut config) = app::config(&global, &environment, Vec::new()) {
        if matches!(command, Command::Serve(_)) && config.origin("log.filter") == Origin::Default {
            // Nobody sees a fleet's process work but in its log.
            "info".clone_into(&mut config.log.filter);
        }
        environment.traces = traces::start(&config.trace, &environment, &command)?;
        logs::start(&config.log, &environment)?;
    }
    let outcome = dispatch(command, &global, &environment).await;
    if let Some(traces) = environment.traces {
        traces.end().await;
    }
    outcome
}

async fn dispatch(command: Command, global: &Global, environment: &Environment) -> Result<ExitCode, Failure> {
    match command {
        Command::Write(arguments) => command::write::run(global, environment, *arguments).await,
        Command::Plan(arguments) => command::plan::run(global, environment, *arguments).await,
        Command::Rewrite(arguments) => command::rewrite::run(global, environment, arguments).await,
        Command::Serve(arguments) => command::serve::run(global, environment, arguments).await,
        Command::Submit(arguments) => command::submit::run(global, environment, *arguments).await,
        Command::Watch(named) => command::watch::run(global, environment, &named.book).await,
        Command::Cancel(named) => command::cancel::run(global, environment, &named.book).await,
        Command::Hold { named, lift } => command::hold::run(global, environment, &named.book, lift).await,
        Command::Redrive(named) => command::redrive::run(global, environment, &named.book).await,
        Command::Why(named) => command::why::run(global, environment, &named.book).await,
        Command::Dead(what) => command::dead::run(global, environment, what).await,
        Command::Books => command::books::run(global, environment).await,
        Command::Status { book } => command::status::run(global, environment, &book).await,
        Command::Get(arguments) => command::get::run(global, environment, arguments).await,
        Command::Approve { book } => command::approve::run(global, environment, &book).await,
        Command::Delete { book, yes } => command::delete::run(global, environment, &book, yes).await,
        Command::StandIn(arguments) => command::stand_in::run(global, arguments).await,
        Command::Doctor(arguments) => command::doctor::run(global, environment, arguments).await,
        Command::Health { address } => command::health::run(global, environment, address),
        Command::Config => command::config::run(global, environment),
        Command::Completions { shell } => command::completions::run(shell),
    }
}
