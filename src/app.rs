//! What the commands work with: the settings, the ports, the models and the files.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use bindery_assembler::Press;
use bindery_commands::{Action, BookSoFar, SoFarError};
use bindery_config::{Config, Files as ConfigFiles, Sources};
use bindery_domain::{BookId, ModelName, StageModels};
use bindery_files::Files;
use bindery_ledger::{Book, Operated, Operation, Rules};
use bindery_model::{CallerSettings, Models, Prices, Provider};
use bindery_runtime::{Ports, attempt::Limits};
use bindery_stand_in::{Settings as StandInSettings, StandIn, Timing};
use bindery_store::{Store, StoreError};
use bindery_telemetry::{Metrics, wrap_model};

use crate::{cli::Global, environment::Environment, exit::Failure, identity::TENANT};

/// Settings, ports, models and files, opened and ready.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) ports: Ports,
    pub(crate) files: Arc<dyn Files>,
    pub(crate) folder: PathBuf,
    /// What makes PDF and covers.
    pub(crate) press: Press,
}

/// Loads the settings from the files, the environment and the command line.
pub(crate) fn config(
    global: &Global,
    environment: &Environment,
    flags: BTreeMap<String, String>,
) -> Result<Config, Failure> {
    let files = match &global.config {
        Some(path) => ConfigFiles::Named(path.clone()),
        None => ConfigFiles::Usual {
            config_folder: environment.config_folder.clone(),
            working_folder: environment.working_folder.clone(),
        },
    };
    let variables = environment.variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    Config::load(&Sources { files, environment: variables, flags }).map_err(Failure::usage)
}

impl App {
    /// Opens the store and the queue that the settings name.
    pub(crate) async fn open(global: &Global, environment: &Environment, config: Config) -> Result<Self, Failure> {
        let folder = folder(global, environment, &config)?;
        let store = store(&config, &folder).await?;
        let queue = bindery_queue::connect(&config.queue.access()).await.map_err(Failure::unavailable)?;
        Self::on(environment, config, folder, Ports::new(store, queue))
    }

    /// Opens the rest on ports that are open.
    pub(crate) fn on(
        environment: &Environment,
        config: Config,
        folder: PathBuf,
        ports: Ports,
    ) -> Result<Self, Failure> {
        let files = files(environment, &config, &folder)?;
        let ports = match &environment.traces {
            Some(traces) => traces.wrap_ports(ports),
            None => ports,
        };
        Ok(Self { ports, files, folder, config, press: environment.press() })
    }

    /// Returns whether other processes write the books, which get their tasks from a broker.
    pub(crate) fn fleet(&self) -> bool {
        is_fleet(&self.config)
    }

    /// Returns the tenant that the books belong to: the user of the broker in a fleet, and a fixed name on one machine.
    pub(crate) fn tenant(&self) -> String {
        self.config.queue.url.user().unwrap_or_else(|| TENANT.to_owned())
    }

    /// Runs an operation on a whole book and publishes the tasks that it released.
    pub(crate) async fn operate(&self, book: &Book, operation: Operation) -> Result<Operated, Failure> {
        Ok(bindery_commands::operate(&self.ports, &book.id, operation).await?)
    }

    /// Does to a book what the user wants. The tasks that it releases go to the fleet. On one machine they wait for the next
    /// run, or for the sweeper of a studio.
    pub(crate) async fn act(&self, book: &Book, action: Action) -> Result<Operated, Failure> {
        let operated = match self.fleet() {
            true => bindery_commands::act(&self.ports, &*self.files, book, action).await,
            false => bindery_commands::act_unpublished(&*self.ports.store, &*self.files, book, action).await,
        };
        Ok(operated?)
    }

    /// Reads what is written of a book.
    pub(crate) async fn so_far(&self, book: &Book) -> Result<BookSoFar, Failure> {
        BookSoFar::read(&*self.ports.store, book, None).await.map_err(|error| match error {
            SoFarError::TextsLeft => self.texts_left(&book.id),
            SoFarError::NoRequest => Failure::internal(error),
            SoFarError::Store(error) => error.into(),
        })
    }

    /// Makes the failure of a command that needs the texts of a book after they have left the store.
    pub(crate) fn texts_left(&self, book: &BookId) -> Failure {
        let again = match self.fleet() {
            true => "to have it written again, submit its outline under another --id",
            false => "to have it written again, run `bindery write` on its outline with --anew",
        };
        Failure::usage(format!(
            "the texts of the book {book} have left the store after the time that store.retention gives, so they cannot be \
             used again; its files stay, and {again}"
        ))
    }

    /// Refuses a command that writes books in this process if a fleet writes them.
    pub(crate) fn writes_here(&self) -> Result<(), Failure> {
        if !self.fleet() {
            return Ok(());
        }
        Err(Failure::usage(
            "the settings name a broker, so books are written by its workers; use `bindery submit OUTLINE`",
        ))
    }

    /// Returns whether the prices of these models are known.
    pub(crate) fn priced(&self, models: &StageModels) -> bool {
        let provider = |name: &ModelName| Provider::find(name.provider(), &self.config.models()).ok();
        let price = |name: &ModelName| {
            let prices = Prices::load(self.config.model.prices_file.as_deref()).ok()?;
            prices.of(name, &provider(name)?)
        };
        let priced = |model: &str| is_stand_in(model) || model.parse().is_ok_and(|name| price(&name).is_some());
        models.names().into_iter().all(priced)
    }

    /// Returns how often a part can be tried and rewritten.
    pub(crate) fn limits(&self) -> Limits {
        Limits { tries: self.config.ledger.tries, rewrites: self.config.ledger.rewrites }
    }
}

/// Returns whether books are kept in a file on this machine. With any other store, nothing is written to its disk.
pub(crate) fn keeps_books_here(config: &Config) -> bool {
    config.store.url.scheme() == "sqlite"
}

/// Returns whether the settings name a broker, which wakes the processes of a fleet.
pub(crate) fn is_fleet(config: &Config) -> bool {
    config.queue.url.scheme() != "local"
}

/// Opens the store that the settings name.
pub(crate) async fn store(config: &Config, folder: &Path) -> Result<Arc<dyn Store>, StoreError> {
    bindery_store::connect(&access(config, folder), rules(config), bindery_store::Clock::Own).await
}

/// Opens the place where the settings keep bound files.
pub(crate) fn files(environment: &Environment, config: &Config, folder: &Path) -> Result<Arc<dyn Files>, Failure> {
    bindery_files::connect(&files_access(environment, config, folder)).map_err(Failure::unavailable)
}

/// Returns the data folder, which is made where books are kept in it.
pub(crate) fn folder(global: &Global, environment: &Environment, config: &Config) -> Result<PathBuf, Failure> {
    let folder = data_folder(global, environment, config)?;
    if keeps_books_here(config) {
        fs::create_dir_all(&folder).map_err(|error| {
            Failure::unavailable(format!("the data folder {} cannot be made: {error}", folder.display()))
        })?;
    }
    Ok(folder)
}

fn data_folder(global: &Global, environment: &Environment, config: &Config) -> Result<PathBuf, Failure> {
    let chosen = global.data.clone().or(config.data.dir.clone()).or(environment.data_folder.clone());
    chosen.ok_or_else(|| Failure::usage("this platform names no data folder; give one with --data DIR"))
}

/// Returns how the store is reached. `sqlite:` alone means a file in the data folder.
fn access(config: &Config, folder: &Path) -> bindery_store::Access {
    let store = &config.store;
    let url = match store.url.expose() {
        "sqlite:" => format!("sqlite:{}", folder.join("bindery.db").display()).as_str().into(),
        _ => store.url.clone(),
    };
    bindery_store::Access {
        url,
        timeout: store.timeout,
        connections: store.connections,
        ca_file: store.ca_file.clone(),
    }
}

/// Returns how the files are reached. `file:` alone means a folder in the data folder.
fn files_access(environment: &Environment, config: &Config, folder: &Path) -> bindery_files::Access {
    let mut access = config.files.access(|name| environment.variable(name).map(str::to_owned));
    if access.url.expose() == "file:" {
        access.url = format!("file:{}", folder.join("files").display()).as_str().into();
    }
    access
}

/// Returns the rules of the ledger.
pub(crate) fn rules(config: &Config) -> Rules {
    let ledger = &config.ledger;
    Rules {
        lease: ledger.lease,
        publish_grace: ledger.publish_grace,
        lost_after: ledger.lost_after,
        solo_after: ledger.solo_after,
        retention: config.store.retention(),
        max_open_books: is_fleet(config).then_some(u64::from(config.serve.max_open_books)),
    }
}

/// The name of the provider in rehearsals.
pub(crate) const STAND_IN: &str = "stand-in";

/// Returns whether the built-in stand-in does all the work of a book.
pub(crate) fn is_rehearsal(models: &StageModels) -> bool {
    models.names().into_iter().all(is_stand_in)
}

fn is_stand_in(model: &str) -> bool {
    model.split(':').next() == Some(STAND_IN)
}

/// The models that a run calls, and the stand-in that answers for them in a rehearsal.
pub(crate) struct Writers {
    pub(crate) models: Arc<Models>,
    /// The server that runs until this is dropped.
    _stand_in: Option<StandIn>,
}

/// How a process calls its models.
struct Calling {
    /// Whether a provider that answers none of the first calls is waited for.
    waits: bool,
    metrics: Option<Arc<Metrics>>,
}

impl Writers {
    /// Connects the models for a run by hand with these models, and asks local servers what they tell of themselves. If the
    /// stand-in is among the models, this process serves a stand-in over HTTP, unless
    /// the settings name the address of another one.
    pub(crate) async fn open(
        config: &Config,
        environment: &Environment,
        models: &StageModels,
        calls: Option<u32>,
    ) -> Result<Self, Failure> {
        let waits = config.model.wait_for_provider.unwrap_or(false);
        let writers = Self::connect(config, environment, models, calls, Calling { waits, metrics: None }).await?;
        for name in models.names() {
            // What keeps a model from being called is found when it is called.
            if let Ok(caller) = writers.models.caller(name) {
                caller.ask_about_itself().await;
            }
        }
        Ok(writers)
    }

    /// Connects the models for a process of a fleet, and measures their calls if there are metrics.
    pub(crate) async fn measured(
        config: &Config,
        environment: &Environment,
        names: &StageModels,
        calls: Option<u32>,
        metrics: Option<Arc<Metrics>>,
    ) -> Result<Self, Failure> {
        let waits = config.model.wait_for_provider.unwrap_or(true);
        Self::connect(config, environment, names, calls, Calling { waits, metrics }).await
    }

    async fn connect(
        config: &Config,
        environment: &Environment,
        names: &StageModels,
        calls: Option<u32>,
        Calling { waits, metrics }: Calling,
    ) -> Result<Self, Failure> {
        let mut settings = config.models();
        let mut stand_in = None;
        let elsewhere = !matches!(config.origin("providers.stand-in.base_url"), bindery_config::Origin::Default);
        if names.names().into_iter().any(is_stand_in) && !elsewhere {
            let served = StandIn::start(stand_in_settings(config)?).await;
            let served =
                served.map_err(|error| Failure::unavailable(format!("the stand-in cannot be served: {error}")))?;
            let url = served.base_url().try_into().map_err(Failure::internal)?;
            settings.providers.entry(STAND_IN.to_owned()).or_default().base_url = Some(url);
            stand_in = Some(served);
        }
        let prices = Prices::load(config.model.prices_file.as_deref()).map_err(Failure::usage)?;
        let park_after = config.model.park_after;
        let caller = CallerSettings { park_after, waits, ..CallerSettings::default() };
        let keys: HashMap<String, String> = environment.variables.clone();
        let calls = calls.or(config.model.calls).map(|calls| calls as usize);
        let models = Models::new(settings, calls, caller, prices, keys);
        let models = models.wrapped(wrap_model(metrics));
        for name in names.names() {
            models.ask_price(name).await;
        }
        Ok(Self { models: Arc::new(models), _stand_in: stand_in })
    }
}

fn stand_in_settings(config: &Config) -> Result<StandInSettings, Failure> {
    let wanted = &config.stand_in;
    let faults =
        wanted.faults.join(",").parse().map_err(|error| Failure::usage(format!("stand_in.faults: {error}")))?;
    let timing = Timing {
        first_token: wanted.first_token,
        tokens_per_second: Some(wanted.tokens_per_second),
        ..Timing::default()
    };
    Ok(StandInSettings { seed: wanted.seed, timing, faults, ..StandInSettings::default() })
}
