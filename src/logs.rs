//! Logs go to stderr; while bars are drawn they go above them.

use std::io;

use bindery_shared::config::{LogFormat, LogSettings};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::{
    environment::Environment,
    exit::Failure,
    screen::{Screen, Size},
};

/// Libraries that are not heard, whatever is asked for.
const QUIETED: [&str; 3] = ["amq_protocol_tcp", "amq_protocol_uri", "lapin"];

/// Starts logging as the settings say.
pub(crate) fn start(settings: &LogSettings, environment: &Environment) -> Result<(), Failure> {
    let filter =
        EnvFilter::try_new(&settings.filter).map_err(|error| Failure::usage(format!("log.filter: {error}")))?;
    // They tell the broker's whole address, password included, to whoever asks for all they have to say, and tell
    // again what this program tells itself.
    let filter = QUIETED
        .into_iter()
        .fold(filter, |filter, name| filter.add_directive(format!("{name}=off").parse().expect("it is a directive")));
    let above = Above(environment.screen.clone());
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(environment.colour).with_writer(above);
    let started = match settings.format {
        LogFormat::Pretty => subscriber.with_target(false).try_init(),
        LogFormat::Json => subscriber.json().try_init(),
    };
    started.map_err(Failure::internal)
}

/// Writes to stderr, above whatever block stands there.
struct Above(Screen);

impl<'a> MakeWriter<'a> for Above {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

impl io::Write for &Above {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        self.0.above(lines, Size::of_stderr).map(|()| lines.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
