//! The marks with which models and their chat templates set reasoning apart from the answer.

/// A block of reasoning.
pub(super) struct Block {
    pub(super) open: &'static str,
    /// It is empty for a mark that stands before the answer alone.
    pub(super) close: &'static str,
}

const fn block(open: &'static str, close: &'static str) -> Block {
    Block { open, close }
}

/// How harmony's answer begins. The header of its channel goes on up to [`HARMONY_MESSAGE`], and may name a form between them.
pub(super) const HARMONY_ANSWER: &str = "<|channel|>final";
pub(super) const HARMONY_MESSAGE: &str = "<|message|>";

/// The bytes of the longest header of a channel, without its marks.
pub(super) const LONGEST_HEADER: usize = 64;

/// The known blocks.
pub(super) const BLOCKS: [Block; 17] = [
    block("<think>", "</think>"),
    block("<thinking>", "</thinking>"),
    block("<thought>", "</thought>"),
    block("<thoughts>", "</thoughts>"),
    block("<reasoning>", "</reasoning>"),
    block("<seed:think>", "</seed:think>"),
    block("[THINK]", "[/THINK]"),
    block("◁think▷", "◁/think▷"),
    block("<|begin_of_thought|>", "<|end_of_thought|>"),
    block("<|channel>thought", "<channel|>"),
    block("<|channel|>analysis", HARMONY_ANSWER),
    block("<|channel|>commentary", HARMONY_ANSWER),
    block(HARMONY_ANSWER, ""),
    block(HARMONY_MESSAGE, ""),
    block("<|start|>assistant", ""),
    block("<|im_start|>assistant", ""),
    block("[/INST]", ""),
];

/// The length of the longest closing mark.
pub(super) const LONGEST_CLOSE: usize = "<|end_of_thought|>".len();

/// How harmony's channels begin and end where a server has dropped their marks.
pub(super) const UNMARKED_START: &str = "analysis";
pub(super) const UNMARKED_END: &str = "assistantfinal";

/// The marks that end a turn, and the marks that begin the next one.
pub(super) const ENDS: [&str; 13] = [
    "[INST]",
    "[/INST]",
    "</s>",
    "<|im_end|>",
    "<|eot_id|>",
    "<|eot|>",
    "<|end|>",
    "<|return|>",
    "<|call|>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "<end_of_turn>",
    "<｜end▁of▁sentence｜>",
];

/// Returns whether a text begins with a mark, whose ASCII letters may have either case.
pub(super) fn begins_with(text: &str, mark: &str) -> bool {
    text.as_bytes().get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark.as_bytes()))
}
