use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use bindery_model::{CallerSettings, Prices};
use bindery_protocol::submission::SUBMIT;
use bindery_store::Clock;

pub(crate) use super::reading::tests::{read, submission};
use super::{request::UNKNOWN_WEBHOOK, *};

/// More submissions than may be under way at once.
const SUBMISSIONS: u64 = 20;

fn message(number: u64) -> Message {
    let model = Some("stand-in:prose".into());
    let submission = Submission { request_id: format!("book {number}"), model, ..submission() };
    CloudEvent::new(SUBMIT, number.to_string(), submission).message()
}

fn models(settings: &Config) -> Arc<Models> {
    let prices = Prices::load(None).unwrap();
    Arc::new(Models::new(settings.models(), None, CallerSettings::default(), prices, HashMap::new()))
}

fn rules(settings: &Config) -> bindery_ledger::Rules {
    let ledger = &settings.ledger;
    bindery_ledger::Rules {
        lease: ledger.lease,
        publish_grace: ledger.publish_grace,
        lost_after: ledger.lost_after,
        solo_after: ledger.solo_after,
        retention: None,
        max_open_books: Some(u64::from(settings.serve.max_open_books)),
    }
}

pub(crate) fn files(folder: &std::path::Path) -> Arc<dyn Files> {
    let access = bindery_files::Access {
        url: format!("file:{}", folder.join("files").display()).as_str().into(),
        endpoint: None,
        region: String::new(),
        path_style: false,
        credentials: bindery_files::Credentials::Environment(BTreeMap::new()),
        ca_file: None,
        timeout: Duration::from_secs(5),
    };
    bindery_files::connect(&access).unwrap()
}

#[tokio::test]
async fn submissions_that_come_at_once_do_not_pass_the_limit_of_open_books_together() {
    take_in_up_to_the_limit(1).await;
}

#[tokio::test]
async fn several_dispatchers_do_not_pass_the_limit_of_open_books_together() {
    take_in_up_to_the_limit(3).await;
}

/// Lets this number of intakes take in submissions at once, more than there is room for.
async fn take_in_up_to_the_limit(intakes: usize) {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Config::default();
    settings.serve.tenant = Some("t".into());
    settings.serve.max_open_books = 5;
    let access = bindery_store::Access::new(&format!("sqlite:{}", folder.path().join("books.db").display()));
    let store = bindery_store::connect(&access, rules(&settings), Clock::Own).await.unwrap();
    let queue = bindery_queue::connect(&bindery_queue::Access::new("local:")).await.unwrap();
    for number in 0..SUBMISSIONS {
        queue.publish(&Lane::Submissions.into(), message(number)).await.unwrap();
    }
    let files = files(folder.path());
    let shutdown = CancellationToken::new();
    let serve = |_| {
        let (ports, files) = (Ports::new(store.clone(), queue.clone()), files.clone());
        tokio::spawn(Intake::new(ports, files, models(&settings), settings.clone()).run(shutdown.clone()))
    };
    let serving: Vec<_> = (0..intakes).map(serve).collect();
    let full = async {
        while queue.depth(Lane::Submissions).await.unwrap() != SUBMISSIONS - 5 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), full).await.expect("all that there is no room for is given back");
    shutdown.cancel();
    for serving in serving {
        serving.await.unwrap();
    }
    assert_eq!(store.load().await.unwrap().open_books, 5);
    assert_eq!(queue.depth(Lane::Submissions).await.unwrap(), SUBMISSIONS - 5);
}

#[tokio::test]
async fn a_submission_of_a_tenant_that_has_all_its_books_is_refused_and_others_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Config::default();
    settings.serve.tenant = Some("t".into());
    settings.serve.max_open_books_per_tenant = 2;
    let access = bindery_store::Access::new(&format!("sqlite:{}", folder.path().join("books.db").display()));
    let store = bindery_store::connect(&access, rules(&settings), Clock::Own).await.unwrap();
    let queue = bindery_queue::connect(&bindery_queue::Access::new("local:")).await.unwrap();
    let ports = Ports::new(store.clone(), queue.clone());
    let intake = Intake::new(ports, files(folder.path()), models(&settings), settings);
    let stop = CancellationToken::new();
    let verdict = async |message: Message| intake.decide(&message, &stop).await.verdict;
    for number in 0..2 {
        assert_eq!(verdict(message(number)).await, Verdict::Ack);
    }
    // Nobody awaits an answer, so the refused submission becomes a dead letter.
    let refused = verdict(message(2)).await;
    assert!(
        matches!(&refused, Verdict::DeadLetter { reason } if reason.starts_with("you have 2 open books")),
        "{refused:?}"
    );
    assert_eq!(verdict(message(1)).await, Verdict::Ack, "a repeated one is no further book");
    assert_eq!(store.load().await.unwrap().open_books, 2);
}

/// Adds a webhook of a tenant.
async fn webhook(store: &dyn bindery_store::Store, id: &str, tenant: &str) {
    let webhook = bindery_store::Webhook {
        id: id.to_owned(),
        tenant: tenant.to_owned(),
        url: "https://books.example.com/hook".to_owned(),
        events: Vec::new(),
        named_only: false,
        secret: bindery_store::SigningSecret(String::new()),
        former: None,
        added_at: bindery_domain::Moment(1),
        disabled: None,
        unknown: bindery_domain::UnknownFields::default(),
    };
    store.webhooks().add_webhook(&webhook).await.unwrap();
}

#[tokio::test]
async fn a_submission_may_name_a_webhook_of_its_tenant_alone() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Config::default();
    let access = bindery_store::Access::new(&format!("sqlite:{}", folder.path().join("books.db").display()));
    let store = bindery_store::connect(&access, rules(&settings), Clock::Own).await.unwrap();
    webhook(&*store, "wh_own", "press").await;
    webhook(&*store, "wh_other", "rival").await;
    let naming = |id: &str, words| Submission {
        model: Some("stand-in:prose".into()),
        webhook: Some(id.to_owned()),
        words,
        ..submission()
    };
    let models = models(&settings);
    let read = async |submission: Submission| {
        request_of(&*store, &settings, &models, "press".to_owned(), &submission).await.unwrap()
    };
    let own = read(naming("wh_own", None)).await.unwrap();
    assert_eq!(own.terms.webhook.as_deref(), Some("wh_own"));
    for unknown in ["wh_other", "wh_none", &"w".repeat(50)] {
        assert_eq!(read(naming(unknown, None)).await.unwrap_err(), [UNKNOWN_WEBHOOK], "{unknown}");
    }
    let all = read(naming("wh_none", Some(1))).await.unwrap_err();
    assert!(all.len() == 2 && all[0].starts_with("words: ") && all[1] == UNKNOWN_WEBHOOK, "{all:?}");
    // The book has the webhook already, which is removed before the submission is repeated.
    store.accept(&own, None).await.unwrap();
    store.webhooks().remove_webhook("wh_own").await.unwrap();
    read(naming("wh_own", None)).await.unwrap();
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_not_waited_for() {
    let damaged = || async { Err::<(), _>(StoreError::Unreadable { what: "book", cause: "damage".into() }) };
    let answered = until_answered(&CancellationToken::new(), damaged).await;
    assert!(matches!(answered, Some(Err(StoreError::Unreadable { .. }))), "{answered:?}");
}
