//! `bindery versions` lists the last texts of a chapter, and `bindery diff` prints what differs between two of them.

use std::process::ExitCode;

use bindery_commands::{ChangeError, Manuscript};
use bindery_config::Config;
use bindery_domain::{phrasing::Grouped, timestamp};
use bindery_ledger::Version;

use super::change::failure;
use crate::{
    cli::{DiffArgs, Global, VersionsArgs},
    environment::Environment,
    exit::Failure,
    identity::{self, Opened},
    stdout,
};

/// Lists the versions.
pub(crate) async fn list(
    global: &Global,
    environment: &Environment,
    config: Config,
    arguments: VersionsArgs,
) -> Result<ExitCode, Failure> {
    let VersionsArgs { named, chapter } = arguments;
    let Opened { app, book } = identity::open(global, environment, config, &named.book).await?;
    let versions = async { Manuscript::open(&*app.ports.store, &book).await?.versions(chapter) };
    let versions = versions.await.map_err(|error| failure(&app, &book, error))?;
    for (nth, version) in versions.iter().enumerate() {
        let present = nth == 0;
        if global.json {
            stdout::line(value(version, present))?;
        } else {
            stdout::line(line(version, present))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn value(version: &Version, present: bool) -> serde_json::Value {
    serde_json::json!({
        "version": version.name().to_string(), "origin": version.origin, "length": version.length,
        "at": version.at.map(timestamp), "present": present,
    })
}

fn line(version: &Version, present: bool) -> String {
    let at = version.at.map_or_else(|| "-".to_owned(), timestamp);
    let present = if present { "  present" } else { "" };
    let (name, origin, length) =
        (version.name().to_string(), version.origin.to_string(), Grouped(version.length.into()));
    format!("{name:<6} {origin:<9} {:>8}  {at}{present}", length.to_string())
}

/// Prints what differs.
pub(crate) async fn diff(
    global: &Global,
    environment: &Environment,
    config: Config,
    arguments: DiffArgs,
) -> Result<ExitCode, Failure> {
    let Opened { app, book } = identity::open(global, environment, config, &arguments.named.book).await?;
    let manuscript = Manuscript::open(&*app.ports.store, &book).await;
    let diff = match manuscript {
        Ok(manuscript) => difference(&manuscript, &arguments).await,
        Err(error) => Err(error),
    };
    let diff = diff.map_err(|error| failure(&app, &book, error))?;
    if global.json {
        stdout::line(serde_json::json!({ "diff": diff }))?;
    } else if diff.is_empty() {
        eprintln!("The two versions are the same.");
    } else {
        stdout::text(diff)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn difference(manuscript: &Manuscript<'_>, arguments: &DiffArgs) -> Result<String, ChangeError> {
    let DiffArgs { chapter, from, to, .. } = *arguments;
    let to = manuscript.version(chapter, to)?;
    let from = match from {
        Some(name) => manuscript.version(chapter, Some(name))?,
        None => manuscript.before(chapter, &to)?,
    };
    manuscript.diff(&from, &to).await
}
