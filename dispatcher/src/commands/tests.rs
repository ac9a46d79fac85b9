//! Tests of the commands, on an embedded store and queue.

use std::{collections::BTreeMap, time::Duration};

use bindery_context::{Context, Lengths};
use bindery_files::Credentials;
use bindery_ledger::{
    Operation, Plan, State,
    sample::{RULES, plan, request},
};
use bindery_store::{Clock, Store};
use serde_json::{Value, json};

use super::*;

const TIMEOUT: Duration = Duration::from_secs(10);

/// A consumer at work on one book, `tides` of the tenant `t`.
struct Bench {
    ports: Ports,
    store: Arc<dyn Store>,
    shutdown: CancellationToken,
    _folder: tempfile::TempDir,
}

impl Bench {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let access = bindery_store::Access::new(&format!("sqlite:{}", folder.path().join("books.db").display()));
        let store = bindery_store::connect(&access, RULES, Clock::Own).await.unwrap();
        let queue = bindery_queue::connect(&bindery_queue::Access::new("local:")).await.unwrap();
        let files = bindery_files::connect(&bindery_files::Access {
            url: format!("file:{}", folder.path().join("files").display()).as_str().into(),
            endpoint: None,
            region: String::new(),
            path_style: false,
            credentials: Credentials::Environment(BTreeMap::new()),
            ca_file: None,
            timeout: TIMEOUT,
        })
        .unwrap();
        store.accept(&request("tides", 2), None).await.unwrap();
        let ports = Ports::new(store.clone(), queue);
        let shutdown = CancellationToken::new();
        let consumer = CommandConsumer::new(ports.clone(), files, Config::default());
        tokio::spawn(consumer.run(shutdown.clone()));
        Self { ports, store, shutdown, _folder: folder }
    }

    async fn book(&self) -> Book {
        let id = self.store.id_of("t", "tides").await.unwrap();
        self.store.book(&id).await.unwrap().unwrap()
    }

    /// Sends a body as a user, and returns the type of the answer with its data.
    async fn send(&self, user: &str, body: Vec<u8>) -> (String, Value) {
        let message = Message { user: Some(user.to_owned()), ..Message::new("m", body) };
        let answer = self.ports.queue.ask(Lane::Commands, message, TIMEOUT).await.unwrap();
        let event: CloudEvent<Value> = serde_json::from_slice(&answer.body).unwrap();
        (event.kind, event.data)
    }

    /// Sends a command on the book as a user.
    async fn command(&self, user: &str, id: &str, data: Value) -> (String, Value) {
        let mut data = data;
        data["request_id"] = "tides".into();
        self.send(user, serde_json::to_vec(&CloudEvent::new(command::COMMAND, id, data)).unwrap()).await
    }

    async fn dead(&self) -> u64 {
        self.ports.queue.depth(Lane::Dead).await.unwrap()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

#[tokio::test]
async fn a_command_changes_the_senders_own_book_and_its_answer_says_how_it_stands() {
    let bench = Bench::start().await;
    let (kind, held) = bench.command("t", "1", json!({"command": "hold"})).await;
    assert_eq!(
        (kind.as_str(), &held["holds"], &held["request_id"]),
        (command::DONE, &json!(["operator"]), &json!("tides"))
    );
    let (_, why) = bench.command("t", "2", json!({"command": "why"})).await;
    assert!(why["reasons"].to_string().contains("the command `lift` lets it go on"), "{why}");
    let (kind, refused) = bench.command("t", "3", json!({"command": "hold"})).await;
    assert_eq!((kind.as_str(), &refused["type"]), (command::REFUSED, &json!("urn:bindery:problem:conflict")));
    let (_, cancelled) = bench.command("t", "4", json!({"command": "cancel"})).await;
    assert_eq!((&cancelled["state"], bench.book().await.state), (&json!("cancelled"), State::Cancelled));
    assert_eq!(bench.dead().await, 0, "a refusal that was heard is no dead letter");
}

#[tokio::test]
async fn a_book_of_another_user_is_not_found_by_its_name_nor_by_its_id() {
    let bench = Bench::start().await;
    let book = bench.book().await;
    let (kind, problem) = bench.command("mallory", "1", json!({"command": "cancel"})).await;
    assert_eq!((kind.as_str(), &problem["status"]), (command::REFUSED, &json!(404)));
    let data = json!({"command": "cancel", "book": book.id});
    let body = serde_json::to_vec(&CloudEvent::new(command::COMMAND, "2", data)).unwrap();
    assert_eq!(bench.send("mallory", body).await.1["status"], 404);
    assert_eq!(bench.book().await, book);
}

#[tokio::test]
async fn a_command_that_comes_again_does_nothing_again_and_gets_the_same_answer() {
    let bench = Bench::start().await;
    let first = bench.command("t", "1", json!({"command": "hold"})).await;
    assert_eq!(bench.command("t", "1", json!({"command": "hold"})).await, first);
    bench.command("t", "2", json!({"command": "lift"})).await;
    // It was delivered before the hold was lifted, and comes again afterwards.
    let (kind, late) = bench.command("t", "1", json!({"command": "hold"})).await;
    assert_eq!((kind.as_str(), late.get("holds")), (command::DONE, None));
    assert!(bench.book().await.holds.is_empty());
}

#[tokio::test]
async fn a_message_that_is_no_command_is_answered_with_all_its_faults_and_kept_with_the_reason() {
    let bench = Bench::start().await;
    let (kind, problem) = bench.command("t", "1", json!({"command": "burn", "chapters": "two"})).await;
    assert_eq!((kind.as_str(), problem["errors"].as_array().unwrap().len()), (command::REFUSED, 2), "{problem}");
    assert_eq!(bench.send("t", b"{".to_vec()).await.1["type"], "urn:bindery:problem:malformed");
    assert_eq!(bench.dead().await, 2);
}

#[tokio::test]
async fn chapters_are_written_again_only_where_the_book_has_them() {
    let bench = Bench::start().await;
    let rewrite = |chapters: Value| json!({"command": "rewrite", "chapters": chapters});
    let (_, problem) = bench.command("t", "1", rewrite(json!([0, 3]))).await;
    assert_eq!((&problem["status"], problem["errors"].as_array().unwrap().len()), (&json!(422), 2));
    let (_, early) = bench.command("t", "2", rewrite(json!([1]))).await;
    assert!(early["detail"].as_str().unwrap().contains("wait until it has settled"), "{early}");
    bench.store.operate(&bench.book().await.id, Operation::Cancel).await.unwrap();
    let (_, late) = bench.command("t", "2", rewrite(json!([1]))).await;
    assert_eq!(late["status"], 409);
}

/// Has the store accept a book whose plan waits for a review.
async fn planned(bench: &Bench) -> Book {
    let mut reviewed = request("reviewed", 2);
    reviewed.terms.review = true;
    let context = Context::compile(&reviewed.order.outline, Lengths { chapter: 1_000, section: 500 });
    let plan = Plan { context: serde_json::to_string(&context).unwrap().into(), ..plan() };
    bench.store.accept(&reviewed, Some(&plan)).await.unwrap();
    let id = bench.store.id_of("t", "reviewed").await.unwrap();
    bench.store.book(&id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_plan_is_read_edited_and_approved_at_once_and_again_without_harm() {
    let bench = Bench::start().await;
    let book = planned(&bench).await;
    let send = async |id: &str, data: Value| {
        let mut data = data;
        data["book"] = book.id.as_str().into();
        bench.send("t", serde_json::to_vec(&CloudEvent::new(command::COMMAND, id, data)).unwrap()).await
    };
    let (_, read) = send("1", json!({"command": "plan"})).await;
    let mut plan = read["plan"].clone();
    plan["book"]["audience"] = "people who tie knots in the dark".into();
    let approve = json!({"command": "approve", "plan": plan, "plan_tag": read["plan_tag"]});
    let mut stale = approve.clone();
    stale["plan_tag"] = "0000".into();
    assert_eq!(send("2", stale).await.1["type"], "urn:bindery:problem:outdated");
    let mut wrong = approve.clone();
    wrong["plan"]["chapters"] = json!([]);
    let (kind, refused) = send("3", wrong).await;
    assert!(kind == command::REFUSED && refused["errors"].to_string().contains("it has 0 chapters"), "{refused}");
    let (kind, approved) = send("4", approve.clone()).await;
    assert_eq!((kind.as_str(), approved.get("holds")), (command::DONE, None), "{approved}");
    assert_eq!(send("4", approve).await, (kind, approved), "its plan tag is no longer the present one");
    let (_, kept) = send("5", json!({"command": "plan"})).await;
    assert_eq!(kept["plan"]["book"]["audience"], "people who tie knots in the dark");
}

#[tokio::test]
async fn texts_are_changed_only_where_there_are_some() {
    let bench = Bench::start().await;
    for (id, data) in [
        ("1", json!({"command": "revise", "chapters": [1], "note": "Say who."})),
        ("2", json!({"command": "restore", "chapter": 1, "version": "1.0"})),
        ("3", json!({"command": "import", "chapter": 1, "text": "By hand."})),
    ] {
        let (kind, problem) = bench.command("t", id, data).await;
        assert_eq!((kind.as_str(), &problem["status"]), (command::REFUSED, &json!(404)), "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains("nothing is written of chapter 1"), "{problem}");
    }
    let (_, problem) = bench.command("t", "4", json!({"command": "restore", "chapter": 1, "version": "first"})).await;
    assert_eq!(problem["status"], 422);
}
