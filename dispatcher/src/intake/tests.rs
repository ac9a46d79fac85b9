use std::{collections::HashMap, time::Duration};

use bindery_model::{CallerSettings, Prices};
use bindery_protocol::submission::SUBMIT;
use bindery_store::Clock;

use super::*;

/// More submissions than may be under way at once.
const SUBMISSIONS: u64 = 20;

fn message(number: u64) -> Message {
    let model = Some("stand-in:prose".into());
    let submission = Submission { request_id: format!("book {number}"), model, ..reading::tests::submission() };
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
    let shutdown = CancellationToken::new();
    let serve = |_| {
        let ports = Ports::new(store.clone(), queue.clone());
        tokio::spawn(Intake::new(ports, models(&settings), settings.clone()).run(shutdown.clone()))
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
async fn a_record_that_cannot_be_read_is_not_waited_for() {
    let damaged = || async { Err::<(), _>(StoreError::Unreadable { what: "book", cause: "damage".into() }) };
    let answered = until_answered(&CancellationToken::new(), damaged).await;
    assert!(matches!(answered, Some(Err(StoreError::Unreadable { .. }))), "{answered:?}");
}
