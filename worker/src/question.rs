//! Questions to the judging model, whose answers are small JSON objects. Such a model needs neither the book nor its plan.

use bindery_context::contract::Contract;
use bindery_model::{Call, ModelCaller, Prompt};
use bindery_runtime::attempt::Before;

/// A question to the judging model.
pub(crate) struct Question<'a> {
    /// What the model is to be.
    pub(crate) role: &'a str,
    /// The text of the chapter that the question is about; empty where it quotes all that it needs.
    pub(crate) chapter: &'a str,
    /// The question, in words.
    pub(crate) words: &'a str,
    pub(crate) contract: Contract,
    /// The most tokens of the answer.
    pub(crate) room: u32,
}

impl Question<'_> {
    /// Returns the call for a try. After a failed one, it says first what was wrong.
    pub(crate) fn call(self, caller: &ModelCaller, attempt: u32, before: Before<'_>) -> Call {
        let Self { role, chapter, words, contract, room } = self;
        let lesson = before.fault.map(|fault| format!("{}\n\n", fault.lesson())).unwrap_or_default();
        let slice = match chapter {
            "" => String::new(),
            chapter => format!("<chapter>\n{chapter}\n</chapter>"),
        };
        Prompt {
            prefix: role.to_owned(),
            slice,
            request: format!("{words}\n\n{lesson}{}", contract.block()),
            schema: contract.schema(),
        }
        .call(caller, attempt, room)
    }
}
