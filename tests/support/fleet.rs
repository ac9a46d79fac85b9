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
use super::{Book, Ended, FinishedParts, Ledger, ModelServer, Outline, Probes, Running};

/// The longest wait of a test, long enough for a busy machine.
const TIMEOUT: Duration = Duration::from_secs(120);

/// The pause between two checks of a condition.
const LOOK: Duration = Duration::from_millis(50);

/// The lanes that must be empty at the end of a test.
const QUEUES: [&str; 8] = ["submissions", "commands", "plans", "chapters", "solo", "bindings", "webhooks", "dead"];

/// A broker that all tests of this process share, or one for a single test.
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

/// A submitted book with its outline.
pub(crate) struct Ordered {
    pub(crate) id: String,
    pub(crate) outline: Outline,
}

/// A book that is being submitted.
pub(crate) struct Ordering {
    name: String,
    running: Running,
    outline: Outline,
}

/// The exit code of a command that could not reach the fleet.
const UNAVAILABLE: i32 = 69;

impl Ordering {
    /// Waits until the book is accepted. If the submission cannot reach the fleet, it is made again, as a sender would.
    #[track_caller]
    pub(crate) fn accepted(self, fleet: &Fleet) -> Ordered {
        let (mut running, until) = (self.running, Instant::now() + TIMEOUT);
        loop {
            let ended = running.end();
            if ended.code != Some(UNAVAILABLE) || Instant::now() > until {
                return Ordered { id: ended.exits(0).stdout.trim().to_owned(), outline: self.outline };
            }
            running = fleet.submitting(&self.name);
        }
    }
}

/// Where a message enters the broker.
#[derive(Clone, Copy)]
pub(crate) struct Route<'a> {
    pub(crate) exchange: &'a str,
    pub(crate) key: &'a str,
}

impl Route<'static> {
    /// Takes messages to the dispatchers as submissions.
    pub(crate) const SUBMISSION: Self = Self { exchange: "bindery.submit", key: "book.submit" };

    /// Takes messages to the dispatchers as commands.
    pub(crate) const COMMAND: Self = Self { exchange: "bindery.submit", key: "book.command" };

    /// Takes messages to the workers as chapters.
    pub(crate) const CHAPTER: Self = Self { exchange: "", key: "bindery.chapters" };
}

/// A private fleet. Its timers have their default values unless a test sets them. Then only messages, and no timer, can
/// repair what goes wrong during a test.
///
/// When it is dropped, it checks that no message is left, that no task has a lease, and that every process drains and exits
/// with 0. Its sweepers must have repaired only what the test expects.
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

/// Returns settings with which the work of a dead process is continued within seconds.
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

    /// Makes a fleet with a broker of its own, which the test can kill.
    pub(crate) fn with_own_broker(model: ModelServer) -> Self {
        Self::on(Broker::Own(Box::new(Rabbit::start())), Redis::start(), model)
    }

    /// Makes a fleet whose model answers no call about these chapters until the test resumes them.
    pub(crate) fn held_back(chapters: impl IntoIterator<Item = u32>) -> (Self, PausedChapters) {
        let (model, paused) = ModelServer::held_back(chapters);
        (Self::with_model(model), paused)
    }

    /// Makes a fleet that calls this model server.
    pub(crate) fn with_model(model: ModelServer) -> Self {
        Self::on(Broker::Shared(Rabbit::shared()), Redis::start(), model)
    }

    /// Makes a fleet with the store at this URL.
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
            // A broker that serves many tests at once can be slower than the default timeout.
            ("BINDERY_QUEUE__TIMEOUT", "60s".to_owned()),
            ("SOURCE_DATE_EPOCH", "1790000000".to_owned()),
            // Most tests act while a book is written, which may be done before the store has it on disk.
            ("BINDERY_SERVE__WAIT_FOR_DISK", "false".to_owned()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).into();
        let (serving, orders, heals) = (Vec::new(), Cell::new(0), Heals::none());
        Self { folder, model, redis, broker, vhost, variables, serving, orders, heals }
    }

    /// Sets variables in the environment of all processes.
    pub(crate) fn with<'a>(mut self, variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.variables.extend(variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        self
    }

    /// Starts a process for each of these roles, and keeps them until the fleet is dropped.
    pub(crate) fn serving(mut self, roles: &[&str]) -> Self {
        for role in roles {
            self.keep_serving(&[role]);
        }
        self
    }

    /// Expects heals for each of these reasons, and for no other.
    pub(crate) fn expects_heals(&mut self, reasons: &[&str]) {
        self.heals.expect(reasons);
    }

    /// Allows any heals.
    pub(crate) fn allows_heals(&mut self) {
        self.heals.allow_all();
    }

    /// Sets a variable in the environment of the processes that start from now on.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// Adds settings for the processes. The settings that the fleet already has override them.
    pub(crate) fn share(&mut self, settings: BTreeMap<String, String>) {
        for (name, value) in settings {
            self.variables.entry(name).or_insert(value);
        }
    }

    /// Publishes a body with pika, as another program would, and waits for the confirm of the broker.
    pub(crate) fn publish(&self, route: Route<'_>, body: &[u8]) {
        self.publish_as(&self.vhost, route, body, "").exits(0);
    }

    /// Publishes a body as the user in a URL. `properties` are further properties of the message, as keyword arguments of
    /// Python.
    pub(crate) fn publish_as(&self, url: &str, route: Route<'_>, body: &[u8], properties: &str) -> Ended {
        let path = self.path("body");
        fs::write(&path, body).unwrap();
        let program = format!(
            "import pika, sys\n\
             channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()\n\
             channel.confirm_delivery()\n\
             body, properties = open(sys.argv[4], 'rb').read(), pika.BasicProperties(message_id='by-hand', {properties})\n\
             channel.basic_publish(sys.argv[2], sys.argv[3], body, properties, mandatory=True)\n"
        );
        self.python(&program, &[url, route.exchange, route.key, path.to_str().unwrap()])
    }

    /// Runs a Python program that may use pika.
    pub(crate) fn python(&self, program: &str, arguments: &[&str]) -> Ended {
        let python = std::env::var_os("BINDERY_PYTHON").expect("BINDERY_PYTHON is a Python with pika: run tests/run");
        let mut command = Command::new(python);
        command.args(["-c", program]).args(arguments);
        Running::start(command).end()
    }

    /// Has the broker give up the messages of a queue after this many deliveries.
    pub(crate) fn limit_deliveries(&self, queue: &str, deliveries: u32) {
        let vhost = self.vhost.rsplit('/').next().unwrap();
        let program = "import base64, json, sys, urllib.request as web\n\
                       address, user, vhost, queue, limit = sys.argv[1:]\n\
                       policy = {'pattern': '^' + queue + '$', 'apply-to': 'queues', 'definition': {'delivery-limit': int(limit)}}\n\
                       request = web.Request(f'{address}/api/policies/{vhost}/{queue}', json.dumps(policy).encode(), method='PUT')\n\
                       request.add_header('Authorization', 'Basic ' + base64.b64encode(user.encode()).decode())\n\
                       request.add_header('Content-Type', 'application/json')\n\
                       web.urlopen(request)\n";
        let management = self.broker.management_url();
        let (user, host) = management.trim_start_matches("http://").split_once('@').unwrap();
        let (address, limit) = (format!("http://{host}"), deliveries.to_string());
        self.python(program, &[&address, user, vhost, queue, &limit]).exits(0);
    }

    /// Waits until a condition is true. `what` names the condition.
    #[track_caller]
    pub(crate) fn wait_until(&self, what: &str, mut so: impl FnMut() -> bool) {
        let until = Instant::now() + TIMEOUT;
        while !so() {
            assert!(Instant::now() < until, "waited in vain until {what}");
            std::thread::sleep(LOOK);
        }
    }

    /// Waits until this many messages of a lane are ready or unacknowledged.
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

    /// Runs the program with further variables.
    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
        self.start_with(arguments, variables).end()
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        self.start_with(arguments, &[])
    }

    fn start_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Running {
        self.start_by(Path::new(env!("CARGO_BIN_EXE_bindery")), arguments, variables)
    }

    /// Starts a program with further variables.
    pub(crate) fn start_by(&self, program: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Running {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.variables).envs(variables.iter().copied());
        command.current_dir(self.folder.path()).args(arguments);
        Running::start(command)
    }

    /// Starts a process with these roles, and waits until it serves.
    pub(crate) fn serve(&self, roles: &[&str]) -> Running {
        self.serve_with(roles, &[])
    }

    /// Starts a process with further variables, and waits until it serves.
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

    /// Starts a process with a data folder of its own, and keeps it until the fleet is dropped.
    pub(crate) fn keep_serving_apart(&mut self, roles: &[&str], data: &str) {
        let mut process = self.start(&[&["--data", data, "serve"], roles].concat());
        process.says("Serving");
        self.serving.push(process);
    }

    /// Starts a process with metrics and probes, and waits until it serves.
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

    /// Starts a process and keeps it until the fleet is dropped.
    pub(crate) fn keep_serving(&mut self, roles: &[&str]) {
        let process = self.serve(roles);
        self.keep(process);
    }

    /// Keeps a process until the fleet is dropped.
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

    /// Starts to submit an outline, without waiting for the answer.
    pub(crate) fn submits(&self, outline: &Outline, more: &[&str]) -> Running {
        self.outline("submitted", outline);
        self.start(&[&["submit", "submitted.md"], more].concat())
    }

    /// Submits an outline as a new book.
    #[track_caller]
    pub(crate) fn order(&self, outline: Outline) -> Ordered {
        let name = self.named(&outline);
        Ordered { id: self.submit(&name, &[]), outline }
    }

    /// Begins to submit an outline as a new book, beside those that are being submitted.
    pub(crate) fn orders(&self, outline: Outline) -> Ordering {
        let name = self.named(&outline);
        Ordering { running: self.submitting(&name), name, outline }
    }

    fn submitting(&self, name: &str) -> Running {
        self.start(&["submit", &format!("{name}.md"), "--no-plan"])
    }

    /// Saves an outline under a new name.
    fn named(&self, outline: &Outline) -> String {
        let name = format!("book-{}", self.orders.replace(self.orders.get() + 1));
        self.outline(&name, outline);
        name
    }

    /// Waits until a book is done, and checks that it is whole and that no edition of it was finished twice.
    #[track_caller]
    pub(crate) fn finishes(&self, book: &Ordered) -> Ledger {
        let editions = self.editions(book);
        let distinct: BTreeSet<_> = editions.iter().collect();
        assert_eq!(distinct.len(), editions.len(), "an edition was finished twice: {editions:?}");
        self.bound(book).is_whole(&book.outline.expected());
        self.ledger(&book.id)
    }

    /// Waits until a book is done, and returns the edition of each `done` event.
    #[track_caller]
    pub(crate) fn editions(&self, book: &Ordered) -> Vec<u64> {
        let events = self.run(&["--json", "watch", &book.id]).exits(0).values();
        let done = events.iter().filter(|event| event["kind"] == "done");
        done.map(|event| event["edition"].as_u64().unwrap()).collect()
    }

    /// Reads the files of a book that is done.
    #[track_caller]
    pub(crate) fn bound(&self, book: &Ordered) -> Book {
        let out = format!("out-{}", book.id);
        self.run(&["get", &book.id, "--out", &out]).exits(0);
        let stem = fs::read_dir(self.path(&out)).unwrap().next().unwrap().unwrap().path();
        let name = stem.file_name().unwrap().to_string_lossy().into_owned();
        // A score's files have two endings, as in `tides.score.html`.
        let stem = name.split('.').next().unwrap().to_owned();
        Book::open(&self.path(&out), &stem)
    }

    /// Returns the ledger's records of a book.
    #[track_caller]
    pub(crate) fn ledger(&self, book: &str) -> Ledger {
        let status = self.run(&["--json", "status", book]).exits(0);
        Ledger::new(serde_json::from_str(&status.stdout).unwrap())
    }

    /// Returns the parts of a book whose text is kept.
    pub(crate) fn kept(&self, book: &Ordered) -> FinishedParts {
        FinishedParts::of(&self.ledger(&book.id), &self.model)
    }

    /// Returns how many messages of a lane are ready or unacknowledged.
    pub(crate) fn queued(&self, lane: &str) -> u64 {
        let state = self.lane(lane);
        state.ready + state.unacked
    }

    /// Returns the state of the queue of a lane. A queue that does not exist yet counts as empty.
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
        assert_eq!(books.iter().map(leased).sum::<usize>(), 0, "tasks still have a lease");
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
