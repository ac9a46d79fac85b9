//! What streams the events of books.

use super::*;
use crate::events::{self, BookMessage, HeardEvent};

/// Returns what streams the events of a book, and those of all books of the caller.
pub(super) fn of_events() -> Vec<Operation> {
    vec![
        Operation {
            parameters: vec![
                header("Last-Event-ID", "The id of the last event that was heard, to go on behind it."),
                query("text", "boolean", "Whether the texts of sections are streamed too, while models write them."),
            ],
            ..reading(
                "/v1/books/{id}/events",
                "bookEvents",
                "Streams the events of a book from the first one, as Server-Sent Events, with no gap.",
                Answer {
                    status: 200,
                    description: "A stream. The data of each message is an `Event`. A message called `reset` says that the events \
                                  heard so far are void, and one called `deleted` that the book is gone. With `text=true`, a message \
                                  called `text` has a piece of a section's text, and one called `text_ended` says that a text is no \
                                  longer under way.",
                    media_type: "text/event-stream",
                    schema: Some(schema::<BookMessage>),
                    headers: &[],
                },
                routing::get(events::of_book),
            )
        },
        Operation {
            parameters: vec![header("Last-Event-ID", "The id of the last event that was heard, to go on behind it.")],
            ..reading(
                "/v1/events",
                "events",
                "Streams the events of all your books from now on, as Server-Sent Events.",
                Answer {
                    status: 200,
                    description: "A stream. The data of each message is an `Event`. A message called `reset` says that the events \
                                  heard so far of its `book` are void. After a pause, an event may come twice: its book and its \
                                  number tell.",
                    media_type: "text/event-stream",
                    schema: Some(schema::<HeardEvent>),
                    headers: &[],
                },
                routing::get(events::of_tenant),
            )
        },
    ]
}
