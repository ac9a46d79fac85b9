//! The answer of the planning call, and how it completes the context that was compiled from the outline.

use std::collections::{BTreeMap, HashSet};

use bindery_context::{
    BookPart, Context, Reference, Slice, Term,
    answer::{self, Fields},
};

/// The decisions of a model. Fields that it leaves out stay as the outline has them.
#[derive(Debug, Default)]
pub(super) struct PlanAnswer {
    thesis: String,
    audience: String,
    promise: String,
    out_of_scope: Vec<String>,
    tone: String,
    point_of_view: String,
    banned: Vec<String>,
    glossary: Vec<(String, String)>,
    canon: Vec<String>,
    chapters: Vec<ChapterAnswer>,
}

#[derive(Debug, Default)]
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

/// A context that an answer has completed.
pub(super) struct Completed {
    pub(super) context: Context,
    /// The chapters on which nothing was decided.
    pub(super) undecided: Vec<u32>,
}

impl ChapterAnswer {
    fn read(chapter: &Fields) -> Option<Self> {
        Some(Self {
            chapter: chapter.number(&["chapter", "number", "chapter_number", "id", "index", "key"])?,
            role: chapter.text(&["role", "job", "purpose"]),
            summary: chapter.text(&["summary", "line", "synopsis"]),
            references: chapter.texts(&["references", "may_reference", "refs"]),
            example_domain: chapter.text(&["example_domain", "examples", "domain"]),
            opening: chapter.text(&["opening", "opens", "opening_move"]),
            closing: chapter.text(&["closing", "closes", "closing_move"]),
            handoff: chapter.text(&["handoff", "handoff_out", "transition", "bridge"]),
        })
    }
}

/// The most characters of a sentence that an answer adds to every prompt of the book.
const MAX_SENTENCE_CHARS: usize = 400;

/// The most items that an answer adds to a list in every prompt of the book.
const MAX_ITEMS: usize = 24;

impl PlanAnswer {
    /// Reads an answer for what it means. The error says what is wrong, in words for the model.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let answer = answer::object(text, &["chapters", "thesis", "canon"])?;
        let style = answer.objects(&["style"]).into_iter().next().unwrap_or_default();
        let in_style = |keys: &[&str]| Some(style.text(keys)).filter(|text| !text.is_empty());
        let banned = style.texts(&["banned", "banned_phrases", "avoid"]);
        Ok(Self {
            thesis: answer.text(&["thesis"]),
            audience: answer.text(&["audience", "readers"]),
            promise: answer.text(&["promise"]),
            out_of_scope: answer.texts(&["out_of_scope", "excluded"]),
            tone: in_style(&["tone"]).unwrap_or_else(|| answer.text(&["tone"])),
            point_of_view: in_style(&["point_of_view", "pov"]).unwrap_or_else(|| answer.text(&["point_of_view"])),
            banned: if banned.is_empty() { answer.texts(&["banned"]) } else { banned },
            glossary: answer.pairs(&["glossary", "terms"], &["term", "name"], &["definition", "meaning"]),
            canon: answer.texts(&["canon", "facts"]),
            chapters: answer.objects(&["chapters"]).iter().filter_map(ChapterAnswer::read).collect(),
        })
    }

    /// Completes a context. What the author or an earlier answer decided stays.
    pub(super) fn complete(self, mut context: Context) -> Result<Completed, String> {
        let mut decided: BTreeMap<u32, ChapterAnswer> = BTreeMap::new();
        for chapter in self.chapters {
            decided.entry(chapter.chapter).or_insert(chapter);
        }
        let points = owned_points(&context);
        let mut undecided = Vec::new();
        for slice in &mut context.chapters {
            if let Some(answer) = decided.remove(&slice.chapter) {
                answer.complete(slice, &points);
            } else if is_open(slice) {
                undecided.push(slice.chapter);
            }
        }
        if undecided.len() == context.chapters.len() {
            return Err(
                "it decides on none of the chapters, which its list \"chapters\" must name by number".to_owned()
            );
        }
        keep_first(&mut context.chapters, |slice| &mut slice.opening);
        keep_first(&mut context.chapters, |slice| &mut slice.closing);
        keep_first(&mut context.chapters, |slice| &mut slice.example_domain);
        let book = &mut context.book;
        set(&mut book.thesis, &self.thesis);
        set(&mut book.audience, &self.audience);
        set(&mut book.promise, &self.promise);
        set(&mut book.style.tone, &self.tone);
        set(&mut book.style.point_of_view, &self.point_of_view);
        add(&mut book.out_of_scope, &self.out_of_scope);
        add(&mut book.style.banned, &self.banned);
        add(&mut book.canon, &self.canon);
        add_terms(book, self.glossary);
        match context.book_part_excess() {
            None => Ok(Completed { context, undecided }),
            Some(excess) => Err(format!("what it says about the whole book is about {excess} tokens too long")),
        }
    }
}

/// Returns whether nothing was decided on a chapter yet.
fn is_open(slice: &Slice) -> bool {
    [&slice.opening, &slice.closing, &slice.example_domain, &slice.hand_off].into_iter().all(String::is_empty)
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
        // The compiled line is only the beginning of the author's summary.
        if !self.summary.trim().is_empty() {
            slice.line = sentence(&self.summary);
        }
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

fn add_terms(book: &mut BookPart, answers: Vec<(String, String)>) {
    for (term, definition) in answers.into_iter().take(MAX_ITEMS) {
        let known = book.glossary.iter().any(|known| known.term.eq_ignore_ascii_case(&term));
        if !known && !term.trim().is_empty() {
            let (term, definition) = (sentence(&term), sentence(&definition));
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
        PlanAnswer::read(json)?.complete(compiled()).map(|completed| completed.context)
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
    fn a_plan_without_some_of_the_chapters_names_them_and_a_later_answer_adds_them() {
        let first =
            PlanAnswer::read(r#"{"thesis": "A", "chapters": [{"chapter": "1", "opening": "with rain"}]}"#).unwrap();
        let first = first.complete(compiled()).unwrap();
        assert_eq!(first.undecided, [2]);
        let second =
            PlanAnswer::read(r#"{"thesis": "B", "chapters": [{"chapter": 2, "opening": "with snow"}]}"#).unwrap();
        let second = second.complete(first.context).unwrap();
        assert!(second.undecided.is_empty());
        let openings: Vec<_> = second.context.chapters.iter().map(|slice| slice.opening.as_str()).collect();
        assert_eq!((second.context.book.thesis.as_str(), openings), ("A", vec!["with rain", "with snow"]));
        assert!(complete(r#"{"thesis": "A", "chapters": []}"#).unwrap_err().contains("none of the chapters"));
    }

    #[test]
    fn a_plan_is_read_for_what_it_means() {
        let json = r#"{"plan": {"thesis": "A", "audience": null, "out_of_scope": "engines", "style": {"tone": "merry"},
            "glossary": {"bilge": "the lowest part"}, "canon": [{"fact": "Anna is 30"}],
            "chapters": [{"number": "1", "opening": "with rain",}, {"number": 2.0, "closing": "with wind"}]}}"#;
        let context = complete(json).unwrap();
        assert_eq!(context.book.out_of_scope, ["engines"]);
        assert_eq!((context.book.glossary[0].term.as_str(), context.book.canon[0].as_str()), ("bilge", "Anna is 30"));
        assert_eq!(
            (context.chapters[0].opening.as_str(), context.chapters[1].closing.as_str()),
            ("with rain", "with wind")
        );
    }

    #[test]
    fn a_plan_that_makes_every_prompt_too_long_is_refused() {
        let canon: Vec<String> = (0..24).map(|n| format!("fact {n}: {}", "word ".repeat(120))).collect();
        let json = serde_json::json!({"canon": canon, "glossary": [], "out_of_scope": canon,
            "chapters": [{"chapter": 1}, {"chapter": 2}]});
        assert!(complete(&json.to_string()).unwrap_err().contains("too long"));
    }
}
