//! The context in prompts: first the book part, which has the same bytes for a whole book, then a chapter's slice.

use std::fmt::Write as _;

use bindery_domain::estimate_tokens;

use super::{BookPart, Context, Slice};

/// The most tokens that the book part may take, by the conservative estimate.
pub const LONGEST_BOOK_PART: u64 = 4_000;

/// Prompts count all chapters. Readers see other numbers where an introduction or the like has none.
const TITLES_ONLY: &str =
    "\nReaders see other chapter numbers than those used here. Refer to a chapter by its title, never by a number.\n";

impl Context {
    /// Renders the book part.
    ///
    /// It lists the chapters with a line each. Where the list is too long it holds titles alone, and where those are
    /// too long there is no list: each slice names the chapter's neighbours.
    pub fn book_part(&self) -> String {
        let with_lines = self.with_list(|slice| format!("{}. {}{}\n", slice.chapter, slice.title, dash(&slice.line)));
        let candidates = [with_lines, self.book_part_with_titles()];
        let found = candidates.into_iter().find(|part| estimate_tokens(part) <= LONGEST_BOOK_PART);
        found.unwrap_or_else(|| self.book_part_without_list(&self.book))
    }

    /// Renders the book part with the titles of the chapters alone.
    pub(crate) fn book_part_with_titles(&self) -> String {
        self.with_list(title)
    }

    /// Renders a book part that does not list the chapters.
    pub(crate) fn book_part_without_list(&self, book: &BookPart) -> String {
        let mut head = head(book);
        if self.chapters.iter().any(|slice| slice.unnumbered) {
            head.push_str(TITLES_ONLY);
        }
        head
    }

    fn with_list(&self, line: fn(&Slice) -> String) -> String {
        let list: String = self.chapters.iter().map(line).collect();
        format!("{}\n## Chapters\n\n{list}", self.book_part_without_list(&self.book))
    }

    /// Returns by how many tokens the book part is too long even without the list of chapters; `None` where it fits.
    pub fn book_part_excess(&self) -> Option<u64> {
        estimate_tokens(&head(&self.book)).checked_sub(LONGEST_BOOK_PART).filter(|excess| *excess > 0)
    }

    /// Renders a chapter's slice.
    pub fn slice_part(&self, slice: &Slice) -> String {
        let mut out = format!("# Chapter {}: {}\n", slice.chapter, slice.title);
        field(&mut out, "Its role in the book", &slice.role);
        block(&mut out, "What its author wrote about it", &slice.summary);
        if !slice.owns.is_empty() {
            out.push_str("\nPoints that are this chapter's own to make:\n");
            slice.owns.iter().for_each(|point| item(&mut out, &format!("[{}] {}", point.id, point.text)));
        }
        if !slice.references.is_empty() {
            out.push_str("\nPoints of other chapters that it may mention in passing but must not explain:\n");
            let line = |reference: &super::Reference| format!("{} (chapter {})", reference.text, reference.chapter);
            slice.references.iter().for_each(|reference| item(&mut out, &line(reference)));
        }
        for section in &slice.fixed {
            let _ = writeln!(out, "\nA section its author fixed: {}", section.heading);
            block(&mut out, "What its author wrote about it", &section.summary);
        }
        field(&mut out, "Take examples from", &slice.example_domain);
        self.neighbours(&mut out, slice);
        out
    }

    fn neighbours(&self, out: &mut String, slice: &Slice) {
        let before = slice.chapter.checked_sub(1).and_then(|number| self.slice(number));
        if let Some(before) = before {
            let _ = writeln!(out, "\nBefore it stands chapter {}{}", title(before).trim_end(), dash(&before.line));
            field(out, "That chapter hands over with", &before.hand_off);
        }
        if let Some(after) = self.slice(slice.chapter + 1) {
            let _ = writeln!(out, "\nAfter it stands chapter {}{}", title(after).trim_end(), dash(&after.line));
            field(out, "Hand over to it with", &slice.hand_off);
        }
    }
}

fn head(book: &BookPart) -> String {
    let mut out = format!("# The book: {}\n", book.title);
    field(&mut out, "Language", &book.language);
    block(&mut out, "Its author's description", &book.description);
    field(&mut out, "Thesis", &book.thesis);
    field(&mut out, "Readers", &book.audience);
    field(&mut out, "Promise to the reader", &book.promise);
    list(&mut out, "Out of scope", &book.out_of_scope);
    field(&mut out, "Tone", &book.style.tone);
    field(&mut out, "Point of view", &book.style.point_of_view);
    block(&mut out, "A paragraph in its voice", &book.style.sample);
    list(&mut out, "Never write", &book.style.banned);
    if !book.glossary.is_empty() {
        out.push_str("\nTerms, spelled exactly so:\n");
        book.glossary.iter().for_each(|term| item(&mut out, &format!("{}: {}", term.term, term.definition)));
    }
    list(&mut out, "Facts that hold in every chapter", &book.canon);
    out
}

fn title(slice: &Slice) -> String {
    format!("{}. {}\n", slice.chapter, slice.title)
}

fn dash(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!(": {line}") }
}

fn field(out: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        let _ = writeln!(out, "\n{name}: {value}");
    }
}

fn block(out: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        let _ = writeln!(out, "\n{name}:\n\n{value}");
    }
}

fn list(out: &mut String, name: &str, values: &[String]) {
    if !values.is_empty() {
        let _ = writeln!(out, "\n{name}:");
        values.iter().for_each(|value| item(out, value));
    }
}

/// Writes a list item. Further lines of the text are indented, so that they belong to it.
fn item(out: &mut String, text: &str) {
    let _ = writeln!(out, "- {}", text.replace('\n', "\n  "));
}

#[cfg(test)]
mod tests {
    use bindery_outline::{Chapter, Outline};

    use super::*;
    use crate::Lengths;

    fn context(chapters: u32) -> Context {
        let chapter = |n: u32| Chapter {
            title: format!("On the matter of subject number {n}"),
            summary: format!("This chapter tells what there is to tell about subject {n} and its many neighbours."),
            points: vec![format!("Subject {n} has a point")],
            ..Chapter::default()
        };
        let outline =
            Outline { title: "Subjects".into(), chapters: (1..=chapters).map(chapter).collect(), ..Outline::default() };
        Context::compile(&outline, Lengths { chapter: 1_000, section: 500 })
    }

    #[test]
    fn the_book_part_never_exceeds_its_tokens_however_many_chapters_there_are() {
        for chapters in [1, 30, 120, 1_000] {
            let part = context(chapters).book_part();
            assert!(estimate_tokens(&part) <= LONGEST_BOOK_PART, "{chapters} chapters");
            assert!(part.contains("Subjects"));
        }
        assert!(context(30).book_part().contains("its many neighbours"));
        assert!(!context(120).book_part().contains("its many neighbours"));
        assert!(context(120).book_part().contains("subject number 120"));
    }

    #[test]
    fn where_a_chapter_has_no_number_chapters_are_referred_to_by_title() {
        let mut context = context(2);
        assert!(!context.book_part().contains("Refer to a chapter by its title"));
        context.chapters[0].unnumbered = true;
        assert!(context.book_part().contains("Refer to a chapter by its title"));
    }

    #[test]
    fn every_word_of_a_chapter_reaches_its_slice_and_its_neighbours_are_named() {
        let context = context(3);
        let part = context.slice_part(context.slice(2).unwrap());
        for words in
            ["tell about subject 2 and its many neighbours", "[2.1] Subject 2 has a point", "1. On the", "3. On the"]
        {
            assert!(part.contains(words), "{words} is missing in {part}");
        }
    }
}
