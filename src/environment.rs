//! The process's environment, read in this one place: variables, folders, the terminal.

use std::{
    collections::HashMap,
    io::{BufRead as _, IsTerminal as _, Write as _},
    path::PathBuf,
};

use bindery_telemetry::Traces;
use directories::ProjectDirs;

use crate::screen::Screen;

/// What the process was started in.
pub(crate) struct Environment {
    /// The environment's variables.
    pub(crate) variables: HashMap<String, String>,
    /// The folder relative paths start from.
    pub(crate) working_folder: PathBuf,
    /// Where the platform keeps this program's settings.
    pub(crate) config_folder: Option<PathBuf>,
    /// Where the platform keeps this program's data.
    pub(crate) data_folder: Option<PathBuf>,
    /// Whether stderr is a terminal on which lines can be painted anew.
    pub(crate) terminal: bool,
    /// Whether what is written to stderr may be coloured.
    pub(crate) colour: bool,
    /// Stderr, with the bars at its foot.
    pub(crate) screen: Screen,
    /// Whether a person can answer a question.
    pub(crate) interactive: bool,
    /// What sends spans, where the settings name a collector.
    pub(crate) traces: Option<Traces>,
}

/// Returns whether the environment asks for a JSON log, for what is said before the settings are read.
pub(crate) fn asks_for_json() -> bool {
    std::env::var("BINDERY_LOG__FORMAT").is_ok_and(|format| format == "json")
}

impl Environment {
    /// Reads the process's own.
    pub(crate) fn of_process() -> Self {
        let folders = ProjectDirs::from("", "", "bindery");
        let utf8 = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let variables: HashMap<String, String> = std::env::vars_os().filter_map(utf8).collect();
        let set = |name: &str| variables.get(name).is_some_and(|value| !value.is_empty());
        let dumb = variables.get("TERM").is_some_and(|kind| kind == "dumb");
        let terminal = std::io::stderr().is_terminal() && !dumb;
        Self {
            colour: terminal && !set("NO_COLOR"),
            variables,
            working_folder: std::env::current_dir().unwrap_or_default(),
            config_folder: folders.as_ref().map(|folders| folders.config_dir().to_owned()),
            data_folder: folders.as_ref().map(|folders| folders.data_dir().to_owned()),
            terminal,
            screen: Screen::on_stderr(),
            interactive: std::io::stderr().is_terminal() && std::io::stdin().is_terminal(),
            traces: None,
        }
    }

    /// Returns a variable that is set and not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Asks the person at the terminal; whatever is not a yes is a no.
    pub(crate) fn agrees(&self, question: &str) -> bool {
        eprint!("{question} [y/N] ");
        let _ = std::io::stderr().flush();
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
    }
}
