//! Publishing book events: each public event of the ledger is published again until the broker confirms it.

use std::{collections::HashSet, sync::Arc, time::Duration};

use bindery_domain::{BookId, Digest, timestamp};
use bindery_ledger::{Book, Event, EventKind};
use bindery_protocol::{
    book_event::{BookEvent, BookEventFile, public_name, routing_key},
    submission::CloudEvent,
};
use bindery_queue::{Destination, QueueError};
use bindery_runtime::{
    FaultLog, Ports, PublishError, STORE_FAULT, crash_point,
    subject::{Subject, within},
};
use bindery_store::{StoreError, Unpublished, Webhook};
use futures_util::future::try_join_all;
use tokio_util::sync::CancellationToken;

use crate::{leader_lock, webhooks};

/// The pause between two passes, which is the most that an event is late.
const PASS_PAUSE: Duration = Duration::from_millis(250);

/// The most books in one pass.
const MAX_BOOKS_PER_PASS: u32 = 100;

/// The most events of one book in one pass.
const MAX_EVENTS_PER_BOOK: u32 = 500;

/// How many letters of the digest of its content an event's id holds.
const ID_LETTERS: usize = 16;

/// The broker does not confirm events.
static EVENTS_FAULT: FaultLog =
    FaultLog::new("events could not be published; trying again", "events are published again");

/// Publishes events until `shutdown`. Only the leader publishes. An event that is published twice has the same id. The message
/// of a webhook's notice counts as lost after `lost_after`.
pub async fn run(ports: Ports, holder: String, lost_after: Duration, shutdown: CancellationToken) {
    // A pass may be dropped at any point: the next one publishes again what is not confirmed.
    let _stopped = shutdown
        .run_until_cancelled(async {
            let (mut failed, mut store_fault, mut broker_fault) =
                (HashSet::new(), STORE_FAULT.caller(), EVENTS_FAULT.caller());
            loop {
                match publish_once(&ports, &holder, lost_after, &mut failed).await {
                    Ok(()) => {
                        store_fault.ended();
                        broker_fault.ended();
                    }
                    Err(PublishError::Store(error)) => store_fault.failed(&error),
                    Err(PublishError::Queue(error)) => {
                        store_fault.ended();
                        broker_fault.failed(&error);
                    }
                }
                tokio::time::sleep(PASS_PAUSE).await;
            }
        })
        .await;
}

/// Publishes the events of some books. The books that the store could not read are `failed`. Their events stay unpublished
/// and may come first again, so each pass takes as many books more.
async fn publish_once(
    ports: &Ports,
    holder: &str,
    lost_after: Duration,
    failed: &mut HashSet<BookId>,
) -> Result<(), PublishError> {
    if !leader_lock::take(ports, "herald", holder).await? {
        return Ok(());
    }
    let before = std::mem::take(failed);
    let books = MAX_BOOKS_PER_PASS.saturating_add(u32::try_from(before.len()).unwrap_or(u32::MAX));
    let unpublished = ports.store.unpublished_events(books).await?;
    if unpublished.is_empty() {
        return Ok(());
    }
    let webhooks = Listeners { webhooks: ports.store.webhooks().webhooks().await?, lost_after };
    for unpublished in unpublished {
        match publish_events(ports, &webhooks, &unpublished).await {
            Err(PublishError::Store(error)) => {
                let book = unpublished.book;
                if !before.contains(&book) && !matches!(error, StoreError::Newer(_)) {
                    tracing::warn!(book.id = %book, %error, "the events of a book cannot be published");
                }
                failed.insert(book);
            }
            published => published?,
        }
    }
    Ok(())
}

/// The webhooks of all tenants.
struct Listeners {
    webhooks: Vec<Webhook>,
    /// When the message of a notice counts as lost.
    lost_after: Duration,
}

/// Publishes the unpublished events of a book.
async fn publish_events(ports: &Ports, listeners: &Listeners, unpublished: &Unpublished) -> Result<(), PublishError> {
    let Unpublished { book: id, published } = unpublished;
    // The events come first: a book that is read after its completion has the files that the event names.
    let events = ports.store.events(id, *published, MAX_EVENTS_PER_BOOK).await?;
    let Some(last) = events.last().map(|event| event.seq) else { return Ok(()) };
    let Some(book) = ports.store.book(id).await? else { return Ok(()) };
    let public = events.iter().filter_map(|event| Some(NamedEvent { event, name: public_name(&event.what)? }));
    let public: Vec<_> = public.collect();
    // Consecutive events of chapters are published together. An event of the book itself waits until those before it are
    // confirmed, and those after it wait for it.
    for together in public.chunk_by(|one, next| one.is_of_chapter() && next.is_of_chapter()) {
        try_join_all(together.iter().map(|event| publish(ports, &book, event))).await?;
    }
    notify(ports, listeners, &book, &public).await?;
    crash_point("before_events_are_marked");
    ports.store.mark_events_published(id, last).await?;
    for event in &events {
        log(&book, event).await;
    }
    Ok(())
}

/// Stores the notices of a book's events and publishes their messages. A notice that is stored already stays as it is.
async fn notify(
    ports: &Ports,
    listeners: &Listeners,
    book: &Book,
    public: &[NamedEvent<'_>],
) -> Result<(), PublishError> {
    let of_event = |named: &NamedEvent<'_>| {
        webhooks::notices(&listeners.webhooks, book, named.event, named.name, &cloud_event(book, named))
    };
    let notices: Vec<_> = public.iter().flat_map(of_event).collect();
    if notices.is_empty() {
        return Ok(());
    }
    ports.store.webhooks().add_notices(&notices, listeners.lost_after).await?;
    crash_point("between_notice_and_message");
    Ok(webhooks::publish(ports, notices.into_iter().map(|notice| notice.id).collect()).await?)
}

/// Logs what an operator looks for when a book did not come out as it should. The other events are read by
/// `bindery watch`.
async fn log(book: &Book, event: &Event) {
    let message = match &event.what {
        EventKind::ChapterDead { .. } => "a chapter was given up",
        EventKind::Failed { .. } => "the book has failed",
        EventKind::Expired { .. } => "the book's deadline has passed",
        EventKind::Cancelled => "the book was cancelled",
        EventKind::Held { .. } => "the book is held",
        EventKind::Lifted { .. } => "a hold was lifted",
        EventKind::Reopened { .. } => "chapters whose texts were lost are written again",
        EventKind::Redriven => "the book is tried again",
        EventKind::Rewritten { .. } => "chapters are written again",
        EventKind::Revising { .. } => "chapters are changed as an editor asks",
        EventKind::Done => "the book is done",
        _ => return,
    };
    let (tenant, request_id, reason) = (&book.tenant, &book.request_id, event.what.detail());
    let reason = Some(reason).filter(|reason| !reason.is_empty());
    let is_loss =
        matches!(event.what, EventKind::ChapterDead { .. } | EventKind::Failed { .. } | EventKind::Expired { .. });
    let subject = Arc::new(Subject { book: book.id.clone(), task: event.task, trace_parent: book.trace });
    within(subject, async {
        if is_loss {
            tracing::warn!(tenant, request_id, reason, "{message}");
        } else {
            tracing::info!(tenant, request_id, reason, "{message}");
        }
    })
    .await;
}

/// An event with the name under which it is published.
struct NamedEvent<'a> {
    event: &'a Event,
    name: &'static str,
}

impl NamedEvent<'_> {
    fn is_of_chapter(&self) -> bool {
        self.event.task.is_some_and(|task| task.chapter().is_some())
    }
}

async fn publish(ports: &Ports, book: &Book, public: &NamedEvent<'_>) -> Result<(), QueueError> {
    let destination = Destination::Topic(routing_key(public.name, &book.tenant));
    let mut message = cloud_event(book, public).message();
    if let Some(trace) = book.trace {
        message.set_trace_parent(trace);
    }
    ports.queue.publish(&destination, message).await
}

/// Returns the id of an event, which is the same whenever the event is published. It is unique even if the book is
/// deleted and made again. It is so too if the store goes back in time and gives the event's number to another event. A
/// store that went back may let a book be completed again; with the same files this is the same completion.
fn id(book: &Book, event: &Event) -> String {
    let (place, content) = match completion(book, event) {
        Some(bound) => (format!("completed-{}", event.edition), bound),
        None => (event.seq.to_string(), serde_json::to_string(event).expect("an event holds only text and numbers")),
    };
    let content = Digest::of(content);
    format!("{}:{}:{place}:{}", book.id, book.accepted_at.0, &content.as_str()[..ID_LETTERS])
}

/// Returns what a book was completed with. Returns `None` for another event, and where the book has been reopened since: its
/// binding is then another one.
fn completion(book: &Book, event: &Event) -> Option<String> {
    let is_current = event.what == EventKind::Done && event.edition == book.edition;
    let binding = book.binding.as_ref().filter(|_| is_current)?;
    let files = binding.files.iter().map(|file| format!("{}:{}", file.format, file.digest));
    let texts = binding.texts.iter().map(|text| format!("{}:{}", text.chapter, text.digest));
    Some(files.chain(texts).collect::<Vec<_>>().join(" "))
}

fn cloud_event(book: &Book, public: &NamedEvent<'_>) -> CloudEvent<BookEvent> {
    let NamedEvent { event, name } = *public;
    let binding = book.binding.as_ref().filter(|_| name == "completed");
    let data = BookEvent {
        book: book.id.to_string(),
        request_id: book.request_id.clone(),
        title: book.title.clone(),
        edition: event.edition,
        chapter: event.task.and_then(|task| task.chapter()),
        detail: binding.map_or_else(|| event.what.detail(), |binding| binding.left.join("\n")),
        files: binding.iter().flat_map(|binding| &binding.files).map(BookEventFile::of).collect(),
        score: binding.and_then(|binding| binding.score),
        cost_usd: (book.money.spent + book.money.unknown).0 as f64 / 1e6,
    };
    CloudEvent {
        subject: Some(book.id.to_string()),
        time: Some(timestamp(event.at)),
        ..CloudEvent::new(format!("bindery.book.{name}.v1"), id(book, event), data)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bindery_domain::{Moment, TaskId};
    use bindery_ledger::{Binding, BoundFile, BoundText, Rules, accept, sample::request};
    use bindery_store::{
        Clock,
        damage::{Records, damage},
    };

    use super::*;

    fn rules() -> Rules {
        let second = Duration::from_secs(1);
        let (lease, publish_grace, lost_after) = (second, second, second);
        Rules { lease, publish_grace, lost_after, solo_after: 3, retention: None, max_open_books: None }
    }

    fn bound_from(text: &str) -> Binding {
        let digest = Digest::of(text);
        let url = "file:x".to_owned();
        Binding {
            files: vec![BoundFile { format: "md".into(), digest: digest.clone(), bytes: 9, url }],
            texts: vec![BoundText { chapter: 1, edition: 1, revision: 0, digest }],
            ..Binding::default()
        }
    }

    #[test]
    fn a_completion_that_a_store_that_went_back_lets_come_again_is_the_same_event_if_its_files_are() {
        let (_, writes) = accept(&rules(), Moment(1_000), &request("one", 1), None, None);
        let bound = |edition, text| {
            let book = writes.book.clone().expect("a new book is written");
            Book { edition, binding: Some(bound_from(text)), ..book }
        };
        let done = |seq, edition| Event {
            seq,
            at: Moment(1_000 * seq),
            task: Some(TaskId::Bind),
            edition,
            what: EventKind::Done,
        };
        let first = id(&bound(1, "a text"), &done(17, 1));
        assert_eq!(id(&bound(1, "a text"), &done(19, 1)), first);
        for (book, event) in [(bound(1, "another"), done(17, 1)), (bound(2, "a text"), done(17, 2))] {
            assert_ne!(id(&book, &event), first, "it is another book than the one that was completed first");
        }
        let reopened = bound(2, "another");
        assert_ne!(id(&reopened, &done(17, 1)), id(&reopened, &done(18, 1)), "its own files are no longer known");
        let chapter = |at| {
            let (task, what) = (Some(TaskId::Write(1)), EventKind::ChapterDone { length: 300 });
            Event { seq: 9, at: Moment(at), task, edition: 1, what }
        };
        assert_ne!(id(&reopened, &chapter(1)), id(&reopened, &chapter(2)), "the chapter was written twice");
    }

    #[tokio::test]
    async fn a_book_that_cannot_be_read_does_not_keep_back_the_events_of_others() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("books.db");
        let access = bindery_store::Access::new(&format!("sqlite:{}", file.display()));
        let store = bindery_store::connect(&access, rules(), Clock::Given(Arc::new(|| Moment(1_000)))).await.unwrap();
        for id in ["one", "other"] {
            store.accept(&request(id, 1), None).await.unwrap();
        }
        // The damaged book comes first.
        let book = store.unpublished_events(10).await.unwrap()[0].book.clone();
        damage(&file, &book, Records::Book);
        let ports =
            Ports::new(store.clone(), bindery_queue::connect(&bindery_queue::Access::new("local:")).await.unwrap());
        let mut failed = HashSet::new();
        publish_once(&ports, "test", Duration::from_secs(60), &mut failed).await.unwrap();
        assert_eq!(failed, HashSet::from([book.clone()]));
        let left = store.unpublished_events(10).await.unwrap();
        assert_eq!(left, [Unpublished { book, published: 0 }], "only the damaged book has unpublished events");
    }
}
