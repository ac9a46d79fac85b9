//! What a store promises about the track records of models.

use bindery_domain::Usage;
use bindery_ledger::{Expected, Taken, TrackRecord};

use super::*;

fn section(calls: u64) -> TrackRecord {
    let usage = Usage { input: 1_000 * calls, output: 700 * calls, reasoning: 200 * calls, ..Usage::default() };
    let expected = Expected { input: 1_100, output: 800 };
    TrackRecord::of("section", Taken { texts: 1, expected, calls, rewrites: 1, usage, ..Taken::default() })
}

/// A models track record holds what all processes have added.
pub async fn a_models_track_record_holds_what_all_processes_have_added(bench: &Bench) {
    let other = bench.again().await;
    assert_eq!(bench.store.track_record("openai:gpt").await.unwrap(), TrackRecord::default());
    bench.store.add_to_track_record("openai:gpt", &section(1)).await.unwrap();
    let more = section(2);
    let race = (0..8).map(|_| other.add_to_track_record("openai:gpt", &more));
    futures_util::future::try_join_all(race).await.unwrap();
    other.add_to_track_record("openai:other", &section(5)).await.unwrap();
    let mut expected = section(1);
    (0..8).for_each(|_| expected.add(&more));
    assert_eq!(bench.store.track_record("openai:gpt").await.unwrap(), expected);
    assert_eq!(other.track_record("openai:other").await.unwrap(), section(5));
    assert!(bench.store.books().await.unwrap().is_empty(), "a record is no book");
}
