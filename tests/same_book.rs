//! Do runs that must give the same book give the same bytes?

use bindery_stand_in::{Faults, Settings};

use crate::support::{Bench, ModelServer, Outline, differing};

fn outline() -> Outline {
    let mut outline = Outline::of(&["Introduction", "Staffs", "Moons", "Machines", "Harbours"]);
    outline.chapters[0].last = true;
    outline
}

fn written(bench: Bench, arguments: &[&str]) -> Bench {
    let outline = outline();
    bench.outline(&outline);
    bench.write(arguments).exits(0);
    bench.holds(&outline);
    bench
}

fn seeded(seed: u64, faults: Faults) -> Bench {
    Bench::on(ModelServer::start(Settings { seed, faults, ..ModelServer::settings() }))
}

#[test]
fn the_same_outline_gives_the_same_bytes_in_any_folder_and_with_any_number_of_calls_at_once() {
    let one = written(Bench::new(), &["--calls", "1"]);
    let many = written(Bench::new(), &["--calls", "64"]);
    assert_eq!(differing(&one, &many), [""; 0]);
    assert_eq!((one.model.stats().peak_in_flight, many.model.stats().peak_in_flight > 1), (1, true));
}

#[test]
fn another_seed_gives_another_book() {
    let (one, other) = (written(seeded(1, Faults::none()), &[]), written(seeded(2, Faults::none()), &[]));
    assert_eq!(differing(&one, &other), ["epub", "html", "md"]);
}

#[test]
fn a_book_with_random_faults_is_whole_and_the_same_in_every_run() {
    let faults =
        "rate_limited=0.1,server_error=0.1,reset=0.1,cut=0.1,truncated_stop=0.05,meta_talk=0.05,skip_point=0.05";
    let once = written(seeded(3, faults.parse().unwrap()), &["--calls", "1"]);
    let again = written(seeded(3, faults.parse().unwrap()), &["--calls", "64"]);
    assert!(once.model.stats().by_fault.values().sum::<u64>() > 5, "{:?}", once.model.stats().by_fault);
    assert_eq!(differing(&once, &again), [""; 0]);
}

#[test]
fn a_finished_book_is_copied_again_without_a_call() {
    let bench = written(Bench::new(), &[]);
    let (bytes, calls) = (bench.bytes(), bench.model.stats().calls);
    std::fs::remove_dir_all(bench.path("out")).unwrap();
    bench.write(&[]).exits(0);
    assert_eq!((bench.bytes() == bytes, bench.model.stats().calls), (true, calls));
}
