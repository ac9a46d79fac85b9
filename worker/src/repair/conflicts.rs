//! Discrepancies between chapters: plain code has found that two of them may state a fact differently, and one call says which of them
//! do. Only those are mended.

use std::collections::BTreeSet;

use async_trait::async_trait;
use bindery_check::audit::{Finding, FindingKind};
use bindery_context::{
    answer::{self, AnswerFault, shape::conflicts as shape},
    contract::{Contract, ContractPoint},
    expected::{judgement_room, judgement_tokens},
};
use bindery_ledger::JUDGEMENT_PART;
use bindery_model::{Call, ModelCaller};
use bindery_runtime::{
    Halt,
    attempt::{Before, Draft, Limits, Unfit, Writing, attempt},
};

use super::ChapterRepair;
use crate::question::Question;

/// How often the judgement is tried. Without one, no discrepancy is mended.
const TRIES: u32 = 2;

/// What the judging model is to be.
pub(crate) const ROLE: &str = "\
You are the fact checker of a book. You compare statements from two of its chapters. Two statements contradict each other \
only if both speak of the same thing at the same time and cannot both be true.
";

/// The question.
pub(crate) const WORDS: &str = "\
Which of the pairs in the contract contradict each other? Answer with one JSON object, {\"conflicts\": [\"ids of the pairs that \
do\"]}; the list is empty where none does.";

/// How pairs of statements are judged.
struct ConflictWriting<'a> {
    language: &'a str,
    chapter: u32,
    pairs: Vec<ContractPoint>,
}

impl ChapterRepair<'_> {
    /// Leaves out the discrepancies that are none. Returns what is to be said of those that could not be judged.
    pub(super) async fn confirm_discrepancies(&mut self) -> Result<Vec<String>, Halt> {
        let pairs = pairs(self.findings.values().flatten());
        if pairs.is_empty() {
            return Ok(Vec::new());
        }
        let chapter = &self.chapter;
        let language = &chapter.book.context.book.language;
        let writing = ConflictWriting { language, chapter: chapter.slice.chapter, pairs };
        let limits = Limits { tries: TRIES, rewrites: 0 };
        let judged = match attempt(chapter.work, &chapter.models.judge, limits, JUDGEMENT_PART, &writing).await {
            Ok(written) => serde_json::from_str(&written.text).ok(),
            Err(Halt::Stopped) => return Err(Halt::Stopped),
            Err(_) => None,
        };
        let remarks = match &judged {
            Some(_) => Vec::new(),
            None => writing.pairs.iter().map(|pair| format!("This was not judged: {}", pair.text)).collect(),
        };
        let mut findings = std::mem::take(&mut self.findings);
        keep_confirmed(findings.values_mut(), &judged.unwrap_or_default());
        findings.retain(|_, findings| !findings.is_empty());
        self.findings = findings;
        Ok(remarks)
    }
}

/// Returns the two statements of each discrepancy. Their ids count them from 1.
fn pairs<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<ContractPoint> {
    let discrepancies = findings.filter(|finding| finding.kind == FindingKind::Discrepancy);
    let pair = |(at, finding): (usize, &Finding)| {
        // The advice quotes the other chapter, and then says what to do.
        let other = finding.advice.rsplit_once('”').map_or(finding.advice.as_str(), |(other, _)| other);
        ContractPoint {
            id: (at + 1).to_string(), text: format!("This chapter says: “{}” {other}”", finding.quote)
        }
    };
    discrepancies.enumerate().map(pair).collect()
}

/// Removes the discrepancies without one of these ids, which count them from 1.
fn keep_confirmed<'f>(findings: impl Iterator<Item = &'f mut Vec<Finding>>, confirmed: &BTreeSet<String>) {
    let mut count = 0;
    for findings in findings {
        findings.retain(|finding| {
            let is_open = finding.kind == FindingKind::Discrepancy;
            count += usize::from(is_open);
            !is_open || confirmed.contains(&count.to_string())
        });
    }
}

#[async_trait]
impl Writing for ConflictWriting<'_> {
    fn name(&self) -> String {
        "the judgement of its discrepancies".to_owned()
    }

    fn kind(&self) -> &'static str {
        "conflicts"
    }

    fn expected_output(&self) -> u64 {
        judgement_tokens(self.pairs.len())
    }

    fn call(&self, caller: &ModelCaller, attempt: u32, before: Before<'_>) -> Call {
        let (language, chapter, pairs) = (self.language.to_owned(), self.chapter, self.pairs.clone());
        let contract = Contract::Conflicts { language, chapter, pairs };
        let room = judgement_room(self.pairs.len());
        Question { role: ROLE, chapter: "", words: WORDS, contract, room }.call(caller, attempt, before)
    }

    fn judge(&self, text: &str, _draft: Option<&Draft>) -> Result<Draft, Unfit> {
        let confirmed = read(text)?;
        let text = serde_json::to_string(&confirmed).expect("a list of ids holds only text");
        Ok(Draft { text, ..Draft::default() })
    }
}

/// Reads which pairs contradict each other.
fn read(text: &str) -> Result<BTreeSet<String>, AnswerFault> {
    match answer::object(text, shape::CONFLICTS.names) {
        Ok(answer) => Ok(answer.texts(shape::CONFLICTS.names).iter().map(|id| digits(id)).collect()),
        Err(_) if answer::has_empty_list(text, shape::CONFLICTS.names) => Ok(BTreeSet::new()),
        Err(error) => Err(error),
    }
}

/// Returns the number of a pair that an answer names, as in `pair 2` or `[2]`.
fn digits(named: &str) -> String {
    let named = named.trim_start_matches(|char: char| !char.is_ascii_digit());
    named.chars().take_while(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use bindery_check::manuscript::Place;

    use super::*;

    fn finding(kind: FindingKind, quote: &str) -> Finding {
        let place = Place { chapter: 2, section: 1, paragraph: 1, sentence: 1, begins: quote.to_owned() };
        let advice = "Chapter 1 says: “It was red.” If both speak of the same thing, make the two agree.".to_owned();
        Finding { round: Some(1), ..Finding::new(kind, place, quote.to_owned(), advice) }
    }

    #[test]
    fn only_discrepancies_that_the_judge_confirms_are_mended() {
        let mut sections = [
            vec![finding(FindingKind::Discrepancy, "It was green."), finding(FindingKind::Banned, "a tapestry")],
            vec![finding(FindingKind::Discrepancy, "It was grey.")],
        ];
        let pairs = pairs(sections.iter().flatten());
        assert_eq!(pairs[0].text, "This chapter says: “It was green.” Chapter 1 says: “It was red.”");
        assert_eq!(pairs.iter().map(|pair| pair.id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        keep_confirmed(sections.iter_mut(), &read(r#"{"conflicts": ["pair 2"]}"#).unwrap());
        assert_eq!(sections[0].len(), 1);
        assert_eq!(sections[0][0].kind, FindingKind::Banned);
        assert_eq!(sections[1].len(), 1);
    }

    #[test]
    fn an_answer_without_a_list_is_asked_for_again() {
        assert!(read("None of them.").is_err());
        assert_eq!(read(r#"{"conflicts": []}"#).unwrap(), BTreeSet::new());
    }
}
