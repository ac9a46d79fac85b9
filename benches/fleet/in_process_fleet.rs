//! All roles of a fleet in this process, on a real broker and a real store, with a model that needs no network.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use bindery_assembler::{Assembler, Press};
use bindery_config::Config;
use bindery_dispatcher::{
    event_publisher,
    plan::Planner,
    submit::{Submitted, submit},
    sweep,
    terms::terms,
};
use bindery_domain::{BookId, Lane, StageModels};
use bindery_ledger::{Accepted, Order, PlanMode, Request, State};
use bindery_model::{CallerSettings, Models, Prices};
use bindery_outline::{Chapter, Outline};
use bindery_runtime::{Handler, Ports, Settings, SoloLock, attempt::Limits};
use bindery_store::{Scope, StoreError};
use bindery_worker::write::{ChapterChecks, Writer};
use tempfile::TempDir;
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{
    canned_model::{CannedModel, POINT, WORDS},
    servers::{Servers, rules},
    timed_ports::{BoundBook, TimedQueue, TimedStore, Timings},
};

const MODEL: &str = "stand-in:canned";

/// How the roles name themselves to the broker and the store.
const NAME: &str = "in-process fleet";

/// How many chapters a fleet writes at once.
#[derive(Clone, Copy)]
pub(crate) struct FleetSettings {
    /// Chapters in flight; with 0 the fleet writes none itself.
    pub(crate) slots: u16,
    /// Chapters of one book that are released at once.
    pub(crate) window: u32,
}

/// What a book consists of.
#[derive(Clone, Copy)]
pub(crate) struct BookShape {
    pub(crate) chapters: u32,
    pub(crate) sections: u32,
}

/// A submitted book, when its submission began and when the store had accepted it.
pub(crate) struct Submission {
    pub(crate) book: BookId,
    pub(crate) submitted: Instant,
    pub(crate) accepted: Instant,
}

/// A running dispatcher, worker and assembler.
pub(crate) struct InProcessFleet {
    pub(crate) ports: Ports,
    models: Arc<Models>,
    config: Config,
    pub(crate) timings: Arc<Timings>,
    bound: UnboundedReceiver<BoundBook>,
    shutdown: CancellationToken,
    tasks: JoinSet<()>,
    folder: TempDir,
}

impl InProcessFleet {
    /// Starts all roles.
    pub(crate) async fn start(servers: &Servers, model: Arc<CannedModel>, settings: FleetSettings) -> Result<Self> {
        let mut config = Config::default();
        config.ledger.window = settings.window;
        let slots = usize::from(settings.slots);
        let (caller, prices) = (CallerSettings::default(), Prices::load(None)?);
        let models = Models::new(config.models(), Some(slots), caller, prices, HashMap::new());
        models.answer(MODEL, model)?;
        let (timings, (sender, bound)) = (Arc::new(Timings::default()), unbounded_channel());
        let store = TimedStore { inner: servers.store().await?, timings: timings.clone(), bound: sender };
        let queue = TimedQueue { inner: servers.queue().await?, timings: timings.clone() };
        let ports = Ports::new(Arc::new(store), Arc::new(queue));
        let folder = tempfile::tempdir()?;
        let mut fleet = Self {
            ports,
            models: Arc::new(models),
            config,
            timings,
            bound,
            shutdown: CancellationToken::new(),
            tasks: JoinSet::new(),
            folder,
        };
        fleet.start_roles(settings.slots);
        Ok(fleet)
    }

    fn start_roles(&mut self, slots: u16) {
        let limits = Limits { tries: self.config.ledger.tries, rewrites: self.config.ledger.rewrites };
        let mut access = self.config.files.access(|_| None);
        access.url = format!("file:{}", self.folder.path().join("files").display()).as_str().into();
        let files = bindery_files::connect(&access).expect("a folder needs nothing but its name");
        self.consume(Lane::Plans, 16, Arc::new(Planner::new(self.models.clone(), limits)));
        if slots > 0 {
            self.consume(
                Lane::Chapters,
                slots,
                Arc::new(Writer::new(self.models.clone(), limits, ChapterChecks::default())),
            );
        }
        self.consume(Lane::Bindings, 2, Arc::new(Assembler::new(files, Press::default())));
        let holder = NAME.to_owned();
        self.tasks.spawn(sweep::run(self.ports.clone(), Scope::All, rules(), holder.clone(), self.shutdown.clone()));
        self.tasks.spawn(event_publisher::run(self.ports.clone(), holder, rules().lost_after, self.shutdown.clone()));
    }

    fn consume(&mut self, lane: Lane, at_once: u16, handler: Arc<dyn Handler>) {
        let (ports, shutdown) = (self.ports.clone(), self.shutdown.clone());
        let (renew, grace) = (self.config.ledger.renew, self.config.serve.grace);
        let (worker, solo_lock, hold) = (NAME.to_owned(), SoloLock::default(), Some(self.config.queue.hold));
        let settings = Settings { worker, solo_lock, renew, grace, hold };
        self.tasks.spawn(bindery_runtime::run(ports, settings, lane, at_once, handler, shutdown));
    }

    /// Submits a book.
    pub(crate) async fn submit(&self, title: &str, shape: BookShape) -> Result<Submission> {
        let chapter =
            |number| Chapter { title: format!("Part {number}"), points: vec![POINT.to_owned()], ..Chapter::default() };
        let outline = Outline {
            title: title.to_owned(),
            chapters: (1..=shape.chapters).map(chapter).collect(),
            ..Outline::default()
        };
        let order = Order {
            outline,
            topic: None,
            model: MODEL.to_owned(),
            stages: StageModels::default(),
            chapter_length: WORDS,
            section_length: WORDS / shape.sections,
            plan: PlanMode::Compiled,
            date: "2026-01-01".to_owned(),
        };
        let callers = self.models.stages(&order.models())?;
        let mut terms = terms(&self.config, &order, &callers)?;
        terms.formats = vec!["md".to_owned()];
        let request = Request {
            tenant: "bench".to_owned(),
            request_id: title.to_owned(),
            order,
            terms,
            trace: None,
            former_id: false,
        };
        let submitted = Instant::now();
        let Submitted { accepted, sent } = submit(&self.ports, &self.models, &request).await?;
        ensure!(matches!(accepted, Accepted::New(_)), "the book {title} was there before");
        let (store, shutdown) = (self.ports.store.clone(), self.shutdown.clone());
        tokio::spawn(async move { sent.mark_later(&*store, &shutdown, &shutdown).await });
        let accepted = self.timings.accepted().context("the store has accepted the book")?;
        Ok(Submission { book: request.book_id(), submitted, accepted })
    }

    /// Waits until the next book is bound.
    pub(crate) async fn next_bound(&mut self) -> Result<BoundBook> {
        self.bound.recv().await.context("the fleet has stopped")
    }

    /// Makes sure that no part of a book was written twice, as it is where a text fails a check.
    pub(crate) async fn ensure_written_once(&self, book: &BookId) -> Result<()> {
        for task in self.ports.store.tasks(book).await? {
            let again = task.parts.values().find(|part| part.attempts > 1);
            ensure!(again.is_none(), "{} was written again: {again:?}", task.id);
        }
        Ok(())
    }

    /// Waits until a book is planned and its chapters are released.
    pub(crate) async fn released(&self, book: &BookId) -> Result<()> {
        let state = async || Ok::<_, StoreError>(self.ports.store.book(book).await?.map(|book| book.state));
        while state().await? != Some(State::Writing) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Stops all roles and waits for their end.
    pub(crate) async fn stop(mut self) {
        self.shutdown.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}
