//! The environment of the process: its variables, its folders and its terminal. Only this file reads them.

use std::{
    collections::HashMap,
    io::{BufRead as _, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

use bindery_assembler::Press;
use bindery_telemetry::Traces;
use directories::ProjectDirs;

use crate::screen::Screen;

/// The environment that the process was started in.
pub(crate) struct Environment {
    /// The variables.
    pub(crate) variables: HashMap<String, String>,
    /// The folder that relative paths start from.
    pub(crate) working_folder: PathBuf,
    /// The folder in which the platform keeps the settings of this program.
    pub(crate) config_folder: Option<PathBuf>,
    /// The folder in which the platform keeps the data of this program.
    pub(crate) data_folder: Option<PathBuf>,
    /// Whether stderr is a terminal on which lines can be painted again.
    pub(crate) terminal: bool,
    /// Whether text on stderr can be coloured.
    pub(crate) colour: bool,
    /// Stderr, with the block of the live view at the bottom.
    pub(crate) screen: Screen,
    /// Whether a person can answer a question.
    pub(crate) interactive: bool,
    /// The sender of spans, if a collector is known.
    pub(crate) traces: Option<Traces>,
}

/// Returns whether the environment asks for a JSON log, for what is said before the settings are read.
pub(crate) fn asks_for_json() -> bool {
    std::env::var_os("BINDERY_LOG__FORMAT").is_some_and(|format| format == "json")
}

/// Returns whether a variable is set.
pub(crate) fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some()
}

impl Environment {
    /// Reads the environment of this process.
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

    /// Looks for the press, beside this program and in PATH.
    pub(crate) fn press(&self) -> Press {
        let program = std::env::current_exe().ok();
        let beside = program.as_deref().and_then(Path::parent);
        Press::find(beside, self.variable("PATH").unwrap_or_default().as_ref())
    }

    /// Returns the value of a variable, if it is set and not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Asks the person at the terminal. Any answer but a yes is a no.
    pub(crate) fn agrees(&self, question: &str) -> bool {
        eprint!("{question} [y/N] ");
        let _ = std::io::stderr().flush();
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
    }
}
