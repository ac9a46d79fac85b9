//! The habits of writers and of the tools that they use.
//!
//! Each habit is a file that rewrites the lines of a page, so that one reader of headings can read them all. A line keeps
//! its number. What a habit leaves out is told in a note.

mod bold;
mod capitals;
mod contents;
mod frame;
mod head;
mod labelled;
mod leanpub;
mod list;
mod mdbook;
mod obsidian;
mod plain;
mod table;

pub(super) use head::labelled_title;
pub(super) use obsidian::cleaned;

use super::{
    labels::{Called, label},
    markdown::headings,
    page::{Page, bold as bold_text},
    reading::Notes,
    role::Role,
};

/// What the habits found out beside the lines of the page.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) title: Option<String>,
    pub(super) subtitle: Option<String>,
    pub(super) authors: Vec<String>,
    pub(super) audience: Option<String>,
    pub(super) tone: Option<String>,
    /// Whether the outline is of a kind that has no title of its own.
    pub(super) is_untitled: bool,
    pub(super) notes: Notes,
}

/// Rewrites a page into headings, and returns what else it says.
pub(super) fn read(page: &mut Page) -> Found {
    let mut found = Found::default();
    frame::unwrap(page, &mut found);
    obsidian::clean(page);
    leanpub::read(page, &mut found);
    mdbook::read(page, &mut found);
    contents::drop(page, &mut found);
    if needs_reading(page) {
        let readings = [bold::read, table::read, labelled::read, list::read, capitals::read, plain::read];
        let mut read = page.clone();
        if readings.iter().any(|reading| {
            read = page.clone();
            reading(&mut read, &mut found)
        }) {
            *page = read;
        }
    }
    found
}

/// Returns whether a page has no headings of chapters: no headings at all, a title alone, or a title and a heading such
/// as "Outline" over all chapters.
fn needs_reading(page: &Page) -> bool {
    let Some(headings) = headings(&page.text()) else { return false };
    match &headings[..] {
        [] => true,
        [only] => !is_chapter_like(only),
        [_, second] => is_wrapper(second),
        _ => false,
    }
}

/// Returns whether a heading alone can only be a chapter's.
fn is_chapter_like(text: &str) -> bool {
    let text = bold_text(text).unwrap_or(text);
    text.contains('{')
        || label(text).is_some_and(|label| label.called != Called::Number)
        || Role::of_title(text).is_some()
}

/// Returns whether a heading only says that the chapters follow.
pub(super) fn is_wrapper(text: &str) -> bool {
    const WRAPPERS: [&str; 24] = [
        "outline",
        "book outline",
        "detailed outline",
        "proposed outline",
        "full outline",
        "chapter outline",
        "chapter-by-chapter outline",
        "outline of chapters",
        "chapters",
        "chapter list",
        "list of chapters",
        "chapter breakdown",
        "structure",
        "book structure",
        "table of contents",
        "contents",
        "toc",
        "schedule",
        "course schedule",
        "gliederung",
        "inhalt",
        "inhaltsverzeichnis",
        "sommaire",
        "índice",
    ];
    let text = bold_text(text).unwrap_or(text);
    let text = super::labels::without_symbols(text).trim_end_matches([':', '：']).trim().to_lowercase();
    WRAPPERS.contains(&text.as_str())
}

/// Returns whether a text names a chapter or a part by itself: by its label or by its role.
fn names_chapter(text: &str) -> bool {
    let called = label(text).map(|label| label.called);
    matches!(called, Some(Called::Part | Called::Unit | Called::Lesson | Called::Chapter))
        || Role::of_title(text).is_some()
}
