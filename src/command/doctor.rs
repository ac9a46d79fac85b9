//! `bindery doctor`: whether everything a book needs is there, each with what to do where it is not.

use std::{process::ExitCode, time::Duration};

use bindery_shared::{
    config::Config,
    model::{Call, Discovered, Purse, discover},
};
use serde::Serialize;

use crate::{
    cli::Global,
    environment::Environment,
    exit::{Failure, NOT_WHOLE},
    workshop::{self, STAND_IN, Workshop, Writers},
};

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    well: bool,
    said: String,
}

/// Runs the command.
pub(crate) async fn run(global: &Global, environment: &Environment) -> Result<ExitCode, Failure> {
    let mut findings = vec![version()];
    match workshop::config(global, environment, Vec::new()) {
        Ok(config) => look(global, environment, config, &mut findings).await,
        Err(failure) => findings.push(Finding { what: "settings", well: false, said: failure.to_string() }),
    }
    print(global.json, &findings)?;
    let well = findings.iter().all(|finding| finding.well);
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(NOT_WHOLE) })
}

fn version() -> Finding {
    let said = format!("bindery {} on {}", env!("CARGO_PKG_VERSION"), std::env::consts::OS);
    Finding { what: "version", well: true, said }
}

async fn look(global: &Global, environment: &Environment, config: Config, findings: &mut Vec<Finding>) {
    findings.push(Finding { what: "settings", well: true, said: "valid; `bindery config` prints them".to_owned() });
    findings.push(store(global, environment, config.clone()).await);
    for found in discovered(environment, &config).await {
        findings.push(Finding {
            what: "model found",
            well: true,
            said: format!("{}: {}", found.evidence, found.flag()),
        });
    }
    findings.push(model(environment, &config).await);
}

async fn store(global: &Global, environment: &Environment, config: Config) -> Finding {
    let opened = Workshop::open(global, environment, config).await;
    let said = match opened {
        Ok(workshop) => match workshop.ports.store.books().await {
            Ok(books) => Ok(format!("{} with {} books", workshop.folder.display(), books.len())),
            Err(error) => Err(error.to_string()),
        },
        Err(failure) => Err(failure.to_string()),
    };
    Finding { what: "store", well: said.is_ok(), said: said.unwrap_or_else(|error| error) }
}

/// Makes one small call to the configured model, or to the stand-in where none is.
async fn model(environment: &Environment, config: &Config) -> Finding {
    let name = config.model.name.as_ref().map_or_else(|| format!("{STAND_IN}:prose"), ToString::to_string);
    let said = match Writers::open(config, environment, &name, Some(1)).await {
        Ok(writers) => call(&writers, &name).await,
        Err(failure) => Err(failure.to_string()),
    };
    Finding { what: "model", well: said.is_ok(), said: said.unwrap_or_else(|error| error) }
}

async fn call(writers: &Writers, name: &str) -> Result<String, String> {
    let caller = writers.models.caller(name).map_err(|error| error.to_string())?;
    let call = Call {
        prefix: "You answer in one short sentence.".to_owned(),
        slice: String::new(),
        request: "Say that you can hear me.".to_owned(),
        continued: None,
        json: false,
        max_tokens: 256,
        attempt: 1,
        cap: Duration::from_secs(120),
    };
    let answer =
        caller.call(&call, 0, &Purse::new(None), &mut |_| {}).await.map_err(|failure| format!("{name}: {failure}"))?;
    let price = if caller.price().is_some() { "price known" } else { "price not known, so no --budget" };
    Ok(format!("{name} answered in {:.1} s; {price}", answer.elapsed.as_secs_f64()))
}

/// Finds keys in the environment and servers on this machine.
pub(crate) async fn discovered(environment: &Environment, config: &Config) -> Vec<Discovered> {
    let found = discover(&config.models(), &|name| environment.variable(name).map(str::to_owned)).await;
    found.into_iter().filter(|found| found.provider != STAND_IN).collect()
}

#[expect(clippy::print_stdout, reason = "the findings are the result")]
fn print(json: bool, findings: &[Finding]) -> Result<(), Failure> {
    for finding in findings {
        if json {
            println!("{}", serde_json::to_string(finding).map_err(Failure::internal)?);
        } else {
            println!("{} {:<12} {}", if finding.well { "ok " } else { "BAD" }, finding.what, finding.said);
        }
    }
    Ok(())
}
