//! The pages before the text, and what the whole file says of the book.

use std::fmt::Write;

use super::literal;
use crate::{
    book::Book,
    direction::Direction,
    publication::{self, FrontPage},
};

/// Returns the head of the source: the look, the metadata, the title page, the page on rights and the contents.
pub(super) fn front(book: &Book<'_>) -> String {
    let manuscript = book.manuscript;
    let mut out = format!("#import \"book.typ\": *\n#show: book.with({})\n", settings(book));
    let lines: String = publication::title_lines(manuscript)
        .iter()
        .map(|line| format!("({}, {}), ", literal(line.kind.class()), literal(&line.text)))
        .collect();
    let _ = writeln!(out, "#title-page({}, ({lines}))", literal(&manuscript.title));
    let pages = [publication::copyright_page(manuscript), publication::disclosure_page(manuscript)];
    let said = pages.into_iter().flatten().flat_map(|FrontPage { paragraphs, .. }| paragraphs);
    let notice = manuscript.notice.iter().flat_map(|notice| notice.split("\n\n")).map(|text| text.trim().to_owned());
    let paragraphs: Vec<String> = said.chain(notice).filter(|text| !text.is_empty()).collect();
    if !paragraphs.is_empty() {
        let _ = writeln!(out, "#pagebreak()\n#small-page({})", list(paragraphs.iter().map(String::as_str)));
    }
    if !book.chapters.is_empty() {
        let _ =
            writeln!(out, "#contents({}, {})", literal(book.terms.contents), if book.parts.is_empty() { 1 } else { 2 });
    }
    out
}

fn settings(book: &Book<'_>) -> String {
    let manuscript = book.manuscript;
    let tag = bindery_text::language::tag(&manuscript.language);
    let primary = tag.as_ref().map_or("en", |tag| tag.primary_language());
    let region = tag.as_ref().and_then(|tag| tag.region()).filter(|region| region.len() == 2);
    let mut out = format!(
        "title: {}, authors: {}, keywords: {}, lang: {}, words: {}, rtl: {}, trim: {}",
        literal(&manuscript.title),
        list(manuscript.authors.iter().map(String::as_str)),
        list(manuscript.publication.keywords.iter().map(String::as_str)),
        literal(if matches!(primary.len(), 2 | 3) { primary } else { "en" }),
        literal(&bindery_text::language::table_language(&manuscript.language)),
        book.direction == Direction::RightToLeft,
        literal(manuscript.publication.trim.name()),
    );
    if let Some(region) = region {
        let _ = write!(out, ", region: {}", literal(region));
    }
    let blurb = book.blurb();
    if !blurb.is_empty() {
        let _ = write!(out, ", description: {}", literal(&blurb));
    }
    let _ = write!(out, ", date: {}", date(&manuscript.date));
    out
}

/// Returns a day as Typst has it.
fn date(day: &str) -> String {
    let numbers: Vec<&str> = day.split('-').map(|number| number.trim_start_matches('0')).collect();
    match numbers[..] {
        [year, month, day] => format!("datetime(year: {year}, month: {month}, day: {day})"),
        _ => "none".to_owned(),
    }
}

/// Returns texts as a list, which needs a comma behind a single one.
fn list<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let texts: String = texts.map(|text| literal(text) + ", ").collect();
    format!("({texts})")
}
