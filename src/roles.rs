//! The roles at work in this process, on the ports that the settings name.

use std::{sync::Arc, time::Duration};

use bindery_api::{Access, Api};
use bindery_assembler::Assembler;
use bindery_dispatcher::{commands::CommandConsumer, event_publisher, intake::Intake, plan::Planner, sweep, uploads};
use bindery_domain::Lane;
use bindery_model::Models;
use bindery_runtime::{Handler, Settings, SoloLock};
use bindery_store::Scope;
use bindery_telemetry::{Metrics, wrap_router};
use bindery_webhook::Sender;
use bindery_worker::write::{ChapterChecks, Writer};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    api,
    app::{App, rules},
    webhooks,
};

/// How long running calls can continue after an interrupt before they are cancelled, when a person waits for the end.
const GRACE: Duration = Duration::from_secs(2);

/// The most plans that one dispatcher makes at once.
const PLANS: u16 = 16;

/// The most books that one assembler binds at once. Binding takes processor time and memory, and does not wait.
const BINDINGS: u16 = 2;

/// The roles at work.
pub(crate) struct Roles {
    tasks: JoinSet<()>,
    shutdown: CancellationToken,
    settings: Settings,
}

impl Roles {
    /// Starts a dispatcher, a worker and an assembler that serve one book and take no submissions.
    pub(crate) fn of_book(app: &App, models: &Arc<Models>, scope: Scope, calls: usize) -> Self {
        let mut roles = Self::none(app, format!("pid {}", std::process::id()), GRACE, None);
        roles.plan(app, models, 4);
        roles.write(app, models, calls);
        roles.bind(app, 1);
        roles.sweep(app, scope);
        roles
    }

    /// Makes a process that has no role yet. `holder` names it in leases and leader locks. On a stop, its work has
    /// `grace` to end. No delivery is held for longer than `hold`.
    pub(crate) fn none(app: &App, holder: String, grace: Duration, hold: Option<Duration>) -> Self {
        let settings =
            Settings { worker: holder, solo_lock: SoloLock::default(), renew: app.config.ledger.renew, grace, hold };
        Self { tasks: JoinSet::new(), shutdown: CancellationToken::new(), settings }
    }

    /// Starts a dispatcher, which accepts submissions, plans and sweeps all books, publishes their events, and tells webhooks
    /// of them.
    pub(crate) fn dispatch(&mut self, app: &App, models: &Arc<Models>, sender: Arc<dyn Sender>) {
        let (ports, shutdown, holder) = (app.ports.clone(), self.shutdown.clone(), self.settings.worker.clone());
        let intake = Intake::new(ports.clone(), app.files.clone(), models.clone(), app.config.clone());
        self.tasks.spawn(intake.run(shutdown.clone()));
        let consumer = CommandConsumer::new(ports.clone(), app.files.clone(), app.config.clone());
        self.tasks.spawn(consumer.run(shutdown.clone()));
        self.tasks.spawn(uploads::sweep(ports.clone(), app.files.clone(), holder.clone(), shutdown.clone()));
        let told = webhooks::settings(&app.config);
        self.tasks.spawn(event_publisher::run(ports.clone(), holder, told.lost_after, shutdown.clone()));
        self.tasks.spawn(bindery_dispatcher::webhooks::run(ports, sender, told, shutdown));
        self.plan(app, models, PLANS);
        self.sweep(app, Scope::All);
    }

    /// Starts a worker, which makes at most `calls` calls at once.
    pub(crate) fn write(&mut self, app: &App, models: &Arc<Models>, calls: usize) {
        let checks = ChapterChecks { judging: app.config.checks.judge, facts: app.config.checks.facts };
        let writer: Arc<dyn Handler> = Arc::new(Writer::new(models.clone(), app.limits(), checks));
        self.consume(app, Lane::Chapters, slots(calls), writer.clone());
        self.consume(app, Lane::Solo, 1, writer);
    }

    /// Starts an assembler, which binds the books of a fleet.
    pub(crate) fn assemble(&mut self, app: &App) {
        self.bind(app, BINDINGS);
    }

    /// Starts to answer at an API that listens. Its requests are traced, and counted in the metrics where there are some.
    pub(crate) fn answer(
        &mut self,
        app: &App,
        models: &Arc<Models>,
        api: Api,
        access: Access,
        metrics: Option<Arc<Metrics>>,
    ) {
        let service = api::service(app, models, access, self.shutdown.clone());
        self.tasks.spawn(api.serve(service, wrap_router(metrics)));
    }

    fn plan(&mut self, app: &App, models: &Arc<Models>, slots: u16) {
        self.consume(app, Lane::Plans, slots, Arc::new(Planner::new(models.clone(), app.limits())));
    }

    fn bind(&mut self, app: &App, slots: u16) {
        self.consume(app, Lane::Bindings, slots, Arc::new(Assembler::new(app.files.clone(), app.press.clone())));
    }

    fn sweep(&mut self, app: &App, scope: Scope) {
        let (rules, holder) = (rules(&app.config), self.settings.worker.clone());
        self.tasks.spawn(sweep::run(app.ports.clone(), scope, rules, holder, self.shutdown.clone()));
    }

    fn consume(&mut self, app: &App, lane: Lane, slots: u16, handler: Arc<dyn Handler>) {
        let (ports, settings, shutdown) = (app.ports.clone(), self.settings.clone(), self.shutdown.clone());
        self.tasks.spawn(bindery_runtime::run(ports, settings, lane, slots, handler, shutdown));
    }

    /// Waits until a role ends by itself. No role should.
    pub(crate) async fn broken(&mut self) {
        if self.tasks.join_next().await.is_none() {
            std::future::pending().await
        }
    }

    /// Drains the roles: they take no new task, running calls have the grace to end, and what is left is parked without
    /// a charged try.
    pub(crate) async fn stop(mut self) {
        self.shutdown.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Returns the number of chapters that a worker claims at once.
///
/// A chapter begins with one call for its brief, then makes one call for each section, and ends with the slowest.
/// With one slot for two calls, the calls are the limit and not the slots. The oldest chapter gets its permits first.
fn slots(calls: usize) -> u16 {
    u16::try_from(calls.div_ceil(2)).unwrap_or(u16::MAX).max(1)
}
