//! How one part is asked for and judged, and what a failed try teaches the next one.

use async_trait::async_trait;
use bindery_context::answer::AnswerFault;
use bindery_model::{Call, CallFailure, ModelCaller};

/// How one part is asked for and judged.
#[async_trait]
pub trait Writing: Send + Sync {
    /// Returns the part's name in a sentence, like `section 3`.
    fn name(&self) -> String;

    /// Returns the part's kind in a word, like `section`.
    fn kind(&self) -> &'static str;

    /// Returns the output tokens that the text is expected to take.
    fn expected_output(&self) -> u64;

    /// Returns the call of the next try, which says what was wrong with the last answer, or of a rewrite of the draft that
    /// missed its targets. `caller` makes the call.
    fn call(&self, caller: &ModelCaller, attempt: u32, before: Before<'_>) -> Call;

    /// Notes that the call of the last try or rewrite failed.
    fn failed(&self, failure: &CallFailure) {
        let _ = failure;
    }

    /// Checks a text against the gates and measures it against the targets. The error is the gate that failed. An answer to
    /// a rewrite may complete its draft.
    fn judge(&self, text: &str, draft: Option<&Draft>) -> Result<Draft, Unfit>;

    /// Returns what plain code can make once no answer could be used. Its misses say what it lacks; `None` where only a model
    /// can write the part.
    fn fallback(&self) -> Option<Draft> {
        None
    }
}

/// What earlier calls for a part have brought.
#[derive(Clone, Copy, Debug, Default)]
pub struct Before<'a> {
    /// The draft that is to be rewritten.
    pub draft: Option<&'a Draft>,
    /// What was wrong with the last answer, where there is no draft.
    pub fault: Option<&'a Fault>,
}

/// Why an answer could not be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// The reason in a sentence.
    pub explanation: String,
    /// The answer, where it could be mended.
    pub answer: Option<String>,
    /// How many answers in a row could not be used. The lesson names the number, so that no two requests are equal.
    pub answers: u32,
}

/// The most characters of an unusable answer that a prompt quotes.
const MAX_QUOTED_CHARS: usize = 12_000;

impl Fault {
    /// Returns what a prompt says about it, for the next answer.
    pub fn lesson(&self) -> String {
        let counted = match self.answers {
            0 | 1 => "Your last answer could not be used".to_owned(),
            answers => format!("Your last {answers} answers could not be used, the latest for this reason"),
        };
        let quoted = self.answer.as_ref().filter(|answer| answer.chars().count() <= MAX_QUOTED_CHARS);
        match quoted {
            Some(answer) => format!(
                "{counted}: {}.\n\n<last_answer>\n{answer}\n</last_answer>\n\nAnswer again, whole, with this mended and \
                 all else kept.",
                self.explanation
            ),
            None => format!("{counted}: {}.\n\nAnswer again, whole, without this fault.", self.explanation),
        }
    }
}

/// Wraps the writing of parts, as tracing does.
pub trait WrapWriting: Send + Sync {
    /// Wraps the writing of one part.
    fn wrap<'a>(&self, part: u16, writing: &'a dyn Writing) -> Box<dyn Writing + 'a>;
}

/// Why a text does not pass its gates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// The reason in a word, as metrics count it.
    pub reason: &'static str,
    /// The reason in a sentence.
    pub explanation: String,
    /// Whether the answer is nearly right, so that the next call quotes it and asks for this alone to be mended.
    pub mendable: bool,
}

impl From<AnswerFault> for Unfit {
    /// Makes the failure of an answer that does not have the required structure.
    fn from(fault: AnswerFault) -> Self {
        Self { reason: "structure", explanation: fault.to_string(), mendable: true }
    }
}

/// A text that passed the gates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The text, tidied.
    pub text: String,
    /// Its length, in the book's unit.
    pub length: u32,
    /// The targets it misses, in sentences that tell a writer what to mend; empty when it meets all.
    pub misses: Vec<String>,
    /// The missed targets in a word, as metrics count them; `None` when it meets all.
    pub missed: Option<&'static str>,
    /// The score among drafts of its part; higher is better.
    pub score: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_lessons_are_equal_and_an_answer_that_can_be_mended_is_quoted() {
        let fault = |answers| Fault { explanation: "it breaks off".into(), answer: None, answers };
        let lessons: Vec<String> = (1..=4).map(|answers| fault(answers).lesson()).collect();
        assert!(lessons.windows(2).all(|pair| pair[0] != pair[1]), "{lessons:?}");
        assert!(lessons.iter().all(|lesson| lesson.contains("it breaks off")), "{lessons:?}");
        let quoting = Fault { answer: Some("Here is the text".into()), ..fault(1) }.lesson();
        assert!(quoting.contains("Here is the text"), "{quoting}");
        let long = Fault { answer: Some("a".repeat(MAX_QUOTED_CHARS + 1)), ..fault(1) }.lesson();
        assert_eq!(long, lessons[0]);
    }
}
