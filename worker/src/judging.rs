//! The judging of a chapter: one call says which of its key points the finished text leaves out.

use std::collections::HashSet;

use async_trait::async_trait;
use bindery_context::{
    Point, Slice,
    answer::{self, AnswerFault, shape::judgement as shape},
    contract::{Contract, ContractPoint},
    expected::{judgement_room, judgement_tokens},
};
use bindery_model::{Call, ModelCaller};
use bindery_runtime::attempt::{Before, Draft, Unfit, Writing};
use serde::{Deserialize, Serialize};

use crate::question::Question;

/// What was found out about a chapter's points.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Verdict {
    /// The ids of the points that the text leaves out.
    pub(crate) missed: Vec<String>,
    /// Why there is no judgement, where none could be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<String>,
}

impl Verdict {
    /// Returns what is to be said where there is no judgement.
    pub(crate) fn failure_remark(&self) -> Option<String> {
        self.failure.as_ref().map(|reason| format!("Its points could not be judged: {reason}."))
    }
}

/// How a judgement is asked for and read.
pub(crate) struct JudgementWriting<'a> {
    pub(crate) language: &'a str,
    pub(crate) slice: &'a Slice,
    /// The text of the finished chapter.
    pub(crate) text: &'a str,
    /// The points that are to be judged.
    pub(crate) points: Vec<&'a Point>,
}

/// What the judging model is to be.
pub(crate) const ROLE: &str = "\
You check a finished chapter of a book against the list of what it was to treat. You judge what the text says, not its \
words: a point counts as treated where the text explains it, shows it, tells it as a scene or gives it as an example, in \
whatever words.
";

/// The question.
pub(crate) const WORDS: &str = "\
Which of the points in the contract does this chapter leave out altogether? Answer with one JSON object, {\"missed\": [\"ids of the \
points that it leaves out\"]}; the list is empty where it treats all of them.";

#[async_trait]
impl Writing for JudgementWriting<'_> {
    fn name(&self) -> String {
        "the judgement of its points".to_owned()
    }

    fn kind(&self) -> &'static str {
        "judgement"
    }

    fn expected_output(&self) -> u64 {
        judgement_tokens(self.points.len())
    }

    fn call(&self, caller: &ModelCaller, attempt: u32, before: Before<'_>) -> Call {
        let points = self.points.iter().map(|point| ContractPoint { id: point.id.clone(), text: point.text.clone() });
        let (language, chapter) = (self.language.to_owned(), self.slice.chapter);
        let contract = Contract::Judgement { language, chapter, points: points.collect() };
        let room = judgement_room(self.points.len());
        Question { role: ROLE, chapter: self.text, words: WORDS, contract, room }.call(caller, attempt, before)
    }

    fn judge(&self, text: &str, _draft: Option<&Draft>) -> Result<Draft, Unfit> {
        Ok(draft(&self.read(text)?))
    }

    fn fallback(&self) -> Option<Draft> {
        Some(draft(&Verdict { failure: Some("no answer could be used".to_owned()), ..Verdict::default() }))
    }
}

impl JudgementWriting<'_> {
    /// Reads an answer. What is no id of a judged point is left out.
    fn read(&self, text: &str) -> Result<Verdict, AnswerFault> {
        let named: HashSet<String> = match answer::object(text, shape::MISSED.names) {
            Ok(answer) => answer.texts(shape::MISSED.names).iter().map(|id| id_in(id).to_owned()).collect(),
            // An object whose list is empty says nothing to a tolerant reader.
            Err(_) if answer::has_empty_list(text, shape::MISSED.names) => HashSet::new(),
            Err(error) => return Err(error),
        };
        let missed = self.points.iter().filter(|point| named.contains(&point.id)).map(|point| point.id.clone());
        Ok(Verdict { missed: missed.collect(), failure: None })
    }
}

/// Returns the id at the beginning of what names a point, as in `[1.2] Wild yeast`.
fn id_in(named: &str) -> &str {
    let named = named.trim_start_matches(['[', '(', '"']);
    let end = named.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(named.len());
    named[..end].trim_end_matches('.')
}

fn draft(verdict: &Verdict) -> Draft {
    let text = serde_json::to_string(verdict).expect("a verdict holds only text");
    Draft { text, ..Draft::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missed(answer: &str) -> Result<Vec<String>, AnswerFault> {
        let points = [("1.1", "Flour"), ("1.2", "Wild yeast"), ("1.10", "Salt")];
        let points = points.map(|(id, text)| Point { id: id.into(), text: text.into() });
        let slice = Slice { chapter: 1, ..Slice::default() };
        let points = points.iter().collect();
        let writing = JudgementWriting { language: "en", slice: &slice, text: "Text.", points };
        writing.read(answer).map(|verdict| verdict.missed)
    }

    #[test]
    fn a_judgement_names_points_of_the_chapter_and_nothing_else() {
        for (answer, expected) in [
            (r#"{"missed": ["1.2", "7.7"]}"#, vec!["1.2"]),
            (
                r#"```json
{"missing": ["[1.10] Salt"], }
```"#,
                vec!["1.10"],
            ),
            (r#"{"missed": []}"#, vec![]),
            ("It treats all.\n{ \"missed\" : [ ] }", vec![]),
            (r#"{"missed": 1.1}"#, vec!["1.1"]),
        ] {
            assert_eq!(missed(answer).unwrap(), expected, "{answer}");
        }
        assert!(missed("All is well.").is_err());
    }
}
