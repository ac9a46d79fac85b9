//! `bindery doctor` checks everything that a book needs, and says what to do about what is missing.

mod folder;
mod model;
mod orphans;
mod scaling;
mod servers;

use std::process::ExitCode;

use bindery_config::Config;
use bindery_model::{Discovered, discover};
use serde::Serialize;

use crate::{
    app::{App, STAND_IN},
    cli::{DoctorArgs, Global},
    environment::Environment,
    exit::{Failure, NOT_WHOLE},
    stdout,
};

/// The result of one check.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct CheckResult {
    what: &'static str,
    well: bool,
    said: String,
    /// What to do if something is wrong or may soon be.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

impl CheckResult {
    fn well(what: &'static str, said: impl Into<String>) -> Self {
        Self { what, well: true, said: said.into(), advice: None }
    }

    fn bad(what: &'static str, said: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { what, well: false, said: said.into(), advice: Some(advice.into()) }
    }

    fn with_advice(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }
}

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Result<Config, Failure>,
    arguments: DoctorArgs,
) -> Result<ExitCode, Failure> {
    if arguments.remove_orphans {
        return orphans::remove(global, environment, config?, arguments.yes).await;
    }
    let mut results = vec![CheckResult::well("version", version())];
    match config {
        Ok(config) => look(global, environment, config, &mut results).await,
        Err(failure) => {
            let advice = "correct the file or variable that is named; docs/configuration.md lists every setting";
            results.push(CheckResult::bad("settings", failure.to_string(), advice));
        }
    }
    print(global.json, &results)?;
    let well = results.iter().all(|result| result.well);
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(NOT_WHOLE) })
}

fn version() -> String {
    format!("bindery {} on {} {}", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH)
}

async fn look(global: &Global, environment: &Environment, config: Config, results: &mut Vec<CheckResult>) {
    results.push(CheckResult::well("settings", "valid; `bindery config` prints them"));
    servers::look(global, environment, &config, results).await;
    results.extend(scaling::look(&config).await);
    // What keeps the store or the files from being opened was found before.
    if let Ok(app) = App::open(global, environment, config.clone()).await {
        results.extend(orphans::look(&app).await);
    }
    results.extend(press(environment, &config));
    let found = discovered(environment, &config).await;
    for found in &found {
        results.push(CheckResult::well("model found", format!("{}: {}", found.evidence, found.flag())));
    }
    results.extend(model::look(environment, &config).await);
    let configured = config.model.name.as_ref().map(ToString::to_string);
    let ollama = found.iter().any(|found| found.provider == "ollama");
    if ollama || configured.is_some_and(|name| name.starts_with("ollama:")) {
        results.extend(prompts_cut_by_ollama(&config));
    }
}

/// Says where the press is. A machine without one is well, unless the settings ask for a format that needs it.
fn press(environment: &Environment, config: &Config) -> Option<CheckResult> {
    let press = environment.press();
    if let Some(program) = press.program() {
        return Some(CheckResult::well("press", program.display().to_string()));
    }
    let refused = press.check(config.book.formats.iter().copied()).err()?;
    Some(CheckResult::bad("press", "book.formats asks for a format that needs it", refused.to_string()))
}

/// Warns of what no call can find out: below `/v1`, Ollama drops the beginning of a long prompt without an error.
fn prompts_cut_by_ollama(config: &Config) -> Option<CheckResult> {
    let address = String::from(config.providers.get("ollama")?.base_url.clone()?);
    address.trim_end_matches('/').ends_with("/v1").then(|| {
        CheckResult::well("ollama", "drops the beginning of a prompt that is longer than its context, without an error")
            .with_advice("use a base_url that does not end in /v1: there, each call asks for the context it needs")
    })
}

/// Finds model providers: keys in the environment, and servers on this machine.
pub(crate) async fn discovered(environment: &Environment, config: &Config) -> Vec<Discovered> {
    let found = discover(&config.models(), &|name| environment.variable(name).map(str::to_owned)).await;
    found.into_iter().filter(|found| found.provider != STAND_IN).collect()
}

fn print(json: bool, results: &[CheckResult]) -> Result<(), Failure> {
    for result in results {
        if json {
            stdout::line(serde_json::to_string(result).map_err(Failure::internal)?)?;
        } else {
            stdout::line(told(result))?;
        }
    }
    Ok(())
}

fn told(result: &CheckResult) -> String {
    let mark = match (result.well, &result.advice) {
        (false, _) => "BAD",
        (true, Some(_)) => "see",
        (true, None) => "ok",
    };
    let advice = result.advice.as_ref().map(|advice| format!("\n{:17}{advice}", "")).unwrap_or_default();
    format!("{mark:<3} {:<12} {}{advice}", result.what, result.said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_finding_says_what_to_do() {
        let told = told(&CheckResult::bad("store", "malformed", "copy it"));
        assert_eq!(told, "BAD store        malformed\n                 copy it");
    }
}
