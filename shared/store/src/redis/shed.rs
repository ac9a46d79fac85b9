//! Removing the texts of a book after its retention time.

use bindery_domain::BookId;
use bindery_ledger::{Book, Texts};

use super::{
    connect::Connections,
    keys::Keys,
    scripts::{self, Call},
};
use crate::{StoreError, record};

type Found = (Option<String>, Option<String>);

/// Removes at most `limit` texts of a book whose texts are leaving, and with the last of them the published events.
/// Returns whether no text is left.
pub(super) async fn shed(connections: &Connections, book: &BookId, limit: u32) -> Result<bool, StoreError> {
    let keys = Keys::of(book);
    let mut ask = redis::pipe();
    ask.cmd("HMGET").arg(keys.book()).arg(&["record", "version"]);
    ask.cmd("SRANDMEMBER").arg(keys.texts()).arg(limit);
    let ((record, version), names): (Found, Vec<String>) = connections.query(&ask).await?;
    let (Some(record), Some(version)) = (record, version) else { return Ok(false) };
    let Book { texts: Texts::Leaving(_), .. } = record::book(&record)? else { return Ok(false) };
    remove(connections, &keys, version, names).await
}

/// Removes these texts of a book if the book still has this version; returns whether no text is left.
async fn remove(
    connections: &Connections,
    keys: &Keys,
    version: String,
    names: Vec<String>,
) -> Result<bool, StoreError> {
    let texts = names.iter().map(|name| keys.text_named(name));
    let call = Call {
        script: &scripts::SHED,
        keys: [keys.book(), keys.texts(), keys.events()].into_iter().chain(texts).collect(),
        args: std::iter::once(version).chain(names).map(String::into_bytes).collect(),
    };
    connections.script::<u8>(&call).await.map(|left| left == 1)
}

#[cfg(test)]
mod tests {
    use bindery_test_servers::Redis;

    use super::*;
    use crate::Access;

    #[tokio::test]
    async fn a_book_that_changed_since_its_texts_were_found_to_be_leaving_keeps_them() {
        let server = Redis::start();
        let connections = Connections::new(&Access::new(&server.url())).unwrap();
        let keys = Keys::of(&BookId::of("tenant", "book"));
        server.cli(&["HSET", &keys.book(), "version", "2"]);
        server.cli(&["SADD", &keys.texts(), "digest"]);
        server.cli(&["SET", &keys.text_named("digest"), "a text"]);
        let names = || vec!["digest".to_owned()];
        assert!(!remove(&connections, &keys, "1".to_owned(), names()).await.unwrap());
        assert_eq!(server.cli(&["GET", &keys.text_named("digest")]), "a text");
        assert!(remove(&connections, &keys, "2".to_owned(), names()).await.unwrap());
        assert_eq!(server.cli(&["EXISTS", &keys.text_named("digest")]), "0");
    }
}
