//! Tests of indexes that disagree with the books.

use super::*;

/// Opens a store that heals its indexes whenever it is asked what is due.
async fn healing(server: &Server) -> Redis {
    Redis { healing: Duration::ZERO, ..open(&Access::new(&server.url())).await }
}

async fn open_with_limit(server: &Server, books: u64) -> Redis {
    let rules = Rules { max_open_books: Some(books), ..RULES };
    Redis::connect(&Access::new(&server.url()), rules, Clock::Own).await.unwrap()
}

async fn healed(store: &Redis) -> u32 {
    store.due(&Scope::All, 10).await.unwrap().healed
}

fn names(server: &Server, index: &str) -> Vec<String> {
    let command =
        if index == keys::OPEN { ["SMEMBERS", index].to_vec() } else { ["ZRANGE", index, "0", "-1"].to_vec() };
    server.cli(&command).lines().filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_book_that_settled_as_its_process_died_is_no_longer_open() {
    let server = Server::start();
    let store = healing(&server).await;
    let (book, _) = planned(&store, 1, 1).await;
    store.operate(&book, Operation::Cancel).await.unwrap();
    // The process would have removed this next.
    server.cli(&["SADD", keys::OPEN, book.as_str()]);
    assert_eq!(store.load().await.unwrap().open_books, 1);
    assert_eq!(healed(&store).await, 1);
    assert_eq!(store.load().await.unwrap().open_books, 0);
    assert_eq!(healed(&store).await, 0, "nothing is left to heal");
}

#[tokio::test]
async fn needless_and_missing_index_entries_are_corrected_and_counted() {
    let server = Server::start();
    let store = healing(&server).await;
    let (open, _) = planned(&store, 1, 1).await;
    let unlisted = request("unlisted", 1);
    store.accept(&unlisted, None).await.unwrap();
    let (open, unlisted) = (open.as_str(), unlisted.book_id());
    for index in [keys::DUE, keys::UNPUBLISHED] {
        server.cli(&["ZREM", index, open]);
    }
    server.cli(&["SREM", keys::OPEN, open]);
    server.cli(&["ZREM", keys::BOOKS, unlisted.as_str()]);
    server.cli(&["ZADD", keys::DUE, "9999999999999", unlisted.as_str()]);
    server.cli(&["ZADD", keys::BOOKS, "1", "gone"]);
    server.cli(&["SADD", keys::OPEN, "gone"]);
    // Three entries of the open book, two of the book that is not listed, and two of the deleted book are wrong.
    assert_eq!(healed(&store).await, 7);
    let mut both = vec![open.to_owned(), unlisted.to_string()];
    both.sort();
    for index in [keys::OPEN, keys::BOOKS, keys::DUE, keys::UNPUBLISHED] {
        let mut found = names(&server, index);
        found.sort();
        assert_eq!(found, both, "{index}");
    }
    let listed = store.books().await.unwrap();
    assert!(listed.iter().any(|book| book.id == unlisted), "{listed:?}");
    assert_eq!(healed(&store).await, 0);
}

#[tokio::test]
async fn the_place_of_a_book_whose_process_died_before_it_was_stored_is_given_back() {
    let server = Server::start();
    let store = Redis { healing: Duration::ZERO, ..open_with_limit(&server, 1).await };
    let mut connection = store.servers.connections.get().await.unwrap();
    let (_, writes) = bindery_ledger::accept(&RULES, crate::now(), &request("dead", 1), None, None);
    let dead = writes.book.unwrap();
    assert!(hints::reserve(&mut connection, &dead, 1).await.unwrap());
    drop(connection);
    assert_eq!(store.accept(&request("r", 1), None).await.unwrap(), Accepted::Full);
    assert_eq!(healed(&store).await, 2, "it was named as open and in the list of all books");
    assert!(matches!(store.accept(&request("r", 1), None).await.unwrap(), Accepted::New(_)));
}

#[tokio::test]
async fn a_repeated_submission_finds_the_lost_hints_of_its_book() {
    let server = Server::start();
    let store = open(&Access::new(&server.url())).await;
    let (book, _) = planned(&store, 1, 1).await;
    let indexes = [keys::OPEN, keys::BOOKS, keys::DUE, keys::UNPUBLISHED];
    server.cli(&[&["DEL"], &indexes[..]].concat());
    let mut again = request("r", 1);
    again.terms.window = 1;
    assert!(matches!(store.accept(&again, None).await.unwrap(), Accepted::Exists(_)));
    for index in indexes {
        assert_eq!(names(&server, index), [book.to_string()], "{index}");
    }
}

#[tokio::test]
async fn many_books_are_checked_a_bounded_number_at_a_time() {
    let server = Server::start();
    let store = healing(&server).await;
    let (book, _) = planned(&store, 1, 1).await;
    server.cli(&["EVAL", "for n = 1, 1500 do redis.call('SADD', KEYS[1], 'gone-' .. n) end", "1", keys::OPEN]);
    let first = healed(&store).await;
    assert!((500..1_500).contains(&first), "{first} were healed at once");
    let second = healed(&store).await;
    assert_eq!(first + second, 1_500);
    assert_eq!(names(&server, keys::OPEN), [book.to_string()]);
    let stats = server.cli(&["INFO", "commandstats"]);
    // The test itself has made this one call, to read the names.
    assert!(stats.contains("cmdstat_smembers:calls=1,") && !stats.contains("cmdstat_keys:"), "{stats}");
}

#[tokio::test]
async fn a_record_that_cannot_be_read_hides_no_other_book_and_stops_no_sweep() {
    let server = Server::start();
    let store = healing(&server).await;
    let (sound, _) = planned(&store, 1, 1).await;
    let damaged = request("damaged", 1);
    store.accept(&damaged, None).await.unwrap();
    let damaged = damaged.book_id();
    server.cli(&["HSET", &Keys::of(&damaged).book(), "record", "{"]);
    let ids = |books: Vec<Book>| books.into_iter().map(|book| book.id).collect::<Vec<_>>();
    assert_eq!(ids(store.books().await.unwrap()), std::slice::from_ref(&sound));
    assert_eq!(ids(store.open_books().await.unwrap()), [sound]);
    let unreadable = store.unreadable_books().await.unwrap();
    assert_eq!(unreadable.len(), 1);
    assert_eq!(unreadable[0].id, damaged);
    assert!(matches!(unreadable[0].error, StoreError::Unreadable { .. }), "{unreadable:?}");
    server.cli(&["ZREM", keys::BOOKS, damaged.as_str()]);
    healed(&store).await;
}

#[tokio::test]
async fn a_key_of_another_type_hides_no_other_book_and_stops_no_sweep() {
    let server = Server::start();
    let store = healing(&server).await;
    let (sound, _) = planned(&store, 1, 1).await;
    let damaged = request("damaged", 1);
    store.accept(&damaged, None).await.unwrap();
    let (damaged, ids) =
        (damaged.book_id(), |books: Vec<Book>| books.into_iter().map(|book| book.id).collect::<Vec<_>>());
    for key in [Keys::of(&damaged).book(), Keys::of(&damaged).due()] {
        server.cli(&["SET", &key, "a text"]);
    }
    server.cli(&["ZADD", keys::DUE, "0", damaged.as_str()]);
    assert_eq!(ids(store.books().await.unwrap()), std::slice::from_ref(&sound));
    assert_eq!(ids(store.open_books().await.unwrap()), std::slice::from_ref(&sound));
    let unreadable = store.unreadable_books().await.unwrap();
    assert_eq!(unreadable.iter().map(|book| &book.id).collect::<Vec<_>>(), [&damaged]);
    assert!(unreadable[0].error.to_string().contains("WRONGTYPE"), "{}", unreadable[0].error);
    assert_eq!(healed(&store).await, 0);
    assert_eq!(store.unpublished_events(10).await.unwrap().len(), 1, "only one book can tell its events");
    assert_eq!(store.missing(&[sound, damaged.clone()]).await.unwrap(), 2);
    assert!(store.delete(&damaged).await.unwrap());
    assert!(store.unreadable_books().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_event_that_cannot_be_read_keeps_its_number_and_hides_no_other() {
    let server = Server::start();
    let store = open(&Access::new(&server.url())).await;
    let (book, _) = planned(&store, 1, 1).await;
    let last = store.events(&book, 0, 100).await.unwrap().len() as u64;
    let events = Keys::of(&book).events();
    server.cli(&["XADD", &events, &format!("{}-0", last + 1), "event", "{"]);
    server.cli(&["XADD", &events, &format!("{}-0", last + 2), "event", "{"]);
    let read = store.events(&book, last - 1, 100).await.unwrap();
    assert_eq!(read.iter().map(|event| event.seq).collect::<Vec<_>>(), [last, last + 1, last + 2]);
    assert_ne!(read[0].what.name(), "unreadable");
    assert_eq!(read[1].what.name(), "unreadable");
}
