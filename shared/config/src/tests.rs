//! Tests of loading as a whole: precedence, problems, and what is shown.

mod presets;

use std::time::Duration;

use bindery_format::Format;
use bindery_model::{Auth, Dialect};

use super::*;

/// A folder with a `bindery.toml`, and the sources to read it with.
struct Given {
    folder: tempfile::TempDir,
    sources: Sources,
}

fn file(text: &str) -> Given {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bindery.toml"), text).unwrap();
    let files = Files::Usual { config_folder: None, working_folder: folder.path().to_owned() };
    Given { folder, sources: Sources { files, ..Sources::default() } }
}

impl Given {
    fn variable(mut self, name: &str, value: &str) -> Self {
        self.sources.environment.insert(name.into(), value.into());
        self
    }

    fn flag(mut self, key: &str, value: &str) -> Self {
        self.sources.flags.insert(key.into(), value.into());
        self
    }

    fn load(self) -> Config {
        Config::load(&self.sources).unwrap()
    }

    /// Loads, and returns each problem as it is shown, without the folder.
    fn problems(self) -> Vec<String> {
        let folder = format!("{}/", self.folder.path().display());
        let errors = Config::load(&self.sources).unwrap_err();
        errors.problems.iter().map(|problem| problem.to_string().replace(&folder, "")).collect()
    }
}

#[test]
fn a_file_overrides_the_defaults_a_variable_the_file_and_a_flag_both() {
    let text = "[ledger]\ntries = 2\nrewrites = 3\nsolo_after = 4\n";
    let config = file(text)
        .variable("BINDERY_LEDGER__REWRITES", "6")
        .variable("BINDERY_LEDGER__SOLO_AFTER", "7")
        .flag("ledger.solo_after", "9")
        .load();
    let ledger = &config.ledger;
    assert_eq!([ledger.window, ledger.tries, ledger.rewrites, ledger.solo_after], [64, 2, 6, 9]);
    assert_eq!(config.origin("ledger.window"), Origin::Default);
    assert!(config.origin("ledger.tries").to_string().ends_with("bindery.toml:2"));
    assert_eq!(config.origin("ledger.rewrites").to_string(), "BINDERY_LEDGER__REWRITES");
    assert_eq!(config.origin("ledger.solo_after"), Origin::Flag);
}

#[test]
fn the_file_in_the_working_folder_overrides_the_users_own() {
    let given = file("[ledger]\ntries = 2\n");
    let own = given.folder.path().join("own");
    std::fs::create_dir_all(own.join("bindery")).unwrap();
    std::fs::write(own.join("bindery/config.toml"), "[ledger]\ntries = 3\nwindow = 9\n").unwrap();
    let files = Files::Usual { config_folder: Some(own), working_folder: given.folder.path().to_owned() };
    let config = Config::load(&Sources { files, ..Sources::default() }).unwrap();
    assert_eq!((config.ledger.tries, config.ledger.window), (2, 9));
}

#[test]
fn a_named_file_must_exist_and_the_usual_files_need_not() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.toml");
    let named = Sources { files: Files::Named(missing.clone()), ..Sources::default() };
    let errors = Config::load(&named).unwrap_err();
    let [problem] = &errors.problems[..] else { panic!("{errors}") };
    assert_eq!(problem.subject, missing.display().to_string());
    assert!(problem.message.starts_with("cannot be read"), "{problem}");

    let files =
        Files::Usual { config_folder: Some(folder.path().to_owned()), working_folder: folder.path().to_owned() };
    assert_eq!(Config::load(&Sources { files, ..Sources::default() }).unwrap(), Config::default());
}

#[test]
fn a_variable_is_read_in_the_type_of_its_key() {
    let config = file("")
        .variable("BINDERY_MODEL__NAME", "ollama:llama3.2:3b")
        .variable("BINDERY_MODEL__TIMERS__IDLE", "2min")
        .variable("BINDERY_BOOK__BUDGET_USD", "3")
        .variable("BINDERY_BOOK__KIND", "novel")
        .variable("BINDERY_BOOK__FORMATS", "md, html")
        .variable("BINDERY_PROVIDERS__OLLAMA__LOCAL", "false")
        .variable("BINDERY_LOG__FORMAT", "json")
        .variable("BINDERY_DATA__DIR", "12")
        .load();
    assert_eq!(config.model.name, Some("ollama:llama3.2:3b".parse().unwrap()));
    assert_eq!(config.model.timers.idle, Duration::from_secs(120));
    assert_eq!(config.book.budget_usd, Some(3.0));
    assert_eq!(config.book.kind, Some(bindery_outline::BookKind::Novel));
    assert_eq!(config.book.formats, [Format::Markdown, Format::Html]);
    assert_eq!(config.providers["ollama"].local, Some(false));
    assert_eq!(config.log.format, LogFormat::Json);
    assert_eq!(config.data.dir.as_deref(), Some("12".as_ref()));
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let config = file("[ledger]\ntries = 2\n").variable("BINDERY_LEDGER__TRIES", "").load();
    assert_eq!(config.ledger.tries, 2);
}

#[test]
fn a_whole_number_is_accepted_for_a_number() {
    assert_eq!(file("[stand_in]\ntokens_per_second = 80\n").load().stand_in.tokens_per_second, 80.0);
}

#[test]
fn a_provider_can_be_added_and_a_known_one_changed_by_single_keys() {
    let config = file("[providers.mine]\nbase_url = 'http://10.0.0.5/v1'\nreasoning_tokens = 2000\n")
        .variable("BINDERY_PROVIDERS__STAND_IN__BASE_URL", "http://10.0.0.6/v1")
        .flag("model.name", "mine:writer")
        .load();
    let mine = &config.providers["mine"];
    assert_eq!((mine.dialect, mine.reasoning_tokens), (Dialect::OpenAi, Some(2000)));
    let stand_in = &config.providers["stand-in"];
    assert_eq!(stand_in.base_url.as_ref().unwrap().to_string(), "http://10.0.0.6/v1");
    assert_eq!(stand_in.local, Some(true));
    assert_eq!(config.models().providers, config.providers);
}

#[test]
fn the_user_chooses_the_keys_of_what_is_added_to_requests() {
    let text = "[providers.mine]\nbase_url = 'http://10.0.0.5/v1'\ntemperature = 1\nauth = 'api-key'\n\
                query = { api-version = '1' }\n[providers.mine.extra_body]\nthink = false\nnested = { deep = [1] }\n";
    let config = file(text)
        .variable("BINDERY_PROVIDERS__OLLAMA__EXTRA_BODY", "{ keep_alive = '1h' }")
        .variable("BINDERY_PROVIDERS__VLLM__EXTRA_HEADERS", "{ X-Team = 'books' }")
        .load();
    let mine = &config.providers["mine"];
    assert_eq!(mine.extra_body["nested"], serde_json::json!({"deep": [1]}));
    assert_eq!((mine.query["api-version"].as_str(), mine.temperature, mine.auth), ("1", Some(1.0), Some(Auth::ApiKey)));
    assert_eq!(config.providers["ollama"].extra_body["keep_alive"], "1h");
    assert_eq!(config.providers["vllm"].extra_headers["X-Team"], "books");
    let shown = config.render();
    assert!(shown.contains("nested = { deep = [1] }"), "{shown}");
}

#[test]
fn an_addition_that_is_no_table_is_told() {
    let problems =
        file("[providers.openai]\nextra_body = 'x'\n").variable("BINDERY_PROVIDERS__OPENAI__QUERY", "a=b").problems();
    assert!(problems.iter().all(|problem| problem.contains("must be a table, like {")), "{problems:?}");
    assert_eq!(problems.len(), 2);
}

#[test]
fn an_unknown_key_is_named_with_its_source_and_the_nearest_known_key() {
    let problems = file("[ledger]\n\nleese = '1s'\n[leger]\n")
        .variable("BINDERY_LEDGER__LEESE", "1s")
        .flag("ledger.leese", "1s")
        .problems();
    assert_eq!(
        problems,
        [
            "ledger.leese: is no known key; the nearest is ledger.lease (bindery.toml:3)",
            "leger: is no known key; the nearest is ledger.lease (bindery.toml:4)",
            "ledger.leese: is no known key; the nearest is BINDERY_LEDGER__LEASE (BINDERY_LEDGER__LEESE)",
            "ledger.leese: is no known key; the nearest is ledger.lease (command line)",
        ]
    );
}

#[test]
fn a_variable_with_single_underscores_is_reported_when_it_reads_like_a_setting() {
    let problems = file("")
        .variable("BINDERY_LEDGER_LEAS", "1s")
        .variable("BINDERY_MODEL", "openai:gpt")
        .variable("BINDERY_PORT", "tcp://10.0.0.1:80")
        .variable("BINDERY_SERVICE_HOST", "10.0.0.1")
        .problems();
    let what = "sets nothing; the levels of a key are separated by two underscores, as in";
    assert_eq!(
        problems,
        [
            format!("BINDERY_LEDGER_LEAS: {what} BINDERY_LEDGER__LEASE"),
            format!("BINDERY_MODEL: {what} BINDERY_MODEL__NAME"),
        ]
    );
}

#[test]
fn all_problems_are_reported_at_once() {
    let text = "\
[ledger]
window = 5000
tries = 'many'
renew = '20s'
lease = '30 beats'
[book]
gaps = 'skip'
formats = ['md', 'mobi']
section_words = -1
[store]
url = 'mysql://db'
[queue]
url = 'carrier pigeon'
";
    let problems = file(text)
        .variable("BINDERY_MODEL__CALLS", "lots")
        .variable("BINDERY_MODEL__NAME", "gpt-5")
        .flag("book.budget_usd", "-1")
        .problems();
    let expected = [
        "ledger.tries: must be a whole number, like 5 (bindery.toml:3)",
        "ledger.lease: \"30 beats\" is not a duration, or is too long; write a number and a unit (ms, s, min, h or d), like 30s \
         (bindery.toml:5)",
        "book.gaps: unknown variant `skip`, expected one of `fail`, `omit`, `placeholder` (bindery.toml:7)",
        "book.formats: `mobi` is not a format: choose among md, epub, html, docx, pdf, txt, json, onix, site, scorm and cover (bindery.toml:8)",
        "book.section_words: must be a whole number, like 700 (bindery.toml:9)",
        "model.calls: must be a whole number, like 64 (BINDERY_MODEL__CALLS)",
        "model.name: `gpt-5` names no provider: write `provider:model`, like `openai:gpt-5` (BINDERY_MODEL__NAME)",
        "book.budget_usd: is -1, but must be a sum above 0 (command line)",
        "store.url: must start with `sqlite:` or `redis:` or `rediss:` or `redis+sentinel:` or `rediss+sentinel:` or \
         `redis+cluster:` or `rediss+cluster:` (bindery.toml:11)",
        "queue.url: must start with `local:` or `amqp:` or `amqps:` (bindery.toml:13)",
        "ledger.window: is 5000, but must be 1 to 1000 (bindery.toml:2)",
        "ledger.renew: is 20s, but must be above 0s and at most half of ledger.lease, 30s (bindery.toml:4)",
    ];
    assert_eq!(problems, expected);
}

#[test]
fn the_error_counts_its_problems_and_lists_each_in_a_line() {
    let one = Config::load(&file("").flag("book.words", "1").sources).unwrap_err();
    assert_eq!(
        one.to_string(),
        "the configuration has a problem:\n  book.words: is 1, but must be 20 to 50000 (command line)"
    );
    let two = Config::load(&file("").flag("book.words", "1").flag("book.pages", "1").sources).unwrap_err();
    assert!(two.to_string().starts_with("the configuration has 2 problems:\n  book.pages: "), "{two}");
}

#[test]
fn a_file_with_a_syntax_error_hides_no_problem_elsewhere() {
    let problems = file("[ledger]\ntries = = 2\nwindow = 5000\n").flag("book.words", "1").problems();
    assert!(problems[0].starts_with("bindery.toml: is not valid TOML"), "{problems:?}");
    assert!(problems[0].ends_with("(bindery.toml:2)"), "{problems:?}");
    assert!(problems.last().unwrap().starts_with("book.words: "), "{problems:?}");
}

#[test]
fn a_section_is_no_setting_and_a_setting_no_section() {
    let problems = file("ledger = 5\n[book]\nwords = { chapter = 5 }\n").problems();
    assert_eq!(
        problems,
        [
            "ledger: is a section; set the keys within it (bindery.toml:1)",
            "book.words.chapter: is no known key; the nearest is book.words (bindery.toml:3)",
        ]
    );
}

#[test]
fn a_tenant_whose_name_no_routing_key_can_hold_is_refused() {
    let problems = file("").flag("serve.tenant", &"a.".repeat(51)).problems();
    assert_eq!(problems, ["serve.tenant: has 204 bytes in a routing key, and may have 200 (command line)"]);
    assert!(Config::load(&file("").flag("serve.tenant", &"a.".repeat(50)).sources).is_ok());
}

#[test]
fn a_value_out_of_its_range_is_refused_and_the_limits_themselves_are_not() {
    for (key, wrong, allowed) in [
        ("model.name", "nobody:gpt", "openai:gpt"),
        ("model.name", "openai:", "openai:x"),
        ("model.calls", "0", "1"),
        ("model.calls", "20001", "20000"),
        ("model.park_after", "0s", "1ms"),
        ("model.timers.connect", "0s", "1ms"),
        ("model.timers.first_token", "61min", "60min"),
        ("model.timers.first_token_slow", "61min", "60min"),
        ("model.timers.idle", "0ms", "1h"),
        ("model.timers.settle", "0s", "5s"),
        ("providers.openai.base_url", "api.openai.com", "https://api.openai.com"),
        ("providers.openai.base_url", "https:///v1", "http://host"),
        ("providers.openai.base_url", "https://host/v1?key=1", "https://host/v1"),
        ("providers.openai.key_env", "sk-1", "KEY_1"),
        ("providers.openai.key_env", "KEY_1,sk-1", "KEY_1,KEY_2"),
        ("providers.openai.calls", "0", "1"),
        ("providers.openai.calls", "20001", "20000"),
        ("providers.openai.reasoning_tokens", "1000001", "1000000"),
        ("providers.openai.max_output_tokens", "255", "256"),
        ("providers.openai.context_tokens", "0", "256"),
        ("providers.openai.temperature", "2.1", "2"),
        ("providers.openai.top_p", "-1", "0"),
        ("book.words", "19", "20"),
        ("book.words", "50001", "50000"),
        ("book.section_words", "499", "500"),
        ("book.section_words", "901", "900"),
        ("book.formats", "md,md", "md"),
        ("book.budget_usd", "0", "0.01"),
        ("book.budget_usd", "inf", "1e6"),
        ("files.url", "ftp://host/books", "file:/srv/books"),
        ("files.url", "s3://Books", "s3://books/bound"),
        ("files.url", "s3://key:secret@books", "s3://books"),
        ("files.endpoint", "objects.example.com", "https://objects.example.com"),
        ("files.endpoint", "https://key:secret@host", "http://127.0.0.1:9000"),
        ("files.timeout", "3min", "2min"),
        ("store.retention", "0s", "1s"),
        ("store.retention", "never", "forever"),
        ("ledger.lease", "61min", "20s"),
        ("ledger.renew", "0s", "15s"),
        ("ledger.renew", "16s", "1ms"),
        ("ledger.publish_grace", "999ms", "1s"),
        ("ledger.lost_after", "25h", "1d"),
        ("ledger.deadline", "721h", "30d"),
        ("ledger.window", "0", "1"),
        ("ledger.window", "1001", "1000"),
        ("ledger.tries", "0", "20"),
        ("ledger.rewrites", "11", "0"),
        ("ledger.solo_after", "0", "1"),
        ("log.filter", " ", "info"),
        ("stand_in.first_token", "11min", "0s"),
        ("stand_in.tokens_per_second", "0", "0.1"),
        ("stand_in.seed", "-1", "0"),
    ] {
        let problems = file("").flag(key, wrong).problems();
        assert!(problems.len() == 1 && problems[0].starts_with(key), "{key} = {wrong}: {problems:?}");
        Config::load(&file("").flag(key, allowed).sources).unwrap_or_else(|e| panic!("{key} = {allowed}: {e}"));
    }
}

#[test]
fn texts_stay_for_a_month_on_a_server_and_for_ever_in_a_file_unless_set_otherwise() {
    let (day, server) = (Duration::from_secs(86_400), "redis://host");
    assert_eq!(file("").load().store.retention(), None);
    assert_eq!(file("").flag("store.retention", "7d").load().store.retention(), Some(day * 7));
    let fleet = || file("").flag("store.url", server).flag("queue.url", "amqp://host");
    assert_eq!(fleet().load().store.retention(), Some(day * 30));
    let kept = fleet().flag("store.retention", "forever").load();
    assert_eq!(kept.store.retention(), None);
    assert!(kept.render().contains("retention = \"forever\""));
}

#[test]
fn a_model_of_an_unknown_provider_is_answered_with_the_known_providers() {
    let problems = file("[providers.mine]\nbase_url = 'http://host'\n").flag("model.name", "opneai:gpt").problems();
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert!(problem.starts_with("model.name: `opneai` is no provider: use one of anthropic, openai, "), "{problem}");
    assert!(problem.contains("stand-in, mine"), "{problem}");
}

#[test]
fn a_malformed_address_is_named_with_its_key_and_not_repeated() {
    let problems = file("[providers.mine]\nbase_url = 'ftp://hush'\n")
        .variable("BINDERY_PROVIDERS__OPENAI__BASE_URL", "https://hush@host")
        .problems();
    assert_eq!(
        problems,
        [
            "providers.mine.base_url: must be an address that starts with https:// or http://, like \
             https://models.example.com/v1 (bindery.toml:2)",
            "providers.openai.base_url: must be host and path alone; a key belongs into key_env or key_file \
             (BINDERY_PROVIDERS__OPENAI__BASE_URL)",
        ]
    );
}

#[test]
fn one_text_is_accepted_for_a_list_of_texts() {
    let config = file("[providers.openai]\nkey_env = 'MY_KEY'\n").load();
    assert_eq!(config.providers["openai"].key_env, ["MY_KEY"]);
}

#[test]
fn a_new_provider_needs_an_address_and_a_plain_name() {
    let problems = file("[providers.empty]\n[providers.'My Own']\nbase_url = 'http://host'\n").problems();
    assert_eq!(
        problems,
        [
            "providers.empty.base_url: is missing; give the server's address, like https://models.example.com/v1",
            "providers.My Own: must be named with lower-case letters, digits, `-` and `_` only (bindery.toml:3)",
        ]
    );
}

#[test]
fn a_rendered_configuration_loads_as_the_same() {
    let config = file("[book]\nbudget_usd = 2.5\n[providers.mine]\nbase_url = 'http://10.0.0.5/v1'\n")
        .variable("BINDERY_LEDGER__LEASE", "90s")
        .flag("stand_in.faults", "one,\"two\"")
        .load();
    let mut again = file(&config.render()).load();
    assert!(again.origin("ledger.renew").to_string().contains("bindery.toml:"));
    again.origins = config.origins.clone();
    assert_eq!(again, config);
}

#[test]
fn a_value_that_is_not_the_default_is_rendered_with_its_source() {
    let given = file("[ledger]\ntries = 2\n").variable("BINDERY_LEDGER__LEASE", "90s").flag("ledger.window", "8");
    let path = given.folder.path().join("bindery.toml");
    let text = given.load().render();
    let ledger = text.split("\n\n").find(|section| section.starts_with("[ledger]")).unwrap();
    assert_eq!(
        ledger,
        format!(
            "[ledger]\n\
             lease = \"90s\"  # BINDERY_LEDGER__LEASE\n\
             renew = \"10s\"\n\
             publish_grace = \"15s\"\n\
             lost_after = \"10min\"\n\
             deadline = \"1d\"\n\
             window = 8  # command line\n\
             tries = 2  # {}:2\n\
             rewrites = 2\n\
             solo_after = 3",
            path.display()
        )
    );
}

#[test]
fn a_configuration_shows_no_secret() {
    let config = file("").variable("BINDERY_STORE__URL", "sqlite://me:hush@host").load();
    assert!(config.render().contains("sqlite://me:***@host"), "{}", config.render());
    assert!(!config.render().contains("hush"));
    assert!(!format!("{config:?}").contains("hush"));
    assert_eq!(config.store.url.expose(), "sqlite://me:hush@host");
}

#[test]
fn a_broken_address_of_a_redis_says_what_to_write_and_shows_no_password() {
    let problems = file("[store]\nurl = 'redis+sentinel://me:hush@a,b'\n").problems();
    assert!(matches!(&problems[..], [one] if one.starts_with("store.url: names no master")), "{problems:?}");
    assert!(!problems[0].contains("hush"), "{problems:?}");
}

#[test]
fn a_broker_with_a_store_of_this_machine_is_refused_and_so_is_the_opposite() {
    let problems = |store: &str, queue: &str| file("").flag("store.url", store).flag("queue.url", queue).problems();
    let broker = problems("sqlite:", "amqp://host");
    assert!(matches!(&broker[..], [one] if one.starts_with("store.url: is a file of this machine")), "{broker:?}");
    let store = problems("redis+cluster://host", "local:");
    assert!(matches!(&store[..], [one] if one.starts_with("queue.url: is within this process")), "{store:?}");
    file("").flag("store.url", "redis://host").flag("queue.url", "amqps://host").load();
}

#[test]
fn an_address_that_was_rendered_with_a_mask_is_refused() {
    let problems = file("[store]\nurl = 'sqlite://me:***@host'\n").problems();
    assert_eq!(problems, ["store.url: holds a mask where its password was; write the password (bindery.toml:2)"]);
}

#[test]
fn a_problem_shows_no_secret() {
    let problems = file("[queue]\nurl = 'ftp://me:hush@host'\n[providers.openai]\nkey = 'hush'\n")
        .variable("BINDERY_PROVIDERS__OPENAI__BASE_URL", "https://me:hush@host")
        .flag("providers.openai.key_env", "sk-hush")
        .problems();
    assert_eq!(problems.len(), 4);
    let syntax = file("[queue]\nurl = amqp://me:hush@host\n").problems();
    for problem in problems.iter().chain(&syntax) {
        assert!(!problem.contains("hush"), "{problem}");
    }
}

#[test]
fn a_stage_has_its_own_models_or_the_model_of_all_and_a_named_model_does_all_the_work() {
    let models = |text: &str, named: Option<&str>| {
        let models = file(text).load().model.of_book(named.map(str::to_owned));
        (models.first.clone(), models.complete())
    };
    let text = "[model]\nname = 'openai:a'\nplan = 'openai:b'\nwrite = ['openai:c', 'openai:d']\n";
    let (first, stages) = models(text, None);
    assert_eq!((first.as_str(), stages.names()), ("openai:c", vec!["openai:b", "openai:a", "openai:c", "openai:d"]));
    assert_eq!((&stages.plan[..], &stages.judge[..]), (&["openai:b".to_owned()][..], &["openai:a".to_owned()][..]));
    let (first, stages) = models(text, Some("openai:e"));
    assert_eq!((first.as_str(), stages.names()), ("openai:e", vec!["openai:e"]));
    let (first, stages) = models("[model]\nwrite = 'openai:c'\n", None);
    assert_eq!((first.as_str(), stages.names()), ("openai:c", vec!["openai:c"]));
    let (_, stages) = models("[model]\nwrite = ['openai:c', 'openai:d']\n", None);
    assert_eq!(stages.brief, ["openai:c", "openai:d"], "the calls before the writing have the same second choice");
    assert_eq!(file("[model]\nbrief = []\n").problems().len(), 1);
    assert_eq!(file("[model]\nbrief = ['nobody:a']\n").problems().len(), 1);
}
