//! All roles of a fleet in this process, on a real broker and a real store, with a model that needs no network.

use std::{collections::HashMap, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use bindery_assembler::bind::Binder;
use bindery_config::Config;
use bindery_dispatcher::{event_publisher, plan::Planner, submit::submit, sweep, terms::terms};
use bindery_domain::{BookId, Lane};
use bindery_ledger::{Accepted, Order, PlanMode, Request, State};
use bindery_model::{CallerSettings, Models, Prices};
use bindery_outline::{Chapter, Outline};
use bindery_runtime::{Handler, Ports, Settings, SoloLock, attempt::Limits};
use bindery_store::{Scope, StoreError};
use bindery_worker::write::Writer;
use tempfile::TempDir;
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{
    canned::{Canned, POINT, WORDS},
    servers::Servers,
    steps::{Bound, Steps, TimedQueue, TimedStore},
};

const MODEL: &str = "stand-in:canned";

/// What a crew is mustered for.
#[derive(Clone, Copy)]
pub(crate) struct Crewed {
    /// Chapters under way at once; none are written where this is 0.
    pub(crate) slots: u16,
    /// Chapters of one book that are released at once.
    pub(crate) window: u32,
}

/// What a book consists of.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) chapters: u32,
    pub(crate) sections: u32,
}

/// The roles at work.
pub(crate) struct Crew {
    pub(crate) ports: Ports,
    models: Arc<Models>,
    config: Config,
    pub(crate) steps: Arc<Steps>,
    bound: UnboundedReceiver<Bound>,
    shutdown: CancellationToken,
    tasks: JoinSet<()>,
    folder: TempDir,
}

impl Crew {
    /// Has the roles take up their work.
    pub(crate) async fn muster(servers: &Servers, canned: Arc<Canned>, crewed: Crewed) -> Result<Self> {
        let mut config = Config::default();
        config.ledger.window = crewed.window;
        let slots = usize::from(crewed.slots);
        let (caller, prices) = (CallerSettings::default(), Prices::load(None)?);
        let models = Models::new(config.models(), Some(slots), caller, prices, HashMap::new());
        models.answer(MODEL, canned)?;
        let (steps, (told, bound)) = (Arc::new(Steps::default()), unbounded_channel());
        let store = TimedStore { inner: servers.store().await?, steps: steps.clone(), bound: told };
        let queue = TimedQueue { inner: servers.queue().await?, steps: steps.clone() };
        let ports = Ports::new(Arc::new(store), Arc::new(queue));
        let folder = tempfile::tempdir()?;
        let mut crew = Self {
            ports,
            models: Arc::new(models),
            config,
            steps,
            bound,
            shutdown: CancellationToken::new(),
            tasks: JoinSet::new(),
            folder,
        };
        crew.take_up(crewed.slots);
        Ok(crew)
    }

    fn take_up(&mut self, slots: u16) {
        let limits = Limits { tries: self.config.ledger.tries, rewrites: self.config.ledger.rewrites };
        let mut access = self.config.files.access(|_| None);
        access.url = format!("file:{}", self.folder.path().join("files").display()).as_str().into();
        let files = bindery_files::connect(&access).expect("a folder needs nothing but its name");
        self.consume((Lane::Plans, 16), Arc::new(Planner::new(self.models.clone(), limits)));
        if slots > 0 {
            self.consume((Lane::Chapters, slots), Arc::new(Writer::new(self.models.clone(), limits)));
        }
        self.consume((Lane::Bindings, 2), Arc::new(Binder::new(files)));
        let holder = "the crew".to_owned();
        self.tasks.spawn(sweep::run(self.ports.clone(), Scope::All, holder.clone(), self.shutdown.clone()));
        self.tasks.spawn(event_publisher::run(self.ports.clone(), holder, self.shutdown.clone()));
    }

    fn consume(&mut self, lane: (Lane, u16), handler: Arc<dyn Handler>) {
        let (ports, shutdown) = (self.ports.clone(), self.shutdown.clone());
        let (renew, grace) = (self.config.ledger.renew, self.config.serve.grace);
        let (worker, solo_lock, hold) = ("the crew".to_owned(), SoloLock::default(), Some(self.config.queue.hold));
        let settings = Settings { worker, solo_lock, renew, grace, hold };
        self.tasks.spawn(async move {
            bindery_runtime::run(ports, settings, lane, handler, shutdown).await.expect("a lane can be consumed");
        });
    }

    /// Submits a book, and returns its id and when it was accepted.
    pub(crate) async fn submit(&self, title: &str, shape: Shape) -> Result<Bound> {
        let chapter =
            |number| Chapter { title: format!("Part {number}"), points: vec![POINT.to_owned()], ..Chapter::default() };
        let outline = Outline {
            title: title.to_owned(),
            chapters: (1..=shape.chapters).map(chapter).collect(),
            ..Outline::default()
        };
        let order = Order {
            outline,
            model: MODEL.to_owned(),
            chapter_length: WORDS,
            section_length: WORDS / shape.sections,
            plan: PlanMode::Compiled,
            date: "2026-01-01".to_owned(),
        };
        let caller = self.models.caller(MODEL)?;
        let mut terms = terms(&self.config, &order, &caller).map_err(anyhow::Error::msg)?;
        terms.formats = vec!["md".to_owned()];
        let request = Request { tenant: "bench".to_owned(), request_id: title.to_owned(), order, terms, trace: None };
        let (accepted, sent) = submit(&self.ports, &self.models, &request).await?;
        ensure!(matches!(accepted, Accepted::New(_)), "the book {title} was there before");
        let (store, shutdown) = (self.ports.store.clone(), self.shutdown.clone());
        tokio::spawn(async move { sent.mark_later(&*store, &shutdown, &shutdown).await });
        let accepted = self.steps.accepted().context("the store has accepted the book")?;
        Ok((request.book_id(), accepted))
    }

    /// Waits until the next book is bound.
    pub(crate) async fn bound(&mut self) -> Result<Bound> {
        self.bound.recv().await.context("the crew has left")
    }

    /// Makes sure that a book met every check at once: that no part of it was written twice.
    pub(crate) async fn met_every_check(&self, book: &BookId) -> Result<()> {
        for task in self.ports.store.tasks(book).await? {
            let again = task.parts.values().find(|part| part.attempts > 1);
            ensure!(again.is_none(), "{} was written again: {again:?}", task.id);
        }
        Ok(())
    }

    /// Waits until a book is planned and its chapters are released.
    pub(crate) async fn released(&self, book: &BookId) -> Result<()> {
        let planned = async || Ok::<_, StoreError>(self.ports.store.book(book).await?.map(|book| book.state));
        while planned().await? != Some(State::Writing) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Has the roles stop.
    pub(crate) async fn dismiss(mut self) {
        self.shutdown.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}
