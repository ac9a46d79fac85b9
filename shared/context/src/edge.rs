//! The edges of a chapter: how it opens and closes, what the chapter before it leaves, and what the one after it takes up. Its first
//! and its last section alone see them, for a section that sees both hands over in the middle of the chapter.

use bindery_outline::BookKind;

use crate::{Context, Slice, render::field};

impl Context {
    /// Says where the chapter before stops, and how this one opens.
    pub fn entry(&self, slice: &Slice) -> String {
        let mut out = String::new();
        if let Some(before) = self.beside(slice.chapter.checked_sub(1)) {
            let name = format!("The chapter before it, \"{}\", which another writes, closes", before.title);
            field(&mut out, &name, self.told_within(slice, &before.closing));
            field(&mut out, "That chapter hands over with", self.told_within(slice, &before.hand_off));
        }
        field(&mut out, "The chapter opens", &slice.opening);
        out
    }

    /// Says how this chapter closes, and where the one after it begins.
    pub fn exit(&self, slice: &Slice) -> String {
        let mut out = String::new();
        field(&mut out, "The chapter closes", &slice.closing);
        if let Some(after) = self.beside(slice.chapter.checked_add(1)) {
            field(&mut out, "It hands over to the next chapter with", &slice.hand_off);
            let name = format!("The chapter after it, \"{}\", which another writes, opens", after.title);
            field(&mut out, &name, self.told_within(slice, &after.opening));
        }
        out
    }

    /// Returns the chapter of this number, if a reader goes on from chapter to chapter. Stories and entries stand each by itself.
    fn beside(&self, chapter: Option<u32>) -> Option<&Slice> {
        let is_alone = matches!(self.kind(), BookKind::Stories | BookKind::Reference);
        chapter.filter(|_| !is_alone).and_then(|number| self.slice(number))
    }
}

#[cfg(test)]
mod tests {
    use bindery_outline::{Chapter, Outline};

    use super::*;
    use crate::{Lengths, Secret};

    fn context() -> Context {
        let chapter = |title: &str| Chapter { title: title.into(), ..Chapter::default() };
        let chapters = ["Ebb", "Slack", "Flood"].map(chapter).to_vec();
        let outline = Outline { title: "Tides".into(), chapters, ..Outline::default() };
        let mut context = Context::compile(&outline, Lengths { chapter: 1_000, section: 500 });
        for slice in &mut context.chapters {
            let said = |what: &str| format!("{what} of {}", slice.title);
            (slice.opening, slice.closing, slice.hand_off) = (said("opening"), said("closing"), said("bridge"));
        }
        context
    }

    #[test]
    fn the_edges_of_a_chapter_show_what_its_neighbours_leave_and_take_up() {
        let context = context();
        let (entry, exit) = (context.entry(&context.chapters[1]), context.exit(&context.chapters[1]));
        for words in ["closing of Ebb", "bridge of Ebb", "opening of Slack"] {
            assert!(entry.contains(words) && !exit.contains(words), "{words}: {entry} {exit}");
        }
        for words in ["closing of Slack", "bridge of Slack", "opening of Flood"] {
            assert!(exit.contains(words) && !entry.contains(words), "{words}: {entry} {exit}");
        }
        assert!(!context.entry(&context.chapters[0]).contains("before"));
        assert!(!context.exit(&context.chapters[2]).contains("bridge"), "there is nothing to hand over to");
        let book = crate::BookPart { kind: Some(BookKind::Stories), ..context.book.clone() };
        let stories = Context { book, ..context };
        assert!(!stories.entry(&stories.chapters[1]).contains("Ebb"), "each story begins by itself");
        assert!(!stories.exit(&stories.chapters[1]).contains("Flood"));
    }

    #[test]
    fn the_next_chapters_opening_is_left_out_where_it_tells_a_secret() {
        let mut context = context();
        let secret = Secret { terms: vec!["opening of Flood".into()], chapter: 3, ..Secret::default() };
        context.secrets = vec![secret];
        assert!(!context.exit(&context.chapters[1]).contains("Flood"));
    }
}
