//! How the outline of a topic is asked for and judged as a part of its book's plan.

use bindery_context::expected::outline_tokens;
use bindery_ledger::Topic;
use bindery_model::{Call, ModelCaller};
use bindery_outline::Outline;
use bindery_runtime::attempt::{Before, Draft, Fault, Unfit, Writing};

use super::{Refused, call, read};

/// How the outline of a topic is asked for and judged.
pub(crate) struct OutlineWriting<'a> {
    pub(crate) topic: &'a Topic,
}

impl OutlineWriting<'_> {
    /// Makes the draft of an outline. The nearer its number of chapters is to what was asked, the higher is its score.
    fn draft(&self, outline: &Outline, miss: Option<String>) -> Draft {
        let chapters = u32::try_from(outline.chapters.len()).unwrap_or(u32::MAX);
        Draft {
            text: serde_json::to_string(outline).expect("an outline holds only texts and numbers"),
            missed: miss.is_some().then_some("chapters"),
            misses: miss.into_iter().collect(),
            score: u32::MAX - self.topic.chapters.abs_diff(chapters),
            length: 0,
        }
    }
}

impl Writing for OutlineWriting<'_> {
    fn name(&self) -> String {
        "the outline".to_owned()
    }

    fn kind(&self) -> &'static str {
        "outline"
    }

    fn expected_output(&self) -> u64 {
        outline_tokens(self.topic.chapters)
    }

    fn call(&self, caller: &ModelCaller, attempt: u32, before: Before<'_>) -> Call {
        let missed = before.draft.map(|draft| Fault {
            explanation: draft.misses.join("; "),
            answer: Some(draft.text.clone()),
            answers: attempt.saturating_sub(1),
        });
        call(caller, self.topic, attempt, missed.as_ref().or(before.fault))
    }

    /// An outline with another number of chapters than was asked is a draft: the book is written from the nearest one.
    fn judge(&self, text: &str, _draft: Option<&Draft>) -> Result<Draft, Unfit> {
        match read(text, self.topic) {
            Ok(outline) => Ok(self.draft(&outline, None)),
            Err(Refused { fault, nearly: Some(outline) }) => Ok(self.draft(&outline, Some(fault.to_string()))),
            Err(Refused { fault, nearly: None }) => Err(fault.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(chapters: &[&str]) -> String {
        let chapters: Vec<_> = chapters.iter().map(|title| serde_json::json!({"title": title})).collect();
        serde_json::json!({"title": "Bees", "chapters": chapters}).to_string()
    }

    #[test]
    fn an_outline_with_another_number_of_chapters_is_a_draft_and_the_nearest_one_is_kept() {
        let topic = Topic { topic: "bees".into(), chapters: 3, words: 1_000, language: "en".into(), kind: None };
        let writing = OutlineWriting { topic: &topic };
        let whole = writing.judge(&answer(&["Wax", "Honey", "Hives"]), None).unwrap();
        let near = writing.judge(&answer(&["Wax", "Honey"]), None).unwrap();
        let far = writing.judge(&answer(&["Wax"]), None).unwrap();
        assert!(whole.misses.is_empty() && whole.score > near.score && near.score > far.score);
        assert_eq!(near.misses, ["the outline has 2 chapters, 3 were asked"]);
        let kept: Outline = serde_json::from_str(&near.text).unwrap();
        assert_eq!(kept.chapters.len(), 2);
        assert_eq!(writing.judge(&near.text, None).unwrap(), near, "what is stored is judged again as the same draft");
        let unfit = writing.judge(&answer(&["Chapter 1", "Chapter 2", "Chapter 3"]), None).unwrap_err();
        assert!(unfit.mendable && unfit.explanation.contains("placeholders"), "{unfit:?}");
    }
}
