//! Making an outline from a topic: one call, whose answer the user can edit before a chapter is written.

use std::collections::HashSet;

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

/// All tries failed to make a usable outline.
#[derive(Debug, thiserror::Error)]
#[error("the model made no usable outline in {tries} tries; the last time: {last}")]
pub struct NoOutline {
    tries: u32,
    last: String,
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
            Err(other) => return Err(NoOutline { tries: attempt, last: other.to_string() }),
        }
    }
    Err(NoOutline { tries, last })
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
    let front =
        FrontMatter { language: Some(topic.language.clone()), words: Some(topic.words), ..FrontMatter::default() };
    let chapters: Vec<Chapter> = answer.chapters.iter().map(chapter).collect();
    // A model that repeats a title has made the same chapter twice.
    let mut titles = HashSet::new();
    if let Some(twice) = chapters.iter().find(|chapter| !titles.insert(chapter.title.to_lowercase())) {
        return Err(format!("two chapters are called \"{}\"; give each a title of its own", twice.title));
    }
    let (title, description) = (flat(&answer.title), flat(&answer.description));
    let outline = Outline { title, description, front, chapters, ..Outline::default() };
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
    fn a_good_answer_becomes_an_outline_of_the_asked_length() {
        let good = r##"{"title":"Bees","description":"On bees.","chapters":[
            {"title":"Hives","summary":"Of\n# hives.","points":["Wax","  "]},{"title":"Honey"}]}"##;
        let outline = read(good, &topic()).unwrap();
        assert_eq!(outline.front.words, Some(1_000));
        assert_eq!(outline.chapters[0].points, ["Wax"]);
        assert_eq!(outline.chapters[0].summary, "Of # hives.");
    }
}
