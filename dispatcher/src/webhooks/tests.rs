use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use bindery_domain::{BookId, Moment, UnknownFields};
use bindery_ledger::{Book, Event, EventKind, Rules, accept, sample::request};
use bindery_protocol::{book_event::BookEvent, submission::CloudEvent};
use bindery_store::{Clock, Notice, SigningSecret, Store, Webhook};
use bindery_webhook::{Call, SendError, signature};

use super::*;

const SECOND: Duration = Duration::from_secs(1);
const SETTINGS: Settings =
    Settings { retry_after: SECOND, give_up_after: Duration::from_secs(3_600), keep_dead: SECOND, lost_after: SECOND };
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// An endpoint that gives answers in their order, and takes all further notices.
#[derive(Default)]
struct Scripted {
    answers: Mutex<VecDeque<SendError>>,
    calls: Mutex<Vec<Call>>,
}

#[async_trait]
impl Sender for Scripted {
    async fn send(&self, call: &Call) -> Result<(), SendError> {
        self.calls.lock().unwrap().push(call.clone());
        self.answers.lock().unwrap().pop_front().map_or(Ok(()), Err)
    }
}

struct Bench {
    ports: Ports,
    endpoint: Arc<Scripted>,
    courier: Courier,
    time: Arc<AtomicU64>,
    _folder: tempfile::TempDir,
}

impl Bench {
    /// Makes a bench with one webhook and one notice for it.
    async fn new(settings: Settings, answers: Vec<SendError>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let access = bindery_store::Access::new(&format!("sqlite:{}", folder.path().join("books.db").display()));
        let time = Arc::new(AtomicU64::new(1_000));
        let told = time.clone();
        let clock = Clock::Given(Arc::new(move || Moment(told.load(Ordering::SeqCst))));
        let store = bindery_store::connect(&access, rules(), clock).await.unwrap();
        store.webhooks().add_webhook(&webhook("w")).await.unwrap();
        store.webhooks().add_notices(&[owed()], SECOND).await.unwrap();
        let ports = Ports::new(store, bindery_queue::connect(&bindery_queue::Access::new("local:")).await.unwrap());
        let endpoint = Arc::new(Scripted { answers: Mutex::new(answers.into()), ..Scripted::default() });
        let courier = Courier::new(ports.clone(), endpoint.clone(), settings);
        Self { ports, endpoint, courier, time, _folder: folder }
    }

    fn store(&self) -> &dyn Store {
        &*self.ports.store
    }

    async fn attempt(&self) {
        assert!(self.courier.attempt("msg_1", &CancellationToken::new()).await.is_some());
    }

    async fn notice(&self) -> Option<Notice> {
        self.store().webhooks().notice("msg_1").await.unwrap()
    }

    fn calls(&self) -> Vec<Call> {
        self.endpoint.calls.lock().unwrap().clone()
    }

    /// Returns what is due after a time.
    async fn due_after(&self, time: Duration) -> Vec<String> {
        self.time.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
        self.store().webhooks().take_due_notices(10, SECOND).await.unwrap()
    }
}

fn rules() -> Rules {
    let (lease, publish_grace, lost_after) = (SECOND, SECOND, SECOND);
    Rules { lease, publish_grace, lost_after, solo_after: 3, retention: None, max_open_books: None }
}

fn webhook(id: &str) -> Webhook {
    Webhook {
        id: id.to_owned(),
        tenant: "t".to_owned(),
        url: "https://books.example.com/".to_owned(),
        events: Vec::new(),
        named_only: false,
        secret: SigningSecret(SECRET.to_owned()),
        former: None,
        added_at: Moment(1_000),
        disabled: None,
        unknown: UnknownFields::default(),
    }
}

fn owed() -> Notice {
    Notice {
        id: "msg_1".to_owned(),
        webhook: "w".to_owned(),
        book: BookId::of("t", "r"),
        event: "completed".to_owned(),
        body: "{\"a\": 1}".to_owned(),
        begun_at: bindery_store::now(),
        attempts: 0,
        failure: String::new(),
        dead_at: None,
        unknown: UnknownFields::default(),
    }
}

fn refused() -> SendError {
    SendError::Refused { status: 503, retry_after: None }
}

#[tokio::test]
async fn a_notice_that_is_taken_is_gone_and_was_signed() {
    let bench = Bench::new(SETTINGS, Vec::new()).await;
    bench.attempt().await;
    assert_eq!(bench.notice().await, None);
    let calls = bench.calls();
    let [Call { timestamp, body, signatures, .. }] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!(body, "{\"a\": 1}");
    assert_eq!(*signatures, signature(SECRET, "msg_1", *timestamp, body).unwrap());
    bench.attempt().await;
    assert_eq!(bench.calls().len(), 1, "a message that comes twice sends nothing");
}

#[tokio::test]
async fn a_notice_that_is_not_taken_is_parked_and_sent_again_under_its_id() {
    let bench = Bench::new(SETTINGS, vec![refused()]).await;
    bench.attempt().await;
    let parked = bench.notice().await.unwrap();
    assert_eq!((parked.attempts, parked.failure.as_str()), (1, "it answered with the status 503"));
    assert!(bench.due_after(SECOND / 4).await.is_empty(), "it waits at least half a second");
    assert_eq!(bench.due_after(SECOND).await, ["msg_1"]);
    // The webhook rests until the wait of its notice is over.
    tokio::time::sleep(SECOND).await;
    bench.attempt().await;
    assert_eq!(bench.notice().await, None);
    let calls = bench.calls();
    assert_eq!((calls[0].id.as_str(), &calls[0].body), (calls[1].id.as_str(), &calls[1].body));
}

#[tokio::test]
async fn a_webhook_that_fails_is_not_called_for_every_notice() {
    let long = SendError::Refused { status: 429, retry_after: Some(Duration::from_secs(600)) };
    let bench = Bench::new(SETTINGS, vec![long]).await;
    bench.attempt().await;
    assert!(bench.due_after(Duration::from_secs(599)).await.is_empty(), "it waits as long as it is asked to");
    bench.attempt().await;
    assert_eq!(bench.calls().len(), 1);
    assert_eq!(bench.notice().await.unwrap().attempts, 1, "a notice that was not sent has had no attempt");
}

#[tokio::test]
async fn a_notice_is_dead_after_its_time_and_leaves_later() {
    let settings = Settings { give_up_after: Duration::ZERO, ..SETTINGS };
    let bench = Bench::new(settings, Vec::new()).await;
    bench.attempt().await;
    assert!(bench.calls().is_empty());
    let dead = bench.store().webhooks().dead_notices("w").await.unwrap();
    assert_eq!(dead.len(), 1);
    assert!(bench.due_after(SECOND).await.len() == 1, "it is due to be removed");
    bench.attempt().await;
    assert!(bench.notice().await.is_some(), "its time is not over by the clock of this machine");
    let kept = Notice { dead_at: Some(Moment(1)), ..dead[0].clone() };
    bench.store().webhooks().replace_notice(&kept, SECOND).await.unwrap();
    bench.attempt().await;
    assert_eq!(bench.notice().await, None);
}

#[tokio::test]
async fn a_webhook_that_is_gone_is_disabled_and_takes_nothing_more() {
    let bench = Bench::new(SETTINGS, vec![SendError::Gone]).await;
    bench.attempt().await;
    let webhook = bench.store().webhooks().webhook("w").await.unwrap().unwrap();
    assert!(webhook.disabled.is_some_and(|disabled| disabled.reason.contains("410")));
    assert_eq!(bench.store().webhooks().dead_notices("w").await.unwrap().len(), 1);
    let next = Notice { id: "msg_2".to_owned(), ..owed() };
    bench.store().webhooks().add_notices(&[next], SECOND).await.unwrap();
    bench.courier.attempt("msg_2", &CancellationToken::new()).await.unwrap();
    assert_eq!((bench.calls().len(), bench.store().webhooks().dead_notices("w").await.unwrap().len()), (1, 2));
    bench.store().webhooks().remove_webhook("w").await.unwrap();
    let orphan = Notice { id: "msg_3".to_owned(), ..owed() };
    bench.store().webhooks().add_notices(&[orphan], SECOND).await.unwrap();
    bench.courier.attempt("msg_3", &CancellationToken::new()).await.unwrap();
    assert_eq!(bench.store().webhooks().notice("msg_3").await.unwrap(), None, "nobody is told of it any more");
}

/// Returns a book whose submission names a webhook.
fn book(named: Option<&str>) -> Book {
    let (_, writes) = accept(&rules(), Moment(1_000), &request("one", 1), None, None);
    let mut book = writes.book.expect("a new book is written");
    book.terms.webhook = named.map(str::to_owned);
    book.tenant = "t".to_owned();
    book
}

fn told(webhooks: &[Webhook], book: &Book, at: u64) -> Vec<Notice> {
    let event = Event { seq: 1, at: Moment(at), task: None, edition: 1, what: EventKind::Planned };
    let data = BookEvent {
        book: book.id.to_string(),
        request_id: "one".to_owned(),
        title: "Knots".to_owned(),
        edition: 1,
        chapter: None,
        detail: String::new(),
        files: Vec::new(),
        score: None,
        cost_usd: 0.0,
    };
    let published = CloudEvent::new("bindery.book.planned.v1", "the-id".to_owned(), data);
    notices(webhooks, book, &event, "planned", &published)
}

#[test]
fn a_webhook_is_told_of_what_it_asked_for_and_of_no_other_tenants_books() {
    let books = |webhook: Webhook, named| told(&[webhook], &book(named), 1_000).len();
    let plain = || webhook("w");
    assert_eq!(books(plain(), None), 1);
    assert_eq!(books(Webhook { tenant: "other".into(), ..plain() }, Some("w")), 0, "not even if it is named");
    assert_eq!(books(Webhook { events: vec!["completed".into()], ..plain() }, None), 0);
    assert_eq!(books(Webhook { events: vec!["planned".into()], ..plain() }, None), 1);
    let named_only = || Webhook { named_only: true, ..plain() };
    assert_eq!((books(named_only(), None), books(named_only(), Some("v")), books(named_only(), Some("w"))), (0, 0, 1));
    assert!(told(&[plain()], &book(None), 999).is_empty(), "the event came before it");
    let off = bindery_store::Disabled { at: Moment(1), reason: String::new() };
    assert_eq!(books(Webhook { disabled: Some(off), ..plain() }, None), 0);
}

#[test]
fn a_notice_has_the_same_id_whenever_its_event_is_published_and_another_for_each_webhook() {
    let webhooks = [webhook("v"), webhook("w")];
    let (first, again) = (told(&webhooks, &book(None), 1_000), told(&webhooks, &book(None), 1_000));
    assert_eq!((&first[0].id, &first[1].id), (&again[0].id, &again[1].id));
    assert_ne!(first[0].id, first[1].id);
    assert!(!first[0].id.contains('.'), "the signature sets it apart by dots");
    let body: serde_json::Value = serde_json::from_str(&first[0].body).unwrap();
    assert_eq!((&body["type"], &body["data"]["title"]), (&"bindery.book.planned.v1".into(), &"Knots".into()));
    assert_eq!(body["timestamp"], "1970-01-01T00:00:01.000Z");
}

#[tokio::test]
async fn a_notice_whose_message_is_lost_is_sent_when_it_is_due() {
    let bench = Bench::new(SETTINGS, Vec::new()).await;
    bench.time.fetch_add(1_000, Ordering::SeqCst);
    let stop = CancellationToken::new();
    let running = tokio::spawn(run(bench.ports.clone(), bench.endpoint.clone(), SETTINGS, stop.clone()));
    while bench.notice().await.is_some() {
        tokio::time::sleep(SECOND / 10).await;
    }
    stop.cancel();
    running.await.unwrap();
    assert_eq!(bench.calls().len(), 1);
}
