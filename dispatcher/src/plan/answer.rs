//! The answer of the planning call, and how it completes the context that was compiled from the outline.

use std::collections::{BTreeMap, HashSet};

use bindery_context::{BookPart, Context, Reference, Slice, Term};
use serde::Deserialize;

/// The decisions of a model. Fields that it leaves out stay as the outline has them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PlanAnswer {
    thesis: String,
    audience: String,
    promise: String,
    out_of_scope: Vec<String>,
    style: StyleAnswer,
    glossary: Vec<TermAnswer>,
    canon: Vec<String>,
    chapters: Vec<ChapterAnswer>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StyleAnswer {
    tone: String,
    point_of_view: String,
    banned: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TermAnswer {
    term: String,
    definition: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChapterAnswer {
    chapter: u32,
    role: String,
    summary: String,
    references: Vec<String>,
    example_domain: String,
    opening: String,
    closing: String,
    handoff: String,
}

/// The most characters of a sentence that an answer adds to every prompt of the book.
const MAX_SENTENCE_CHARS: usize = 400;

/// The most items that an answer adds to a list in every prompt of the book.
const MAX_ITEMS: usize = 24;

impl PlanAnswer {
    /// Completes a compiled context. The author's own words stay. An answer without decisions on every chapter is refused.
    pub(super) fn complete(self, mut context: Context) -> Result<Context, String> {
        let mut decided: BTreeMap<u32, ChapterAnswer> = BTreeMap::new();
        for chapter in self.chapters {
            decided.entry(chapter.chapter).or_insert(chapter);
        }
        let points = owned_points(&context);
        for slice in &mut context.chapters {
            let Some(answer) = decided.remove(&slice.chapter) else {
                return Err(format!("the plan says nothing about chapter {}", slice.chapter));
            };
            answer.complete(slice, &points);
        }
        keep_first(&mut context.chapters, |slice| &mut slice.opening);
        keep_first(&mut context.chapters, |slice| &mut slice.closing);
        keep_first(&mut context.chapters, |slice| &mut slice.example_domain);
        let book = &mut context.book;
        set(&mut book.thesis, &self.thesis);
        set(&mut book.audience, &self.audience);
        set(&mut book.promise, &self.promise);
        set(&mut book.style.tone, &self.style.tone);
        set(&mut book.style.point_of_view, &self.style.point_of_view);
        add(&mut book.out_of_scope, &self.out_of_scope);
        add(&mut book.style.banned, &self.style.banned);
        add(&mut book.canon, &self.canon);
        add_terms(book, self.glossary);
        match context.book_part_excess() {
            None => Ok(context),
            Some(excess) => Err(format!("the plan's book part is about {excess} tokens too long")),
        }
    }
}

/// A point with the chapter that owns it.
struct OwnedPoint {
    chapter: u32,
    text: String,
}

/// The points of all chapters, by their ids.
type OwnedPoints = BTreeMap<String, OwnedPoint>;

fn owned_points(context: &Context) -> OwnedPoints {
    let mut points = OwnedPoints::new();
    for slice in &context.chapters {
        for point in &slice.owns {
            points.insert(point.id.clone(), OwnedPoint { chapter: slice.chapter, text: point.text.clone() });
        }
    }
    points
}

impl ChapterAnswer {
    fn complete(self, slice: &mut Slice, points: &OwnedPoints) {
        set(&mut slice.role, &self.role);
        set(&mut slice.line, &self.summary);
        set(&mut slice.example_domain, &self.example_domain);
        set(&mut slice.opening, &self.opening);
        set(&mut slice.closing, &self.closing);
        set(&mut slice.hand_off, &self.handoff);
        for id in self.references.into_iter().take(MAX_ITEMS) {
            let known = slice.references.iter().any(|reference| reference.id == id);
            if let Some(point) = points.get(&id).filter(|point| point.chapter != slice.chapter && !known) {
                slice.references.push(Reference { id, chapter: point.chapter, text: point.text.clone() });
            }
        }
    }
}

/// Fills a field that the author left empty.
fn set(field: &mut String, answer: &str) {
    if field.is_empty() {
        *field = sentence(answer);
    }
}

fn sentence(answer: &str) -> String {
    let flat = answer.split_whitespace().collect::<Vec<_>>().join(" ");
    bindery_text::clean::clean(&flat).chars().take(MAX_SENTENCE_CHARS).collect()
}

fn add(list: &mut Vec<String>, answers: &[String]) {
    for answer in answers.iter().take(MAX_ITEMS).map(|answer| sentence(answer)) {
        if !answer.is_empty() && !list.contains(&answer) {
            list.push(answer);
        }
    }
}

fn add_terms(book: &mut BookPart, answers: Vec<TermAnswer>) {
    for answer in answers.into_iter().take(MAX_ITEMS) {
        let known = book.glossary.iter().any(|term| term.term.eq_ignore_ascii_case(&answer.term));
        if !known && !answer.term.trim().is_empty() {
            let (term, definition) = (sentence(&answer.term), sentence(&answer.definition));
            book.glossary.push(Term { term, definition });
        }
    }
}

/// Clears a decision that an earlier chapter has too, so that no two chapters have the same one.
fn keep_first(chapters: &mut [Slice], field: fn(&mut Slice) -> &mut String) {
    let mut seen = HashSet::new();
    for slice in chapters {
        let value = field(slice);
        if !value.is_empty() && !seen.insert(value.to_lowercase()) {
            value.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use bindery_context::Lengths;
    use bindery_outline::{Chapter, FrontMatter, Outline};

    use super::*;

    fn compiled() -> Context {
        let chapter = |n: u32| Chapter {
            title: format!("Chapter {n}"),
            points: vec![format!("point {n}")],
            ..Chapter::default()
        };
        let front = FrontMatter { tone: Some("dry".into()), ..FrontMatter::default() };
        let outline =
            Outline { title: "T".into(), front, chapters: vec![chapter(1), chapter(2)], ..Outline::default() };
        Context::compile(&outline, Lengths { chapter: 1_000, section: 500 })
    }

    fn complete(json: &str) -> Result<Context, String> {
        serde_json::from_str::<PlanAnswer>(json).unwrap().complete(compiled())
    }

    #[test]
    fn an_answer_fills_empty_fields_and_removes_nothing() {
        let json = r#"{"thesis":"A thesis","style":{"tone":"merry"},"canon":["Anna is 30"],
            "chapters":[{"chapter":2,"role":"end","references":["1.1","2.1","9.9"],"opening":"with rain"},
                        {"chapter":1,"role":"start","opening":"With rain"}]}"#;
        let context = complete(json).unwrap();
        assert_eq!(context.book.thesis, "A thesis");
        assert_eq!(context.book.style.tone, "dry");
        assert_eq!(context.book.canon, ["Anna is 30"]);
        let expected = Reference { id: "1.1".into(), chapter: 1, text: "point 1".into() };
        assert_eq!(context.chapters[1].references, [expected]);
        assert_eq!(context.chapters[1].owns.len(), 1);
    }

    #[test]
    fn two_chapters_never_have_the_same_opening() {
        let json = r#"{"chapters":[{"chapter":1,"opening":"with rain"},{"chapter":2,"opening":"With Rain"}]}"#;
        let context = complete(json).unwrap();
        assert_eq!((context.chapters[0].opening.as_str(), context.chapters[1].opening.as_str()), ("with rain", ""));
    }

    #[test]
    fn a_plan_without_one_of_the_chapters_is_a_failed_try() {
        assert!(complete(r#"{"chapters":[{"chapter":1}]}"#).unwrap_err().contains("chapter 2"));
    }

    #[test]
    fn a_plan_that_makes_every_prompt_too_long_is_refused() {
        let canon: Vec<String> = (0..24).map(|n| format!("fact {n}: {}", "word ".repeat(120))).collect();
        let json = serde_json::json!({"canon": canon, "glossary": [], "out_of_scope": canon,
            "chapters": [{"chapter": 1}, {"chapter": 2}]});
        assert!(complete(&json.to_string()).unwrap_err().contains("too long"));
    }
}
