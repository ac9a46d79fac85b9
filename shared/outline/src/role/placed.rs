//! Titles that tell a role only where they stand before or after the numbered chapters.

use super::{super::Chapter, Role};

const FRONT: [&str; 24] = [
    "a note from the author",
    "a note to the reader",
    "a note to readers",
    "about this book",
    "author's note",
    "author’s note",
    "conventions used in this book",
    "how this book is organized",
    "how to read this book",
    "how to use this book",
    "note from the author",
    "note to the reader",
    "to the reader",
    "what this book covers",
    "what you will learn",
    "who should read this book",
    "who this book is for",
    "about this edition",
    "über dieses buch",
    "zu diesem buch",
    "wie man dieses buch benutzt",
    "à propos de ce livre",
    "sobre este libro",
    "sobre este livro",
];

const BACK: [&str; 38] = [
    "a note from the author",
    "a note on sources",
    "a note on the type",
    "about the type",
    "about this edition",
    "also by the author",
    "anmerkungen",
    "author's note",
    "author’s note",
    "bildnachweis",
    "bonus material",
    "bonus materials",
    "book club guide",
    "book club questions",
    "chapter notes",
    "colophon",
    "credits",
    "discussion questions",
    "diskussionsfragen",
    "endnoten",
    "endnotes",
    "image credits",
    "index",
    "kolophon",
    "list of abbreviations",
    "notes",
    "notes de fin",
    "notas",
    "permissions",
    "preview",
    "quellen",
    "questions for discussion",
    "reading group guide",
    "reading guide",
    "sneak peek",
    "sources",
    "what's next",
    "where to go from here",
];

/// How titles begin that stand after the chapters.
const BACK_BEGINNINGS: [&str; 7] = [
    "also by ",
    "other books by ",
    "more books by ",
    "an excerpt from ",
    "excerpt from ",
    "sneak peek",
    "weitere bücher von ",
];

/// The titles of pieces that only their author can write, or that are left out.
const OWN: [&str; 13] = [
    "colophon",
    "kolophon",
    "credits",
    "image credits",
    "bildnachweis",
    "permissions",
    "index",
    "notes",
    "endnotes",
    "endnoten",
    "chapter notes",
    "preview",
    "also by the author",
];

/// Returns the role that a title has before the numbered chapters.
pub(in super::super) fn in_front(title: &str) -> Option<Role> {
    FRONT.contains(&folded(title).as_str()).then_some(Role::FrontMatter)
}

/// Returns the role that a title has after the numbered chapters.
pub(in super::super) fn at_back(title: &str) -> Option<Role> {
    let title = folded(title);
    let begins = || BACK_BEGINNINGS.iter().any(|beginning| title.starts_with(beginning));
    (BACK.contains(&title.as_str()) || begins()).then_some(Role::BackMatter)
}

/// Returns whether a piece of this title has its author's own text, such as a colophon.
pub(in super::super) fn is_own(title: &str) -> bool {
    let title = folded(title);
    OWN.contains(&title.as_str()) || BACK_BEGINNINGS.iter().any(|beginning| title.starts_with(beginning))
}

/// Gives the pieces before and after the numbered chapters the roles that their titles have there.
pub(in super::super) fn place(chapters: &mut [Chapter]) {
    let take = |chapter: &mut Chapter, role: fn(&str) -> Option<Role>| {
        let placed = role(&chapter.title).filter(|_| chapter.role.is_none() && chapter.role().is_numbered());
        chapter.role = placed.or(chapter.role);
        chapter.role().is_numbered()
    };
    if chapters.iter().all(|chapter| super::is_around_chapters(&chapter.title)) {
        return;
    }
    // Each search ends with the first chapter that has a number.
    chapters.iter_mut().find_map(|chapter| take(chapter, in_front).then_some(()));
    chapters.iter_mut().rev().find_map(|chapter| take(chapter, at_back).then_some(()));
}

fn folded(title: &str) -> String {
    title.trim().trim_end_matches([':', '：']).to_lowercase()
}
