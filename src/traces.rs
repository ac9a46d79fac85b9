//! Whether this process's spans go anywhere, and under which name.

use bindery_config::TraceSettings;
use bindery_domain::ServiceUrl;
use bindery_telemetry::trace::{Destination, Traces};

use crate::{
    cli::{Command, RoleArg, ServeArgs},
    environment::Environment,
    exit::Failure,
};

/// Begins to send spans where the settings, or else OpenTelemetry's own variable, name a collector.
pub(crate) fn start(
    settings: &TraceSettings,
    environment: &Environment,
    command: &Command,
) -> Result<Option<Traces>, Failure> {
    let given = environment.variable("OTEL_EXPORTER_OTLP_ENDPOINT").map(ServiceUrl::from);
    let Some(endpoint) = settings.otlp_endpoint.as_ref().or(given.as_ref()) else { return Ok(None) };
    let to = Destination {
        endpoint,
        headers: environment.variable("OTEL_EXPORTER_OTLP_HEADERS"),
        sample: settings.sample,
        service: service(command),
    };
    Traces::start(&to).map(Some).map_err(Failure::usage)
}

/// A process with several roles has the program's own name.
fn service(command: &Command) -> &'static str {
    match command {
        Command::Serve(ServeArgs { roles }) => match roles.as_slice() {
            [RoleArg::Dispatcher] => "bindery-dispatcher",
            [RoleArg::Worker] => "bindery-worker",
            [RoleArg::Assembler] => "bindery-assembler",
            _ => "bindery",
        },
        _ => "bindery",
    }
}
