//! All three roles in this process, on whatever ports the settings name.

use std::{sync::Arc, time::Duration};

use bindery_assembler::bind::Binder;
use bindery_dispatcher::{plan::Planner, sweep};
use bindery_shared::{
    consume::{self, Handler, Settings},
    model::Models,
    queue::Lane,
    store::Scope,
};
use bindery_worker::write::Writer;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::workshop::Workshop;

/// How long calls under way may go on after an interrupt before they are broken off.
const GRACE: Duration = Duration::from_secs(2);

/// The roles at work.
pub(crate) struct Roles {
    tasks: JoinSet<()>,
    shutdown: CancellationToken,
}

impl Roles {
    /// Starts a dispatcher, a worker and an assembler that serve the books in a scope.
    pub(crate) fn start(workshop: &Workshop, models: &Arc<Models>, scope: Scope, calls: usize) -> Self {
        let shutdown = CancellationToken::new();
        let limits = workshop.limits();
        let writer: Arc<dyn Handler> = Arc::new(Writer::new(models.clone(), limits));
        let planner: Arc<dyn Handler> = Arc::new(Planner::new(models.clone(), limits));
        let binder: Arc<dyn Handler> = Arc::new(Binder::new(workshop.files.clone()));
        let mut roles = Self { tasks: JoinSet::new(), shutdown };
        roles.consume(workshop, Lane::Plans, 4, planner);
        roles.consume(workshop, Lane::Chapters, slots(calls), writer.clone());
        roles.consume(workshop, Lane::Solo, 1, writer);
        roles.consume(workshop, Lane::Bindings, 1, binder);
        roles.tasks.spawn(sweep::run(workshop.ports.clone(), scope, roles.shutdown.clone()));
        roles
    }

    fn consume(&mut self, workshop: &Workshop, lane: Lane, slots: u16, handler: Arc<dyn Handler>) {
        let settings = Settings {
            worker: format!("pid {}", std::process::id()),
            renew: workshop.config.ledger.renew,
            grace: GRACE,
        };
        let (ports, shutdown) = (workshop.ports.clone(), self.shutdown.clone());
        self.tasks.spawn(async move {
            if let Err(error) = consume::run(ports, settings, (lane, slots), handler, shutdown).await {
                tracing::error!(%error, %lane, "a lane cannot be consumed");
            }
        });
    }

    /// Drains: no new tasks, calls under way within a grace, the rest parked uncharged.
    pub(crate) async fn stop(mut self) {
        self.shutdown.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// A slot is one claimed chapter; a chapter in its sections' time has about four calls under way.
fn slots(calls: usize) -> u16 {
    u16::try_from(calls.div_ceil(4)).unwrap_or(u16::MAX).max(1)
}
