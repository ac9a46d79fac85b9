//! The score of a book that is bound: its mark, and its files beside those of the book.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bindery_check::{
    manuscript::{ChapterSource, ManuscriptText, sections_of},
    score::Score,
};
use bindery_format::{Manuscript, score_page};

/// The most bytes of a book that is scored, about ten times the longest novel. Its words take several times that much memory.
const MAX_BYTES: usize = 40_000_000;

/// A score and its files.
pub(super) struct BookScore {
    pub(super) mark: Option<u32>,
    pub(super) files: Vec<ScoreFile>,
}

/// A file of a score.
pub(super) struct ScoreFile {
    /// The format, as a file extension.
    pub(super) format: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// Scores a book; `None` where it is too long. A book is bound without a score where scoring crashes.
pub(super) fn score(manuscript: &Manuscript) -> Option<BookScore> {
    let bytes: usize = manuscript.chapters.iter().map(|chapter| chapter.body.len()).sum();
    if bytes > MAX_BYTES {
        return None;
    }
    catch_unwind(AssertUnwindSafe(|| scored(manuscript))).ok().flatten()
}

fn scored(manuscript: &Manuscript) -> Option<BookScore> {
    let chapters: Vec<ChapterSource<'_>> = manuscript
        .chapters
        .iter()
        .map(|chapter| ChapterSource {
            number: chapter.number,
            title: &chapter.title,
            sections: sections_of(&chapter.body),
        })
        .collect();
    let score = Score::of(&ManuscriptText::read(&manuscript.language, &chapters));
    let json = serde_json::to_vec_pretty(&score).ok()?;
    let page = score_page(&manuscript.title, &score).into_bytes();
    let files = vec![ScoreFile { format: "score.html", bytes: page }, ScoreFile { format: "score.json", bytes: json }];
    Some(BookScore { mark: score.mark, files })
}
