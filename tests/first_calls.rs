//! Does a run by hand end within seconds where no call can be answered, with words that help, and does a later run go on?

use std::{
    fs,
    time::{Duration, Instant},
};

use bindery_stand_in::{Fault, Faults, Match, Rule};

use crate::support::{Bench, three_chapters};

/// The longest that such a run may take, on a busy machine.
const SECONDS: Duration = Duration::from_secs(30);

fn bench(rule: Rule) -> Bench {
    Bench::with_faults(Faults::none().with_rule(rule))
}

#[test]
fn a_run_that_meets_nobody_listening_ends_within_seconds_and_names_the_address() {
    // No server listens on the discard port.
    let nobody = Bench::new().set("BINDERY_PROVIDERS__STAND_IN__BASE_URL", "http://127.0.0.1:9/v1");
    nobody.calls_may_be_lost();
    nobody.outline(&three_chapters());
    for command in [&["write", "book.md", "--out", "out"][..], &["plan", "book.md"], &["--json", "write", "book.md"]] {
        let began = Instant::now();
        let ended = nobody.run(command).exits(69);
        assert!(began.elapsed() < SECONDS, "{command:?} took {:?}", began.elapsed());
        ended.tells(&["http://127.0.0.1:9/v1", "Connection refused"]);
    }
    // The bench would compare the calls in the store with those that its own server has answered.
    fs::remove_file(nobody.path("data/bindery.db")).unwrap();
}

#[test]
fn a_run_whose_provider_only_fails_ends_within_seconds_and_the_next_run_writes_the_book() {
    let (outline, bench) = (three_chapters(), bench(Rule::always(Fault::ServerError).times(4)));
    bench.outline(&outline);
    let began = Instant::now();
    let ended = bench.write(&[]).exits(69);
    assert!(began.elapsed() < SECONDS, "it took {:?}", began.elapsed());
    ended.tells(&["(500)", "what is written is kept"]);
    bench.write(&[]).exits(0);
    bench.holds(&outline);
    assert_eq!(bench.model.stats().by_fault["server_error"], 4);
}

#[test]
fn a_run_with_a_rejected_key_or_an_empty_account_ends_at_once() {
    for (fault, words) in [(Fault::BadKey, "rejects the key"), (Fault::OutOfMoney, "out of money")] {
        let (outline, bench) = (three_chapters(), bench(Rule::always(fault).times(1)));
        bench.outline(&outline);
        bench.write(&[]).exits(69).tells(&[words, &bench.model.base_url()]);
        assert_eq!(bench.model.stats().calls, 1);
        bench.write(&[]).exits(0);
        bench.holds(&outline);
    }
}

#[test]
fn while_tries_go_wrong_each_view_says_which_try_of_which_call_and_why() {
    let matching = Match { task: Some("section".to_owned()), chapter: Some(2), section: Some(2), ..Match::default() };
    let faulty = || bench(Rule::on(matching.clone(), "empty".parse().unwrap()).times(2));
    let plain = faulty();
    plain.outline(&three_chapters());
    let told = plain.run(&["write", "book.md", "--out", "out"]).exits(0).stderr;
    for words in ["section 2, try 1 of 5 failed: ", "section 2, try 2 of 5 failed: "] {
        assert_eq!(told.matches(words).count(), 1, "{words} in\n{told}");
    }
    let json = faulty();
    json.outline(&three_chapters());
    let mut run = json.begin(&[]);
    let failed = run.event(|event| event["kind"] == "try_failed");
    assert_eq!((&failed["task"], &failed["part"]), (&"write/2".into(), &"section 2".into()), "{failed}");
    assert_eq!((&failed["try"], &failed["of"]), (&1.into(), &5.into()), "{failed}");
    run.end().exits(0);
}

#[test]
fn a_provider_that_is_not_there_does_not_end_a_run_that_has_another_model() {
    let (outline, bench) = (three_chapters(), Bench::new());
    bench.outline(&outline);
    let press = "[providers.press]\nbase_url = \"http://127.0.0.1:9/v1\"\nlocal = true\n";
    bench.file("bindery.toml", format!("[model]\nwrite = [\"press:any\", \"stand-in:prose\"]\n{press}"));
    bench.run(&["write", "book.md", "--out", "out", "--yes"]).exits(0);
    bench.holds(&outline);
    // The bench would compare the calls in the store with those that its own server has answered.
    fs::remove_file(bench.path("data/bindery.db")).unwrap();
}
