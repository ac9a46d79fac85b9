//! Binding a book: the chapters are proven to be the full set, ordered, rendered and stored.

mod goals;
mod pictures;
mod prove;
mod provenance;
mod publication;
mod put;
mod score;
mod stored;

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use bindery_domain::{Digest, timestamp_to_the_second};
use bindery_files::{Files, FilesError};
use bindery_format::{Chapter, Cover, CoverImage, Format, Manuscript, Picture, RenderError, ValidManuscript};
use bindery_ledger::{Binding, BoundFile, GivenPicture, Parking, Request};
use bindery_runtime::{Halt, Handler, Outcome, Work, compute::compute};
use futures_util::future;

use crate::{
    audit::left_after_repairs,
    press::{Press, PressError},
};

use self::{
    pictures::placed,
    prove::{CompleteSet, Proof, chapter_texts, prove},
    provenance::Sources,
    publication::publication,
    put::{RenderedFile, put},
    score::{BookScore, score},
};

pub use pictures::{PicturesError, pictures};
pub use stored::{StoredFault, stored};

/// Binds books.
pub(crate) struct Binder {
    files: Arc<dyn Files>,
    press: Press,
}

/// How long a binding waits the first time its files cannot be stored. The wait doubles each time after.
const FIRST_STORE_WAIT: Duration = Duration::from_secs(5);

/// The most remarks, and the most findings that repairs left, that the record of a binding holds.
const MAX_REMARKS: usize = 50;

/// How often the wait is doubled at most, to 80 s.
const MAX_DOUBLINGS: u32 = 4;

impl Binder {
    /// Makes a binder that stores its files in `files`.
    pub(crate) fn new(files: Arc<dyn Files>, press: Press) -> Self {
        Self { files, press }
    }

    async fn bind(&self, work: &Work) -> Result<Outcome, Halt> {
        let (request, tasks) = future::try_join(work.request(), work.tasks()).await?;
        let texts = chapter_texts(work, &tasks).await?;
        let formats = formats(&request.terms.formats)?;
        let sections = if formats.contains(&Format::Json) {
            crate::texts::texts(work, &Sources::of(&request, &tasks).digests()).await?
        } else {
            HashMap::new()
        };
        let set = match compute(|| prove(&request, &tasks, texts, &sections)).await {
            Proof::Complete(set) => set,
            Proof::Missing(chapters) => return Ok(Outcome::Reopen(chapters)),
            Proof::Gap(reason) => return Err(Halt::GiveUp(reason)),
        };
        let CompleteSet { mut chapters, texts, length } = set;
        goals::add_planned(work, &request, &mut chapters).await?;
        let mut manuscript = manuscript(&request, chapters);
        if let Some(file) = &request.terms.cover {
            manuscript.publication.cover = Cover::Image(self.cover(work, file).await?);
        }
        manuscript.modified = work.grant.book.composed_at.map(timestamp_to_the_second);
        manuscript.pictures = self.pictures(work, &request.terms.pictures).await?;
        let score = compute(|| score(&manuscript)).await;
        manuscript.mark = score.as_ref().and_then(|score| score.mark);
        let drawn = matches!(manuscript.publication.cover, Cover::Drawn(_));
        let mut copy = rendered(|| ValidManuscript::of(manuscript)).await?;
        let uncovered = if drawn { self.draw_cover(&mut copy, &formats).await? } else { None };
        let mut remarks = compute(|| copy.lost()).await;
        remarks.splice(0..0, uncovered);
        let mut left = left_after_repairs(work, &request, &tasks).await?;
        let files = self.store(work, &copy, formats, score.as_ref(), &mut remarks).await?;
        remarks.truncate(MAX_REMARKS);
        let left_beyond = u32::try_from(left.len().saturating_sub(MAX_REMARKS)).unwrap_or(u32::MAX);
        left.truncate(MAX_REMARKS);
        let score = score.and_then(|score| score.mark);
        let binding = Binding { files, texts, length, score, remarks, left, left_beyond };
        Ok(Outcome::Done(bindery_ledger::Output::Binding(binding)))
    }

    /// Reads the author's cover. A run that still has the file stores it again.
    async fn cover(&self, work: &Work, file: &BoundFile) -> Result<CoverImage, Halt> {
        let bytes = match self.files.get(&work.grant.book.id, file).await {
            Ok(bytes) => bytes,
            Err(error @ (FilesError::Missing { .. } | FilesError::Damaged { .. })) => {
                return Err(Halt::GiveUp(format!("its cover is gone: {error}")));
            }
            Err(error) => return Err(unstored(work, &error)),
        };
        CoverImage::read(bytes).map_err(|error| Halt::GiveUp(format!("its cover cannot be used: {error}")))
    }

    /// Gives the book an image as its cover where a machine has a press: the EPUB has the same one as the file of the cover. Returns
    /// a remark where the EPUB alone was to have it, and the press refused.
    async fn draw_cover(&self, copy: &mut ValidManuscript, formats: &[Format]) -> Result<Option<String>, Halt> {
        let needed = formats.contains(&Format::Cover);
        let wanted = formats.contains(&Format::Epub) && self.press.program().is_some();
        if !needed && !wanted {
            return Ok(None);
        }
        let sheets = rendered(|| copy.render(Format::Cover)).await?;
        match self.press.image(sheets).await {
            Ok(image) => copy.set_cover(image),
            Err(error) if needed => return Err(unprinted(&error)),
            Err(error) => return Ok(Some(format!("the EPUB has a drawing as its cover and no JPEG: {error}"))),
        }
        Ok(None)
    }

    /// Reads the author's pictures.
    async fn pictures(&self, work: &Work, given: &[GivenPicture]) -> Result<Vec<Picture>, Halt> {
        match pictures(&self.files, &work.grant.book.id, given).await {
            Ok(pictures) => Ok(pictures),
            Err(PicturesError::Files(error))
                if !matches!(error, FilesError::Missing { .. } | FilesError::Damaged { .. }) =>
            {
                Err(unstored(work, &error))
            }
            Err(error) => Err(Halt::GiveUp(format!("a picture is gone: {error}"))),
        }
    }

    /// Renders and stores one format after another, since all formats of a long book together take much memory. What the press
    /// says of a file stands before the other remarks.
    async fn store(
        &self,
        work: &Work,
        copy: &ValidManuscript,
        formats: Vec<Format>,
        score: Option<&BookScore>,
        remarks: &mut Vec<String>,
    ) -> Result<Vec<BoundFile>, Halt> {
        let mut bound = Vec::with_capacity(formats.len());
        for format in formats {
            let mut bytes = rendered(|| copy.render(format)).await?;
            if format.needs_press() {
                let made = self.press.make(format, bytes).await.map_err(|error| unprinted(&error))?;
                remarks.splice(0..0, made.remark);
                bytes = made.file;
            }
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

/// Makes the wait of a binding whose files could not be read or stored.
fn unstored(work: &Work, error: &FilesError) -> Halt {
    let wait = FIRST_STORE_WAIT * (1 << work.grant.task.parks.min(MAX_DOUBLINGS));
    Halt::Park(wait, Parking::Wait(format!("its files could not be stored: {error}")))
}

/// Gives a book up that the press cannot make. What it says names what is missing, and `redrive` binds the book again.
fn unprinted(error: &PressError) -> Halt {
    Halt::GiveUp(error.to_string())
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
pub(crate) fn manuscript(request: &Request, chapters: Vec<Chapter>) -> Manuscript {
    let (order, outline) = (&request.order, &request.order.outline);
    let chapters = chapters.into_iter().map(|chapter| match outline.chapters.get(chapter.number as usize - 1) {
        Some(outlined) => Chapter { body: placed(chapter.body, outlined, &request.terms.pictures), ..chapter },
        None => chapter,
    });
    let metadata = request.metadata();
    let rehearsal = order.model.starts_with("stand-in:");
    Manuscript {
        title: order.title(),
        subtitle: metadata.subtitle.clone(),
        authors: metadata.author.clone(),
        language: order.language().to_owned(),
        description: outline.description.clone(),
        publisher: metadata.publisher.clone(),
        rights: metadata.rights.clone(),
        date: order.date.clone(),
        modified: None,
        identifier: urn(&order.digest()),
        notice: rehearsal.then(|| REHEARSAL.to_owned()),
        publication: publication(metadata, Some(order.model.as_str()).filter(|_| !rehearsal)),
        chapters: chapters.collect(),
        pictures: Vec::new(),
        mark: None,
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
