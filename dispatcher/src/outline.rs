//! Making an outline from a topic: one call, whose answer the user can edit before a chapter is written.

use bindery_context::contract::{self, Contract};
use bindery_domain::backoff;
use bindery_model::{Allowance, Call, CallFailure, Caller};
use bindery_outline::{Chapter, FrontMatter, Outline};
use serde::Deserialize;

/// What a user asks for in a book from a topic.
#[derive(Clone, Debug)]
pub struct Topic {
    /// The topic, in the user's words.
    pub topic: String,
    /// The number of chapters.
    pub chapters: u32,
    /// The length of each chapter.
    pub words: u32,
    /// The BCP 47 tag of the language.
    pub language: String,
}

/// Why there is no outline.
#[derive(Debug, thiserror::Error)]
pub enum NoOutline {
    /// The topic is empty, or what was asked for cannot stand in an outline. The model was not called.
    #[error("no outline can be made: {0}")]
    Invalid(String),
    /// All tries failed to make a usable outline.
    #[error("the model made no usable outline in {tries} tries; the last time: {last}")]
    Failed {
        /// How often the model was called.
        tries: u32,
        /// Why the last try failed.
        last: String,
    },
}

#[derive(Debug, Deserialize)]
struct OutlineAnswer {
    title: String,
    #[serde(default)]
    description: String,
    chapters: Vec<ChapterAnswer>,
}

#[derive(Debug, Deserialize)]
struct ChapterAnswer {
    title: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    points: Vec<String>,
}

const ROLE: &str = "\
You outline books. An outline is specific: each chapter has one job, its key points are claims, methods or scenes \
that no other chapter has, and together they carry a reader from the first page to the last.
";

/// Has a model make an outline, in at most `tries` tries.
pub async fn outline(caller: &Caller, topic: &Topic, tries: u32) -> Result<Outline, NoOutline> {
    check(topic)?;
    let allowance = Allowance::new(None);
    let mut last = String::new();
    for attempt in 1..=tries {
        match caller.call(&call(caller, topic, attempt), 0, &allowance, &mut |_| {}).await {
            Ok(answer) => match read(&answer.text, topic) {
                Ok(outline) => return Ok(outline),
                Err(problem) => last = problem,
            },
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
    Err(NoOutline::Failed { tries, last })
}

/// Checks what the outline will hold of the topic, so that no call is paid for an outline that would be refused.
fn check(topic: &Topic) -> Result<(), NoOutline> {
    if topic.topic.trim().is_empty() {
        return Err(NoOutline::Invalid("the topic is empty; say what the book is about".to_owned()));
    }
    let chapters = vec![Chapter { title: "One".to_owned(), ..Chapter::default() }];
    let outline = Outline { title: "Title".to_owned(), front: front(topic), chapters, ..Outline::default() };
    outline.checked().map(drop).map_err(|faults| NoOutline::Invalid(faults.to_string()))
}

fn front(topic: &Topic) -> FrontMatter {
    FrontMatter { language: Some(topic.language.clone()), words: Some(topic.words), ..FrontMatter::default() }
}

fn call(caller: &Caller, topic: &Topic, attempt: u32) -> Call {
    let contract =
        Contract::Outline { topic: topic.topic.clone(), chapters: topic.chapters, language: topic.language.clone() };
    let request = format!(
        "Outline a book of exactly {} chapters on the topic in the contract, each chapter of about {} words, written \
         in the language with the tag `{}`. Give every chapter a title, a summary of two or three sentences and three \
         to five key points.\n\nAnswer with one JSON object: {{\"title\": \"...\", \"description\": \"...\", \
         \"chapters\": [{{\"title\": \"...\", \"summary\": \"...\", \"points\": [\"...\"]}}]}}\n\n{}",
        topic.chapters,
        topic.words,
        topic.language,
        contract.block()
    );
    let max_tokens = 800 + 500 * topic.chapters;
    Call {
        prefix: ROLE.to_owned(),
        slice: String::new(),
        request,
        continued: None,
        json: true,
        max_tokens,
        attempt,
        cap: caller.cap(max_tokens),
        trace_parent: None,
    }
}

/// Reads an answer. It must have the asked number of chapters, and no two titles may be alike.
fn read(text: &str, topic: &Topic) -> Result<Outline, String> {
    let answer: OutlineAnswer = contract::object(text)?;
    if answer.chapters.len() != topic.chapters as usize {
        return Err(format!("the outline has {} chapters, {} were asked", answer.chapters.len(), topic.chapters));
    }
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let chapter = |chapter: &ChapterAnswer| Chapter {
        title: flat(&chapter.title),
        summary: flat(&chapter.summary),
        points: chapter.points.iter().map(|point| flat(point)).filter(|point| !point.is_empty()).collect(),
        ..Chapter::default()
    };
    let chapters: Vec<Chapter> = answer.chapters.iter().map(chapter).collect();
    let outline =
        Outline { title: flat(&answer.title), description: flat(&answer.description), front: front(topic), chapters };
    outline.checked().map_err(|faults| faults.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic() -> Topic {
        Topic { topic: "bees".into(), chapters: 2, words: 1_000, language: "en".into() }
    }

    #[test]
    fn an_answer_with_a_wrong_number_of_chapters_or_with_two_alike_titles_is_a_failed_try() {
        let one = r#"{"title":"Bees","chapters":[{"title":"A"}]}"#;
        assert!(read(one, &topic()).unwrap_err().contains("1 chapters, 2 were asked"));
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
    fn a_good_answer_becomes_an_outline_of_the_asked_length() {
        let good = r##"{"title":"Bees","description":"On bees.","chapters":[
            {"title":"Hives","summary":"Of\n# hives.","points":["Wax","  "]},{"title":"Honey"}]}"##;
        let outline = read(good, &topic()).unwrap();
        assert_eq!(outline.front.words, Some(1_000));
        assert_eq!(outline.chapters[0].points, ["Wax"]);
        assert_eq!(outline.chapters[0].summary, "Of # hives.");
    }
}
