//! Does a book never cost more than its budget, and does nothing cost money that was not asked for?

use bindery_stand_in::Faults;

use crate::support::{Bench, Outline};

/// The price of a prompt token in micro-dollars.
const INPUT: u64 = 3;

/// The price of an output token in micro-dollars.
const OUTPUT: u64 = 15;

fn outline() -> Outline {
    Outline::of(&["Staffs", "Moons", "Machines", "Harbours", "Almanacs", "Pilots"])
}

/// Configures a bench with a model that costs money.
pub(crate) fn bench(bench: Bench, prices: &str) -> Bench {
    bench.outline(&outline());
    bench.file("prices.toml", prices);
    let settings = format!(
        "[model]\nname = \"press:prose\"\nprices_file = \"prices.toml\"\n\n[providers.press]\nbase_url = \"{}\"\nkey_env = \"PRESS_KEY\"\n",
        bench.model.base_url()
    );
    bench.file("bindery.toml", settings);
    bench.set("PRESS_KEY", "secret")
}

/// Returns a bench with a model that costs money.
pub(crate) fn priced() -> Bench {
    priced_on(Bench::new())
}

/// Returns a bench with a model whose tokens have these prices.
pub(crate) fn priced_at(input: u64, output: u64) -> Bench {
    bench(Bench::new(), &price_list(input, output))
}

/// Returns a bench with a model whose price is not known.
pub(crate) fn unpriced() -> Bench {
    bench(Bench::new(), "[[price]]\nmodel = \"press:verse\"\ninput = 3.0\noutput = 15.0\n")
}

/// Puts a model that costs money on a bench.
pub(crate) fn priced_on(unpriced: Bench) -> Bench {
    bench(unpriced, &price_list(INPUT, OUTPUT))
}

fn price_list(input: u64, output: u64) -> String {
    format!("date = \"2026-01-01\"\n\n[[price]]\nmodel = \"press:prose\"\ninput = {input}.0\noutput = {output}.0\n")
}

/// Returns the cost of the tokens that the server counted.
fn cost(bench: &Bench) -> u64 {
    let stats = bench.model.stats();
    stats.input_tokens * INPUT + stats.output_tokens * OUTPUT
}

fn dollars(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

#[test]
fn a_book_is_held_before_it_passes_its_budget_and_continues_with_a_larger_one() {
    let whole = priced();
    whole.write(&["--yes"]).exits(0);
    let needed = cost(&whole);
    let spent = |bench: &Bench| bench.ledger().book("money")["spent"].as_u64().unwrap();
    assert_eq!(spent(&whole), needed, "the ledger and the server count differently");

    let bench = priced();
    let mut held = 0;
    for share in [2, 4, 6, 8] {
        let budget = needed * share / 10;
        let run = bench.write(&["--budget", &dollars(budget)]);
        assert!(cost(&bench) <= budget, "{} of {budget} were spent", cost(&bench));
        assert_eq!(spent(&bench), cost(&bench));
        if run.code == Some(3) {
            held += 1;
            run.tells(&["held (budget)"]);
        }
    }
    assert!(held >= 3, "the budgets held the book {held} times");
    assert!(cost(&bench) > 0, "nothing was written within the budgets");
    bench.write(&["--budget", &dollars(needed * 10)]).exits(0);
    bench.holds(&outline());
    assert_eq!(cost(&bench), needed, "being held cost money");
}

#[test]
fn a_budget_without_a_price_is_refused() {
    let bench = unpriced();
    bench.write(&["--budget", "5"]).exits(64).tells(&["the price of press:prose is not known", "prices_file"]);
    assert_eq!(bench.model.stats().calls, 0);
}

#[test]
fn a_dry_run_prints_an_estimate_and_makes_no_call() {
    let bench = priced();
    let told = bench.write(&["--dry-run"]).exits(0).stdout;
    assert!(told.contains("\"The Keeper of Tides\" with press:prose: 19 calls"), "{told}");
    assert!(told.contains("about $0."), "{told}");
    assert_eq!(bench.model.stats().calls + bench.model.stats().rejected, 0);
    assert!(bench.run(&["books"]).exits(0).stdout.is_empty(), "a dry run left a book behind");
}

#[test]
fn an_estimate_leaves_out_what_is_already_done() {
    // Chapter 3 is given up in the first run, and written in the second.
    let refused =
        Faults::from_script(r#"{"match":{"task":"section","chapter":3,"section":1},"fault":"empty","times":5}"#)
            .unwrap();
    let bench = priced_on(Bench::with_faults(refused));
    bench.calls_may_be_lost();
    bench.write(&["--yes"]).exits(1).tells(&[": 19 calls"]);
    bench.write(&["--yes"]).exits(0).tells(&[": 3 calls"]);
    bench
        .run(&["rewrite", "book.md", "--chapter", "2", "--chapter", "5", "--out", "out", "--yes"])
        .exits(0)
        .tells(&[": 6 calls"]);
}
