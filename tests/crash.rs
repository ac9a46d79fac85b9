//! Does a run that was killed or interrupted at any moment continue where it stopped, with the same book as its result?

use std::{thread, time::Duration};

use bindery_stand_in::{Fault, Faults, Match, PausedChapters, Rule, Settings, Timing};

use crate::support::{Bench, ModelServer, Outline, Running, differing};

fn outline() -> Outline {
    let mut outline = Outline::of(&["Introduction", "Staffs", "Moons", "Machines", "Harbours"]);
    outline.chapters[0].last = true;
    outline
}

/// Returns a bench on which a book takes one or two seconds, and a lease lasts far longer than a run.
fn bench() -> Bench {
    let first_token = Duration::from_millis(30);
    let timing = Timing { first_token, tokens_per_second: Some(2_000.0), ..Timing::default() };
    let bench = Bench::on(ModelServer::start(Settings { timing, ..ModelServer::settings() }));
    bench.outline(&outline());
    patient(bench)
}

fn patient(bench: Bench) -> Bench {
    bench.calls_may_be_lost();
    bench.set("BINDERY_LEDGER__LEASE", "1h").set("BINDERY_LEDGER__RENEW", "20min")
}

/// Kills a run after a random number of calls or events, and returns whether it was still running.
fn killed(bench: &Bench, mut run: Running, random: &mut fastrand::Rng) -> bool {
    let alive = if random.bool() {
        let wanted = bench.model.stats().calls + random.u64(1..=6);
        bench.model.reaches(wanted, || run.has_ended())
    } else {
        run.shows(random.usize(1..=8))
    };
    run.kill();
    alive
}

#[test]
fn a_run_killed_at_any_moment_continues_to_the_same_book_and_repeats_no_finished_part() {
    let calm = bench();
    calm.write(&[]).exits(0);
    let mut kills = 0;
    for seed in 0..6 {
        let bench = bench();
        let mut random = fastrand::Rng::with_seed(seed);
        loop {
            let kept = bench.kept();
            let alive = killed(&bench, bench.begin(&[]), &mut random);
            kept.left_alone(&bench.model);
            if !alive {
                break;
            }
            kills += 1;
        }
        bench.write(&[]).exits(0);
        bench.holds(&outline());
        assert_eq!(differing(&calm, &bench), [""; 0], "with the seed {seed}");
    }
    assert!(kills >= 18, "only {kills} runs were killed before they were finished");
}

#[test]
fn a_draft_survives_a_crash_during_its_rewrite_and_the_next_run_rewrites_it() {
    let section = |attempt| Match { chapter: Some(2), section: Some(2), attempt: Some(attempt), ..Match::default() };
    let misses = Rule::on(section(1), Fault::SkipPoint).times(1);
    let bench =
        Bench::with_faults(Faults::none().with_rule(misses).with_rule(Rule::on(section(2), Fault::Hang).times(1)));
    let (bench, outline) = (patient(bench), crate::support::three_chapters());
    bench.outline(&outline);
    let run = bench.begin(&[]);
    bench.model.wait_for("the rewrite to hang", |stats| stats.by_fault.contains_key("hang"));
    run.kill();
    bench.write(&[]).exits(0);
    bench.holds(&outline);
    let prompts = bench.model.prompts("section", 2);
    let of_it = prompts.iter().filter(|prompt| prompt.contains("Write section 2,"));
    let with_draft: Vec<bool> = of_it.map(|prompt| prompt.contains("<draft>")).collect();
    assert_eq!(with_draft, [false, true, true]);
}

/// Returns a bench with an outline of three chapters, whose model answers no call about the second one.
fn held_back() -> (Bench, PausedChapters, Outline) {
    let (model, paused) = ModelServer::held_back([2]);
    let bench = patient(Bench::on(model));
    let outline = crate::support::three_chapters();
    bench.outline(&outline);
    (bench, paused, outline)
}

/// Starts the book, and waits until only the chapter that is held back is not done.
fn until_held_back(bench: &Bench) -> Running {
    let mut run = bench.begin(&[]);
    let mut others = 0;
    run.event(|event| {
        others += u32::from(event["kind"] == "chapter_done");
        others == 2
    });
    run
}

#[test]
fn an_interrupted_run_keeps_what_is_finished_and_the_next_run_continues_at_once() {
    let (bench, paused, outline) = held_back();
    let run = until_held_back(&bench);
    run.interrupt();
    let ended = run.end().exits(130).tells(&["what is finished is kept"]);
    let report = ended.values().pop().unwrap();
    assert_eq!((&report["kind"], &report["state"]), (&"report".into(), &"writing".into()));
    let ledger = bench.ledger();
    assert_eq!([1, 2, 3].map(|chapter| ledger.standing(chapter)), ["done", "released", "done"]);
    assert!(ledger.chapter(2)["lease"].is_null(), "the interrupted run kept its lease");
    paused.resume_all();
    bench.write(&[]).exits(0);
    bench.holds(&outline);
}

#[test]
fn a_second_interrupt_ends_the_run_and_loses_nothing() {
    let (bench, paused, outline) = held_back();
    let mut run = until_held_back(&bench);
    run.interrupt();
    run.says("Press Ctrl-C again to stop at once");
    run.interrupt();
    run.end().exits(130);
    paused.resume_all();
    bench.write(&[]).exits(0);
    bench.holds(&outline);
}

#[test]
fn the_lease_of_a_killed_run_does_not_delay_the_next_run() {
    let (bench, paused, outline) = held_back();
    until_held_back(&bench).kill();
    assert!(!bench.ledger().chapter(2)["lease"].is_null(), "the chapter had no lease when the run was killed");
    paused.resume_all();
    bench.write(&[]).exits(0);
    bench.holds(&outline);
}

#[test]
fn a_run_on_a_machine_that_slept_keeps_its_leases_and_repeats_no_call() {
    const SLEEP: Duration = Duration::from_secs(4);
    let (model, paused) = ModelServer::held_back([2]);
    let bench = Bench::on(model).set("BINDERY_LEDGER__LEASE", "1s").set("BINDERY_LEDGER__RENEW", "300ms");
    let outline = crate::support::three_chapters();
    bench.outline(&outline);
    let run = until_held_back(&bench);
    // This is what a closed lid does.
    run.freeze();
    thread::sleep(SLEEP);
    run.thaw();
    paused.resume_all();
    let ended = run.end().exits(0);
    assert!(ended.values().iter().all(|event| event["kind"] != "lapsed"), "{}", ended.stdout);
    assert_eq!(bench.ledger().book("money")["unknown"], 0);
    bench.holds(&outline);
}

#[test]
fn a_second_run_of_a_book_is_told_which_process_has_the_book() {
    let (bench, paused, outline) = held_back();
    let run = until_held_back(&bench);
    let holder = format!("(process {})", run.id());
    bench.write(&[]).exits(75).tells(&["another run is writing this book", &holder]);
    bench.run(&["delete", "book.md", "--yes"]).exits(75);
    paused.resume_all();
    run.end().exits(0);
    bench.holds(&outline);
}
