//! `bindery studio` runs all roles and the HTTP API in one process, on the embedded store, for the person at this machine.

use std::{path::Path, process::ExitCode, time::Duration};

use bindery_api::{Access, Api};
use bindery_config::Config;
use bindery_domain::StageModels;
use bindery_ledger::{Hold, Operation};
use bindery_telemetry::PollScope;

use super::serve::until_stopped;
use crate::{
    app::{App, STAND_IN, Writers, is_fleet, is_rehearsal},
    cli::Global,
    descriptors,
    environment::Environment,
    exit::Failure,
    identity::{Lock, TENANT},
    interrupt::StopRequests,
    logs,
    probes::Probes,
    roles::Roles,
    webhooks,
};

/// The number of connections for calls and for callers that a studio is prepared for.
const CONNECTIONS: u64 = 256;

/// How many calls the slots of the worker are reckoned for. How many are made at once is the provider's to say.
const CALLS: usize = 64;

/// How long running calls can continue after an interrupt before they are cancelled, since a person waits for the end.
const GRACE: Duration = Duration::from_secs(2);

/// Runs the command.
pub(crate) async fn run(global: &Global, environment: &Environment, config: Config) -> Result<ExitCode, Failure> {
    let mut stop = StopRequests::listen();
    check(&config)?;
    descriptors::provide(CONNECTIONS)?;
    let mut probes = Probes::listen(&config).await?;
    let api = Api::listen(config.api.address).await.map_err(Failure::unavailable)?;
    let address = api.address().map_err(Failure::unavailable)?;
    let mut app = App::open(global, environment, config).await?;
    if let Some(probes) = &mut probes {
        probes.measure(&mut app, PollScope::Fleet);
        logs::say(format_args!("Metrics and probes are at http://{}.", probes.address()));
    }
    // A studio takes over books that nobody writes, before it says that it has them all.
    let _lock = take_books(&app).await?;
    // A submission can ask for a rehearsal, whatever model the settings name.
    let metrics = probes.as_ref().map(Probes::metrics);
    let stand_in = StageModels::default().complete(STAND_IN);
    let writers = Writers::measured(&app.config, environment, &stand_in, None, metrics.clone()).await?;
    let mut roles = Roles::none(&app, format!("studio, pid {}", std::process::id()), GRACE, None);
    roles.dispatch(&app, &writers.models, webhooks::sender(&app.config, probes.as_ref())?);
    roles.write(&app, &writers.models, CALLS);
    roles.assemble(&app);
    roles.answer(&app, &writers.models, api, Access::Owner(TENANT.to_owned()), metrics);
    if is_rehearsal(&app.config.model.of_book(None).complete()) {
        logs::say("No model is configured: books are written with placeholder text, free of charge.");
    }
    logs::say(format_args!("The books are in {}.", app.folder.display()));
    logs::say(format_args!(
        "The studio is at http://{address}. It asks for no key, and answers on this machine alone."
    ));
    until_stopped(roles, probes.as_ref(), GRACE, &mut stop).await
}

/// Refuses settings with which a studio would not be alone with its books, or would be open to other machines.
fn check(config: &Config) -> Result<(), Failure> {
    if is_fleet(config) {
        return Err(Failure::usage(
            "the settings name a broker, so a fleet writes the books; use `bindery serve api` beside it",
        ));
    }
    let address = config.api.address;
    if !address.ip().is_loopback() {
        return Err(Failure::usage(format!(
            "a studio asks for no key, so it may not be served at {address}, which other machines reach; set api.address \
             to one like 127.0.0.1:8080, or run a fleet with `bindery serve api`"
        )));
    }
    Ok(())
}

/// Takes the lock of all books. Books that an earlier studio was writing are gone on with. Those that `bindery write` has begun
/// are held, since nobody has agreed here to what they cost.
async fn take_books(app: &App) -> Result<Lock, Failure> {
    for book in app.ports.store.open_books().await? {
        let begun_by_hand = Path::new(&book.request_id).is_absolute();
        // A book whose lock is taken is being written by another run, which goes on with it.
        let Ok(_free) = Lock::take(&app.folder, &book.id) else { continue };
        if begun_by_hand && !book.holds.contains(&Hold::Operator) {
            app.ports.store.operate(&book.id, Operation::Hold).await?;
            logs::say(format_args!(
                "The book {} \"{}\" is held; lift its hold to go on with it here.",
                book.id, book.title
            ));
        }
        app.operate(&book, Operation::TakeOver).await?;
    }
    Lock::take_studio(&app.folder)
}
