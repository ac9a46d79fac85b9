//! How a stretch of a chapter is asked to be changed, and how the answer is read.

use std::{collections::BTreeMap, fmt::Write as _};

use async_trait::async_trait;
use bindery_check::{Asked, SectionText, gate};
use bindery_context::{
    answer::{self, AnswerFault, shape::revision as shape},
    contract::Contract,
    expected::text_tokens,
};
use bindery_domain::output_room;
use bindery_ledger::RevisionOrder;
use bindery_model::{Call, ModelCaller};
use bindery_runtime::attempt::{Before, Draft, Unfit, Writing};
use bindery_text::{clean::clean, editable::Stretch, length::length};

use crate::prompt::ChapterPrompt;

/// The most blocks of a stretch. Servers that hold a model to a schema refuse longer lists.
pub(super) const MAX_BLOCKS: usize = 16;

/// The tokens of an answer that are not text.
const FRAME_TOKENS: u32 = 200;

/// A stretch of a chapter that an editor wants changed.
pub(crate) struct RevisionWriting<'a> {
    pub(crate) chapter: ChapterPrompt<'a>,
    pub(crate) order: &'a RevisionOrder,
    pub(crate) stretch: &'a Stretch<'a>,
}

impl RevisionWriting<'_> {
    fn language(&self) -> &str {
        &self.chapter.book.context.book.language
    }

    fn length(&self) -> u32 {
        length(self.stretch.text(), self.language())
    }

    pub(crate) fn request(&self, before: Before<'_>) -> String {
        let slice = self.chapter.slice;
        let mut out = format!(
            "An editor has read chapter {}, \"{}\", and asks for a change:\n\n<note>\n{}\n</note>\n",
            slice.chapter,
            slice.title,
            self.order.note.trim()
        );
        if let Some(passage) = &self.order.passage {
            let _ = writeln!(out, "\nThe note is about these words: “{}”", passage.trim().replace('\n', " "));
        }
        out.push_str("\nThese are the numbered blocks of a part of the chapter, as it stands:\n");
        for (number, block) in (1..).zip(self.stretch.blocks()) {
            let _ = writeln!(out, "\n<block number=\"{number}\">\n{block}\n</block>");
        }
        out.push_str(
            "\nChange in these blocks what the note asks for, and nothing else. Keep the voice of the text, its markup, and every \
             sentence that the note does not touch. Answer with one JSON object: {\"changes\": [{\"block\": 2, \"text\": \"the \
             whole new text of block 2, as Markdown\"}]}. Name only the blocks that change. A new text may have several \
             paragraphs; an empty one takes the block out. The list is empty where the note asks nothing of these blocks.\n\n",
        );
        if let Some(fault) = before.fault {
            let _ = writeln!(out, "{}\n", fault.lesson());
        }
        out.push_str(&self.contract().block());
        out
    }

    fn contract(&self) -> Contract {
        Contract::Revision {
            language: self.language().to_owned(),
            chapter: self.chapter.slice.chapter,
            blocks: u32::try_from(self.stretch.blocks().len()).unwrap_or(u32::MAX),
            note: self.order.note.clone(),
        }
    }

    /// Refuses a text that fails a gate which the present text passes.
    fn gated(&self, text: &str) -> Result<(), Unfit> {
        let asked = |length| Asked { language: self.language(), heading: "", points: &[], length };
        let failure = |text: &str| {
            let read = SectionText::read(text, self.language());
            gate(&read, &asked(read.length())).err()
        };
        match failure(text) {
            Some(failed) if failure(self.stretch.text()).is_none() => {
                Err(Unfit { reason: failed.label(), explanation: failed.to_string(), mendable: false })
            }
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Writing for RevisionWriting<'_> {
    fn name(&self) -> String {
        "the change that an editor asks for".to_owned()
    }

    fn kind(&self) -> &'static str {
        "revision"
    }

    fn expected_output(&self) -> u64 {
        text_tokens(self.length(), self.chapter.book.context.unit(), self.language())
    }

    fn call(&self, caller: &ModelCaller, attempt: u32, before: Before<'_>) -> Call {
        let contract = self.contract();
        let max_tokens = output_room(self.length(), self.chapter.book.context.unit(), self.language()) + FRAME_TOKENS;
        self.chapter.ending_with(self.request(before), contract.schema()).call(caller, attempt, max_tokens)
    }

    fn judge(&self, text: &str, _draft: Option<&Draft>) -> Result<Draft, Unfit> {
        let changes = read(text, self.stretch.blocks().len())?;
        let text = self.stretch.with(&changes);
        if changes.is_empty() {
            return Ok(Draft { text, length: self.length(), ..Draft::default() });
        }
        self.gated(&text)?;
        let length = length(&text, self.language());
        Ok(Draft { text, length, ..Draft::default() })
    }
}

/// Reads the new texts of the blocks, by their positions from 0.
fn read(text: &str, blocks: usize) -> Result<BTreeMap<usize, String>, AnswerFault> {
    let names = shape::CHANGES.names;
    let answer = match answer::object(text, names) {
        Ok(answer) => answer,
        Err(_) if answer::has_empty_list(text, names) => return Ok(BTreeMap::new()),
        Err(error) => return Err(error),
    };
    let change = |change: answer::Fields| {
        let number = change.number(shape::BLOCK.names);
        let number = number.ok_or_else(|| AnswerFault::new("a change in it does not say which block it is of"))?;
        let position = (number as usize).checked_sub(1).filter(|position| *position < blocks);
        let no_block = || AnswerFault::new(format!("there is no block {number}; the last one is {blocks}"));
        let position = position.ok_or_else(no_block)?;
        if !shape::TEXT.names.iter().any(|name| change.has(name)) {
            return Err(AnswerFault::new(format!("the change of block {number} has no \"text\"")));
        }
        Ok((position, clean(&change.text(shape::TEXT.names)).into_owned()))
    };
    answer.objects(names).into_iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(answer: &str) -> Result<Vec<(usize, String)>, AnswerFault> {
        read(answer, 3).map(|changes| changes.into_iter().collect())
    }

    #[test]
    fn an_answer_names_the_blocks_that_change() {
        for (answer, expected) in [
            (r#"{"changes": [{"block": 2, "text": "New."}, {"block": 3, "text": ""}]}"#, vec![(1, "New."), (2, "")]),
            ("```json\n{\"edits\": [{\"number\": \"2\", \"content\": \"New.\"},]}\n```", vec![(1, "New.")]),
            (r#"{"changes": {"block": 1, "text": "One.\n\nTwo."}}"#, vec![(0, "One.\n\nTwo.")]),
            (r#"{"changes": []}"#, vec![]),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|(at, text)| (at, text.to_owned())).collect();
            assert_eq!(changes(answer), Ok(expected), "{answer}");
        }
    }

    #[test]
    fn an_answer_that_cannot_be_applied_says_why() {
        for (answer, fault) in [
            ("The whole section again, without an object.", "it holds no JSON object"),
            (r#"{"changes": [{"block": 4, "text": "New."}]}"#, "there is no block 4; the last one is 3"),
            (r#"{"changes": [{"text": "New."}]}"#, "a change in it does not say which block it is of"),
            (r#"{"changes": [{"block": 1}]}"#, "the change of block 1 has no \"text\""),
        ] {
            assert_eq!(changes(answer), Err(AnswerFault::new(fault)), "{answer}");
        }
    }
}
