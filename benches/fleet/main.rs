//! The benchmarks of the fleet. Each measures one figure on a RabbitMQ and a Redis of its own and prints its yardstick,
//! measured in the same run, beside it. `cargo bench --bench fleet` runs all of them, `cargo bench --bench fleet -- chapters`
//! one; what is printed is Markdown.

#[path = "../support/bare.rs"]
mod bare;
mod canned;
mod crew;
mod fairness;
mod floor;
mod overhead;
mod process;
mod processors;
mod progress;
mod scaling;
mod servers;
mod shrinking;
mod spread;
#[path = "../support/stand_in.rs"]
mod stand_in;
mod start;
mod steps;
mod streams;
#[path = "../support/table.rs"]
mod table;
mod throughput;
#[path = "../support/usage.rs"]
mod usage;
mod way;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::table::Verdict;

/// The benchmarks.
const ALL: [&str; 7] = ["start", "overhead", "chapters", "scaling", "shrinking", "fairness", "streams"];

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
            other => bail!("{other} is no benchmark: they are {}", ALL.join(", ")),
        };
        table::verdicts(&verdicts);
        kept &= verdicts.iter().all(Verdict::kept);
    }
    Ok(kept)
}
