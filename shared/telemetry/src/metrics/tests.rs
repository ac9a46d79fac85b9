//! The page of metrics, and the text that Prometheus reads.

use std::{fs, path::Path};

use super::{BoundedLabel, DESCRIPTIONS, Description, Metrics};

/// What `docs/metrics.md` says before its table.
const PREFACE: &str = "\
# Metrics

Each process of a fleet serves `/metrics` in the text format of Prometheus at `serve.admin`, beside `/healthz` and `/readyz`.
Counters start at 0 when the process starts. No label holds the name of a book or a tenant. After the first hundred models,
the labels `provider` and `model` of all further ones are `other`. Every dispatcher serves the figures of the whole fleet, like
`bindery_queue_messages`: take their maximum, not their sum.

- A try fails by the class of its call's error, or by the gate that its text did not pass: `empty`, `garbled`, `language`, `length`,
  `meta_talk`, `refused`, `repetition`, `structure` or `truncated`.
- A draft is rewritten for `coverage` of the key points, for its `length`, for `coverage_and_length`, or for its `form` (its end, its
  headings, repetitions).
- A book that is not settled is `accepted`, `planning`, `writing` or `binding`. A book that is held in any of these states is `held`.
- The time that a chapter is missing runs from when its book was accepted or reopened.
- Only processes that serve the API have its metrics. A route is the pattern that the request has found, like `/v1/books/{id}`; without one
  it is `other`. So is a method that HTTP does not name. An event stream counts as answered when it begins, and as open until it ends.

| metric | kind | labels | what it says |
|---|---|---|---|
";

fn page() -> String {
    let row = |metric: &Description| {
        let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        format!("| `{}` | {} | {} | {} |\n", metric.name, metric.kind, labels.join(", "), metric.help)
    };
    DESCRIPTIONS.iter().map(row).fold(PREFACE.to_owned(), |page, row| page + &row)
}

#[test]
fn the_page_of_metrics_says_what_the_program_serves() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/metrics.md");
    if std::env::var_os("BINDERY_BLESS").is_some() {
        fs::write(&path, page()).unwrap();
    }
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        page(),
        "renew it: BINDERY_BLESS=1 cargo test -p bindery-telemetry metrics"
    );
}

#[test]
fn names_follow_the_conventions() {
    for metric in DESCRIPTIONS {
        let known = ["bindery_", "process_"].iter().any(|prefix| metric.name.starts_with(prefix));
        assert!(known, "{}", metric.name);
        assert_eq!(metric.name.ends_with("_total"), metric.kind == "counter", "{}", metric.name);
        assert!(metric.kind != "histogram" || metric.name.ends_with("_seconds"), "{}", metric.name);
        assert!(metric.help.ends_with('.'), "{}", metric.name);
        assert!(metric.help.chars().count() <= 120, "{} has too long a text for a table", metric.name);
        assert!(metric.buckets.is_sorted(), "{}", metric.name);
    }
}

#[test]
fn what_is_counted_is_rendered_with_its_help() {
    let metrics = Metrics::new();
    metrics.heals.with_label_values(&["lease_lapsed"]).inc();
    let text = String::from_utf8(metrics.render()).unwrap();
    assert!(text.contains("bindery_heals_total{reason=\"lease_lapsed\"} 1"), "{text}");
    assert!(text.contains("# HELP bindery_heals_total Repairs by the sweeper"), "{text}");
}

#[test]
fn after_a_hundred_models_a_tenant_makes_no_new_labels() {
    let bounded = BoundedLabel::default();
    let names: Vec<String> = (0..150).map(|n| format!("local:model-{n}")).collect();
    let labels: Vec<&str> = names.iter().map(|name| bounded.label(name)).collect();
    assert_eq!(labels.iter().filter(|label| **label == "other").count(), 50);
    assert_eq!(bounded.label("local:model-3"), "local:model-3");
}
