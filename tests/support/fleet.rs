//! A private fleet: a broker's own virtual host, a Redis, a model server, and the program's processes on them.

mod heals;

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    fs,
    ops::Deref,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use bindery_stand_in::{Faults, PausedChapters};
use bindery_test_servers::{QueueState, Rabbit, Redis};
use serde_json::Value;
use tempfile::TempDir;

use self::heals::Heals;
use super::{Book, Ended, FinishedParts, Ledger, ModelServer, Outline, Probes, Running, book::Sections};

/// Longer than anything a test waits for takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often is looked whether what is waited for is there.
const LOOK: Duration = Duration::from_millis(50);

/// The queues that must be empty when all books are settled.
const QUEUES: [&str; 6] = ["submissions", "plans", "chapters", "solo", "bindings", "dead"];

/// A broker: one that all tests of this process share, or one's own.
pub(crate) enum Broker {
    Shared(&'static Rabbit),
    Own(Box<Rabbit>),
}

impl Deref for Broker {
    type Target = Rabbit;

    fn deref(&self) -> &Rabbit {
        match self {
            Self::Shared(broker) => broker,
            Self::Own(broker) => broker,
        }
    }
}

/// A book that was submitted, and what it must come out as.
pub(crate) struct Ordered {
    pub(crate) id: String,
    pub(crate) outline: Outline,
}

impl Ordered {
    /// Returns the chapters it must have, with their sections.
    pub(crate) fn chapters(&self) -> Vec<(String, Sections)> {
        let chapter = |chapter: &super::Chapter| (chapter.title.clone(), Sections::Titled(chapter.sections.clone()));
        self.outline.chapters.iter().map(chapter).collect()
    }
}

/// A private fleet. Its timers are the program's own unless a test sets them, so that nothing but messages can mend what
/// goes wrong within a test's time.
///
/// On its way out it checks that nothing is queued, leased or dead-lettered, that every process drains and exits with
/// 0, and that its sweepers had to repair nothing but what the test expects.
pub(crate) struct Fleet {
    folder: TempDir,
    pub(crate) model: ModelServer,
    pub(crate) redis: Redis,
    pub(crate) broker: Broker,
    pub(crate) vhost: String,
    variables: BTreeMap<String, String>,
    serving: Vec<Running>,
    orders: Cell<u32>,
    heals: Heals,
}

/// Returns the settings under which the work of a dead process is taken up within seconds.
pub(crate) fn brisk() -> [(&'static str, &'static str); 2] {
    [("BINDERY_LEDGER__LEASE", "2s"), ("BINDERY_LEDGER__RENEW", "500ms")]
}

impl Fleet {
    pub(crate) fn new() -> Self {
        Self::with_faults(Faults::none())
    }

    pub(crate) fn with_faults(faults: Faults) -> Self {
        Self::with_model(ModelServer::with_faults(faults))
    }

    /// Makes a fleet with a broker of its own, which may be killed.
    pub(crate) fn with_own_broker(model: ModelServer) -> Self {
        Self::on(Broker::Own(Box::new(Rabbit::start())), Redis::start(), model)
    }

    /// Makes a fleet whose model answers no call about these chapters until it is let to.
    pub(crate) fn held_back(chapters: impl IntoIterator<Item = u32>) -> (Self, PausedChapters) {
        let (model, paused) = ModelServer::held_back(chapters);
        (Self::with_model(model), paused)
    }

    /// Makes a fleet on this model server.
    pub(crate) fn with_model(model: ModelServer) -> Self {
        Self::on(Broker::Shared(Rabbit::shared()), Redis::start(), model)
    }

    /// Makes a fleet whose books are in another store than its own Redis.
    pub(crate) fn with_store(url: &str) -> Self {
        Self::new().with([("BINDERY_STORE__URL", url)])
    }

    fn on(broker: Broker, redis: Redis, model: ModelServer) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vhost = broker.vhost();
        let variables = [
            ("HOME", folder.path().to_string_lossy().into_owned()),
            ("BINDERY_PROVIDERS__STAND_IN__BASE_URL", model.base_url()),
            ("BINDERY_QUEUE__URL", vhost.clone()),
            ("BINDERY_STORE__URL", redis.url()),
            ("BINDERY_FILES__URL", "file:".to_owned()),
            ("BINDERY_DATA__DIR", folder.path().join("data").to_string_lossy().into_owned()),
            // A broker that serves many tests at once may take longer than the program is patient.
            ("BINDERY_QUEUE__TIMEOUT", "60s".to_owned()),
            ("SOURCE_DATE_EPOCH", "1790000000".to_owned()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).into();
        let (serving, orders, heals) = (Vec::new(), Cell::new(0), Heals::none());
        Self { folder, model, redis, broker, vhost, variables, serving, orders, heals }
    }

    /// Sets variables of the environment of all its processes.
    pub(crate) fn with<'a>(mut self, variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.variables.extend(variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        self
    }

    /// Starts a process for each of these roles, and keeps them serving until the fleet is left.
    pub(crate) fn serving(mut self, roles: &[&str]) -> Self {
        for role in roles {
            self.keep_serving(&[role]);
        }
        self
    }

    /// Expects its sweepers to have repaired something for each of these reasons, and for no other.
    pub(crate) fn expects_heals(&mut self, reasons: &[&str]) {
        self.heals.expect(reasons);
    }

    /// Lets its sweepers repair whatever they find.
    pub(crate) fn allows_heals(&mut self) {
        self.heals.allow_all();
    }

    /// Sets a variable of the environment of the processes that are started from now on.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// Gives the processes these settings too; the fleet's own hold over them.
    pub(crate) fn share(&mut self, settings: BTreeMap<String, String>) {
        for (name, value) in settings {
            self.variables.entry(name).or_insert(value);
        }
    }

    /// Publishes a body to an exchange as any program might, by pika, and waits for the broker's confirm.
    pub(crate) fn publish(&self, exchange: &str, key: &str, body: &[u8]) {
        self.publish_as(&self.vhost, (exchange, key), body, "").exits(0);
    }

    /// The same as whoever this URL says, with more of the message's properties, as Python writes keyword arguments.
    pub(crate) fn publish_as(&self, url: &str, (exchange, key): (&str, &str), body: &[u8], properties: &str) -> Ended {
        let path = self.path("body");
        fs::write(&path, body).unwrap();
        let program = format!(
            "import pika, sys\n\
             channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()\n\
             channel.confirm_delivery()\n\
             body, properties = open(sys.argv[4], 'rb').read(), pika.BasicProperties(message_id='by-hand', {properties})\n\
             channel.basic_publish(sys.argv[2], sys.argv[3], body, properties, mandatory=True)\n"
        );
        self.python(&program, &[url, exchange, key, path.to_str().unwrap()])
    }

    /// Runs a Python program that may use pika.
    pub(crate) fn python(&self, program: &str, arguments: &[&str]) -> Ended {
        let python = std::env::var_os("BINDERY_PYTHON").expect("BINDERY_PYTHON is a Python with pika: run tests/run");
        let mut command = Command::new(python);
        command.args(["-c", program]).args(arguments);
        Running::start(command).end()
    }

    /// Waits until something is so.
    #[track_caller]
    pub(crate) fn wait_until(&self, what: &str, mut so: impl FnMut() -> bool) {
        let until = Instant::now() + PATIENCE;
        while !so() {
            assert!(Instant::now() < until, "waited in vain until {what}");
            std::thread::sleep(LOOK);
        }
    }

    /// Waits until so many messages of a lane are ready or with consumers.
    #[track_caller]
    pub(crate) fn queues(&self, lane: &str, messages: u64) {
        self.wait_until(&format!("{messages} messages are in {lane}"), || self.queued(lane) == messages);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.start(arguments).end()
    }

    /// Runs the program with variables of its own.
    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
        self.start_with(arguments, variables).end()
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        self.start_with(arguments, &[])
    }

    fn start_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Running {
        self.start_by(Path::new(env!("CARGO_BIN_EXE_bindery")), arguments, variables)
    }

    fn start_by(&self, program: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Running {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.variables).envs(variables.iter().copied());
        command.current_dir(self.folder.path()).args(arguments);
        Running::start(command)
    }

    /// Starts a process with these roles, and waits until it serves.
    pub(crate) fn serve(&self, roles: &[&str]) -> Running {
        self.serve_with(roles, &[])
    }

    /// Starts a process that has variables of its own, and waits until it serves.
    pub(crate) fn serve_with(&self, roles: &[&str], variables: &[(&str, &str)]) -> Running {
        let mut process = self.start_with(&[&["serve"], roles].concat(), variables);
        process.says("Serving");
        process
    }

    /// Starts a process of another program with these roles, and waits until it serves.
    pub(crate) fn serve_by(&self, program: &Path, roles: &[&str]) -> Running {
        let mut process = self.start_by(program, &[&["serve"], roles].concat(), &[]);
        process.says("Serving");
        process
    }

    /// Starts a process that dies at a crash point.
    pub(crate) fn doomed(&self, role: &str, crash_point: &str) -> Running {
        self.serve_with(&[role], &[("CRASH_POINT", crash_point)])
    }

    /// Starts a process that serves until the fleet is left, with a data folder of its own.
    pub(crate) fn keep_serving_apart(&mut self, roles: &[&str], data: &str) {
        let mut process = self.start(&[&["--data", data, "serve"], roles].concat());
        process.says("Serving");
        self.serving.push(process);
    }

    /// Starts a process with these roles that tells of itself, and waits until it serves.
    pub(crate) fn serve_watched(&self, roles: &[&str]) -> (Running, Probes) {
        self.serve_watched_with(roles, &[])
    }

    /// Starts a process that tells of itself and has variables of its own, and waits until it serves.
    pub(crate) fn serve_watched_with(&self, roles: &[&str], variables: &[(&str, &str)]) -> (Running, Probes) {
        let (mut process, probes) = self.start_watched(roles, variables);
        process.says("Serving");
        (process, probes)
    }

    /// Starts a process that tells of itself and has variables of its own; its servers need not be there yet.
    pub(crate) fn start_watched(&self, roles: &[&str], variables: &[(&str, &str)]) -> (Running, Probes) {
        let variables = [&[("BINDERY_SERVE__ADMIN", "127.0.0.1:0")], variables].concat();
        let mut process = self.start_with(&[&["serve"], roles].concat(), &variables);
        let probes = Probes::at(&process.says("Metrics and probes"));
        (process, probes)
    }

    /// Starts a process that serves until the fleet is left.
    pub(crate) fn keep_serving(&mut self, roles: &[&str]) {
        let process = self.serve(roles);
        self.keep(process);
    }

    /// Keeps a process until the fleet is left.
    pub(crate) fn keep(&mut self, process: Running) {
        self.serving.push(process);
    }

    /// Saves an outline as `NAME.md`.
    pub(crate) fn outline(&self, name: &str, outline: &Outline) {
        fs::write(self.path(&format!("{name}.md")), outline.text()).unwrap();
    }

    /// Submits `NAME.md` and returns the book's id.
    #[track_caller]
    pub(crate) fn submit(&self, name: &str, more: &[&str]) -> String {
        let outline = format!("{name}.md");
        self.run(&[&["submit", &outline, "--no-plan"], more].concat()).exits(0).stdout.trim().to_owned()
    }

    /// Starts to submit an outline, for a test in which nobody may take it in for now.
    pub(crate) fn submits(&self, outline: &Outline, more: &[&str]) -> Running {
        self.outline("submitted", outline);
        self.start(&[&["submit", "submitted.md"], more].concat())
    }

    /// Submits an outline as a book of its own.
    #[track_caller]
    pub(crate) fn order(&self, outline: Outline) -> Ordered {
        let name = format!("book-{}", self.orders.replace(self.orders.get() + 1));
        self.outline(&name, &outline);
        Ordered { id: self.submit(&name, &[]), outline }
    }

    /// Waits until a book is settled, and checks that it is whole and that no edition of it was done twice.
    #[track_caller]
    pub(crate) fn finishes(&self, book: &Ordered) -> Ledger {
        let editions = self.editions(book);
        let distinct: BTreeSet<_> = editions.iter().collect();
        assert_eq!(distinct.len(), editions.len(), "an edition was done twice: {editions:?}");
        self.bound(book).is_whole(&book.chapters());
        self.ledger(&book.id)
    }

    /// Waits until a book is done, and returns which editions of it were, as often as they were.
    #[track_caller]
    pub(crate) fn editions(&self, book: &Ordered) -> Vec<u64> {
        let events = self.run(&["--json", "watch", &book.id]).exits(0).values();
        let done = events.iter().filter(|event| event["kind"] == "done");
        done.map(|event| event["edition"].as_u64().unwrap()).collect()
    }

    /// Reads a book that is done, as it was bound.
    #[track_caller]
    pub(crate) fn bound(&self, book: &Ordered) -> Book {
        let out = format!("out-{}", book.id);
        self.run(&["get", &book.id, "--out", &out]).exits(0);
        let stem = fs::read_dir(self.path(&out)).unwrap().next().unwrap().unwrap().path();
        let stem = stem.file_stem().unwrap().to_string_lossy().into_owned();
        Book::open(&self.path(&out), &stem)
    }

    /// Returns what the ledger says of a book.
    #[track_caller]
    pub(crate) fn ledger(&self, book: &str) -> Ledger {
        let status = self.run(&["--json", "status", book]).exits(0);
        Ledger::new(serde_json::from_str(&status.stdout).unwrap())
    }

    /// Returns the parts of a book whose text is kept.
    pub(crate) fn kept(&self, book: &Ordered) -> FinishedParts {
        FinishedParts::of(&self.ledger(&book.id), &self.model)
    }

    /// Returns how many messages of a lane are ready and with consumers.
    pub(crate) fn queued(&self, lane: &str) -> u64 {
        let state = self.lane(lane);
        state.ready + state.unacked
    }

    /// Returns what is in a lane's queue, which may not be there yet.
    pub(crate) fn lane(&self, lane: &str) -> QueueState {
        let state = self.broker.queue(&self.vhost, &format!("bindery.{lane}"));
        state.unwrap_or(QueueState { ready: 0, unacked: 0, consumers: 0 })
    }

    fn check_out(&mut self) {
        let books = self.run(&["--json", "books"]).exits(0).values();
        let leased = |book: &Value| {
            let ledger = self.ledger(book["id"].as_str().unwrap());
            ledger.tasks().iter().filter(|task| !task["lease"].is_null()).count()
        };
        assert_eq!(books.iter().map(leased).sum::<usize>(), 0, "tasks are left under a lease");
        for lane in QUEUES {
            self.queues(lane, 0);
        }
        for process in &self.serving {
            process.terminate();
        }
        for process in self.serving.drain(..) {
            self.heals.note(&process.end().exits(0));
        }
        self.heals.check();
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.check_out();
        }
    }
}
