//! Binding: the chapters are proven to be the full set, ordered, rendered and stored.

mod prove;

use async_trait::async_trait;
use bindery_shared::{
    book::{digest::Digest, request::Request},
    consume::{Halt, Handler, Outcome, Work},
    files::Files,
    ledger::{self, Binding, BoundFile, Parking},
    text::length::length,
};

use self::prove::{Proof, Proven, prove};
use crate::{
    format::{FairCopy, Format, RenderError},
    manuscript::{Chapter, Manuscript},
};

/// Binds books.
pub struct Binder {
    files: Files,
}

/// How long a binding waits when its files cannot be stored.
const STORE_AGAIN: std::time::Duration = std::time::Duration::from_secs(5);

impl Binder {
    /// Makes a binder that stores its files here.
    pub fn new(files: Files) -> Self {
        Self { files }
    }

    async fn bind(&self, work: &Work) -> Result<Outcome, Halt> {
        let request = work.request().await?;
        let proven = match prove(work, &request).await? {
            Proof::Whole(proven) => proven,
            Proof::Missing(chapters) => return Ok(Outcome::Reopen(chapters)),
            Proof::Gap(reason) => return Err(Halt::GiveUp(reason)),
        };
        let formats = formats(&request.terms.formats)?;
        let Proven { chapters, texts } = proven;
        let manuscript = manuscript(&request, chapters);
        let files = self.files.clone();
        // Rendering a long book takes seconds of computing: not on a thread that serves streams.
        let rendered = tokio::task::spawn_blocking(move || {
            let lengths =
                manuscript.chapters.iter().map(|chapter| u64::from(length(&chapter.body, &manuscript.language)));
            let length = lengths.sum();
            store(&files, &formats, manuscript).map(|files| Binding { files, texts, length })
        })
        .await;
        match rendered.map_err(|crash| Halt::GiveUp(format!("rendering crashed: {crash}")))? {
            Ok(binding) => Ok(Outcome::Done(ledger::Result::Binding(binding))),
            Err(NotStored::Render(error)) => Err(Halt::GiveUp(error)),
            Err(NotStored::Files(error)) => Err(Halt::Park(STORE_AGAIN, Parking::Wait(error))),
        }
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
    parsed.map_err(|error: crate::format::UnknownFormat| Halt::GiveUp(error.to_string()))
}

enum NotStored {
    Render(String),
    Files(String),
}

impl From<RenderError> for NotStored {
    fn from(error: RenderError) -> Self {
        Self::Render(error.to_string())
    }
}

/// Renders and stores one format after another: of a long book, the bytes of all of them would be many.
fn store(files: &Files, formats: &[Format], manuscript: Manuscript) -> Result<Vec<BoundFile>, NotStored> {
    let copy = FairCopy::of(manuscript)?;
    let mut bound = Vec::with_capacity(formats.len());
    for format in formats {
        let bytes = copy.render(*format)?;
        let put = files.put(&bytes);
        let digest = put.map_err(|error| NotStored::Files(format!("its files could not be stored: {error}")))?;
        bound.push(BoundFile { format: format.extension().to_owned(), digest, bytes: bytes.len() as u64 });
    }
    Ok(bound)
}

const REHEARSAL: &str = "This is a rehearsal: its text is placeholder prose from the built-in stand-in, not the work \
of a language model.";

/// Puts the chapters under the book's title. Dates and names come from the request, so that the same order and the
/// same texts make the same bytes.
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
    }
}

/// Makes a UUID of the order's digest: version 8 of RFC 9562, which leaves the bits to its maker.
fn urn(digest: &Digest) -> String {
    let hex = digest.as_str();
    format!("urn:uuid:{}-{}-8{}-8{}-{}", &hex[..8], &hex[8..12], &hex[12..15], &hex[15..18], &hex[18..30])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_books_identifier_is_a_uuid_of_its_order() {
        let urn = urn(&Digest::of("order"));
        let uuid = urn.strip_prefix("urn:uuid:").unwrap();
        let groups: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert_eq!((&uuid[14..15], &uuid[19..20]), ("8", "8"));
    }
}
