//! A thousand listeners of events at one process of the API: its memory, and how late they hear.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use bindery_ledger::{Hold, Operated, Operation};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::{
    canned_model::{CannedModel, Delay},
    counts::count,
    http::{Connection, Heard},
    in_process_fleet::{BookShape, FleetSettings, InProcessFleet},
    overhead::millis,
    percentile::percentile,
    process::Launcher,
    servers::Servers,
    table::{Table, Verdict, heading},
};

/// The listeners. `BENCH_LISTENERS` has another number.
const LISTENERS: usize = 1_000;

/// The events that each of them hears. `BENCH_EVENTS` has another number.
const EVENTS: usize = 100;

/// The most memory that all listeners may take, in bytes.
const MEMORY: u64 = 100_000_000;

/// The most that the p99 of the time from a commit to a listener may be.
const LATE: Duration = Duration::from_millis(100);

/// The time between two events.
const PAUSE: Duration = Duration::from_millis(300);

/// What a bare server sends for an event.
const BARE_EVENT: &str = "data: {\"book\":\"0123456789abcdef01234567\",\"number\":NUMBER,\"kind\":\"held\"}\n\n";

/// What a process that idles for so long has done all that it does at its start.
const IDLE: Duration = Duration::from_secs(1);

/// What all listeners of a path have heard.
struct Measured {
    lateness: Vec<Duration>,
    memory: u64,
}

/// Measures both.
pub(crate) async fn run() -> Result<Vec<Verdict>> {
    let (listeners, events) = (count("BENCH_LISTENERS", LISTENERS)?, count("BENCH_EVENTS", EVENTS)?);
    heading(
        &format!("{listeners} listeners at one process of the API"),
        &format!(
            "All listeners hear {events} events of one book: once by `/v1/books/{{id}}/events`, once by `/v1/events`. The time is from the \
             beginning of the commit in the store until a listener has read the event. The listeners run in the process of the \
             benchmark, on the same machine. The yardstick is a bare server there, which writes a line to as many connections. \
             Memory is the resident size of the process of the API after the last event, less that before the first listener."
        ),
    );
    provide_descriptors()?;
    let servers = Servers::start();
    let model = Arc::new(CannedModel::new(Delay::None, 1).await?);
    let fleet = InProcessFleet::start(&servers, model, FleetSettings { slots: 0, window: 1 }).await?;
    let bare = bare(listeners, events).await?;
    let mut table = Table::new(&["path", "memory", "p50", "p99", "worst"]);
    let row = |table: &mut Table, name: &str, memory: &str, lateness: &[Duration]| {
        let at = |share| millis(percentile(lateness, share));
        table.row(&[&name, &memory, &at(0.5), &at(0.99), &at(1.0)]);
    };
    let mut verdicts = Vec::new();
    for of_tenant in [false, true] {
        let measured = measure(&servers, &fleet, (listeners, events), of_tenant).await?;
        let path = if of_tenant { "/v1/events" } else { "/v1/books/{id}/events" };
        let megabytes = format!("{:.1} MB", measured.memory as f64 / 1e6);
        row(&mut table, path, &megabytes, &measured.lateness);
        let late = percentile(&measured.lateness, 0.99);
        verdicts.push(Verdict::new(
            format!("{listeners} listeners of {path} take under 100 MB"),
            megabytes,
            measured.memory < MEMORY,
        ));
        verdicts.push(Verdict::new(
            format!("they hear of a commit within 100 ms (p99), by {path}"),
            millis(late),
            late < LATE,
        ));
    }
    row(&mut table, "a bare server", "-", &bare);
    table.print();
    fleet.stop().await;
    Ok(verdicts)
}

/// Lets this process have as many connections as the system allows.
fn provide_descriptors() -> Result<()> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    Ok(setrlimit(Resource::RLIMIT_NOFILE, most, most)?)
}

/// Measures a process of the API whose listeners all hear one path.
async fn measure(
    servers: &Servers,
    fleet: &InProcessFleet,
    (listeners, events): (usize, usize),
    of_tenant: bool,
) -> Result<Measured> {
    let launcher = Launcher::new(servers, "http://127.0.0.1:9/v1")?
        .set("BINDERY_API__ADDRESS", "127.0.0.1:0")
        .set("BINDERY_API__REQUESTS_PER_MINUTE", "1000000")
        .set("BINDERY_API__STREAMS_PER_KEY", "1000000");
    let key = launcher.key()?;
    let api = launcher.start("api")?;
    tokio::time::sleep(IDLE).await;
    let idle = api.memory()?.now;
    let book = fleet.submit(&format!("Heard by {of_tenant}"), BookShape { chapters: 1, sections: 1 }).await?.book;
    fleet.released(&book).await?;
    let path = if of_tenant { "/v1/events".to_owned() } else { format!("/v1/books/{book}/events") };
    let store = &fleet.ports.store;
    let before = store.last_events(std::slice::from_ref(&book)).await?[0];
    let mut hearing = JoinSet::new();
    for listener in open(api.api()?, &key, &path, listeners).await? {
        hearing.spawn(hear(listener, before, events));
    }
    tokio::time::sleep(IDLE).await;
    let mut commits = Vec::with_capacity(events);
    for number in 0..events {
        let operation = if number % 2 == 0 { Operation::Hold } else { Operation::Lift(Hold::Operator) };
        commits.push(Instant::now());
        let done = store.operate(&book, operation).await?;
        ensure!(matches!(done, Some(Operated::Done { .. })), "the book could not be held or lifted: {done:?}");
        tokio::time::sleep(PAUSE).await;
    }
    let lateness = lateness(hearing, before, &commits).await?;
    Ok(Measured { lateness, memory: api.memory()?.now.saturating_sub(idle) })
}

/// Opens the streams of all listeners.
async fn open(address: SocketAddr, key: &str, path: &str, listeners: usize) -> Result<Vec<Connection>> {
    let mut open = Vec::with_capacity(listeners);
    for _ in 0..listeners {
        let mut connection = Connection::open(address, key).await?;
        connection.listen(path).await?;
        open.push(connection);
    }
    Ok(open)
}

/// Hears the events behind a number, each of which must be the next one.
async fn hear(mut connection: Connection, before: u64, events: usize) -> Result<Vec<Heard>> {
    let mut all: Vec<Heard> = Vec::with_capacity(events);
    while all.len() < events {
        let heard = connection.heard().await?;
        if heard.number > before {
            let wanted = before + 1 + all.len() as u64;
            ensure!(heard.number == wanted, "event {} was heard in the place of event {wanted}", heard.number);
            all.push(heard);
        }
    }
    Ok(all)
}

/// Waits for all listeners, and returns how late each was with each event.
async fn lateness(mut hearing: JoinSet<Result<Vec<Heard>>>, before: u64, commits: &[Instant]) -> Result<Vec<Duration>> {
    let mut lateness = Vec::with_capacity(hearing.len() * commits.len());
    while let Some(heard) = hearing.join_next().await {
        for Heard { number, at } in heard?? {
            let commit = commits.get((number - before - 1) as usize).context("an event has no commit")?;
            lateness.push(at.duration_since(*commit));
        }
    }
    Ok(lateness)
}

/// Measures a server that writes a line to as many connections and does nothing else.
async fn bare(listeners: usize, events: usize) -> Result<Vec<Duration>> {
    let server = TcpListener::bind("127.0.0.1:0").await?;
    let (mut hearing, mut streams) = (JoinSet::new(), Vec::<TcpStream>::with_capacity(listeners));
    for _ in 0..listeners {
        let (connection, accepted) = tokio::join!(Connection::open(server.local_addr()?, ""), server.accept());
        hearing.spawn(hear(connection?, 0, events));
        streams.push(accepted?.0);
    }
    let mut commits = Vec::with_capacity(events);
    for number in 1..=events {
        let event = BARE_EVENT.replace("NUMBER", &number.to_string());
        commits.push(Instant::now());
        for stream in &mut streams {
            stream.write_all(event.as_bytes()).await?;
        }
        tokio::time::sleep(PAUSE / 10).await;
    }
    lateness(hearing, 0, &commits).await
}
