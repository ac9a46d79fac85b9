//! The contract at the end of a prompt, as the stand-in reads it.
//!
//! Unknown fields are ignored, and fields that are not needed have defaults, so that a newer program can rehearse with an
//! older stand-in.

mod quoted;

use serde::Deserialize;
use unicode_segmentation::UnicodeSegmentation;

/// What a prompt asks for.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub(crate) enum Contract {
    /// An outline for a topic.
    Outline(OutlineContract),
    /// A book's plan.
    Plan(PlanContract),
    /// A chapter's brief.
    Brief(BriefContract),
    /// A section's prose.
    Section(SectionContract),
    /// A judgement of a chapter.
    Judgement(JudgementContract),
    /// A list of the facts that a chapter states.
    Facts(FactsContract),
    /// A judgement of pairs of statements.
    Conflicts(ConflictsContract),
    /// A quoted section with some of its places mended.
    Repair(RepairContract),
    /// The changes that an editor's note asks for.
    Revision(RevisionContract),
    /// A chapter's summary.
    Summary(SummaryContract),
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct OutlineContract {
    pub(crate) topic: String,
    pub(crate) chapters: u32,
    #[serde(default = "english")]
    pub(crate) language: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PlanContract {
    #[serde(default = "english")]
    pub(crate) language: String,
    pub(crate) title: String,
    /// What the book is.
    #[serde(default)]
    pub(crate) kind: BookKind,
    /// What the plan decides on.
    #[serde(default)]
    pub(crate) scope: PlanScope,
    /// How many chapters the book has.
    #[serde(default)]
    pub(crate) of: u32,
    pub(crate) chapters: Vec<PlanChapter>,
}

/// What a book is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BookKind {
    Novel,
    Stories,
    Course,
    Nonfiction,
    /// Any other book.
    #[default]
    #[serde(other)]
    Other,
}

/// What a planning call decides on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PlanScope {
    /// On the book and all of its chapters.
    #[default]
    Whole,
    /// On the book alone.
    Book,
    /// On some chapters.
    Chapters,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PlanChapter {
    pub(crate) chapter: u32,
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) points: Vec<Point>,
}

/// A point, which a contract names by its id and the prompt quotes. Some contracts hold its text too.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "quoted::NamedPoint")]
pub(crate) struct Point {
    pub(crate) id: String,
    pub(crate) text: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct BriefContract {
    #[serde(default = "english")]
    pub(crate) language: String,
    pub(crate) chapter: u32,
    pub(crate) title: String,
    pub(crate) length: u32,
    pub(crate) sections: u32,
    #[serde(default)]
    pub(crate) headings: Vec<String>,
    #[serde(default)]
    pub(crate) points: Vec<Point>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct SectionContract {
    #[serde(default = "english")]
    pub(crate) language: String,
    pub(crate) chapter: u32,
    pub(crate) section: u32,
    #[serde(default)]
    pub(crate) heading: String,
    #[serde(default)]
    pub(crate) points: Vec<String>,
    pub(crate) length: u32,
    #[serde(default)]
    pub(crate) unit: Unit,
    /// What it gives its readers to do; absent where it is prose.
    #[serde(default)]
    pub(crate) practice: Option<Practice>,
}

/// What a section gives its readers to do.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Practice {
    pub(crate) form: PracticeForm,
    pub(crate) count: u32,
}

/// The form of what readers are given to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PracticeForm {
    Quiz,
    Exercises,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct JudgementContract {
    pub(crate) chapter: u32,
    pub(crate) points: Vec<Point>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct FactsContract {
    pub(crate) chapter: u32,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ConflictsContract {
    pub(crate) chapter: u32,
    pub(crate) pairs: Vec<Point>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RevisionContract {
    pub(crate) chapter: u32,
    pub(crate) note: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RepairContract {
    #[serde(default = "english")]
    pub(crate) language: String,
    pub(crate) chapter: u32,
    pub(crate) section: u32,
    #[serde(default)]
    pub(crate) heading: String,
    #[serde(default)]
    pub(crate) places: Vec<String>,
    pub(crate) length: u32,
    #[serde(default)]
    pub(crate) unit: Unit,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct SummaryContract {
    #[serde(default = "english")]
    pub(crate) language: String,
    pub(crate) chapter: u32,
    pub(crate) length: u32,
    #[serde(default)]
    pub(crate) unit: Unit,
}

fn english() -> String {
    "en".to_owned()
}

/// The unit of a length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Unit {
    /// Words by the rules of Unicode's annex 29.
    #[default]
    Words,
    /// Ideographs, kana, letters and digits, without punctuation and white space.
    Characters,
}

impl Unit {
    /// Returns the length of a text.
    pub(crate) fn count(self, text: &str) -> usize {
        match self {
            Self::Words => text.unicode_words().count(),
            Self::Characters => text.chars().filter(|c| c.is_alphanumeric()).count(),
        }
    }
}

impl Contract {
    /// Returns the contract for a section in another language.
    pub(crate) fn in_another_language(mut self) -> Self {
        if let Self::Section(section) = &mut self {
            section.language = if section.language.starts_with("de") { "fr" } else { "de" }.to_owned();
        }
        self
    }

    /// Returns the contract for a summary that is four times as long.
    pub(crate) fn longer(mut self) -> Self {
        if let Self::Summary(summary) = &mut self {
            summary.length = summary.length.saturating_mul(4);
        }
        self
    }

    /// Returns the contract with the points as the message quotes them.
    pub(crate) fn quoting(mut self, message: &str) -> Self {
        match &mut self {
            Self::Plan(plan) => quoted::fill(plan.chapters.iter_mut().flat_map(|chapter| &mut chapter.points), message),
            Self::Brief(brief) => quoted::fill(brief.points.iter_mut(), message),
            Self::Section(section) => {
                let quotations = quoted::Quotations::of(message);
                section.points.iter_mut().for_each(|point| *point = quotations.text(point));
            }
            _ => {}
        }
        self
    }

    /// Finds and reads the contract of a message. Returns `None` where there is none, and an error where it cannot be read.
    pub(crate) fn find(message: &str) -> Option<Result<Self, serde_json::Error>> {
        let (before, _) = message.rsplit_once("</contract>")?;
        let (_, json) = before.rsplit_once("<contract>")?;
        Some(serde_json::from_str(json))
    }

    /// Returns the name of the task, as fault rules and statistics use it.
    pub(crate) fn task(&self) -> &'static str {
        match self {
            Self::Outline(_) => "outline",
            Self::Plan(_) => "plan",
            Self::Brief(_) => "brief",
            Self::Section(_) => "section",
            Self::Judgement(_) => "judgement",
            Self::Facts(_) => "facts",
            Self::Conflicts(_) => "conflicts",
            Self::Repair(_) => "repair",
            Self::Revision(_) => "revision",
            Self::Summary(_) => "summary",
        }
    }

    /// Returns the chapter that the contract is about; `None` where it is about the whole book.
    pub(crate) fn chapter(&self) -> Option<u32> {
        match self {
            Self::Outline(_) | Self::Plan(_) => None,
            Self::Brief(brief) => Some(brief.chapter),
            Self::Section(section) => Some(section.chapter),
            Self::Judgement(judgement) => Some(judgement.chapter),
            Self::Facts(facts) => Some(facts.chapter),
            Self::Conflicts(conflicts) => Some(conflicts.chapter),
            Self::Repair(repair) => Some(repair.chapter),
            Self::Revision(revision) => Some(revision.chapter),
            Self::Summary(summary) => Some(summary.chapter),
        }
    }

    /// Returns the section that the contract is about; `None` where it is about more than one.
    pub(crate) fn section(&self) -> Option<u32> {
        match self {
            Self::Section(section) => Some(section.section),
            Self::Repair(repair) => Some(repair.section),
            _ => None,
        }
    }

    /// Returns whether the answer is one JSON object.
    pub(crate) fn wants_json(&self) -> bool {
        matches!(
            self,
            Self::Outline(_)
                | Self::Plan(_)
                | Self::Brief(_)
                | Self::Judgement(_)
                | Self::Facts(_)
                | Self::Conflicts(_)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_contract_of_a_message_counts_and_unknown_fields_are_ignored() {
        let message = "quoted <contract>{\"task\":\"plan\"}</contract> then\n<contract>\n\
            {\"task\":\"summary\",\"language\":\"de\",\"chapter\":4,\"length\":120,\"unit\":\"words\",\"mood\":1}\n</contract>";
        let contract = Contract::find(message).unwrap().unwrap();
        assert_eq!((contract.task(), contract.chapter()), ("summary", Some(4)));
        assert!(!contract.wants_json());
    }

    #[test]
    fn a_message_without_a_contract_has_none_and_a_broken_one_is_an_error() {
        assert!(Contract::find("Write me a poem.").is_none());
        assert!(Contract::find("<contract>{\"task\":</contract>").unwrap().is_err());
    }

    #[test]
    fn characters_leave_out_punctuation_and_white_space() {
        assert_eq!(Unit::Characters.count("本を 書く。\n\n"), 4);
        assert_eq!(Unit::Words.count("It's one, two."), 3);
    }
}
