//! What it costs a worker to be watched: metrics, traces and logs on, against all of them off.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use bindery_test_servers::{Rabbit, Redis};
use nix::{
    sys::resource::UsageWho,
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tempfile::TempDir;

use crate::{
    outline::Outline,
    stand_in::StandIn,
    table::{Table, Verdict, heading},
    usage,
};

const PAIRS: usize = 10;

/// What a worker is given to write, and what it writes with.
struct Load {
    name: &'static str,
    stand_in: &'static [&'static str],
    /// Calls under way at once.
    calls: usize,
    chapters: usize,
}

/// The first is what the promise is about. The second is the least work that a chapter can be, so the largest share that
/// watching can have.
const LOADS: [Load; 2] = [
    Load { name: "at its usual speed", stand_in: &[], calls: 160, chapters: 40 },
    Load { name: "at once", stand_in: &["--instant"], calls: 64, chapters: 300 },
];

/// The most that watching may add.
const PROMISE: f64 = 0.05;

/// Measures it in pairs of runs, one watched and one not.
pub(crate) fn run() -> Result<Vec<Verdict>> {
    heading(
        "Cost of being watched",
        "A worker of a fleet on RabbitMQ and Redis writes a book with chapters of 1,200 words in four sections. The \
         stand-in answers at its usual speed, 80 tokens a second in each of 160 calls, 40 chapters; and at once, 300 \
         chapters: the least work that a chapter can be, so the largest share that watching can have. Watched, the worker \
         serves metrics, which are read once a second, sends every span to a collector, as by default, and logs as JSON. \
         Processor time is the worker's alone, with its start and its end. Ten pairs, each of one book; the order within \
         a pair alternates.",
    );
    let mut table = Table::new(&[
        "the stand-in answers",
        "processor time of a chapter, all off",
        "all on",
        "more, median of pairs",
    ]);
    let mut adds = Vec::new();
    for load in LOADS {
        let [off, on, more] = measure(&load)?;
        let milliseconds = |time: f64| format!("{:.2} ms", time * 1e3);
        let found = (milliseconds(off), milliseconds(on), format!("{:+.1} %", more * 100.0));
        table.row(&[&load.name, &found.0, &found.1, &found.2]);
        adds.push((more, found));
    }
    table.print();
    let (more, (off, on, percent)) = adds.swap_remove(0);
    let found = format!("{off} off, {on} on, {percent}");
    Ok(vec![Verdict::new("metrics, traces and logs add at most 5 % to a chapter", found, more <= PROMISE)])
}

/// Returns the processor time of a chapter in seconds, unwatched and watched, and by which share the latter is more:
/// each the median of all pairs.
fn measure(load: &Load) -> Result<[f64; 3]> {
    let fleet = Fleet::start(load)?;
    // The first run of all warms what the others find warm.
    fleet.chapter(0, false)?;
    let mut pairs = Vec::new();
    for pair in 0..PAIRS {
        let mut both = [Duration::ZERO; 2];
        for watched in [pair % 2 == 0, pair % 2 == 1] {
            both[usize::from(watched)] = fleet.chapter(pair + 1, watched)?;
        }
        pairs.push(both);
    }
    ensure!(fleet.collector.received() > 0, "the collector was sent nothing");
    let median_of = |watched: usize| median(pairs.iter().map(|pair| pair[watched].as_secs_f64()).collect());
    let more = median(pairs.iter().map(|[off, on]| on.as_secs_f64() / off.as_secs_f64() - 1.0).collect());
    Ok([median_of(0), median_of(1), more])
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len().is_multiple_of(2) { f64::midpoint(values[middle - 1], values[middle]) } else { values[middle] }
}

/// All of a fleet but the worker.
struct Fleet {
    folder: TempDir,
    settings: Vec<(&'static str, String)>,
    chapters: usize,
    collector: Collector,
    _others: Vec<Stopped>,
    _model: StandIn,
    _store: Redis,
    _broker: Rabbit,
}

impl Fleet {
    fn start(load: &Load) -> Result<Self> {
        let (folder, model, collector) = (tempfile::tempdir()?, StandIn::start(load.stand_in)?, Collector::start()?);
        let (broker, store) = (Rabbit::start(), Redis::start());
        let settings = vec![
            ("HOME", folder.path().display().to_string()),
            ("BINDERY_PROVIDERS__STAND_IN__BASE_URL", model.url().to_owned()),
            ("BINDERY_MODEL__CALLS", load.calls.to_string()),
            ("BINDERY_QUEUE__URL", broker.vhost()),
            ("BINDERY_STORE__URL", store.url()),
            ("BINDERY_DATA__DIR", folder.path().join("data").display().to_string()),
        ];
        let chapters = load.chapters;
        let mut fleet = Self {
            folder,
            settings,
            chapters,
            collector,
            _others: Vec::new(),
            _model: model,
            _store: store,
            _broker: broker,
        };
        for role in ["dispatcher", "assembler"] {
            // Books have a trace, whether the worker sends its spans of it or not.
            let (process, _) = fleet.serve(role, &[("BINDERY_TRACE__OTLP_ENDPOINT", &fleet.collector.endpoint)])?;
            fleet._others.push(process);
        }
        Ok(fleet)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bindery"));
        command.env_clear().envs(self.settings.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.folder.path()).args(arguments);
        command
    }

    /// Starts a process with a role, and returns it with the address of its metrics, where it has one.
    fn serve(&self, role: &str, settings: &[(&str, &str)]) -> Result<(Stopped, Option<String>)> {
        let log = self.folder.path().join(format!("{role}.log"));
        let mut command = self.command(&["serve", role]);
        command.envs(settings.iter().copied()).stderr(File::create(&log)?).stdout(Stdio::null());
        let process = Stopped(command.spawn()?);
        let said = until(|| Ok(Some(fs::read_to_string(&log)?).filter(|said| said.contains("Serving"))))?;
        let metrics = said.lines().find_map(|line| line.strip_prefix("Metrics and probes are at http://"));
        Ok((process, metrics.map(|address| address.trim_end_matches('.').to_owned())))
    }

    /// Has a worker write a pair's book, and returns the processor time it took for each chapter.
    fn chapter(&self, pair: usize, watched: bool) -> Result<Duration> {
        let outline = self.folder.path().join("book.md");
        fs::write(&outline, Outline::seeded(pair as u64, self.chapters, (4, 1_200)).to_markdown())?;
        let on = [
            ("BINDERY_SERVE__ADMIN", "127.0.0.1:0"),
            ("BINDERY_TRACE__OTLP_ENDPOINT", self.collector.endpoint.as_str()),
            ("BINDERY_LOG__FORMAT", "json"),
        ];
        let (worker, metrics) = self.serve("worker", if watched { &on } else { &[("BINDERY_LOG__FILTER", "off")] })?;
        ensure!(metrics.is_some() == watched, "the worker is not watched as it was to be");
        let mut submitted = self.command(&["submit", "--no-plan", "--model", "stand-in:prose", "--wait", "--id"]);
        let mut submitted = submitted
            .arg(format!("{pair}-{watched}"))
            .arg(&outline)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let status = until(|| {
            metrics.iter().try_for_each(|address| read(address))?;
            std::thread::sleep(Duration::from_millis(900));
            Ok(submitted.try_wait()?)
        })?;
        ensure!(status.success(), "the book did not come out whole: {status}");
        Ok(worker.stop()? / u32::try_from(self.chapters)?)
    }
}

/// Reads the metrics as Prometheus does.
fn read(address: &str) -> Result<()> {
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET /metrics HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
    std::io::copy(&mut stream, &mut std::io::sink())?;
    Ok(())
}

/// Asks again until there is an answer.
fn until<T>(mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    for _ in 0..12_000 {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    anyhow::bail!("it took longer than two minutes")
}

/// A process that is stopped when it is dropped.
struct Stopped(Child);

impl Stopped {
    /// Asks it to stop, and returns the processor time it has used from its start to its end.
    fn stop(mut self) -> Result<Duration> {
        let before = usage::processor_time(UsageWho::RUSAGE_CHILDREN)?;
        kill(Pid::from_raw(i32::try_from(self.0.id())?), Signal::SIGTERM)?;
        let status = self.0.wait()?;
        ensure!(status.success(), "the worker ended with {status}");
        Ok(usage::processor_time(UsageWho::RUSAGE_CHILDREN)? - before)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A collector that takes everything and keeps nothing.
struct Collector {
    endpoint: String,
    bytes: Arc<AtomicU64>,
}

impl Collector {
    fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (endpoint, bytes) = (format!("http://{}", listener.local_addr()?), Arc::new(AtomicU64::new(0)));
        let counted = bytes.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counted = counted.clone();
                std::thread::spawn(move || while take(&stream, &counted).is_ok() {});
            }
        });
        Ok(Self { endpoint, bytes })
    }

    /// Returns how many bytes it was sent.
    fn received(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// Takes one request of a connection.
fn take(mut stream: &TcpStream, bytes: &AtomicU64) -> Result<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        ensure!(reader.read_line(&mut line)? > 0, "the connection has ended");
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().context("a length is a number")?;
        }
        if line == "\r\n" {
            break;
        }
    }
    std::io::copy(&mut reader.take(length), &mut std::io::sink())?;
    bytes.fetch_add(length, Ordering::Relaxed);
    Ok(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?)
}
