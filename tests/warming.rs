//! Does one call warm the server's cache where writing it costs extra, and does nothing else wait for it?

use bindery_stand_in::PausedChapters;

use crate::{
    budget::bench,
    support::{Bench, ModelServer, Outline},
};

/// The calls for the briefs of the book, which are made at once.
const BRIEFS: u64 = 3;

/// All calls of the book: those for its briefs and for its sections.
const CALLS: u64 = 9;

/// The least tokens that the calls share, as the server counts them.
const SHARED: u64 = 640;

/// Returns a bench whose model charges this price for writing its cache, and answers no call until the test resumes.
fn held_back(cache_write: f64) -> (Bench, PausedChapters) {
    let (model, paused) = ModelServer::held_back([1, 2, 3]);
    let prices = format!(
        "[[price]]\nmodel = \"press:prose\"\ninput = 3.0\ncached = 0.3\ncache_write = {cache_write}\noutput = 15.0\n"
    );
    let bench = bench(Bench::on(model), &prices);
    // Servers do not cache a short prefix.
    let description = "How harbours told the time before there were clocks. ".repeat(80);
    let outline = Outline::of(&["Staffs", "Moons", "Machines"]).text();
    bench.file("book.md", outline.replacen("\n## ", &format!("\n{description}\n\n## "), 1));
    (bench, paused)
}

#[test]
fn one_call_goes_first_and_the_others_read_what_it_wrote() {
    let (bench, paused) = held_back(3.75);
    let run = bench.begin(&["--no-plan", "--yes"]);
    bench.model.wait_for("the first call", |stats| stats.in_flight == 1);
    paused.resume_all();
    run.end().exits(0);
    let stats = bench.model.stats();
    assert_eq!(stats.calls, CALLS);
    assert!(stats.cached_tokens >= SHARED * (CALLS - 1), "{stats:?}");
}

#[test]
fn no_call_waits_where_writing_the_cache_costs_nothing_extra() {
    let (bench, paused) = held_back(3.0);
    let run = bench.begin(&["--no-plan", "--yes"]);
    bench.model.wait_for("all calls before the first answer", |stats| stats.in_flight == BRIEFS);
    paused.resume_all();
    run.end().exits(0);
    assert_eq!(bench.model.stats().calls, CALLS);
}
