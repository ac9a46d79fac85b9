//! The roles at work in this process, on whatever ports the settings name.

use std::{sync::Arc, time::Duration};

use bindery_assembler::bind::Binder;
use bindery_dispatcher::{event_publisher, intake::Intake, plan::Planner, sweep};
use bindery_domain::Lane;
use bindery_model::Models;
use bindery_runtime::{Handler, Settings, SoloLock};
use bindery_store::Scope;
use bindery_worker::write::Writer;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// How long calls under way may go on after an interrupt before they are broken off, where a person waits.
const GRACE: Duration = Duration::from_secs(2);

/// Plans under way at once in one dispatcher.
const PLANS: u16 = 16;

/// Books bound at once in one assembler: binding takes processor time and memory, not waits.
const BINDINGS: u16 = 2;

/// The roles at work.
pub(crate) struct Roles {
    tasks: JoinSet<()>,
    shutdown: CancellationToken,
    settings: Settings,
}

impl Roles {
    /// Starts a dispatcher, a worker and an assembler that serve one book, with nobody upstream.
    pub(crate) fn of_book(app: &App, models: &Arc<Models>, scope: Scope, calls: usize) -> Self {
        let mut roles = Self::none(app, (GRACE, None), format!("pid {}", std::process::id()));
        roles.plan(app, models, 4);
        roles.write(app, models, calls);
        roles.bind(app, 1);
        roles.sweep(app, scope);
        roles
    }

    /// Starts no role yet; `holder` names this process in leases and posts. Work has the grace to end in, and deliveries
    /// are held for no longer than `hold`.
    pub(crate) fn none(app: &App, (grace, hold): (Duration, Option<Duration>), holder: String) -> Self {
        let settings =
            Settings { worker: holder, solo_lock: SoloLock::default(), renew: app.config.ledger.renew, grace, hold };
        Self { tasks: JoinSet::new(), shutdown: CancellationToken::new(), settings }
    }

    /// Takes submissions in, plans, sweeps and tells listeners: for all books.
    pub(crate) fn dispatch(&mut self, app: &App, models: &Arc<Models>) {
        let (ports, shutdown, holder) = (app.ports.clone(), self.shutdown.clone(), self.settings.worker.clone());
        let intake = Intake::new(ports.clone(), models.clone(), app.config.clone());
        self.tasks.spawn(intake.run(shutdown.clone()));
        self.tasks.spawn(event_publisher::run(ports, holder, shutdown));
        self.plan(app, models, PLANS);
        self.sweep(app, Scope::All);
    }

    /// Writes chapters, with so many calls under way at once.
    pub(crate) fn write(&mut self, app: &App, models: &Arc<Models>, calls: usize) {
        let writer: Arc<dyn Handler> = Arc::new(Writer::new(models.clone(), app.limits()));
        self.consume(app, Lane::Chapters, slots(calls), writer.clone());
        self.consume(app, Lane::Solo, 1, writer);
    }

    /// Binds books for a whole fleet.
    pub(crate) fn assemble(&mut self, app: &App) {
        self.bind(app, BINDINGS);
    }

    fn plan(&mut self, app: &App, models: &Arc<Models>, slots: u16) {
        self.consume(app, Lane::Plans, slots, Arc::new(Planner::new(models.clone(), app.limits())));
    }

    fn bind(&mut self, app: &App, slots: u16) {
        self.consume(app, Lane::Bindings, slots, Arc::new(Binder::new(app.files.clone())));
    }

    fn sweep(&mut self, app: &App, scope: Scope) {
        let holder = self.settings.worker.clone();
        self.tasks.spawn(sweep::run(app.ports.clone(), scope, holder, self.shutdown.clone()));
    }

    fn consume(&mut self, app: &App, lane: Lane, slots: u16, handler: Arc<dyn Handler>) {
        let (ports, settings, shutdown) = (app.ports.clone(), self.settings.clone(), self.shutdown.clone());
        self.tasks.spawn(bindery_runtime::run(ports, settings, lane, slots, handler, shutdown));
    }

    /// Waits until a role ends by itself, which none should.
    pub(crate) async fn broken(&mut self) {
        if self.tasks.join_next().await.is_none() {
            std::future::pending().await
        }
    }

    /// Drains: no new tasks, calls under way within a grace, the rest parked uncharged.
    pub(crate) async fn stop(mut self) {
        self.shutdown.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// A slot is one claimed chapter. Over its time a chapter has three calls under way: one for its brief, then all its
/// sections', at the end its slowest one's. With a slot for every two calls, calls and not slots are the limit; the
/// permits go to the oldest chapter first.
fn slots(calls: usize) -> u16 {
    u16::try_from(calls.div_ceil(2)).unwrap_or(u16::MAX).max(1)
}
