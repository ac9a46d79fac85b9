//! The contract: the block that ends every prompt, a JSON object between `<contract>` tags.
//!
//! It states exactly what a call must deliver. A check can compare the answer with it, and the stand-in can answer it. It names
//! points by their ids, since the prompt quotes them. Where the answer is a text, a line after the block says so: a small model
//! answers in the form of what it has read last.

mod schema;

use bindery_domain::Unit;
use bindery_outline::BookKind;
use serde::{Deserialize, Serialize};

/// What one model call must deliver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Contract {
    /// An outline for a topic, as one JSON object.
    Outline {
        /// The subject of the book, in the user's words.
        topic: String,
        /// How many chapters it must have.
        chapters: u32,
        /// BCP 47 tag of the book's language.
        language: String,
    },
    /// The book's plan, as one JSON object.
    Plan {
        /// BCP 47 tag of the book's language.
        language: String,
        /// The book's title.
        title: String,
        /// What the book is.
        kind: BookKind,
        /// What the answer decides on.
        scope: PlanScope,
        /// How many chapters the book has.
        of: u32,
        /// The chapters that are decided on, in order.
        chapters: Vec<PlanChapter>,
    },
    /// A chapter's brief, as one JSON object: its sections with headings, points and lengths.
    Brief {
        /// BCP 47 tag of the book's language.
        language: String,
        /// The chapter's number, from 1.
        chapter: u32,
        /// The chapter's title.
        title: String,
        /// The chapter's length, in `unit`.
        length: u32,
        /// The unit of `length`.
        unit: Unit,
        /// How many sections the chapter must have.
        sections: u32,
        /// The section headings that the user fixed, in order; empty where the model chooses them.
        headings: Vec<String>,
        /// The ids of the points that the chapter owns. The prompt quotes them.
        points: Vec<String>,
    },
    /// The text of one section: prose, without its heading.
    Section {
        /// BCP 47 tag of the book's language.
        language: String,
        /// The chapter's number, from 1.
        chapter: u32,
        /// The section's number within the chapter, from 1.
        section: u32,
        /// How many sections the chapter has.
        of: u32,
        /// The section's heading, which the text must not repeat.
        heading: String,
        /// The ids of the points that the section must make. The prompt quotes them.
        points: Vec<String>,
        /// The section's length, in `unit`.
        length: u32,
        /// The unit of `length`.
        unit: Unit,
        /// What it gives its readers to do; absent where it is prose.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        practice: Option<Practice>,
        /// What is wrong with the draft that the prompt quotes; empty for a first draft.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mend: Vec<String>,
    },
    /// A judgement, as one JSON object: which of these points the chapter leaves out that the prompt quotes.
    Judgement {
        /// BCP 47 tag of the book's language.
        language: String,
        /// The chapter's number, from 1.
        chapter: u32,
        /// The points that are to be judged.
        points: Vec<ContractPoint>,
    },
    /// A list, as one JSON object, of the facts that the chapter states which the prompt quotes.
    Facts {
        /// BCP 47 tag of the book's language.
        language: String,
        /// The chapter's number, from 1.
        chapter: u32,
        /// The most facts that the list may have.
        most: u32,
    },
    /// A judgement, as one JSON object: which of these pairs of statements contradict each other.
    Conflicts {
        /// BCP 47 tag of the book's language.
        language: String,
        /// The number of the chapter that the first statement of each pair is from.
        chapter: u32,
        /// The pairs, with the ids by which the answer names them.
        pairs: Vec<ContractPoint>,
    },
    /// A section that the prompt quotes, whole, with some of its places mended.
    Repair {
        /// BCP 47 tag of the book's language.
        language: String,
        /// The chapter's number, from 1.
        chapter: u32,
        /// The section's number within the chapter, from 1.
        section: u32,
        /// How many sections the chapter has.
        of: u32,
        /// The section's heading, which the text must not repeat.
        heading: String,
        /// The words that must no longer stand in the text, one entry for each place.
        places: Vec<String>,
        /// The section's length, in `unit`.
        length: u32,
        /// The unit of `length`.
        unit: Unit,
    },
    /// The changes, as one JSON object, that an editor's note asks for in the numbered blocks that the prompt quotes.
    Revision {
        /// BCP 47 tag of the book's language.
        language: String,
        /// The chapter's number, from 1.
        chapter: u32,
        /// How many blocks the prompt quotes. They are numbered from 1.
        blocks: u32,
        /// What the editor asks for.
        note: String,
    },
    /// A summary, in prose, of the finished chapter that the prompt quotes.
    Summary {
        /// BCP 47 tag of the book's language.
        language: String,
        /// The chapter's number, from 1.
        chapter: u32,
        /// The summary's length, in `unit`.
        length: u32,
        /// The unit of `length`.
        unit: Unit,
    },
}

/// What a section gives its readers to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Practice {
    /// Its form.
    pub form: PracticeForm,
    /// How many questions or exercises are asked for.
    pub count: u32,
}

/// The form of what readers are given to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PracticeForm {
    /// Questions with options, of which some are right.
    Quiz,
    /// Exercises with their answers.
    Exercises,
}

/// What a planning call decides on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanScope {
    /// On the book and all of its chapters.
    Whole,
    /// On the book alone, since it has many chapters.
    Book,
    /// On some of its chapters.
    Chapters,
}

/// A chapter as the plan's contract lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanChapter {
    /// The chapter's number, from 1.
    pub chapter: u32,
    /// The chapter's title.
    pub title: String,
    /// The ids of the key points that the outline gives it. The prompt quotes them.
    pub points: Vec<String>,
}

/// A key point with the id by which an answer refers to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractPoint {
    /// The id, like `3.2` for the second point of chapter 3.
    pub id: String,
    /// The point, in the user's words.
    pub text: String,
}

/// Returns the length of a chapter's summary.
pub fn summary_length(unit: Unit) -> u32 {
    match unit {
        Unit::Words => 120,
        Unit::Characters => 240,
    }
}

const OPEN: &str = "<contract>";
const CLOSE: &str = "</contract>";

impl Contract {
    /// Renders the block that ends a prompt.
    pub fn block(&self) -> String {
        let json = serde_json::to_string(self).expect("a contract holds only strings and numbers");
        format!("{OPEN}\n{json}\n{CLOSE}{}", self.last_words())
    }

    /// Returns what stands below the block; empty where the answer is JSON too.
    fn last_words(&self) -> &'static str {
        match self {
            Self::Section { .. } => {
                "\n\nNow write the text of the section, and nothing else: not its heading, no JSON."
            }
            Self::Repair { .. } => {
                "\n\nNow write the whole section as it reads when it is mended, and nothing else: no JSON."
            }
            Self::Summary { .. } => "\n\nNow write the summary in one paragraph, and nothing else: no JSON.",
            _ => "",
        }
    }
}

/// Why a text holds no object of the wanted shape.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// No object begins in it.
    #[error("the answer holds no JSON object")]
    Missing,
    /// The object does not end.
    #[error("the answer's JSON object is not closed")]
    Open,
    /// The object has another shape.
    #[error("the answer's JSON object is not as asked: {0}")]
    Shape(#[from] serde_json::Error),
}

/// Reads the JSON object in an answer. Models put fences or sentences around it, whatever the contract says.
pub fn object<T: serde::de::DeserializeOwned>(answer: &str) -> Result<T, ObjectError> {
    let start = answer.find('{').ok_or(ObjectError::Missing)?;
    let end = answer.rfind('}').filter(|end| *end > start).ok_or(ObjectError::Open)?;
    Ok(serde_json::from_str(&answer[start..=end])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_read_from_between_fences_and_sentences() {
        let answer = "Here it is:\n```json\n{\"a\": {\"b\": 1}}\n```\n";
        assert_eq!(object::<serde_json::Value>(answer).unwrap()["a"]["b"], 1);
        for broken in ["", "no", "} {", "{\"a\": 1", "{]}"] {
            assert!(object::<serde_json::Value>(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_contract_reads_back_from_its_block() {
        let contract = Contract::Summary { language: "en".into(), chapter: 3, length: 120, unit: Unit::Words };
        assert_eq!(object::<Contract>(&contract.block()).unwrap(), contract);
    }

    #[test]
    fn a_prompt_for_a_text_does_not_end_with_json() {
        let summary = Contract::Summary { language: "en".into(), chapter: 3, length: 120, unit: Unit::Words };
        assert!(summary.block().ends_with("no JSON."), "{}", summary.block());
        let judgement = Contract::Judgement { language: "en".into(), chapter: 3, points: Vec::new() };
        assert!(judgement.block().ends_with(CLOSE), "{}", judgement.block());
    }
}
