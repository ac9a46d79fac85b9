//! The configuration: the settings, the sources of their values, and the problems with them.
//!
//! `default.toml` holds all defaults, and is also the list of known keys. The user's files override the defaults,
//! `BINDERY_*` variables override the files, and flags override both. Everything is checked before anything starts, and
//! all problems are reported at once.
//!
//! The merge is our own. The libraries for it stop at the first unknown key, and forget the line or the variable that a
//! value came from.

mod api;
mod book;
mod checks;
mod data;
mod files;
mod ledger;
mod log;
mod merge;
mod model;
mod origin;
mod preset;
mod problem;
mod provider;
mod queue;
mod reference;
mod render;
mod serve;
mod setting;
mod sources;
mod stand_in;
mod store;
mod trace;
mod value;
mod webhooks;

pub use bindery_check::Judging;
use bindery_ledger::{BookChecks, Knobs};
use bindery_model::{ConnectError, Provider, Providers, Settings};
use serde::{Deserialize, Serialize};

pub use self::{
    api::ApiSettings,
    book::{BEST_OF, BookSettings},
    checks::ChecksSettings,
    data::DataSettings,
    files::FilesSettings,
    ledger::LedgerSettings,
    log::{LogFormat, LogSettings},
    model::{BookModels, ModelSettings},
    origin::Origin,
    problem::ConfigErrors,
    queue::QueueSettings,
    serve::ServeSettings,
    sources::{Files, Sources},
    stand_in::StandInSettings,
    store::{Retention, StoreSettings},
    trace::TraceSettings,
    webhooks::WebhookSettings,
};
use self::{merge::Merge, origin::Origins, problem::Problems, reference::Reference};

/// Every setting, checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// The model that writes, and the limits of its calls.
    pub model: ModelSettings,
    /// The model servers, by name.
    pub providers: Providers,
    /// Defaults for books.
    pub book: BookSettings,
    /// How texts are checked.
    pub checks: ChecksSettings,
    /// Where files are kept.
    pub data: DataSettings,
    /// Where bound files are kept.
    pub files: FilesSettings,
    /// The store that holds the truth.
    pub store: StoreSettings,
    /// The queue that carries the tasks.
    pub queue: QueueSettings,
    /// The times and limits of the ledger.
    pub ledger: LedgerSettings,
    /// How the processes of a fleet serve.
    pub serve: ServeSettings,
    /// How the HTTP API is served.
    pub api: ApiSettings,
    /// Which webhooks are called, and how long.
    pub webhooks: WebhookSettings,
    /// What is logged, and in which form.
    pub log: LogSettings,
    /// Where traces go, and which books are traced.
    pub trace: TraceSettings,
    /// How the stand-in behaves.
    pub stand_in: StandInSettings,
    #[serde(skip)]
    origins: Origins,
}

impl Config {
    /// Reads the sources over the defaults and checks the result.
    pub fn load(sources: &Sources) -> Result<Self, ConfigErrors> {
        let reference = Reference::new();
        let mut merge = Merge::new(&reference);
        merge.files(&sources.files);
        merge.environment(&sources.environment);
        merge.flags(&sources.flags);
        let (config, mut problems) = merge.finish();
        problems.append(config.check());
        problems.into_result().map(|()| config)
    }

    /// Returns the source of the value in force for a dotted key.
    pub fn origin(&self, key: &str) -> Origin {
        self.origins.of(key)
    }

    /// Returns the knobs in force.
    pub fn knobs(&self) -> Knobs {
        let checks = BookChecks { rewrites: self.ledger.rewrites, judge: self.checks.judge, facts: self.checks.facts };
        Knobs { audit: self.book.audit, best_of: self.book.best_of, checks }
    }

    /// Returns what is needed to call models.
    pub fn models(&self) -> Settings {
        Settings { providers: self.providers.clone(), timers: self.model.timers }
    }

    /// Renders the values in force as TOML, with secrets masked. A value that is not the default has its source in a
    /// comment.
    pub fn render(&self) -> String {
        render::render(self)
    }

    fn check(&self) -> Problems {
        let mut problems = Problems::default();
        self.model.check(&mut problems);
        let named = self.model.name.iter().map(|name| ("model.name", name));
        let lists = self.model.lists();
        let listed = lists.iter().flat_map(|list| list.models.iter().map(|name| (list.key, name)));
        for (key, name) in named.chain(listed) {
            if let Err(error @ ConnectError::UnknownProvider { .. }) = Provider::find(name.provider(), &self.models()) {
                problems.add(key, error.to_string());
            }
        }
        for (name, settings) in &self.providers {
            provider::check(name, settings, &mut problems);
        }
        self.book.check(&mut problems);
        self.files.check(&mut problems);
        self.store.check(&mut problems);
        self.queue.check(&mut problems);
        self.check_pair(&mut problems);
        self.ledger.check(&mut problems);
        self.serve.check(&mut problems);
        self.api.check(&mut problems);
        self.webhooks.check(&mut problems);
        self.log.check(&mut problems);
        self.trace.check(&mut problems);
        self.stand_in.check(&mut problems);
        problems.with_origins(|key| self.origins.of(key))
    }

    /// Checks that the store and the queue are both embedded, or both servers. Nobody would serve messages about books
    /// of a store that other processes cannot reach. Books of a shared store would wait for messages for ever.
    fn check_pair(&self, problems: &mut Problems) {
        match (self.store.url.scheme(), self.queue.url.scheme()) {
            ("sqlite", "amqp" | "amqps") => problems.add(
                "store.url",
                "is a file of this machine, but `queue.url` names a broker; set `store.url` to a Redis that all processes \
                 reach, or `queue.url` to `local:`",
            ),
            (store, "local")
                if store != "sqlite"
                    && bindery_store::SCHEMES.contains(&store)
                    && bindery_store::flaw(&self.store.url).is_none() =>
            {
                problems.add(
                "queue.url",
                "is within this process, but `store.url` names a server; set `queue.url` to a broker that all processes \
                 reach, or `store.url` to `sqlite:`",
                );
            }
            _ => {}
        }
    }
}

impl Default for Config {
    /// Returns the defaults.
    fn default() -> Self {
        Reference::new().config()
    }
}

#[cfg(test)]
mod tests;
