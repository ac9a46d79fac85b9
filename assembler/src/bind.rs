//! Binding a book: the chapters are proven to be the full set, ordered, rendered and stored.

mod prove;
mod put;
mod score;
mod stored;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use bindery_domain::Digest;
use bindery_files::{Files, FilesError};
use bindery_format::{Chapter, Format, Manuscript, RenderError, ValidManuscript};
use bindery_ledger::{Binding, BoundFile, Parking, Request};
use bindery_runtime::{Halt, Handler, Outcome, Work, compute::compute};
use futures_util::future;

use self::{
    prove::{CompleteSet, Proof, chapter_texts, prove},
    put::{RenderedFile, put},
    score::{BookScore, score},
};

pub use stored::{StoredFault, stored};

/// Binds books.
pub(crate) struct Binder {
    files: Arc<dyn Files>,
}

/// How long a binding waits the first time its files cannot be stored. The wait doubles each time after.
const FIRST_STORE_WAIT: Duration = Duration::from_secs(5);

/// The most remarks that the record of a binding holds.
const MAX_REMARKS: usize = 50;

/// How often the wait is doubled at most, to 80 s.
const MAX_DOUBLINGS: u32 = 4;

impl Binder {
    /// Makes a binder that stores its files in `files`.
    pub(crate) fn new(files: Arc<dyn Files>) -> Self {
        Self { files }
    }

    async fn bind(&self, work: &Work) -> Result<Outcome, Halt> {
        let (request, tasks) = future::try_join(work.request(), work.tasks()).await?;
        let texts = chapter_texts(work, &tasks).await?;
        let set = match prove(&request, &tasks, texts) {
            Proof::Complete(set) => set,
            Proof::Missing(chapters) => return Ok(Outcome::Reopen(chapters)),
            Proof::Gap(reason) => return Err(Halt::GiveUp(reason)),
        };
        let formats = formats(&request.terms.formats)?;
        let CompleteSet { chapters, texts, length } = set;
        let manuscript = manuscript(&request, chapters);
        let score = compute(|| score(&manuscript)).await;
        let copy = rendered(|| ValidManuscript::of(manuscript)).await?;
        let files = self.store(work, &copy, formats, score.as_ref()).await?;
        let mut remarks = compute(|| copy.lost()).await;
        remarks.truncate(MAX_REMARKS);
        let score = score.and_then(|score| score.mark);
        Ok(Outcome::Done(bindery_ledger::Output::Binding(Binding { files, texts, length, score, remarks })))
    }

    /// Renders and stores one format after another, since all formats of a long book together take much memory.
    async fn store(
        &self,
        work: &Work,
        copy: &ValidManuscript,
        formats: Vec<Format>,
        score: Option<&BookScore>,
    ) -> Result<Vec<BoundFile>, Halt> {
        let mut bound = Vec::with_capacity(formats.len());
        for format in formats {
            let bytes = rendered(|| copy.render(format)).await?;
            bound.push(self.put(work, format.name(), bytes).await?);
        }
        for file in score.iter().flat_map(|score| &score.files) {
            bound.push(self.put(work, file.format, file.bytes.clone()).await?);
        }
        self.files.settle(work.grant.book.id.as_str()).await.map_err(|error| unstored(work, &error))?;
        Ok(bound)
    }

    /// Stores a file of the book.
    async fn put(&self, work: &Work, format: &'static str, bytes: Vec<u8>) -> Result<BoundFile, Halt> {
        let file = RenderedFile { book: work.grant.book.id.clone(), format, bytes };
        let stored = put(self.files.clone(), file, work.book_deleted()).await;
        stored.map_err(|error| unstored(work, &error))?.ok_or(Halt::Stopped)
    }
}

/// Makes the wait of a binding whose files could not be stored.
fn unstored(work: &Work, error: &FilesError) -> Halt {
    let wait = FIRST_STORE_WAIT * (1 << work.grant.task.parks.min(MAX_DOUBLINGS));
    Halt::Park(wait, Parking::Wait(format!("its files could not be stored: {error}")))
}

/// Renders, or gives the book up with the reason. A renderer that panics on these texts would panic again.
async fn rendered<T>(render: impl FnOnce() -> Result<T, RenderError>) -> Result<T, Halt> {
    match compute(|| catch_unwind(AssertUnwindSafe(render))).await {
        Ok(done) => done.map_err(|error| Halt::GiveUp(error.to_string())),
        Err(_) => Err(Halt::GiveUp("rendering crashed; the log of its assembler says where".to_owned())),
    }
}

#[async_trait]
impl Handler for Binder {
    async fn handle(&self, work: &Work) -> Outcome {
        match self.bind(work).await {
            Ok(outcome) => outcome,
            Err(halt) => halt.into(),
        }
    }
}

fn formats(names: &[String]) -> Result<Vec<Format>, Halt> {
    let parsed: Result<Vec<Format>, _> = names.iter().map(|name| name.parse()).collect();
    parsed.map_err(|error: bindery_format::UnknownFormat| Halt::GiveUp(error.to_string()))
}

const REHEARSAL: &str = "This is a rehearsal: its text is placeholder prose from the built-in stand-in, not the work \
of a language model.";

/// Makes the manuscript of a book. Dates and names come from the request, so that the same order and the same texts make the
/// same bytes.
fn manuscript(request: &Request, chapters: Vec<Chapter>) -> Manuscript {
    let (order, outline) = (&request.order, &request.order.outline);
    let rehearsal = order.model.starts_with("stand-in:");
    Manuscript {
        title: outline.title.clone(),
        subtitle: outline.front.subtitle.clone(),
        authors: outline.front.author.clone(),
        language: order.language().to_owned(),
        description: outline.description.clone(),
        publisher: outline.front.publisher.clone(),
        rights: outline.front.rights.clone(),
        date: order.date.clone(),
        identifier: urn(&order.digest()),
        notice: rehearsal.then(|| REHEARSAL.to_owned()),
        chapters,
        pictures: Vec::new(),
    }
}

/// Makes a UUID from the order's digest. RFC 9562 leaves the bits of its version 8 to the maker.
fn urn(digest: &Digest) -> String {
    let hex = digest.as_str();
    format!("urn:uuid:{}-{}-8{}-8{}-{}", &hex[..8], &hex[8..12], &hex[12..15], &hex[15..18], &hex[18..30])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identifier_of_a_book_is_a_uuid_made_from_its_order() {
        let urn = urn(&Digest::of("order"));
        let uuid = urn.strip_prefix("urn:uuid:").unwrap();
        let groups: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert_eq!((&uuid[14..15], &uuid[19..20]), ("8", "8"));
    }
}
