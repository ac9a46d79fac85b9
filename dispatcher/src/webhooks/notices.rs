//! The notices of a book's events.

use bindery_domain::{Digest, UnknownFields, timestamp};
use bindery_ledger::{Book, Event};
use bindery_protocol::{book_event::BookEvent, notice::NoticeBody, submission::CloudEvent};
use bindery_store::{Notice, Webhook};

/// How many letters of a digest the id of a notice holds.
const ID_LETTERS: usize = 32;

/// Makes the notices of a public event for those webhooks that are to be told of it.
pub(crate) fn notices(
    webhooks: &[Webhook],
    book: &Book,
    event: &Event,
    name: &str,
    published: &CloudEvent<BookEvent>,
) -> Vec<Notice> {
    let told = webhooks.iter().filter(|webhook| is_told(webhook, book, event, name));
    told.map(|webhook| notice(webhook, book, event, name, published)).collect()
}

fn is_told(webhook: &Webhook, book: &Book, event: &Event, name: &str) -> bool {
    let is_named = book.terms.webhook.as_ref() == Some(&webhook.id);
    webhook.tenant == book.tenant
        && webhook.disabled.is_none()
        && (is_named || !webhook.named_only)
        && (webhook.events.is_empty() || webhook.events.iter().any(|wanted| wanted == name))
        && webhook.added_at <= event.at
}

fn notice(webhook: &Webhook, book: &Book, event: &Event, name: &str, published: &CloudEvent<BookEvent>) -> Notice {
    let body =
        NoticeBody { kind: published.kind.clone(), timestamp: timestamp(event.at), data: published.data.clone() };
    // The event's id comes from its content, so this one is the same whenever the event is published again.
    let digest = Digest::of(format!("{} {}", webhook.id, published.id));
    Notice {
        id: format!("msg_{}", &digest.as_str()[..ID_LETTERS]),
        webhook: webhook.id.clone(),
        book: book.id.clone(),
        event: name.to_owned(),
        body: serde_json::to_string(&body).expect("an event holds only text and numbers"),
        begun_at: bindery_store::now(),
        attempts: 0,
        failure: String::new(),
        dead_at: None,
        unknown: UnknownFields::default(),
    }
}
