//! Are passwords and keys hidden at every log level and in every error?

use std::fs;

use bindery_stand_in::Settings;
use bindery_test_servers::Redis;

use crate::support::{Ended, Fleet, ModelServer, Ordered, three_chapters};

const BROKER: &str = "mq-hush-4711";
const STORE: &str = "db-hush-0815";
const MODEL: &str = "llm-hush-2323";

/// Checks that a run printed no secret.
#[track_caller]
fn is_silent(ended: &Ended) {
    let said = [ended.stdout.as_str(), &ended.stderr].concat();
    let telling: Vec<&str> =
        said.lines().filter(|line| [BROKER, STORE, MODEL].iter().any(|s| line.contains(s))).collect();
    assert!(telling.is_empty(), "{telling:#?}");
}

#[test]
fn no_log_error_or_settings_output_contains_a_credential() {
    let model = ModelServer::start(Settings { key: Some(MODEL.to_owned()), ..ModelServer::settings() });
    let redis = Redis::start_with_user("cleo", STORE);
    let fleet = Fleet::with_model(model);
    let queue = fleet.broker.user(&fleet.vhost, "cleo", BROKER);
    let key = fleet.path("key");
    fs::write(&key, MODEL).unwrap();
    let fleet = fleet.with([
        ("BINDERY_QUEUE__URL", queue.as_str()),
        ("BINDERY_STORE__URL", &redis.url()),
        ("BINDERY_PROVIDERS__STAND_IN__KEY_FILE", key.to_str().unwrap()),
        ("BINDERY_LOG__FILTER", "trace"),
    ]);
    let serving = fleet.serve(&["all"]);
    let outline = three_chapters();
    fleet.outline("tides", &outline);
    let submitted = fleet.run(&["submit", "tides.md", "--no-plan"]).exits(0);
    is_silent(&submitted);
    let book = Ordered { id: submitted.stdout.trim().to_owned(), outline };
    fleet.finishes(&book);
    // The libraries log most about connections when they are lost and made again.
    fleet.wait_until("its connections are listed", || fleet.broker.close_connections(&fleet.vhost) > 0);
    redis.kill();
    redis.start_again();
    redis.cli(&["CONFIG", "SET", "maxmemory", "1gb"]);
    fleet.outline("again", &three_chapters());
    is_silent(&fleet.run(&["submit", "again.md", "--no-plan", "--wait"]).exits(0));
    serving.terminate();
    let served = serving.end().exits(0);
    assert!(served.stderr.contains("TRACE"), "it did not log at the lowest level");
    is_silent(&served);
    for command in ["config", "books"] {
        is_silent(&fleet.run(&[command]).exits(0));
    }
    is_silent(&fleet.run(&["doctor"]).exits(0));
    let wrong = [
        ("BINDERY_QUEUE__URL", queue.replace("cleo:", "nobody:")),
        ("BINDERY_QUEUE__URL", queue.replace("vhost", "no-host")),
        ("BINDERY_QUEUE__URL", queue.replace("amqp:", "smtp:")),
        ("BINDERY_QUEUE__URL", queue.replace("127.0.0.1", "a b")),
        ("BINDERY_STORE__URL", redis.url().replace("cleo:", "nobody:")),
        ("BINDERY_STORE__URL", redis.url().replace("127.0.0.1", "a b")),
    ];
    for (name, url) in &wrong {
        let failed = fleet.run_with(&["doctor"], &[(name, url)]);
        assert_ne!(failed.code, Some(0), "the wrong {name} was not reported");
        is_silent(&failed);
        is_silent(&fleet.run_with(&["serve", "worker"], &[(name, url)]));
    }
    redis.stop();
    is_silent(&fleet.run(&["books"]));
    redis.start_again();
}
