//! How many orders a second the API receives, beside a bare publish, and whether repeats are accepted once.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use bindery_domain::Lane;
use futures_util::future::try_join_all;

use crate::{
    counts::count,
    http::{Answer, Connection},
    percentile::percentile,
    process::Launcher,
    raw_client::RawClient,
    servers::Servers,
    table::{Table, Verdict, heading},
};

/// The orders of a round. `BENCH_ORDERS` has another number.
const ORDERS: usize = 500;

/// How often the API and the yardstick are measured in turn.
const ROUNDS: usize = 9;

/// How many orders are under way at once, and how often each is repeated at once.
const AT_ONCE: usize = 16;

/// The least share of the yardstick that the API may reach.
const AIM: f64 = 0.5;

/// The pause between two looks at what is accepted.
const LOOK: Duration = Duration::from_millis(100);

/// How long a dispatcher may take to accept everything.
const TIMEOUT: Duration = Duration::from_secs(300);

/// Measures it.
pub(crate) async fn run() -> Result<Vec<Verdict>> {
    let orders = count("BENCH_ORDERS", ORDERS)?;
    heading(
        "Orders at one process of the API",
        &format!(
            "{AT_ONCE} clients post {orders} orders for books of ten chapters to `POST /v1/books`, each with a name of its own. The yardstick, \
             measured in turn with it {ROUNDS} times, is a raw client that publishes as many messages of the same length to a quorum queue, \
             {AT_ONCE} at once, and waits for each confirm. No dispatcher runs meanwhile. Then {orders} orders are each posted by \
             {AT_ONCE} clients at once, and a dispatcher accepts what has come."
        ),
    );
    let servers = Servers::start();
    let launcher = Launcher::new(&servers, "http://127.0.0.1:9/v1")?
        .set("BINDERY_API__ADDRESS", "127.0.0.1:0")
        .set("BINDERY_API__REQUESTS_PER_MINUTE", "1000000");
    let key = launcher.key()?;
    let api = launcher.start("api")?;
    let mut clients = Vec::with_capacity(AT_ONCE);
    for _ in 0..AT_ONCE {
        clients.push(Connection::open(api.api()?, &key).await?);
    }
    let raw_client = RawClient::connect(&servers, 1).await?;
    let body = order();
    let (mut own, mut raw) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let published = raw_client.publish_all(body.as_bytes(), orders, AT_ONCE).await?;
        let received = post_all(&mut clients, &format!("round-{round}"), orders, &body).await?;
        // The first round opens connections.
        if round > 0 {
            raw.push(published);
            own.push(received);
        }
    }
    let repeated = repeat_all(api.api()?, &key, orders, &body).await?;
    let books = (ROUNDS + 2) * orders;
    let accepted = accepted(&servers, &launcher, books).await?;
    Ok(vec![print(orders, &own, &raw), once(&repeated, &accepted, books)])
}

/// Returns the body of an order.
fn order() -> String {
    let chapter = |number: usize| format!("## Chapter {number}\n\n- What it is about\n- What follows from it\n\n");
    let chapters: String = (1..=10).map(chapter).collect();
    serde_json::json!({"outline": {"markdown": format!("# Knots\n\n{chapters}")}, "no_plan": true}).to_string()
}

/// Posts orders with all clients, and returns how long that took.
async fn post_all(clients: &mut [Connection], prefix: &str, orders: usize, body: &str) -> Result<Duration> {
    let (next, begun) = (&AtomicUsize::new(0), Instant::now());
    try_join_all(clients.iter_mut().map(|client| async move {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= orders {
                return anyhow::Ok(());
            }
            id(&client.post("/v1/books", &format!("{prefix}-{number}"), body).await?)?;
        }
    }))
    .await?;
    Ok(begun.elapsed())
}

/// Posts each of these orders with many clients at once, and returns the ids of the books.
async fn repeat_all(address: SocketAddr, key: &str, orders: usize, body: &str) -> Result<BTreeSet<String>> {
    let mut ids = BTreeSet::new();
    let mut clients = try_join_all((0..AT_ONCE).map(|_| Connection::open(address, key))).await?;
    for number in 0..orders {
        let name = format!("repeated-{number}");
        let answers = try_join_all(clients.iter_mut().map(|client| client.post("/v1/books", &name, body))).await?;
        let of_order = answers.iter().map(id).collect::<Result<BTreeSet<_>>>()?;
        ensure!(of_order.len() == 1, "the repeats of one order got {} ids", of_order.len());
        ids.extend(of_order);
    }
    Ok(ids)
}

/// Returns the id of the book that an order has received.
fn id(answer: &Answer) -> Result<String> {
    let said = String::from_utf8_lossy(&answer.body);
    ensure!(answer.status == 202, "an order was answered with {}: {said}", answer.status);
    let body: serde_json::Value = serde_json::from_str(&said)?;
    Ok(body["id"].as_str().context("the answer has an id")?.to_owned())
}

/// Has a dispatcher accept all that was received, and returns how often each book was accepted.
async fn accepted(servers: &Servers, launcher: &Launcher, books: usize) -> Result<BTreeMap<String, usize>> {
    let (store, queue) = (servers.store().await?, servers.queue().await?);
    let dispatcher = launcher.start("dispatcher")?;
    while store.books().await?.len() < books || queue.depth(Lane::Submissions).await? > 0 {
        ensure!(dispatcher.begun.elapsed() < TIMEOUT, "not all orders were accepted within {TIMEOUT:?}");
        tokio::time::sleep(LOOK).await;
    }
    // It finishes what is under way.
    dispatcher.terminate()?;
    dispatcher.ended()?;
    let mut accepted = BTreeMap::new();
    for book in store.books().await? {
        let events = store.events(&book.id, 0, 1_000).await?;
        let times = events.iter().filter(|event| event.what.name() == "accepted").count();
        accepted.insert(book.id.to_string(), times);
    }
    Ok(accepted)
}

/// Prints the rates, and holds them against the aims.
fn print(orders: usize, own: &[Duration], raw: &[Duration]) -> Verdict {
    let rate = |time: Duration| orders as f64 / time.as_secs_f64();
    let mut table = Table::new(&["a second", "median", "slowest round"]);
    for (name, times) in [("orders that the API receives", own), ("bare publishes with a confirm", raw)] {
        let at = |share| format!("{:.0}", rate(percentile(times, share)));
        table.row(&[&name, &at(0.5), &at(1.0)]);
    }
    table.print();
    let share = percentile(raw, 0.5).as_secs_f64() / percentile(own, 0.5).as_secs_f64();
    let promise = format!("the API receives orders at least {AIM} times as fast as a bare publish with a confirm");
    Verdict::new(promise, format!("{share:.2} times"), share >= AIM)
}

/// Holds what was accepted of the repeated orders against what was received.
fn once(repeated: &BTreeSet<String>, accepted: &BTreeMap<String, usize>, books: usize) -> Verdict {
    let twice = accepted.values().filter(|times| **times != 1).count();
    let lost = repeated.iter().filter(|id| !accepted.contains_key(*id)).count();
    let found = format!("{} books, {twice} accepted twice, {lost} lost", accepted.len());
    let promise = format!("{AT_ONCE} parallel repeats of each of {} orders accept nothing twice", repeated.len());
    Verdict::new(promise, found, accepted.len() == books && twice == 0 && lost == 0)
}
