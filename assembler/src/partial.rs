//! A manuscript of a book that is not finished, to be read and not to be published.

use std::collections::BTreeMap;

use bindery_format::{Chapter, Manuscript};
use bindery_ledger::Request;

use crate::bind;

/// Returns the manuscript of a book that may not be finished. Chapters without a text say that they are missing. `lack` says
/// what the book lacks, and stands in its front matter.
pub fn manuscript(request: &Request, mut texts: BTreeMap<u32, String>, lack: Option<String>) -> Manuscript {
    let outline = &request.order.outline;
    let missing = || format!("*{}*\n", bindery_format::missing(request.order.language()));
    let chapters =
        (1..).zip(&outline.chapters).zip(outline.numbers()).map(|((number, outlined), shown_number)| Chapter {
            number,
            shown_number,
            role: outlined.role(),
            goals: outlined.goals.clone(),
            provenance: None,
            part: outlined.part.clone(),
            title: outlined.title.clone(),
            body: texts.remove(&number).unwrap_or_else(missing),
        });
    let mut manuscript = bind::manuscript(request, chapters.collect());
    let notices = [manuscript.notice.take(), lack.map(|lack| format!("This book is not finished: {lack}."))];
    manuscript.notice = notices.into_iter().flatten().reduce(|all, notice| format!("{all}\n\n{notice}"));
    manuscript
}
