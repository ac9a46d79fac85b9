//! `bindery serve` runs a process of a fleet until it is asked to stop.

use std::{process::ExitCode, time::Duration};

use bindery_api::{Access, Api};
use bindery_config::Config;
use bindery_domain::{StageModels, phrasing::Phrased};
use bindery_store::Store;
use bindery_telemetry::PollScope;

use crate::{
    app::{STAND_IN, Writers, is_fleet},
    cli::{Global, RoleArg, ServeArgs},
    descriptors,
    environment::Environment,
    exit::Failure,
    interrupt::StopRequests,
    logs,
    probes::Probes,
    roles::Roles,
    waiting, webhooks,
};

/// The most calls that a worker makes at once if the settings give no number.
const CALLS: u32 = 64;

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    arguments: ServeArgs,
) -> Result<ExitCode, Failure> {
    // Whoever has read a line of this process may ask it to stop.
    let mut stop = StopRequests::listen();
    let calls = config.model.calls.unwrap_or(CALLS);
    let serves_api = arguments.roles.contains(&RoleArg::Api);
    let has = |role| arguments.roles.contains(&role) || arguments.roles.contains(&RoleArg::All);
    if has(RoleArg::Worker) {
        descriptors::provide(u64::from(calls) + u64::from(config.store.connections))?;
    }
    if serves_api {
        // Each listener keeps a connection open.
        descriptors::provide_most();
    }
    if !is_fleet(&config) {
        return Err(no_fleet());
    }
    let mut probes = Probes::listen(&config).await?;
    if let Some(probes) = &probes {
        logs::say(format_args!("Metrics and probes are at http://{}.", probes.address()));
    }
    let opening = waiting::open(global, environment, config, probes.as_ref().map(Probes::health));
    let mut app = tokio::select! {
        opened = opening => opened?,
        () = stop.next() => return Ok(ExitCode::SUCCESS),
    };
    warn_of_losses(&*app.ports.store).await;
    let scope = if has(RoleArg::Dispatcher) { PollScope::Fleet } else { PollScope::Process };
    if let Some(probes) = &mut probes {
        probes.measure(&mut app, scope);
    }
    if let (Some(traces), Some(probes)) = (&environment.traces, &probes) {
        traces.count_in(&probes.metrics());
    }
    let settings = &app.config;
    // A submission can ask for a rehearsal, whatever model the settings name.
    let metrics = probes.as_ref().map(Probes::metrics);
    let stand_in = StageModels::default().complete(STAND_IN);
    let writers = Writers::measured(settings, environment, &stand_in, Some(calls), metrics.clone()).await?;
    let mut roles = Roles::none(&app, holder(), settings.serve.grace, Some(settings.queue.hold));
    if has(RoleArg::Dispatcher) {
        roles.dispatch(&app, &writers.models, webhooks::sender(settings, probes.as_ref())?);
    }
    if has(RoleArg::Worker) {
        roles.write(&app, &writers.models, calls as usize);
    }
    if has(RoleArg::Assembler) {
        roles.assemble(&app);
    }
    if serves_api {
        let api = Api::listen(settings.api.address).await.map_err(Failure::unavailable)?;
        logs::say(format_args!("The API is at http://{}.", api.address().map_err(Failure::unavailable)?));
        roles.answer(&app, &writers.models, api, Access::Keys, metrics);
    }
    logs::say(format_args!("Serving as {}.", names(&arguments.roles)));
    until_stopped(roles, probes.as_ref(), settings.serve.grace, &mut stop).await
}

/// Serves until the process is asked to stop, and drains its roles then.
pub(super) async fn until_stopped(
    mut roles: Roles,
    probes: Option<&Probes>,
    grace: Duration,
    stop: &mut StopRequests,
) -> Result<ExitCode, Failure> {
    tokio::select! {
        () = stop.next() => {}
        () = roles.broken() => {
            roles.stop().await;
            return Err(Failure::internal("a role ended by itself; the log says why"));
        }
    }
    if let Some(probes) = probes {
        probes.stop();
    }
    let grace = Phrased(grace);
    logs::say(format_args!("Stopping: what is under way has {grace} to end. Ask again to stop at once."));
    tokio::select! {
        () = roles.stop() => {}
        // Kept parts stay kept. Only running calls may have to be paid for again.
        () = stop.next() => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn no_fleet() -> Failure {
    Failure::usage(
        "a fleet needs a broker and a store that all its processes reach; set queue.url (`amqp://...`) and store.url \
         (`redis://...`)",
    )
}

/// Warns of settings of the store under which it may lose books. A store that fails right now is waited for elsewhere.
async fn warn_of_losses(store: &dyn Store) {
    let found = store.examine().await.unwrap_or_default();
    for fault in found.faults {
        tracing::warn!(fault, "the store may lose books");
    }
    for unknown in found.unknown {
        tracing::warn!(unknown, "the store does not tell whether it may lose books");
    }
}

fn names(roles: &[RoleArg]) -> String {
    let named = roles.iter().map(|role| format!("{role:?}").to_lowercase());
    named.collect::<Vec<_>>().join(", ")
}

/// Returns a name that no other process of the fleet has: its host, its number and its start. Hosts use numbers again.
fn holder() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = if host.trim().is_empty() { "host" } else { host.trim() };
    let begun = bindery_store::now().0 % 1_000_000;
    format!("{host}/{}/{begun}", std::process::id())
}
