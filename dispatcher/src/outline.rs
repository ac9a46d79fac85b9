//! Making an outline from a topic: one call, whose answer the user can edit before a chapter is written. On a fleet the call is
//! a part of the book's plan.

mod writing;

use std::{borrow::Cow, collections::HashSet};

use bindery_context::{
    answer::{self, AnswerFault, shape::outline as shape},
    contract::Contract,
    named_language,
};
use bindery_domain::backoff;
use bindery_ledger::{Order, Topic};
use bindery_model::{Allowance, Call, CallErrorKind, CallFailure, ModelCaller, Preferred, Prompt};
use bindery_outline::{BookKind, Chapter, FrontMatter, Outline};
use bindery_runtime::attempt::Fault;

pub(crate) use self::writing::OutlineWriting;

/// Why there is no outline.
#[derive(Debug, thiserror::Error)]
pub enum NoOutline {
    /// The topic is empty, or what was asked for cannot stand in an outline. The model was not called.
    #[error("no outline can be made: {0}")]
    Invalid(String),
    /// No answer could be used.
    #[error(
        "the model made no usable outline in {tries} tries; the last time: {last}; try again or another model, or write the \
         outline yourself"
    )]
    Unusable {
        /// How often the model was called.
        tries: u32,
        /// What was wrong with the last answer.
        last: String,
        /// The last outline that only has another number of chapters than was asked; `None` where there was none.
        nearly: Option<Box<Outline>>,
    },
    /// No call brought an answer.
    #[error("the model gave no outline in {tries} tries; the last time: {last}")]
    Failed {
        /// How often the model was called.
        tries: u32,
        /// Why the last try failed.
        last: String,
    },
}

impl NoOutline {
    /// Returns whether there is an outline that the user can mend.
    fn is_nearly_one(&self) -> bool {
        matches!(self, Self::Unusable { nearly: Some(_), .. })
    }
}

pub(crate) const ROLE: &str = "\
You outline books. An outline is specific: each chapter has one job, its key points are claims, methods or scenes \
that no other chapter has, and together they carry a reader from the first page to the last.
";

/// Has a model make an outline, in at most `tries` tries of each model and within an allowance. The next model is tried where
/// one makes none.
pub async fn outline(
    models: &Preferred,
    topic: &Topic,
    tries: u32,
    allowance: &Allowance,
) -> Result<Outline, NoOutline> {
    check(topic)?;
    let mut failed = None;
    for caller in models.callers() {
        match outline_by(caller, topic, tries, allowance).await {
            Err(error) => {
                tracing::warn!(model = caller.name(), %error, "a model made no outline");
                // An outline that is nearly right is worth more than the reason why a later model gave none.
                failed = failed.filter(NoOutline::is_nearly_one).or(Some(error));
            }
            made => return made,
        }
    }
    Err(failed.unwrap_or_else(|| NoOutline::Failed { tries: 0, last: "there is no model".to_owned() }))
}

/// Has one model make an outline.
async fn outline_by(
    caller: &ModelCaller,
    topic: &Topic,
    tries: u32,
    allowance: &Allowance,
) -> Result<Outline, NoOutline> {
    let (mut last, mut fault, mut nearly) = (String::new(), None::<Fault>, None);
    for attempt in 1..=tries {
        match caller.call(&call(caller, topic, attempt, fault.as_ref()), 0, allowance, &mut |_| {}).await {
            Ok(answer) => match read(&answer.text, topic) {
                Ok(outline) => return Ok(outline),
                Err(Refused { fault: refused, nearly: outline }) => {
                    let explanation = refused.to_string();
                    last.clone_from(&explanation);
                    nearly = outline.or(nearly);
                    let answers = fault.map_or(0, |fault| fault.answers) + 1;
                    fault = Some(Fault { explanation, answer: Some(answer.text), answers });
                }
            },
            Err(CallFailure::Failed { error: error @ CallErrorKind::BadRequest { .. }, .. }) => {
                return Err(NoOutline::Failed { tries: attempt, last: error.to_string() });
            }
            Err(CallFailure::Failed { error, .. }) => {
                last = error.to_string();
                tokio::time::sleep(backoff(attempt)).await;
            }
            Err(CallFailure::Wait { wait, reason, .. }) => {
                last = reason;
                tokio::time::sleep(wait).await;
            }
            Err(other) => return Err(NoOutline::Failed { tries: attempt, last: other.to_string() }),
        }
    }
    Err(match fault {
        Some(fault) => NoOutline::Unusable { tries, last: fault.explanation, nearly },
        None => NoOutline::Failed { tries, last },
    })
}

/// Returns an order with an outline: its own, or else one of the shape that the outline of its topic will have. So the order
/// can be estimated and shown before its outline is made.
pub fn with_expected_outline(order: &Order) -> Cow<'_, Order> {
    match order.open_topic() {
        Some(topic) => Cow::Owned(Order { outline: imagined(topic), ..order.clone() }),
        None => Cow::Borrowed(order),
    }
}

/// Returns an outline of the shape that a model's outline will have.
fn imagined(topic: &Topic) -> Outline {
    const SUMMARY_WORDS: usize = 40;
    const POINTS: usize = 4;
    const POINT_WORDS: usize = 12;

    let filler = |words: usize| vec!["something"; words].join(" ");
    let chapter = |number: u32| Chapter {
        title: format!("Chapter {number}, which has a title of its own"),
        summary: filler(SUMMARY_WORDS),
        points: vec![filler(POINT_WORDS); POINTS],
        ..Chapter::default()
    };
    Outline {
        title: topic.topic.clone(),
        description: filler(SUMMARY_WORDS),
        front: front(topic),
        chapters: (1..=topic.chapters).map(chapter).collect(),
        ..Outline::default()
    }
}

/// Checks what the outline will hold of the topic, so that no call is paid for an outline that would be refused.
pub fn check(topic: &Topic) -> Result<(), NoOutline> {
    if topic.topic.trim().is_empty() {
        return Err(NoOutline::Invalid("the topic is empty; say what the book is about".to_owned()));
    }
    let chapters = vec![Chapter { title: "One".to_owned(), ..Chapter::default() }];
    let outline = Outline { title: "Title".to_owned(), front: front(topic), chapters, ..Outline::default() };
    outline.checked().map(drop).map_err(|faults| NoOutline::Invalid(faults.to_string()))
}

fn front(topic: &Topic) -> FrontMatter {
    let Topic { language, words, kind, .. } = topic;
    FrontMatter { language: Some(language.clone()), words: Some(*words), kind: *kind, ..FrontMatter::default() }
}

/// Returns what a model is told about the kind of the book that it outlines.
fn about_kind(kind: BookKind) -> &'static str {
    match kind {
        BookKind::Nonfiction => {
            "It is nonfiction: the book says one thing, and each chapter is a step towards it. A key point is a claim, a method or a case."
        }
        BookKind::Course => {
            "It is a course: its chapters build on each other, and each ends with something that its reader can do. A key point is what is \
             learned or practised."
        }
        BookKind::Novel => {
            "It is a novel: its chapters tell one story. Decide first who wants what, what stands in the way, what it costs and how it \
             ends. Each chapter changes something that cannot be taken back, the middle turns the story, the crisis comes shortly before the \
             end, and the last chapter shows what is left. A summary names who, where and when. A key point is what happens or comes to \
             light. The description gives no turn away."
        }
        BookKind::Stories => {
            "It is a book of stories: each chapter is one, with people, a want, a turn and an end of its own, and together they belong to one \
             book. A key point is what happens or comes to light in it. The description gives no turn away."
        }
        BookKind::Reference => {
            "It is a reference book: its chapters are read in any order, each whole by itself, and a key point is what is looked up there."
        }
    }
}

/// What every outline must have, whatever the book is.
const ASKED: &str = "\
- \"description\": two to four sentences: what the book is about, and what its reader has at the end that was not there before.
- \"audience\": who reads it, and what they know already, in one sentence.
- \"title\" of a chapter: no two alike.
- \"summary\" of a chapter: two to four sentences: what it tells, with which matter, and what is different when it ends.
- \"points\" of a chapter: three to five, each in a sentence and so exact that it could stand in no other chapter. Each stands in one \
chapter alone.
";

/// What is asked of the order of chapters, unless they are read in any order.
const ARC: &str = "\
Each chapter begins where the one before it leaves its reader, so that no two could change places. The first one gives a reason to \
read on, and the last one is an end and not a summary.
";

/// Returns the words of the request, without its contract.
pub(crate) fn words(topic: &Topic) -> String {
    let is_read_in_order = !matches!(topic.kind, Some(BookKind::Stories | BookKind::Reference));
    format!(
        "Outline a book of exactly {} chapters on the topic in the contract, each chapter of about {} words, written in this language: \
         {}.\n\n{}{}{ASKED}\n{}Answer with one JSON object: {{\"title\": \"...\", \"description\": \"...\", \"audience\": \"...\", \
         \"chapters\": [{{\"title\": \"...\", \"summary\": \"...\", \"points\": [\"...\"]}}]}}\n\n",
        topic.chapters,
        topic.words,
        named_language(&topic.language),
        topic.kind.map(about_kind).unwrap_or_default(),
        topic.kind.map(|_| "\n\n").unwrap_or_default(),
        if is_read_in_order { format!("{ARC}\n") } else { String::new() },
    )
}

pub(crate) fn call(caller: &ModelCaller, topic: &Topic, attempt: u32, fault: Option<&Fault>) -> Call {
    let contract =
        Contract::Outline { topic: topic.topic.clone(), chapters: topic.chapters, language: topic.language.clone() };
    let lesson = fault.map(|fault| format!("{}\n\n", fault.lesson())).unwrap_or_default();
    let request = format!("{}{lesson}{}", words(topic), contract.block());
    let max_tokens = 800 + 500 * topic.chapters;
    Prompt { prefix: ROLE.to_owned(), slice: String::new(), request, schema: contract.schema() }
        .call(caller, attempt, max_tokens)
}

/// Why an answer is no outline.
#[derive(Debug)]
struct Refused {
    fault: AnswerFault,
    /// The outline, where only the number of its chapters is wrong.
    nearly: Option<Box<Outline>>,
}

impl From<AnswerFault> for Refused {
    fn from(fault: AnswerFault) -> Self {
        Self { fault, nearly: None }
    }
}

/// Reads an answer. It must have the asked number of chapters, with titles that say something and are not alike.
fn read(text: &str, topic: &Topic) -> Result<Outline, Refused> {
    let answer = answer::object(text, shape::CHAPTERS.names)?;
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let chapters: Vec<Chapter> = answer
        .objects(shape::CHAPTERS.names)
        .iter()
        .map(|chapter| Chapter {
            title: flat(&chapter.text(shape::CHAPTER_TITLE.names)),
            summary: flat(&chapter.text(shape::SUMMARY.names)),
            points: chapter.texts(shape::POINTS.names).iter().map(|point| flat(point)).collect(),
            ..Chapter::default()
        })
        .collect();
    let empty = chapters.iter().filter(|chapter| says_nothing(&chapter.title)).count();
    if empty * 2 > chapters.len() {
        let explanation = format!("the titles of {empty} chapters are placeholders, such as \"{}\"", chapters[0].title);
        return Err(AnswerFault::new(explanation).into());
    }
    // A model that repeats a title has made the same chapter twice.
    let mut titles = HashSet::new();
    if let Some(twice) = chapters.iter().find(|chapter| !titles.insert(chapter.title.to_lowercase())) {
        let explanation = format!("two chapters are called \"{}\"; give each a title of its own", twice.title);
        return Err(AnswerFault::new(explanation).into());
    }
    let title = flat(&answer.text(shape::TITLE.names));
    let description = flat(&answer.text(shape::DESCRIPTION.names));
    let audience = Some(flat(&answer.text(shape::AUDIENCE.names))).filter(|audience| !audience.is_empty());
    let front = FrontMatter { audience, ..front(topic) };
    let outline = Outline { title, description, front, chapters, ..Outline::default() };
    let outline = outline.checked().map_err(|faults| AnswerFault::new(faults.to_string()))?;
    let chapters = outline.chapters.len();
    if chapters == topic.chapters as usize {
        return Ok(outline);
    }
    let explanation = format!("the outline has {chapters} chapters, {} were asked", topic.chapters);
    Err(Refused { fault: AnswerFault::new(explanation), nearly: Some(Box::new(outline)) })
}

/// Returns whether a title holds nothing but numbers and words that every outline has.
fn says_nothing(title: &str) -> bool {
    const EMPTY: [&str; 16] = [
        "chapter",
        "part",
        "section",
        "title",
        "untitled",
        "tbd",
        "todo",
        "placeholder",
        "kapitel",
        "chapitre",
        "capítulo",
        "capitolo",
        "hoofdstuk",
        "rozdział",
        "глава",
        "the",
    ];
    title
        .split(|char: char| !char.is_alphabetic())
        .filter(|word| !word.is_empty())
        .all(|word| EMPTY.contains(&word.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic() -> Topic {
        Topic { topic: "bees".into(), chapters: 2, words: 1_000, language: "en".into(), kind: None }
    }

    #[test]
    fn an_answer_with_a_wrong_number_of_chapters_or_with_two_alike_titles_is_a_failed_try() {
        let one = r#"{"title":"Bees","chapters":[{"title":"A"}]}"#;
        let refused = read(one, &topic()).unwrap_err();
        assert!(refused.fault.to_string().contains("1 chapters, 2 were asked"));
        assert_eq!(refused.nearly.map(|outline| outline.chapters.len()), Some(1), "it may be kept");
        let empty = r#"{"title":"Bees","chapters":[{"title":"Chapter 1: Chapter 1"},{"title":"Chapter 2: [TBD]"}]}"#;
        assert!(read(empty, &topic()).unwrap_err().fault.to_string().contains("placeholders"));
        let alike = r#"{"title":"Bees","chapters":[{"title":"A"},{"title":"a "}]}"#;
        assert!(read(alike, &topic()).is_err());
    }

    #[test]
    fn a_topic_that_no_outline_can_have_is_refused_before_a_call() {
        assert!(check(&topic()).is_ok());
        for broken in [
            Topic { topic: " ".into(), ..topic() },
            Topic { language: "Klingon speech".into(), ..topic() },
            Topic { words: 5, ..topic() },
        ] {
            assert!(matches!(check(&broken), Err(NoOutline::Invalid(_))), "{broken:?}");
        }
    }

    #[test]
    fn a_topic_whose_kind_is_known_is_asked_about_as_that_kind_and_its_outline_says_it() {
        let asked = |kind| words(&Topic { kind, ..topic() });
        let usual = asked(None);
        for kind in BookKind::ALL {
            assert!(asked(Some(kind)).contains(about_kind(kind)) && !usual.contains(about_kind(kind)), "{kind}");
        }
        let novel = Topic { kind: Some(BookKind::Novel), ..topic() };
        let answer = r#"{"title":"Bees","chapters":[{"title":"Hives"},{"title":"Honey"}]}"#;
        assert_eq!(read(answer, &novel).unwrap().front.kind, Some(BookKind::Novel));
        assert_eq!(imagined(&novel).front.kind, Some(BookKind::Novel));
        assert_eq!(read(answer, &topic()).unwrap().front.kind, None);
    }

    #[test]
    fn an_outline_is_read_for_what_it_means() {
        for answer in [
            r#"{"title":"Bees","chapters":[{"title":"Hives","points":["Wax",],},{"title":"Honey"}]} // both"#,
            r#"{"outline": {"book_title": "Bees", "chapters": [{"name": "Hives", "key_points": "Wax"}, "Honey"]}}"#,
            r#"I hope {this} helps: {"title":"Bees","chapters":[{"title":"Hives","points":["Wax"]},{"title":"Honey"}]}"#,
        ] {
            let outline = read(answer, &topic()).unwrap_or_else(|error| panic!("{error:?}: {answer}"));
            assert_eq!((outline.title.as_str(), outline.chapters[0].points.len()), ("Bees", 1), "{answer}");
            assert_eq!(outline.chapters[1].title, "Honey");
        }
    }

    #[test]
    fn a_good_answer_becomes_an_outline_of_the_asked_length() {
        let good = r##"{"title":"Bees","description":"On bees.","audience":"Keepers.","chapters":[
            {"title":"Hives","summary":"Of\n# hives.","points":["Wax","  "]},{"title":"Honey"}]}"##;
        let outline = read(good, &topic()).unwrap();
        assert_eq!(outline.front.words, Some(1_000));
        assert_eq!(outline.front.audience.as_deref(), Some("Keepers."));
        assert_eq!(outline.chapters[0].points, ["Wax"]);
        assert_eq!(outline.chapters[0].summary, "Of # hives.");
    }
}
