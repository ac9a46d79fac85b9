//! The kind of a book, which decides what its plan holds. It is guessed where its author does not name it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Chapter, FrontMatter, Outline, Role,
    labels::{Called, label},
};

/// What a book is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BookKind {
    /// It explains or argues.
    Nonfiction,
    /// It teaches, lesson by lesson.
    Course,
    /// It tells one story.
    Novel,
    /// It tells a story in each chapter.
    Stories,
    /// It is looked things up in.
    Reference,
}

/// Words that begin the name of a kind in a title or a description. A kind stands before those whose words are parts of its own.
const WORDS: [(BookKind, &[&str]); 4] = [
    (
        BookKind::Stories,
        &[
            "short stories",
            "stories",
            "fairy tales",
            "kurzgeschichten",
            "erzählungen",
            "märchen",
            "nouvelles",
            "contes",
            "cuentos",
            "racconti",
            "contos",
            "opowiadania",
            "рассказы",
            "短編集",
            "短篇",
        ],
    ),
    (
        BookKind::Novel,
        &[
            "novel",
            "novella",
            "literary fiction",
            "science fiction",
            "historical fiction",
            "fiction for",
            "work of fiction",
            "thriller",
            "whodunit",
            "krimi",
            "kriminalroman",
            "romanzo",
            "novela",
            "powieść",
            "роман",
            "小説",
            "小说",
        ],
    ),
    (
        BookKind::Course,
        &[
            "a course",
            "a first course",
            "this course",
            "course description",
            "short course",
            "crash course",
            "syllabus",
            "curriculum",
            "workbook",
            "lehrgang",
            "ein kurs",
            "ce cours",
            "un curso",
            "un corso",
            "講座",
            "课程",
        ],
    ),
    (
        BookKind::Reference,
        &[
            "a reference",
            "reference book",
            "reference guide",
            "reference manual",
            "encyclopedia",
            "encyclopaedia",
            "dictionary",
            "nachschlagewerk",
            "lexikon",
            "dictionnaire",
            "diccionario",
            "事典",
        ],
    ),
];

/// Words after which "novel" is no adjective.
const AFTER_A_NOVEL: [&str; 13] =
    ["about", "and", "by", "for", "from", "in", "of", "on", "set", "told", "that", "who", "with"];

/// Words that say that a book is about books of a kind.
const ABOUT_WRITING: [&str; 6] =
    ["non-fiction", "nonfiction", "sachbuch", "how to write", "writing a novel", "write a novel"];

impl BookKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Nonfiction, Self::Course, Self::Novel, Self::Stories, Self::Reference];

    /// Returns the kind of a book: the one that its author names, or a guess.
    pub fn of(outline: &Outline) -> Self {
        outline.front.kind.unwrap_or_else(|| guess(outline))
    }

    /// Returns the kind that a description names; `None` where it names none.
    pub fn told_by(description: &str) -> Option<Self> {
        let said = description.to_lowercase();
        if ABOUT_WRITING.iter().any(|words| said.contains(words)) {
            return None;
        }
        let stand = |words: &&[&str]| words.iter().any(|word| stands_in(word, &said));
        WORDS.iter().find(|(_, words)| stand(words)).map(|(kind, _)| *kind)
    }

    /// Returns whether it makes its points in scenes.
    pub fn is_fiction(self) -> bool {
        matches!(self, Self::Novel | Self::Stories)
    }

    /// Returns its name, as outlines have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nonfiction => "nonfiction",
            Self::Course => "course",
            Self::Novel => "novel",
            Self::Stories => "stories",
            Self::Reference => "reference",
        }
    }

    /// Returns the kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        let name: String = name.to_lowercase().chars().filter(|char| char.is_alphabetic()).collect();
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for BookKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nonfiction => "nonfiction",
            Self::Course => "a course",
            Self::Novel => "a novel",
            Self::Stories => "a book of stories",
            Self::Reference => "a reference book",
        })
    }
}

/// Guesses by the codes that shops sort books by, then by what the author says, then by the chapters.
fn guess(outline: &Outline) -> BookKind {
    let front = &outline.front;
    let said = [&outline.title, &outline.description].into_iter().chain(&front.subtitle).chain(&front.audience);
    let said = said.chain(&front.tone).map(String::as_str).collect::<Vec<_>>().join("\n");
    by_code(front).or_else(|| BookKind::told_by(&said)).or_else(|| by_form(outline)).unwrap_or(BookKind::Nonfiction)
}

fn by_code(front: &FrontMatter) -> Option<BookKind> {
    let code = front.bisac.first().or(front.thema.first())?;
    match code.as_str() {
        "FIC029000" | "FYB" => Some(BookKind::Stories),
        code if code.starts_with("FIC") || code.starts_with('F') => Some(BookKind::Novel),
        code if code.starts_with("REF") => Some(BookKind::Reference),
        _ => Some(BookKind::Nonfiction),
    }
}

fn by_form(outline: &Outline) -> Option<BookKind> {
    let has = |role: Role| outline.chapters.iter().filter(|chapter| chapter.role() == role).count();
    let view = outline.front.point_of_view.as_deref().unwrap_or_default().to_lowercase();
    if has(Role::Prologue) > 0
        || ["close third", "third person limited", "omniscient"].iter().any(|at| view.contains(at))
    {
        return Some(BookKind::Novel);
    }
    let chapters = &outline.chapters;
    let is_role = |heading: &str, role: Role| Role::of_title(heading) == Some(role);
    let holds = |chapter: &Chapter, role: Role| {
        chapter.sections.iter().any(|section| is_role(&section.heading, role))
            || chapter.points.iter().any(|point| is_role(point, role))
    };
    // Textbooks have exercises too. Quizzes and goals say that a book is a course.
    let tested = chapters.iter().filter(|chapter| !chapter.goals.is_empty() || holds(chapter, Role::Quiz)).count();
    let practised = chapters
        .iter()
        .filter(|chapter| !chapter.goals.is_empty() || holds(chapter, Role::Quiz) || holds(chapter, Role::Exercises));
    let practised = practised.count() + has(Role::Exercises) + has(Role::Quiz);
    let is_tested = tested + has(Role::Quiz) > 0;
    // A diary has days too.
    let is_day =
        |title: &str| ["day", "tag", "jour", "día", "dia"].iter().any(|day| title.to_lowercase().starts_with(day));
    let is_lesson = |chapter: &&Chapter| {
        label(&chapter.title).is_some_and(|label| label.called == Called::Lesson) && !is_day(&chapter.title)
    };
    let lessons = chapters.iter().filter(is_lesson).count();
    let is_course = is_tested && practised >= 2 && practised * 3 >= chapters.len();
    (is_course || (lessons >= 2 && lessons * 2 > chapters.len())).then_some(BookKind::Course)
}

/// Returns whether a word begins in a text, and is not an adjective there.
fn stands_in(word: &str, text: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let begins =
            !word.is_ascii() || !text[..at].ends_with(|before: char| before.is_alphanumeric() || before == '-');
        let after = &text[at + word.len()..];
        let next: String = after.trim_start().chars().take_while(|char| char.is_alphabetic()).collect();
        begins && (word != "novel" || !after.starts_with(' ') || AFTER_A_NOVEL.contains(&next.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> BookKind {
        BookKind::of(&super::super::parse(text.as_bytes(), super::super::Kind::Markdown).unwrap())
    }

    #[test]
    fn a_kind_is_taken_from_the_author_or_guessed_by_plain_rules() {
        for (text, kind) in [
            ("# Salt\n\nA history.\n\n## The Sea\n", BookKind::Nonfiction),
            ("---\nkind: stories\n---\n\n# Salt\n\nA novel about salt.\n\n## The Sea\n", BookKind::Stories),
            ("# Salt\n\nA novel about the sea.\n\n## The Sea\n", BookKind::Novel),
            ("# Salt\n\nA novel approach to cooking.\n\n## The Sea\n", BookKind::Nonfiction),
            ("# Salt\n\nHow to write a novel.\n\n## The Sea\n", BookKind::Nonfiction),
            ("---\nsubtitle: Short stories\n---\n\n# Salt\n\n## The Sea\n", BookKind::Stories),
            ("# The Keepers\n\n## Prologue\n\n## Arrival\n", BookKind::Novel),
            ("# Salt\n\nOver the course of a year, of course.\n\n## The Sea\n", BookKind::Nonfiction),
            ("# Salt\n\nA first course. No experience is assumed.\n\n## The Sea\n", BookKind::Course),
            ("# Salt\n\n## A\n\n- x\n- Exercises\n\n## B\n\n### Quiz\n\n- y\n", BookKind::Course),
            ("# Salt\n\n## A\n\n### Exercises\n\n- y\n\n## B\n\n### Exercises\n", BookKind::Nonfiction),
            ("# Salz\n\n## Woche 1: Meer\n\n## Woche 2: Berg\n", BookKind::Course),
            ("# Salt\n\n## Day 1: Shore\n\n## Day 2: Storm\n", BookKind::Nonfiction),
            ("# Salt\n\nA dictionary of the sea.\n\n## A\n", BookKind::Reference),
            ("---\nbisac: [FIC019000]\n---\n\n# Salt\n\n## The Sea\n", BookKind::Novel),
            ("---\nlanguage: de\nsubtitle: Kriminalroman\n---\n\n# Salz\n\n## Das Meer\n", BookKind::Novel),
            ("---\nkind: Non-fiction\n---\n\n# Salt\n\n## Prologue\n", BookKind::Nonfiction),
        ] {
            assert_eq!(of(text), kind, "{text}");
        }
    }

    #[test]
    fn a_kind_has_the_same_name_in_every_place() {
        for kind in BookKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
            assert_eq!(BookKind::named(kind.name()), Some(kind));
        }
        assert_eq!(BookKind::named("epic"), None);
    }
}
