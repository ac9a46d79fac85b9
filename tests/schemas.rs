//! Is a book whole whether its server obeys, ignores or refuses a JSON schema?

use bindery_stand_in::{Fault, Faults, Match, Rule, Schemas, Settings};

use crate::support::{Bench, ModelServer, three_chapters};

/// Returns a bench whose model breaks its JSON in each plan and each brief, unless it is held to a schema.
fn bench(schemas: Schemas) -> Bench {
    let on = |task: &str| Rule::on(Match { task: Some(task.to_owned()), ..Match::default() }, Fault::Empty);
    let faults = Faults::none().with_rule(on("plan")).with_rule(on("brief"));
    let bench = Bench::on(ModelServer::start(Settings { schemas, faults, ..ModelServer::settings() }));
    bench.outline(&three_chapters());
    bench
}

#[test]
fn a_model_that_is_held_to_a_schema_gives_each_answer_at_the_first_try() {
    let bench = bench(Schemas::Obeyed);
    let ended = bench.write(&[]).exits(0);
    bench.holds(&three_chapters());
    assert_eq!(bench.model.tried_again(), []);
    assert!(!ended.stderr.contains("no usable plan"), "{}", ended.stderr);
    assert_eq!(bench.model.stats().by_task["plan"], 1);
}

#[test]
fn a_server_that_ignores_the_schema_is_read_like_any_other() {
    let bench = bench(Schemas::Ignored);
    bench.write(&[]).exits(0).tells(&["the model gave no usable plan"]);
    bench.holds(&three_chapters());
}

#[test]
fn a_server_that_refuses_the_schema_is_asked_once_with_it_and_then_without() {
    let bench = Bench::on(ModelServer::start(Settings { schemas: Schemas::Refused, ..ModelServer::settings() }));
    bench.outline(&three_chapters());
    bench.write(&[]).exits(0);
    bench.holds(&three_chapters());
    assert_eq!(bench.model.stats().rejected, 1, "the rejection was not remembered");
    assert_eq!(bench.model.tried_again(), []);
    bench.calls_may_be_lost();
    let bench = bench.set("BINDERY_PROVIDERS__STAND_IN__SCHEMA", "off");
    bench.run(&["write", "book.md", "--out", "out", "--anew"]).exits(0);
    assert_eq!(bench.model.stats().rejected, 1, "a schema was sent although the settings forbid it");
}
