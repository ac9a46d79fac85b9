//! The collector that this process sends its spans to, and the name that it has there.

use bindery_config::TraceSettings;
use bindery_domain::ServiceUrl;
use bindery_telemetry::{Destination, Traces};

use crate::{
    cli::{Command, RoleArg, ServeArgs},
    environment::Environment,
    exit::Failure,
};

/// Begins to send spans where the settings name a collector, or else where OpenTelemetry's variable does.
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

/// Returns the name of the service that this process is: the program's own where it has several roles.
fn service(command: &Command) -> &'static str {
    match command {
        Command::Serve(ServeArgs { roles }) => match roles.as_slice() {
            [RoleArg::Dispatcher] => "bindery-dispatcher",
            [RoleArg::Worker] => "bindery-worker",
            [RoleArg::Assembler] => "bindery-assembler",
            [RoleArg::Api] => "bindery-api",
            _ => "bindery",
        },
        _ => "bindery",
    }
}
