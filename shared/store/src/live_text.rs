//! The texts of sections while models write them. They are passed on to those who listen, and kept for nobody else.
//!
//! A worker adds to a text as it arrives, as long as somebody listens to its book. What nobody adds to or asks for is gone after a
//! moment. Nothing of the ledger depends on these texts, so any of them may be lost.

use std::{fmt, str::FromStr, time::Duration};

use async_trait::async_trait;
use bindery_domain::BookId;

use crate::StoreError;

/// How long a book counts as listened to after it was last asked for, and a text as under way after it was last added to.
pub const LIVE_FOR: Duration = Duration::from_secs(15);

/// Passes on the texts that are under way.
#[async_trait]
pub trait LiveTexts: Send + Sync {
    /// Adds to texts of a book. Returns how many bytes of each text the store has then, in their order. What does not begin where
    /// the stored text ends is not added: the caller then sends what is behind the returned length. Of a text that a later
    /// lease writes, all counts as stored. Returns `None` where nobody listens; then nothing is added.
    async fn add(&self, book: &BookId, pieces: &[LivePiece]) -> Result<Option<Vec<usize>>, StoreError>;

    /// Removes texts that are no longer under way. A text of another call stays.
    async fn end(&self, book: &BookId, ended: &[(LiveSection, LiveCall)]) -> Result<(), StoreError>;

    /// Listens to a book for [`LIVE_FOR`]. Returns each text that is under way, in the order of the sections, from the end of what
    /// is known of it. The text of another call than the known one comes from its beginning.
    async fn hear(&self, book: &BookId, known: &[LiveExtent]) -> Result<Vec<LivePiece>, StoreError>;
}

/// A section of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LiveSection {
    /// The chapter that it belongs to.
    pub chapter: u32,
    /// Its number within the chapter, from 1.
    pub number: u16,
}

/// The call of a model that writes a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LiveCall {
    /// The number of the lease that the call is made under. The text of a later lease is never replaced by one of an earlier.
    pub lease: u64,
    /// The number of the call among those of its section, from 1.
    pub attempt: u32,
    /// Tells it apart from all other calls: a store that went back in time gives the same numbers again.
    pub id: u64,
}

/// A piece of a text that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LivePiece {
    /// The section that the text is for.
    pub section: LiveSection,
    /// The call that writes it.
    pub call: LiveCall,
    /// How many bytes of the text come before the piece.
    pub offset: usize,
    /// The piece.
    pub text: String,
}

/// How much is known of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveExtent {
    /// The section that the text is for.
    pub section: LiveSection,
    /// The call that writes it.
    pub call: LiveCall,
    /// How many bytes are known.
    pub bytes: usize,
}

impl fmt::Display for LiveSection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.chapter, self.number)
    }
}

impl fmt::Display for LiveCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.lease, self.attempt, self.id)
    }
}

/// A name of a section or a call that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misnamed;

impl FromStr for LiveSection {
    type Err = Misnamed;

    fn from_str(text: &str) -> Result<Self, Misnamed> {
        let (chapter, number) = text.split_once('.').ok_or(Misnamed)?;
        Ok(Self { chapter: chapter.parse().map_err(|_| Misnamed)?, number: number.parse().map_err(|_| Misnamed)? })
    }
}

impl FromStr for LiveCall {
    type Err = Misnamed;

    fn from_str(text: &str) -> Result<Self, Misnamed> {
        let (lease, rest) = text.split_once('.').ok_or(Misnamed)?;
        let (attempt, id) = rest.split_once('.').ok_or(Misnamed)?;
        Ok(Self {
            lease: lease.parse().map_err(|_| Misnamed)?,
            attempt: attempt.parse().map_err(|_| Misnamed)?,
            id: id.parse().map_err(|_| Misnamed)?,
        })
    }
}
