//! Tests that kill masters while books are written.

use super::*;

/// Longer than a failover and its consequences take on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(90);

/// Runs a command until the store answers it. Until then, the only error may be that the store failed.
async fn insist<T>(what: impl AsyncFn() -> Result<T, StoreError>) -> T {
    let until = Instant::now() + TIMEOUT;
    loop {
        match what().await {
            Ok(answer) => return answer,
            Err(StoreError::Failed(cause)) if Instant::now() < until => {
                assert!(!cause.is_empty());
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// Submits a book until it is safe, as a dispatcher does: a master that dies may lose what it has answered.
async fn submit(store: &Redis, nth: u32, chapters: u32) {
    let mut request = request(&format!("r{nth}"), chapters);
    request.terms.window = 4;
    let (book, until) = (request.book_id(), Instant::now() + TIMEOUT);
    loop {
        insist(async || store.accept(&request, None).await).await;
        if insist(async || store.sync(&book).await).await.is_some() {
            return;
        }
        assert!(Instant::now() < until, "book {nth} is not safe in time");
    }
}

fn book_id(nth: u32) -> BookId {
    BookId::of("t", &format!("r{nth}"))
}

/// Does the tasks of a book until it is done, as workers do. Each round asks again which tasks there are, since a new
/// master may lack some of the answered commands.
async fn write(store: &Redis, nth: u32) {
    let (book, until) = (book_id(nth), Instant::now() + TIMEOUT);
    loop {
        let record = insist(async || store.book(&book).await).await;
        match record.map(|book| book.state) {
            Some(State::Done) => return,
            Some(_) => {}
            None => panic!("book {nth} was safe and is lost"),
        }
        assert!(Instant::now() < until, "book {nth} is not done in time");
        for task in insist(async || store.tasks(&book).await).await {
            if task.standing == Standing::Released {
                work(store, &book, task.id).await;
            }
        }
    }
}

async fn work(store: &Redis, book: &BookId, task: TaskId) {
    let claim = Command::Claim { worker: "w".into(), claim: task.to_string(), solo: false };
    let Answer::Go(grant) = insist(async || store.step(book, task, claim.clone()).await).await else { return };
    let texts = match task {
        TaskId::Bind => insist(async || store.tasks(book).await).await,
        _ => Vec::new(),
    };
    let bound = |(chapter, text)| bindery_ledger::BoundText::of(chapter, text);
    let result = match task {
        TaskId::Bind => Output::Binding(bindery_ledger::Binding {
            texts: bindery_ledger::current_texts(&texts).into_iter().map(bound).collect(),
            ..Default::default()
        }),
        _ => sample::output(task, "a lease"),
    };
    let (fence, edition, parts, spent) = (grant.fence, grant.task.edition, Vec::new(), Micros::ZERO);
    let commit = Command::Commit { fence, edition, parts, output: result, spent };
    insist(async || store.step(book, task, commit.clone()).await).await;
}

/// Writes books through two processes while the servers are harmed, and some more afterwards.
async fn survive(url: &str, harm: impl FnOnce() + Send + 'static) {
    const CHAPTERS: u32 = 6;
    const AT_ONCE: u32 = 8;
    let access = Access { timeout: Duration::from_secs(1), ..Access::new(url) };
    let stores = [open(&access).await, open(&access).await];
    let (mut books, harming) = (0, tokio::task::spawn_blocking(harm));
    loop {
        let harmed = harming.is_finished();
        let ids = books..books + AT_ONCE;
        future::join_all(ids.map(async |nth| {
            let store = &stores[nth as usize % 2];
            submit(store, nth, CHAPTERS).await;
            write(store, nth).await;
        }))
        .await;
        books += AT_ONCE;
        // One more round begins after the end of the harm.
        if harmed {
            break;
        }
    }
    harming.await.unwrap();
    // The master that was lost may have taken the end of some books with it.
    future::join_all((0..books).map(|nth| write(&stores[0], nth))).await;
    check(&access, books, CHAPTERS).await;
}

/// Checks that all books are whole, listed and settled once the indexes have been healed.
async fn check(access: &Access, books: u32, chapters: u32) {
    let store = Redis { healing: Duration::ZERO, ..open(access).await };
    let healed = store.due(&Scope::All, 10).await.unwrap().healed;
    assert_eq!(store.due(&Scope::All, 10).await.unwrap().healed, 0, "{healed} entries were healed before");
    assert_eq!(store.load().await.unwrap().open_books, 0);
    assert_eq!(store.books().await.unwrap().len(), books as usize);
    for nth in 0..books {
        let book = book_id(nth);
        let tasks = store.tasks(&book).await.unwrap();
        let texts = tasks.iter().filter(|task| task.id.chapter().is_some());
        let digests: Vec<&Digest> = texts.map(|task| &task.result.as_ref().unwrap().digest).collect();
        assert_eq!(digests.len(), chapters as usize);
        for (digest, n) in digests.into_iter().zip(1..) {
            assert_eq!(store.text(&book, digest).await.unwrap(), Some(format!("write/{n} under a lease")));
        }
    }
}

#[tokio::test]
async fn books_go_on_when_sentinels_replace_a_killed_master() {
    let sentinels = Arc::new(Sentinels::start());
    let harmed = sentinels.clone();
    survive(&sentinels.url(), move || harmed.fail_over()).await;
}

#[tokio::test]
async fn books_go_on_when_the_master_of_the_indexes_is_killed() {
    let cluster = Arc::new(RedisCluster::start());
    let harmed = cluster.clone();
    survive(&cluster.url(), move || harmed.kill_master(harmed.holders(keys::OPEN).master)).await;
}

#[tokio::test]
async fn books_go_on_when_a_master_hangs_until_its_replica_serves_and_comes_back() {
    let cluster = Arc::new(RedisCluster::start());
    let harmed = cluster.clone();
    survive(&cluster.url(), move || harmed.freeze_master(harmed.holders(keys::OPEN).master)).await;
}

#[tokio::test]
async fn a_demoted_master_is_an_error_until_it_is_master_again() {
    let (server, other) = (Server::start(), Server::start());
    let store = open(&Access::new(&server.url())).await;
    let (book, _) = planned(&store, 1, 1).await;
    server.cli(&["REPLICAOF", "127.0.0.1", &other.port().to_string()]);
    let refused = store.accept(&request("another", 1), None).await;
    assert!(refused.as_ref().is_err_and(|error| error.to_string().contains("will be back")), "{refused:?}");
    server.cli(&["REPLICAOF", "NO", "ONE"]);
    assert!(matches!(store.accept(&request("another", 1), None).await, Ok(Accepted::New(_))));
    drop(book);
}
