//! Whether the store, the broker and the place for files take what a fleet gives them. Each is looked at whatever the
//! others lack.

use std::{path::Path, time::Instant};

use bindery_config::Config;
use bindery_domain::{
    Moment,
    phrasing::{Phrased, counted},
};
use bindery_queue::{MessageLimit, Queue};
use bindery_store::{Durability, Examination, Store, StoreError, UnreadableBook};

use super::{CheckResult, folder};
use crate::{
    app::{self, is_fleet, keeps_books_here},
    cli::Global,
    environment::Environment,
};

/// The share of the store's memory above which no submission is taken in.
const FULL: f64 = 0.8;

/// Looks at all of them.
pub(super) async fn look(global: &Global, environment: &Environment, config: &Config, results: &mut Vec<CheckResult>) {
    let folder = match app::folder(global, environment, config) {
        Ok(folder) => folder,
        Err(failure) => {
            let advice = "choose a data folder that is yours with --data DIR";
            return results.push(CheckResult::bad("data folder", failure.to_string(), advice));
        }
    };
    if keeps_books_here(config) {
        results.push(folder::writable(&folder));
    }
    let access = config.queue.access();
    let (store, queue) = tokio::join!(app::store(config, &folder), bindery_queue::connect(&access));
    match &store {
        Ok(store) => {
            results.extend([self::store(config, &**store).await, clock(&**store).await]);
            results.extend(accepted(config, &**store).await);
        }
        Err(error) => results.push(CheckResult::bad("store", error.to_string(), "start the store, or check store.url")),
    }
    match &queue {
        Ok(queue) => {
            results.push(self::queue(config, &**queue).await);
            results.extend(message_limit(config, &**queue).await);
        }
        Err(error) => {
            results.push(CheckResult::bad("queue", error.to_string(), "start the broker, or check queue.url"))
        }
    }
    results.push(files(environment, config, &folder).await);
}

/// Looks the store over, has it take a write, and says how many books it has.
async fn store(config: &Config, store: &dyn Store) -> CheckResult {
    let begun = Instant::now();
    let advice = match is_fleet(config) {
        true => "change the server's settings as it says; docs/fleet.md tells what each is for",
        false => "copy the data folder before anything else; finished books may still be read with `bindery get`",
    };
    let Examination { mut faults, unknown } = match store.examine().await {
        Ok(found) => found,
        Err(error) => return CheckResult::bad("store", error.to_string(), advice),
    };
    let listed = async { Ok::<_, StoreError>((store.unreadable_books().await?, store.books().await?.len())) };
    let books = match listed.await {
        Ok((unreadable, books)) => {
            faults.extend(unreadable.into_iter().map(|UnreadableBook { id, error }| format!("the book {id}: {error}")));
            books
        }
        Err(error) => {
            faults.push(error.to_string());
            0
        }
    };
    if let Err(error) = store.probe().await {
        faults.insert(0, format!("takes no writes: {error}"));
        let advice = "nothing goes on until it takes writes; see docs/runbook/store-errors.md";
        return CheckResult::bad("store", faults.join("; "), advice);
    }
    if !faults.is_empty() {
        return CheckResult::bad("store", faults.join("; "), advice);
    }
    let books = counted(books as u64, "book", "books");
    let sound = format!("sound, with {books}; looked over in {:.1} s", begun.elapsed().as_secs_f64());
    match store.load().await.ok().and_then(|load| load.memory).filter(|used| *used >= FULL) {
        Some(used) => CheckResult::well("store", format!("{sound}; {:.0} % of its memory is used", used * 100.0))
            .with_advice("no submission is taken in above 80 %; see docs/runbook/store-memory.md"),
        None if !unknown.is_empty() => {
            CheckResult::well("store", format!("{sound}; not known: {}", unknown.join("; ")))
                .with_advice("look at the service's own settings; docs/managed.md says what to look for")
        }
        None => CheckResult::well("store", sound),
    }
}

/// Says what a fleet's answer that a book is accepted is worth if the store crashes. Nothing is said of a store that does not
/// answer.
async fn accepted(config: &Config, store: &dyn Store) -> Option<CheckResult> {
    if !is_fleet(config) {
        return None;
    }
    let durability = store.durability().await.ok()?;
    Some(worth(durability, config.serve.wait_for_disk))
}

fn worth(durability: Durability, waits: bool) -> CheckResult {
    const WHAT: &str = "answers";
    match durability {
        Durability::Memory => CheckResult::bad(
            WHAT,
            "a crash of the store may lose books that were answered as accepted: it keeps no log on its disk",
            "set appendonly to `yes` and appendfsync to `everysec`, with `redis-cli CONFIG SET` and in its configuration",
        ),
        Durability::Unknown => CheckResult::well(
            WHAT,
            "it is not known if a crash of the store loses books that were answered: it tells nothing of its disk",
        )
        .with_advice("docs/managed.md says what to look for at a service that hides its settings"),
        _ if !waits => CheckResult::well(
            WHAT,
            "a crash of the store may lose books of the last second that were answered as accepted",
        )
        .with_advice("serve.wait_for_disk = true answers once the store has a book on its disk"),
        Durability::FlushInterval => CheckResult::well(
            WHAT,
            "a book is answered as accepted 2 s after it was stored, when the store should have it on its disk",
        )
        .with_advice("only Redis 7.2 and later confirm that; with an earlier one a slow disk may still lose the book"),
        Durability::Disk => CheckResult::well(WHAT, "a book is answered as accepted once the store has it on its disk"),
    }
}

/// Has the broker take a message; within one process there is none.
async fn queue(config: &Config, queue: &dyn Queue) -> CheckResult {
    match queue.probe().await {
        Ok(()) => CheckResult::well("queue", format!("{} takes messages", config.queue.url)),
        Err(error) => CheckResult::bad(
            "queue",
            format!("takes no messages: {error}"),
            "look for an alarm at the broker; see docs/runbook/broker-refuses-messages.md",
        ),
    }
}

/// Tries how large a message the broker accepts. Nothing is said of a broker that does not answer, or within one process.
async fn message_limit(config: &Config, queue: &dyn Queue) -> Option<CheckResult> {
    if !is_fleet(config) {
        return None;
    }
    let limit = queue.message_limit().await.ok()?;
    Some(match limit.fault() {
        None => CheckResult::well("messages", "the broker refuses those that are too large"),
        // A managed broker may keep its limit, and a fleet works without one.
        Some(fault) if limit == MessageLimit::TooHigh => CheckResult::well("messages", fault)
            .with_advice("where it cannot be set, let only senders that you trust publish; see docs/managed.md"),
        Some(fault) => CheckResult::bad("messages", fault, "docs/production.md says how a broker is set up"),
    })
}

/// Stores a file where bound files are kept, reads it back and removes it.
async fn files(environment: &Environment, config: &Config, folder: &Path) -> CheckResult {
    let (place, begun) = (&config.files.url, Instant::now());
    let advice = "books cannot be bound until it does; see [files] in `bindery config`";
    let files = match app::files(environment, config, folder) {
        Ok(files) => files,
        Err(failure) => return CheckResult::bad("files", failure.to_string(), advice),
    };
    match files.probe(&format!("{} {:?}", std::process::id(), bindery_store::now())).await {
        Ok(()) => {
            let took = Phrased(begun.elapsed());
            CheckResult::well("files", format!("{place}: one was stored, read and removed in {took}"))
        }
        Err(error) => CheckResult::bad("files", error.to_string(), advice),
    }
}

/// Leases and deadlines are counted by the store's clock: it must not lie before what it has recorded.
async fn clock(store: &dyn Store) -> CheckResult {
    let accepted = store.books().await.unwrap_or_default().into_iter().map(|book| book.accepted_at);
    clock_against(bindery_store::now(), accepted.max())
}

/// No clock that runs right shows a time before this program was written: the first of 2025.
const WRITTEN: Moment = Moment(1_735_689_600_000);

fn clock_against(now: Moment, newest: Option<Moment>) -> CheckResult {
    let advice = "set this machine's clock; leases and deadlines wait for the time that it shows";
    match newest {
        _ if now < WRITTEN => CheckResult::bad("clock", "shows a time before 2025", advice),
        Some(newest) if now < newest => {
            let behind = Phrased(newest.since(now));
            CheckResult::bad("clock", format!("is {behind} behind the newest book's own time"), advice)
        }
        _ => CheckResult::well("clock", "agrees with what is stored"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_worth_what_the_store_keeps_of_a_book() {
        assert!(!worth(Durability::Memory, true).well);
        let advised = |durability, waits| {
            let result = worth(durability, waits);
            assert!(result.well);
            result.advice
        };
        assert_eq!(advised(Durability::Disk, true), None);
        assert!(advised(Durability::Unknown, true).unwrap().contains("docs/managed.md"));
        assert!(advised(Durability::Disk, false).unwrap().contains("serve.wait_for_disk"));
        assert!(advised(Durability::FlushInterval, true).unwrap().contains("7.2"));
    }

    #[test]
    fn a_clock_behind_what_is_stored_is_bad() {
        assert!(clock_against(WRITTEN, None).well);
        assert!(clock_against(WRITTEN, Some(WRITTEN)).well);
        assert!(!clock_against(Moment(WRITTEN.0 - 1), None).well);
        let behind = clock_against(WRITTEN, Some(Moment(WRITTEN.0 + 90_000)));
        assert_eq!(behind.said, "is 1 min 30 s behind the newest book's own time");
    }
}
