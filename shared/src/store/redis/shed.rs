//! Removing the texts of a book that has been settled for long enough.

use super::{
    connect::{Call, Connections},
    keys::Keys,
    read, scripts,
};
use crate::{
    book::id::BookId,
    ledger::{Book, Texts},
    store::StoreError,
};

type Found = (Option<String>, Option<String>);

/// Removes so many texts of a book whose texts are leaving, and with the last of them the events that listeners were
/// told of; whether none is left.
pub(super) async fn shed(connections: &Connections, book: &BookId, limit: u32) -> Result<bool, StoreError> {
    let keys = Keys::of(book);
    let mut ask = redis::pipe();
    ask.cmd("HMGET").arg(keys.book()).arg(&["record", "version"]);
    ask.cmd("SRANDMEMBER").arg(keys.texts()).arg(limit);
    let ((record, version), names): (Found, Vec<String>) = connections.query(&ask).await?;
    let (Some(record), Some(version)) = (record, version) else { return Ok(false) };
    let Book { texts: Texts::Leaving(_), .. } = read::decode("book", &record)? else { return Ok(false) };
    let texts = names.iter().map(|name| keys.text_named(name));
    let call = Call {
        script: &scripts::SHED,
        keys: [keys.book(), keys.texts(), keys.events()].into_iter().chain(texts).collect(),
        args: std::iter::once(version).chain(names.clone()).map(String::into_bytes).collect(),
    };
    connections.script::<u8>(&call).await.map(|left| left == 1)
}
