//! The facts that a finished chapter states. The audit compares the lists of all chapters.

use async_trait::async_trait;
use bindery_check::audit::StatedFact;
use bindery_context::{
    Slice,
    answer::{self, AnswerFault, Fields, shape::facts as shape},
    contract::Contract,
    expected::{MOST_FACTS, facts_room, facts_tokens},
};
use bindery_ledger::{AuditMode, FACTS_PART};
use bindery_model::{Call, ModelCaller};
use bindery_runtime::{
    Halt,
    attempt::{Before, Draft, Limits, Unfit, Writing, attempt},
};

use crate::{question::Question, write::Chapter};

/// How often a list is tried. A chapter is sound without one.
const TRIES: u32 = 2;

/// What the judging model is to be.
pub(crate) const ROLE: &str = "\
You read a finished chapter of a book for its fact checker. You note what the chapter states as true within the book, and \
nothing else.
";

/// How the list of a chapter's facts is asked for and read.
struct FactsWriting<'a> {
    language: &'a str,
    slice: &'a Slice,
    /// The text of the finished chapter.
    text: &'a str,
}

impl Chapter<'_> {
    /// Has the facts of the chapter listed, if the book is audited with such lists. What cannot be had costs the chapter nothing.
    pub(crate) async fn list_facts(&self, text: &str) -> Result<(), Halt> {
        if !self.checks.facts || self.work.grant.book.terms.audit == AuditMode::Off {
            return Ok(());
        }
        let writing = FactsWriting { language: &self.book.context.book.language, slice: self.slice, text };
        let limits = Limits { tries: TRIES, rewrites: 0 };
        match attempt(self.work, &self.models.judge, limits, FACTS_PART, &writing).await {
            Err(Halt::Stopped) => Err(Halt::Stopped),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

#[async_trait]
impl Writing for FactsWriting<'_> {
    fn name(&self) -> String {
        "the list of its facts".to_owned()
    }

    fn kind(&self) -> &'static str {
        "facts"
    }

    fn expected_output(&self) -> u64 {
        facts_tokens()
    }

    fn call(&self, caller: &ModelCaller, attempt: u32, before: Before<'_>) -> Call {
        let (language, chapter) = (self.language.to_owned(), self.slice.chapter);
        let contract = Contract::Facts { language, chapter, most: MOST_FACTS };
        let words = words();
        let room = facts_room();
        Question { role: ROLE, chapter: self.text, words: &words, contract, room }.call(caller, attempt, before)
    }

    fn judge(&self, text: &str, _draft: Option<&Draft>) -> Result<Draft, Unfit> {
        Ok(draft(&read(text)?))
    }

    fn fallback(&self) -> Option<Draft> {
        Some(draft(&[]))
    }
}

/// Returns the words of the question.
pub(crate) fn words() -> String {
    format!(
        "Which facts does this chapter state that another chapter of the book could state differently? Such facts are: \
         names, ages, dates and years, numbers and amounts, places, colours and looks, who is related to whom, who did \
         what, and what a term means. Leave out opinions, advice and what is true outside of the book too. Take at most \
         {MOST_FACTS}, those first on which most depends.\n\n\
         Answer with one JSON object: {{\"facts\": [{{\"about\": \"whom or what it is about, by its usual name\", \
         \"what\": \"what of it, in one to three words, such as age\", \"value\": \"what the chapter says, in as few \
         words as possible\", \"quote\": \"the sentence of the chapter, word for word\"}}]}}. The list is empty where \
         the chapter states none."
    )
}

/// Reads an answer. A fact that lacks a field says nothing and is left out.
fn read(text: &str) -> Result<Vec<StatedFact>, AnswerFault> {
    let answer = match answer::object(text, shape::FACTS.names) {
        Ok(answer) => answer,
        // An object whose list is empty says nothing to a tolerant reader.
        Err(_) if answer::has_empty_list(text, shape::FACTS.names) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let fact = |fields: &Fields| StatedFact {
        about: fields.text(shape::ABOUT.names),
        what: fields.text(shape::WHAT.names),
        value: fields.text(shape::VALUE.names),
        quote: fields.text(shape::QUOTE.names),
    };
    let is_whole = |fact: &StatedFact| {
        [&fact.about, &fact.what, &fact.value, &fact.quote].iter().all(|field| !field.trim().is_empty())
    };
    Ok(answer.objects(shape::FACTS.names).iter().map(fact).filter(is_whole).take(MOST_FACTS as usize).collect())
}

fn draft(facts: &[StatedFact]) -> Draft {
    let text = serde_json::to_string(facts).expect("a list of facts holds only text");
    Draft { text, ..Draft::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(answer: &str) -> Result<Vec<String>, AnswerFault> {
        read(answer).map(|facts| facts.into_iter().map(|fact| fact.value).collect())
    }

    #[test]
    fn a_list_of_facts_is_read_for_what_it_means() {
        let whole = r#"{"about": "Ada", "what": "age", "value": "twelve", "quote": "Ada was twelve."}"#;
        for (answer, expected) in [
            (format!("{{\"facts\": [{whole}]}}"), vec!["twelve"]),
            (format!("Here they are:\n```json\n[{whole}]\n```"), vec!["twelve"]),
            (format!("{{\"facts\": [{whole}, {{\"about\": \"Ada\", \"what\": \"eyes\"}}]}}"), vec!["twelve"]),
            (r#"{"facts": []}"#.to_owned(), vec![]),
        ] {
            assert_eq!(values(&answer).unwrap(), expected, "{answer}");
        }
        assert!(values("There are no facts.").is_err());
    }
}
