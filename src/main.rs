//! Writes whole books in the time of their slowest section.
//!
//! Every command is a file under `command/`; this file only names them.

mod api;
mod app;
mod cli;
mod command;
mod consent;
mod cover;
mod descriptors;
mod documents;
mod environment;
mod exit;
mod export;
mod identity;
mod interrupt;
mod logs;
mod out_folder;
mod outline;
mod pictures;
mod probes;
mod report;
mod roles;
mod screen;
mod stacks;
mod stdout;
mod traces;
mod view;
mod waiting;
mod webhooks;

use std::process::ExitCode;

use bindery_commands::BulkAction;
use bindery_config::{Config, Origin};
use clap::Parser as _;

use crate::{
    cli::{Cli, Command, Global},
    environment::Environment,
    exit::Failure,
};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() && environment::asks_for_json() => {
            logs::say_failure(error.to_string().trim_end(), true);
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(1));
        }
        Err(error) => error.exit(),
    };
    if matches!(cli.command, Command::Serve(_) | Command::Studio | Command::Dead(_)) {
        stacks::enlarge();
    }
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
    let mut config = app::config(&global, &environment, command.settings());
    // The command reports settings that cannot be used, because `doctor` does it differently from the others.
    if let Ok(config) = &mut config {
        let is_logged =
            matches!(command, Command::Serve(_) | Command::Studio | Command::Keys(_) | Command::Webhooks(_));
        if is_logged && config.origin("log.filter") == Origin::Default {
            // The log is the only place where people see a process of a fleet work, and that a key was made or revoked.
            "info".clone_into(&mut config.log.filter);
        }
        environment.traces = traces::start(&config.trace, &environment, &command)?;
        logs::start(&config.log, &environment)?;
    }
    let outcome = dispatch(command, &global, &environment, config).await;
    if let Some(traces) = environment.traces {
        traces.end().await;
    }
    outcome
}

/// Runs the command. Settings that cannot be used fail every command that needs them.
async fn dispatch(
    command: Command,
    global: &Global,
    environment: &Environment,
    config: Result<Config, Failure>,
) -> Result<ExitCode, Failure> {
    match command {
        Command::Write(arguments) => command::write::run(global, environment, config?, *arguments).await,
        Command::Plan(arguments) => command::plan::run(global, environment, config?, *arguments).await,
        Command::Import(arguments) => command::import::run(global, environment, config?, arguments).await,
        Command::Revise(arguments) => command::revise::run(global, environment, config?, arguments).await,
        Command::Versions(arguments) => command::versions::list(global, environment, config?, arguments).await,
        Command::Diff(arguments) => command::versions::diff(global, environment, config?, arguments).await,
        Command::Restore(arguments) => command::restore::run(global, environment, config?, arguments).await,
        Command::Rewrite(arguments) => command::rewrite::run(global, environment, config?, arguments).await,
        Command::Serve(arguments) => command::serve::run(global, environment, config?, arguments).await,
        Command::Studio => command::studio::run(global, environment, config?).await,
        Command::Keys(what) => command::keys::run(global, environment, config?, what).await,
        Command::Webhooks(what) => command::webhooks::run(global, environment, config?, what).await,
        Command::Submit(arguments) => command::submit::run(global, environment, config?, *arguments).await,
        Command::Watch(named) => command::watch::run(global, environment, config?, &named.book).await,
        Command::Cancel(choice) => {
            command::chosen::run(global, environment, config?, &choice, BulkAction::Cancel).await
        }
        Command::Hold { choice, lift } => {
            let action = if lift { BulkAction::Lift } else { BulkAction::Hold };
            command::chosen::run(global, environment, config?, &choice, action).await
        }
        Command::Redrive(choice) => {
            command::chosen::run(global, environment, config?, &choice, BulkAction::Redrive).await
        }
        Command::Why(named) => command::why::run(global, environment, config?, &named.book).await,
        Command::Dead(what) => command::dead::run(global, environment, config?, what).await,
        Command::Books(chosen) => command::books::run(global, environment, config?, &chosen).await,
        Command::Status(named) => command::status::run(global, environment, config?, &named.book).await,
        Command::Read(arguments) => command::read::run(global, environment, config?, arguments).await,
        Command::Get(arguments) => command::get::run(global, environment, config?, arguments).await,
        Command::Approve(arguments) => command::approve::run(global, environment, config?, arguments).await,
        Command::Delete(choice) => {
            command::chosen::run(global, environment, config?, &choice, BulkAction::Delete).await
        }
        Command::StandIn(arguments) => command::stand_in::run(global, arguments).await,
        Command::Doctor(arguments) => command::doctor::run(global, environment, config, arguments).await,
        Command::Health { address } => command::health::run(config, address),
        Command::Config => command::config::run(global, &config?),
        Command::Score(arguments) => command::score::run(global, &arguments),
        Command::Tidy(arguments) => command::tidy::run(global, &arguments),
        Command::Completions { shell } => command::completions::run(shell),
    }
}
