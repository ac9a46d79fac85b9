//! Lists and bold type.

use bindery_text::markdown::Kind;

use super::subject::{Measured, Subject, percent};

/// Percent of the paragraphs and list items that are list items.
pub(super) fn list_items(subject: &Subject<'_>) -> Measured {
    let blocks = subject.book.paragraphs.iter().filter(|block| matches!(block.kind, Kind::Paragraph | Kind::Item));
    let (items, all) =
        blocks.fold((0, 0), |(items, all), block| (items + usize::from(block.kind == Kind::Item), all + 1));
    if all < 30 { Measured::none() } else { Measured::of(percent(items, all)) }
}

/// Spans in bold type, per thousand words.
pub(super) fn bold_spans(subject: &Subject<'_>) -> Measured {
    subject.per_thousand(subject.book.prose().map(|paragraph| paragraph.bold).sum())
}
