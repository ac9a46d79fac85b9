//! The context in prompts: first the book part, which has the same bytes for a whole book, then a chapter's slice.

use std::{fmt::Write as _, ops::Range};

use bindery_domain::estimate_tokens;
use bindery_outline::BookKind;

use super::{BookPart, Character, Context, Form, Secret, Slice, Term, named_language};

/// The most tokens that the book part may take, by the conservative estimate.
pub const LONGEST_BOOK_PART: u64 = 4_000;

/// Prompts count all chapters. Readers see other numbers where an introduction or the like has none.
const TITLES_ONLY: &str =
    "\nReaders see other chapter numbers than those used here. Refer to a chapter by its title, never by a number.\n";

/// All sections of a chapter have its slice in their prompts, and each tells a share of it.
const WHOLE_CHAPTER: &str = "\nThis is about the whole chapter. A section tells of it only what its own points and steps name; the rest is other sections' to tell.\n";

impl Context {
    /// Renders the book part.
    ///
    /// It lists the chapters with a line each. Where the list is too long it holds titles alone, and where those are
    /// too long there is no list: each slice names the chapter's neighbours. The list of a story holds titles alone, for a line may
    /// tell what earlier chapters must not know.
    pub fn book_part(&self) -> String {
        let with_lines = self.with_list(|slice| format!("{}. {}{}\n", slice.chapter, slice.title, dash(&slice.line)));
        let candidates = [with_lines, self.book_part_with_titles()];
        let found = candidates
            .into_iter()
            .skip(usize::from(self.kind().is_fiction()))
            .find(|part| estimate_tokens(part) <= LONGEST_BOOK_PART);
        found.unwrap_or_else(|| self.book_part_without_list(&self.book))
    }

    /// Renders the book part with the titles of the chapters alone.
    pub(crate) fn book_part_with_titles(&self) -> String {
        self.with_list(title)
    }

    /// Renders a book part that does not list the chapters.
    pub(crate) fn book_part_without_list(&self, book: &BookPart) -> String {
        let mut head = self.head(book);
        if self.chapters.iter().any(|slice| slice.unnumbered) {
            head.push_str(TITLES_ONLY);
        }
        head
    }

    /// Renders what is decided on the book, for those who plan its chapters.
    pub fn decided_book(&self) -> String {
        self.head(&self.book)
    }

    /// Renders the forms of chapters, for those who plan them; empty where none were dealt.
    pub fn decided_forms(&self, chapters: Range<usize>) -> String {
        let mut out = String::new();
        let line = |slice: &Slice| {
            let Form { build, opening, rhythm } = slice.form.as_ref()?;
            Some(format!("Chapter {}: {build}. It opens with {opening}. {rhythm}", slice.chapter))
        };
        let forms: Vec<String> = self.chapters[chapters].iter().filter_map(line).collect();
        list(&mut out, "The form, the opening and the rhythm of each chapter, which you keep to", &forms);
        out
    }

    /// Renders all secrets, for those who plan the chapters of a story.
    pub fn decided_secrets(&self) -> String {
        let mut out = String::new();
        let late = self.book.canon.iter().filter(|fact| self.known_from(fact) > 1);
        let dated = |fact: &String| match (self.known_from(fact), self.named_in(fact)) {
            // The fact says so itself.
            (from, named) if from == named => fact.clone(),
            (from, _) => format!("{fact} (from chapter {from} on)"),
        };
        let late = late.map(dated);
        list(&mut out, "Facts that no earlier chapter knows", &late.collect::<Vec<_>>());
        let line = |secret: &Secret| format!("{} (chapter {})", secret.text, secret.chapter);
        let lines: Vec<String> = self.secrets.iter().map(line).collect();
        list(&mut out, "What the reader does not know at first, with the chapter that tells it", &lines);
        out
    }

    fn with_list(&self, line: fn(&Slice) -> String) -> String {
        let list: String = self.chapters.iter().map(line).collect();
        format!("{}\n## Chapters\n\n{list}", self.book_part_without_list(&self.book))
    }

    /// Returns by how many tokens the book part is too long even without the list of chapters; `None` where it fits.
    pub fn book_part_excess(&self) -> Option<u64> {
        estimate_tokens(&self.head(&self.book)).checked_sub(LONGEST_BOOK_PART).filter(|excess| *excess > 0)
    }

    /// Renders a chapter's slice.
    pub fn slice_part(&self, slice: &Slice) -> String {
        let mut out = format!("# Chapter {}: {}\n", slice.chapter, slice.title);
        if slice.sections > 1 {
            out.push_str(WHOLE_CHAPTER);
        }
        field(&mut out, "Its role in the book", &slice.role);
        block(&mut out, "What its author wrote about it", &slice.summary);
        if !slice.references.is_empty() {
            out.push_str("\nPoints of other chapters that it may mention in passing but must not explain:\n");
            let line = |reference: &super::Reference| format!("{} (chapter {})", reference.text, reference.chapter);
            slice.references.iter().for_each(|reference| item(&mut out, &line(reference)));
        }
        for (name, value) in [
            ("It is told through the eyes of", &slice.point_of_view),
            ("Where and when it happens", &slice.setting),
            ("What is tried in it", &slice.goal),
            ("What changes in it", &slice.turn),
            ("How that ends", &slice.outcome),
            ("What its reader knows when it begins", &slice.assumes),
            ("What it adds", &slice.adds),
            ("Where it leaves its reader", &slice.leaves),
        ] {
            field(&mut out, name, value);
        }
        list(&mut out, "What its reader can do afterwards", &slice.goals);
        if let Some(Form { build, rhythm, .. }) = &slice.form {
            field(&mut out, "Its form", build);
            field(&mut out, "Its rhythm", rhythm);
        }
        self.knowledge(&mut out, slice);
        field(&mut out, "Take examples from", &slice.example_domain);
        field(&mut out, "Take comparisons from", &slice.images);
        self.neighbours(&mut out, slice);
        out
    }

    /// Renders what holds for the whole book.
    fn head(&self, book: &BookPart) -> String {
        let mut out = format!("# The book: {}\n", book.title);
        field(&mut out, "Language", &named_language(&book.language));
        let kind = book.kind.unwrap_or(BookKind::Nonfiction);
        field(&mut out, "Kind", &book.kind.map(|kind| kind.to_string()).unwrap_or_default());
        block(&mut out, "Its author's description", &book.description);
        field(&mut out, if kind.is_fiction() { "Premise" } else { "Thesis" }, &book.thesis);
        field(&mut out, "Readers", &book.audience);
        field(&mut out, "Promise to the reader", &book.promise);
        list(&mut out, "Out of scope", &book.out_of_scope);
        field(&mut out, "Tone", &book.style.tone);
        field(&mut out, "Point of view", &book.style.point_of_view);
        block(&mut out, "Its voice", &book.style.voice);
        block(&mut out, "A paragraph in its voice", &book.style.sample);
        list(&mut out, "Never write", &book.style.banned);
        if !book.glossary.is_empty() {
            out.push_str("\nTerms, spelled exactly so:\n");
            book.glossary
                .iter()
                .for_each(|term| item(&mut out, &format!("{}: {}{}", term.term, term.definition, explained(term))));
        }
        let everywhere = book.canon.iter().filter(|fact| self.known_from(fact) == 1);
        list(&mut out, "Facts that hold in every chapter", &everywhere.cloned().collect::<Vec<_>>());
        let examples = book.examples.iter();
        let examples = examples
            .map(|example| format!("{}{} (told in chapter {})", example.name, dash(&example.line), example.chapter));
        list(
            &mut out,
            "Examples that return; one chapter tells each, the others only name it",
            &examples.collect::<Vec<_>>(),
        );
        list(&mut out, "Characters", &book.characters.iter().map(character).collect::<Vec<_>>());
        let places = book.places.iter().map(|place| format!("{}{}", place.name, dash(&place.line)));
        list(&mut out, "Places", &places.collect::<Vec<_>>());
        list(&mut out, "What happens when", &book.timeline);
        out
    }

    /// Says what the reader of a chapter learns and knows. What is learned later is not even mentioned.
    fn knowledge(&self, out: &mut String, slice: &Slice) {
        let (here, before): (Vec<&Secret>, Vec<&Secret>) = self
            .secrets
            .iter()
            .filter(|secret| secret.chapter <= slice.chapter)
            .partition(|secret| secret.chapter == slice.chapter);
        let line = |secret: &&Secret| format!("{}{}", secret.text, knowing(secret, slice.chapter));
        list(out, "What its reader learns in it, and did not know before", &here.iter().map(line).collect::<Vec<_>>());
        list(out, "What its reader knows by now", &before.iter().map(line).collect::<Vec<_>>());
        let from_here = self.book.canon.iter().filter(|fact| (2..=slice.chapter).contains(&self.known_from(fact)));
        list(out, "Facts that hold, and that no earlier chapter knows", &from_here.cloned().collect::<Vec<_>>());
        let explained = self.book.glossary.iter().filter(|term| term.chapter == Some(slice.chapter));
        let explained: Vec<&str> = explained.map(|term| term.term.as_str()).collect();
        field(out, "Terms that it explains, and no other chapter", &explained.join(", "));
    }

    fn neighbours(&self, out: &mut String, slice: &Slice) {
        let before = slice.chapter.checked_sub(1).and_then(|number| self.slice(number));
        if let Some(before) = before {
            let line = self.told_within(slice, &before.line);
            let _ = writeln!(out, "\nBefore it stands chapter {}{}", title(before).trim_end(), dash(line));
        }
        if let Some(after) = self.slice(slice.chapter + 1) {
            let line = self.told_within(slice, &after.line);
            let _ = writeln!(out, "\nAfter it stands chapter {}{}", title(after).trim_end(), dash(line));
        }
    }

    /// Returns what is decided on a chapter for the prompts of another one; empty where it tells what their reader does not know.
    pub(crate) fn told_within<'a>(&self, reader: &Slice, text: &'a str) -> &'a str {
        if self.tells_early(reader.chapter, text) { "" } else { text }
    }
}

/// Says which characters know a secret when a chapter begins, and which do not yet.
fn knowing(secret: &Secret, chapter: u32) -> String {
    let (known, unknown): (Vec<_>, Vec<_>) = secret.known_to.iter().partition(|knowing| knowing.chapter <= chapter);
    let names = |knowing: Vec<&super::Knowing>| {
        knowing.into_iter().map(|knowing| knowing.character.as_str()).collect::<Vec<_>>().join(", ")
    };
    match (names(known), names(unknown)) {
        (known, unknown) if known.is_empty() && unknown.is_empty() => String::new(),
        (known, unknown) if unknown.is_empty() => format!(" (known to {known})"),
        (known, unknown) if known.is_empty() => format!(" (not yet known to {unknown})"),
        (known, unknown) => format!(" (known to {known}; not yet known to {unknown})"),
    }
}

fn explained(term: &Term) -> String {
    term.chapter.map(|chapter| format!(" (chapter {chapter} explains it)")).unwrap_or_default()
}

fn character(character: &Character) -> String {
    let Character { name, want, fear, speech } = character;
    let told =
        [("wants", want), ("fears", fear), ("speaks", speech)].into_iter().filter(|(_, value)| !value.is_empty());
    let told: Vec<String> = told.map(|(name, value)| format!("{name}: {value}")).collect();
    if told.is_empty() { name.clone() } else { format!("{name} ({})", told.join("; ")) }
}

fn title(slice: &Slice) -> String {
    format!("{}. {}\n", slice.chapter, slice.title)
}

fn dash(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!(": {line}") }
}

pub(crate) fn field(out: &mut String, name: &str, value: &str) {
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
    fn a_slice_has_its_authors_words_and_names_the_neighbours_and_leaves_the_points_to_the_sections() {
        let context = context(3);
        let part = context.slice_part(context.slice(2).unwrap());
        for words in ["tell about subject 2 and its many neighbours", "1. On the", "3. On the"] {
            assert!(part.contains(words), "{words} is missing in {part}");
        }
        assert!(!part.contains("Subject 2 has a point"), "{part}");
        assert!(part.contains("This is about the whole chapter."), "{part}");
        let short = Slice { sections: 1, ..context.slice(2).unwrap().clone() };
        assert!(!context.slice_part(&short).contains("This is about the whole chapter."));
    }

    #[test]
    fn the_language_of_a_book_is_named() {
        let mut context = context(1);
        assert!(context.book_part().contains("Language: English (en)"));
        context.book.language = "tlh".into();
        assert!(context.book_part().contains("Language: tlh\n"));
    }
}
