//! The benchmarks of books that one process writes.
//!
//! Each measures one promise on the real program, and prints it beside a yardstick that is measured in the same run.
//! `cargo bench --bench books` runs all of them, `cargo bench --bench books -- pace` one. They print Markdown.

mod audit;
#[path = "../support/bare_writer.rs"]
mod bare_writer;
mod batch;
mod estimates;
mod fault_mix;
mod faults;
mod habits;
mod inspect;
#[path = "../support/outline.rs"]
mod outline;
mod overhead;
mod pace;
mod peak_memory;
mod scale;
mod second_calls;
mod small_book;
#[path = "../support/stand_in.rs"]
mod stand_in;
mod survival;
#[path = "../support/table.rs"]
mod table;
mod telemetry;
#[path = "../support/usage.rs"]
mod usage;
mod write_run;

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use crate::table::Verdict;

/// What the command line asks for.
struct Asked {
    /// The benchmarks' names.
    names: Vec<String>,
    /// How many books those benchmarks write that lose some by chance.
    books: usize,
    /// How many books are written with each habit of imperfect models.
    habit_books: usize,
}

/// The benchmarks that run where none is named.
const ALL: [&str; 6] = ["overhead", "scale", "pace", "survival", "telemetry", "estimates"];

/// The number of books unless `--books` or `--habit-books` gives another.
const BOOKS: usize = 200;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("a promise was not kept");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("failed to measure: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool> {
    let asked = Asked::read(std::env::args().skip(1))?;
    let mut kept = true;
    for name in &asked.names {
        let verdicts = match name.as_str() {
            "overhead" => overhead::run()?,
            "scale" => scale::run()?,
            "pace" => pace::run()?,
            "survival" => survival::run(asked.books)?.into_iter().chain(habits::run(asked.habit_books)?).collect(),
            "telemetry" => telemetry::run()?,
            "faults" => faults::run(asked.books)?,
            "habits" => habits::run(asked.habit_books)?,
            "estimates" => estimates::run()?,
            "audit" => audit::run(asked.books)?,
            other => bail!("{other} is no benchmark: they are {}, faults, habits and audit", ALL.join(", ")),
        };
        table::verdicts(&verdicts);
        kept &= verdicts.iter().all(Verdict::kept);
    }
    Ok(kept)
}

impl Asked {
    /// Reads the arguments. Cargo adds `--bench` to what the user typed.
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut asked = Self { names: Vec::new(), books: BOOKS, habit_books: BOOKS };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--bench" => {}
                "--books" => asked.books = number(&argument, arguments.next())?,
                "--habit-books" => asked.habit_books = number(&argument, arguments.next())?,
                name => asked.names.push(name.to_owned()),
            }
        }
        if asked.names.is_empty() {
            asked.names = ALL.map(str::to_owned).to_vec();
        }
        Ok(asked)
    }
}

fn number(flag: &str, value: Option<String>) -> Result<usize> {
    let number = value.and_then(|value| value.parse().ok());
    number.with_context(|| format!("{flag} takes a number"))
}
