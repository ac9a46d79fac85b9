//! The benchmarks of the fleet.
//!
//! Each measures one figure on a private RabbitMQ and Redis, and prints it beside a yardstick that is measured in the
//! same run. `cargo bench --bench fleet` runs all of them, `cargo bench --bench fleet -- chapters` one. They print
//! Markdown.

#[path = "../support/bare_writer.rs"]
mod bare_writer;
mod breakdown;
mod canned_model;
mod celery;
mod counts;
mod fairness;
mod http;
mod in_process_fleet;
mod listeners;
mod orders;
mod overhead;
mod percentile;
mod process;
mod processors;
mod progress;
mod raw_client;
mod scaling;
mod servers;
mod shrinking;
#[path = "../support/stand_in.rs"]
mod stand_in;
mod start;
mod streams;
#[path = "../support/table.rs"]
mod table;
mod throughput;
mod timed_ports;
#[path = "../support/usage.rs"]
mod usage;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::table::Verdict;

/// The benchmarks.
const ALL: [&str; 9] =
    ["start", "overhead", "chapters", "scaling", "shrinking", "fairness", "streams", "listeners", "orders"];

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("an aim was missed");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("failed to measure: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<bool> {
    // Cargo adds `--bench` to what the user typed.
    let mut names: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if names.is_empty() {
        names = ALL.map(str::to_owned).to_vec();
    }
    let mut kept = true;
    for name in &names {
        let verdicts = match name.as_str() {
            "start" => start::run().await?,
            "overhead" => overhead::run().await?,
            "chapters" => throughput::run().await?,
            "scaling" => scaling::run().await?,
            "shrinking" => shrinking::run().await?,
            "fairness" => fairness::run().await?,
            "streams" => streams::run().await?,
            "listeners" => listeners::run().await?,
            "orders" => orders::run().await?,
            other => bail!("{other} is no benchmark: they are {}", ALL.join(", ")),
        };
        table::verdicts(&verdicts);
        kept &= verdicts.iter().all(Verdict::kept);
    }
    Ok(kept)
}
