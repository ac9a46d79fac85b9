//! The texts that are under way. One hash of each book holds them, and expires soon after the last call of a script on it.
//!
//! They are kept under keys and not sent over channels. A listener that comes later finds the text so far. The sender learns whether
//! somebody listens, which `PUBLISH` does not tell on a cluster. A lost connection, a failover and a moved slot lose nothing.

use async_trait::async_trait;
use bindery_domain::BookId;

use super::{Call, Redis, keys::Keys, scripts};
use crate::{LIVE_FOR, LiveCall, LiveExtent, LivePiece, LiveSection, LiveTexts, StoreError};

#[async_trait]
impl LiveTexts for Redis {
    async fn add(&self, book: &BookId, pieces: &[LivePiece]) -> Result<Option<Vec<usize>>, StoreError> {
        let each = pieces.iter().flat_map(|LivePiece { section, call, offset, text }| {
            [section.to_string(), call.lease.to_string(), call.to_string(), offset.to_string(), text.clone()]
        });
        self.servers.connections.script(&self.on_live(&scripts::ADD_LIVE_TEXTS, book, self.timed(each))).await
    }

    async fn end(&self, book: &BookId, ended: &[(LiveSection, LiveCall)]) -> Result<(), StoreError> {
        let each = ended.iter().flat_map(|(section, call)| [section.to_string(), call.to_string()]);
        let args = each.map(String::into_bytes).collect();
        self.servers.connections.script::<u8>(&self.on_live(&scripts::END_LIVE_TEXTS, book, args)).await.map(drop)
    }

    async fn hear(&self, book: &BookId, known: &[LiveExtent]) -> Result<Vec<LivePiece>, StoreError> {
        let each = known
            .iter()
            .flat_map(|LiveExtent { section, call, bytes }| [section.to_string(), call.to_string(), bytes.to_string()]);
        let call = self.on_live(&scripts::HEAR_LIVE_TEXTS, book, self.timed(each));
        let rows: Vec<(String, String, usize, String)> = self.servers.connections.script(&call).await?;
        let read = |(section, call, offset, text): (String, String, usize, String)| {
            Some(LivePiece { section: section.parse().ok()?, call: call.parse().ok()?, offset, text })
        };
        let mut pieces: Vec<LivePiece> = rows.into_iter().filter_map(read).collect();
        pieces.sort_by_key(|piece| piece.section);
        Ok(pieces)
    }
}

impl Redis {
    fn timed(&self, each: impl Iterator<Item = String>) -> Vec<Vec<u8>> {
        let head = [self.given_time(), LIVE_FOR.as_millis().to_string()];
        head.into_iter().chain(each).map(String::into_bytes).collect()
    }

    fn on_live<'a>(&self, script: &'a scripts::Script, book: &BookId, args: Vec<Vec<u8>>) -> Call<'a> {
        Call { script, keys: vec![Keys::of(book).live()], args }
    }
}
