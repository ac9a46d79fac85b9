//! The habits of writers and of the tools that they use.
//!
//! Each habit is a file that rewrites the lines of a page, so that one reader of headings can read them all. A line keeps
//! its number. What a habit leaves out is told in a note.

mod bold;
mod bold_sections;
mod bookdown;
mod capitals;
mod contents;
mod delimited;
mod equals;
mod escapes;
mod frame;
mod head;
mod indents;
mod labelled;
mod latex;
mod leaders;
mod leanpub;
mod list;
mod logseq;
mod manuscript;
mod matter;
mod mdbook;
mod obsidian;
mod opml;
mod org;
mod pages;
mod part_lists;
mod plain;
mod readme;
mod references;
mod rst;
mod running_lists;
mod spaces;
mod split_titles;
mod table;
mod wrapped;

pub(super) use head::{Stated, labelled_title, stated};
pub(super) use wrapped::is_wrapper;

use std::borrow::Cow;

use super::{
    labels::{Called, label},
    markdown::headings,
    page::{Page, bold as bold_text, heading},
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
    pub(super) rights: Option<String>,
    /// Whether the title stands elsewhere.
    pub(super) is_titled: bool,
    /// Whether the outline is of a kind that has no title of its own.
    pub(super) is_untitled: bool,
    pub(super) notes: Notes,
}

/// Rewrites a page into headings, and returns what else it says. `is_titled` says that the title stands elsewhere.
pub(super) fn read(page: &mut Page, is_titled: bool) -> Found {
    let mut found = Found { is_titled, ..Found::default() };
    spaces::clean(page);
    references::read(page, &mut found);
    frame::unwrap(page, is_titled, &mut found);
    for tool in [opml::read, org::read, equals::read, latex::read, rst::read, logseq::read] {
        tool(page, &mut found);
    }
    escapes::clean(page);
    obsidian::clean(page);
    bookdown::read(page, &mut found);
    leanpub::read(page, &mut found);
    mdbook::read(page, &mut found);
    readme::read(page, &mut found);
    manuscript::read(page, &mut found);
    contents::drop(page, &mut found);
    leaders::read(page, &mut found);
    if needs_reading(page) {
        if read_page(page, &mut found) {
            drop_wrappers(page);
        }
    } else if !part_lists::read(page, &mut found) {
        read_headings(page, is_titled, &mut found);
    }
    found
}

/// Returns a value of YAML or JSON as a text of Markdown is read, so that the same words make the same outline in every format.
pub(super) fn cleaned(text: &str) -> Cow<'_, str> {
    const SIGNS: [&str; 10] = ["\u{a0}", "]:", "•", "◦", "●", "○", "▪", "■", "‣", "・"];
    if !SIGNS.iter().any(|sign| text.contains(sign)) {
        return obsidian::cleaned(text);
    }
    let mut page = Page::new(text, 1);
    spaces::clean(&mut page);
    references::read(&mut page, &mut Found::default());
    list::plain_bullets_below(&mut page, 0);
    Cow::Owned(obsidian::cleaned(&page.text()).into_owned())
}

/// Reads what headings alone do not tell on a page that has them.
fn read_headings(page: &mut Page, is_titled: bool, found: &mut Found) {
    // Where headings say themselves what they are, nothing is guessed.
    if !page.lines.iter().any(|line| heading(&line.text).is_some_and(|(_, text)| text.contains("{chapter"))) {
        matter::read(page, found);
        running_lists::read(page);
        pages::drop(page, found);
        wrapped::read(page, found);
        split_titles::join(page);
        if let Some(begin) = page.lines.iter().position(|line| heading(&line.text).is_some()) {
            list::plain_bullets_below(page, begin);
            list::number_sections(page, begin);
        }
        bold_sections::read(page);
    }
    if !is_titled && found.title.is_none() {
        read_title(page, found);
    }
}

/// Tries the readings of a page without headings, one after the other.
fn read_page(page: &mut Page, found: &mut Found) -> bool {
    let readings = [
        part_lists::read,
        bold::read,
        table::read,
        delimited::read,
        labelled::read,
        list::read,
        indents::read,
        capitals::read,
        plain::read,
    ];
    for reading in readings {
        let mut read = page.clone();
        if reading(&mut read, found) {
            *page = read;
            return true;
        }
    }
    false
}

/// Blanks headings such as "Outline" over the chapters.
fn drop_wrappers(page: &mut Page) {
    for line in &mut page.lines {
        if heading(&line.text).is_some_and(|(_, text)| is_wrapper(text)) {
            line.text.clear();
        }
    }
}

/// Reads the lines of a title page over headings of which none is a title.
fn read_title(page: &mut Page, found: &mut Found) {
    let is_heading = |at: &usize| {
        let next = page.lines.get(at + 1).map_or("", |line| line.text.trim_end());
        heading(&page.lines[*at].text).is_some() || (next.len() > 2 && next.bytes().all(|b| matches!(b, b'-' | b'=')))
    };
    let Some(end) = (0..page.lines.len()).find(is_heading) else { return };
    let has_title = page.lines.iter().any(|line| {
        heading(&line.text).is_some_and(|(level, _)| level == 1)
            || (line.text.len() > 2 && line.text.bytes().all(|b| b == b'='))
    });
    if has_title || page.next_text(0).is_none_or(|first| first >= end) {
        return;
    }
    let was_untitled = found.is_untitled;
    head::read(page, end, found);
    found.is_untitled = was_untitled;
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

/// Returns whether a text names a chapter or a part by itself: by its label or by its role.
fn names_chapter(text: &str) -> bool {
    let called = label(text).map(|label| label.called);
    matches!(called, Some(Called::Part | Called::Unit | Called::Lesson | Called::Chapter))
        || Role::of_title(text).is_some()
}

/// Returns the page that a habit makes of a text; `None` where the text does not have the habit.
#[cfg(test)]
fn converted(read: fn(&mut Page, &mut Found) -> bool, text: &str) -> Option<String> {
    let (mut page, mut found) = (Page::new(text, 1), Found::default());
    read(&mut page, &mut found).then(|| page.text())
}

/// Returns a page as a habit leaves it.
#[cfg(test)]
fn page_after(read: impl FnOnce(&mut Page, &mut Found), text: &str) -> String {
    let mut page = Page::new(text, 1);
    read(&mut page, &mut Found::default());
    page.text()
}
