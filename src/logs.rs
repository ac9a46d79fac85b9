//! Logs go to stderr; while bars are drawn they go above them.

use bindery_shared::config::{LogFormat, LogSettings};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::exit::Failure;

/// Starts logging as the settings say, through a writer that knows about progress bars.
pub(crate) fn start<W>(settings: &LogSettings, writer: W) -> Result<(), Failure>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter =
        EnvFilter::try_new(&settings.filter).map_err(|error| Failure::usage(format!("log.filter: {error}")))?;
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    let started = match settings.format {
        LogFormat::Pretty => subscriber.with_target(false).try_init(),
        LogFormat::Json => subscriber.json().try_init(),
    };
    started.map_err(Failure::internal)
}
