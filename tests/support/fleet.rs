//! A private fleet: a broker's own virtual host, a Redis, a model server, and the program's processes on them.

use std::{
    collections::BTreeMap,
    fs,
    ops::Deref,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use bindery_stand_in::Faults;
use bindery_test_servers::{Rabbit, Redis};
use serde_json::Value;
use tempfile::TempDir;

use super::{Book, Ended, Ledger, ModelServer, Outline, Probes, Running, book::Sections};

/// Longer than anything a test waits for takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

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

/// A private fleet. On its way out it checks that nothing is queued, leased or dead-lettered.
pub(crate) struct Fleet {
    folder: TempDir,
    pub(crate) model: ModelServer,
    pub(crate) redis: Redis,
    pub(crate) broker: Broker,
    pub(crate) vhost: String,
    variables: BTreeMap<String, String>,
    serving: Vec<Running>,
}

impl Fleet {
    pub(crate) fn new() -> Self {
        Self::with_faults(Faults::none())
    }

    pub(crate) fn with_faults(faults: Faults) -> Self {
        Self::on(Broker::Shared(Rabbit::shared()), faults)
    }

    /// Makes a fleet with a broker of its own, which may be killed.
    pub(crate) fn with_own_broker() -> Self {
        Self::on(Broker::Own(Box::new(Rabbit::start())), Faults::none())
    }

    /// Makes a fleet whose books are in another store than its own Redis.
    pub(crate) fn with_store(url: &str) -> Self {
        let mut fleet = Self::new();
        fleet.variables.insert("BINDERY_STORE__URL".to_owned(), url.to_owned());
        fleet
    }

    fn on(broker: Broker, faults: Faults) -> Self {
        let (folder, model) = (tempfile::tempdir().unwrap(), ModelServer::with_faults(faults));
        let redis = Redis::start();
        let vhost = broker.vhost();
        let variables = [
            ("HOME", folder.path().to_string_lossy().into_owned()),
            ("BINDERY_PROVIDERS__STAND_IN__BASE_URL", model.base_url()),
            ("BINDERY_QUEUE__URL", vhost.clone()),
            ("BINDERY_STORE__URL", redis.url()),
            ("BINDERY_FILES__URL", "file:".to_owned()),
            ("BINDERY_DATA__DIR", folder.path().join("data").to_string_lossy().into_owned()),
            // Short, so that a test sees a dead process's work taken up within seconds.
            ("BINDERY_LEDGER__LEASE", "2s".to_owned()),
            ("BINDERY_LEDGER__RENEW", "500ms".to_owned()),
            ("BINDERY_LEDGER__PUBLISH_GRACE", "1s".to_owned()),
            ("SOURCE_DATE_EPOCH", "1790000000".to_owned()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).into();
        Self { folder, model, redis, broker, vhost, variables, serving: Vec::new() }
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
        let python = std::env::var_os("BINDERY_PYTHON").expect("BINDERY_PYTHON is a Python with pika: run tests/run");
        let path = self.path("body");
        fs::write(&path, body).unwrap();
        let program = "import pika, sys\n\
            channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()\n\
            channel.confirm_delivery()\n\
            headers = {'x-nobody-knows': 7, 'x-nor-this': 'a text'}\n\
            body = open(sys.argv[4], 'rb').read()\n\
            properties = pika.BasicProperties(message_id='by-hand', headers=headers)\n\
            channel.basic_publish(sys.argv[2], sys.argv[3], body, properties, mandatory=True)\n";
        let mut command = Command::new(python);
        command.args(["-c", program, &self.vhost, exchange, key]).arg(&path);
        Running::start(command).end().exits(0);
    }

    /// Waits until so many messages of a lane are ready or with consumers.
    #[track_caller]
    pub(crate) fn queues(&self, lane: &str, messages: u64) {
        let until = Instant::now() + PATIENCE;
        while self.queued(lane) != messages {
            assert!(Instant::now() < until, "{} messages are in {lane}, not {messages}", self.queued(lane));
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(Path::new(env!("CARGO_BIN_EXE_bindery")), arguments)
    }

    fn command_of(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.variables).current_dir(self.folder.path()).args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.start(arguments).end()
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        Running::start(self.command(arguments))
    }

    /// Starts a process with these roles, and waits until it serves.
    pub(crate) fn serve(&self, roles: &[&str]) -> Running {
        let mut process = self.start(&[&["serve"], roles].concat());
        process.says("Serving");
        process
    }

    /// Starts a process of another program with these roles, and waits until it serves.
    pub(crate) fn serve_by(&self, program: &Path, roles: &[&str]) -> Running {
        let mut process = Running::start(self.command_of(program, &[&["serve"], roles].concat()));
        process.says("Serving");
        process
    }

    /// Waits until it is so, and fails where it never is.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, so: impl Fn(&Self) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !so(self) {
            assert!(Instant::now() < until, "{what}: that was waited for in vain");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Starts a process that serves until the fleet is left, with a data folder of its own.
    pub(crate) fn keep_serving_apart(&mut self, roles: &[&str], data: &str) {
        let mut process = self.start(&[&["--data", data, "serve"], roles].concat());
        process.says("Serving");
        self.serving.push(process);
    }

    /// Starts a process with these roles that tells of itself, and waits until it serves.
    pub(crate) fn serve_watched(&self, roles: &[&str]) -> (Running, Probes) {
        let mut command = self.command(&[&["serve"], roles].concat());
        command.env("BINDERY_SERVE__ADMIN", "127.0.0.1:0");
        let mut process = Running::start(command);
        let probes = Probes::at(&process.says("Metrics and probes"));
        process.says("Serving");
        (process, probes)
    }

    /// Starts a process that serves until the fleet is left.
    pub(crate) fn keep_serving(&mut self, roles: &[&str]) {
        let process = self.serve(roles);
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

    /// Waits until a book is settled, and checks that it is whole.
    #[track_caller]
    pub(crate) fn finishes(&self, book: &str, outline: &Outline) -> Ledger {
        self.run(&["watch", book]).exits(0);
        let out = format!("out-{book}");
        self.run(&["get", book, "--out", &out]).exits(0);
        let stem = fs::read_dir(self.path(&out)).unwrap().next().unwrap().unwrap().path();
        let stem = stem.file_stem().unwrap().to_string_lossy().into_owned();
        let chapter = |chapter: &super::Chapter| (chapter.title.clone(), Sections::Titled(chapter.sections.clone()));
        let titled: Vec<_> = outline.chapters.iter().map(chapter).collect();
        Book::open(&self.path(&out), &stem).is_whole(&titled);
        self.ledger(book)
    }

    /// Returns what the ledger says of a book.
    pub(crate) fn ledger(&self, book: &str) -> Ledger {
        let status = self.run(&["--json", "status", book]).exits(0);
        Ledger::new(serde_json::from_str(&status.stdout).unwrap())
    }

    /// Returns how many messages of a lane are ready and with consumers.
    pub(crate) fn queued(&self, lane: &str) -> u64 {
        let state = self.broker.queue(&self.vhost, &format!("bindery.{lane}"));
        state.map_or(0, |state| state.ready + state.unacked)
    }

    fn check_out(&self) {
        let books = self.run(&["--json", "books"]).exits(0).values();
        let leased = |book: &Value| {
            let ledger = self.ledger(book["id"].as_str().unwrap());
            ledger.tasks().iter().filter(|task| !task["lease"].is_null()).count()
        };
        assert_eq!(books.iter().map(leased).sum::<usize>(), 0, "tasks are left under a lease");
        let until = Instant::now() + PATIENCE;
        while QUEUES.iter().any(|lane| self.queued(lane) > 0) {
            let left: Vec<_> = QUEUES.iter().map(|lane| (lane, self.queued(lane))).collect();
            assert!(Instant::now() < until, "messages are left: {left:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.check_out();
        }
        for process in self.serving.drain(..) {
            process.kill();
        }
    }
}
