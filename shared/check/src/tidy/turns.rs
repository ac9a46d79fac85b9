//! The marks with which a chat template separates its turns.

/// Marks after which the model's turn is over. Another turn that follows was made up by the model.
const ENDS: &[&str] = &[
    "<|im_end|>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end_of_turn|>",
    "<|END_OF_TURN_TOKEN|>",
    "<|END_RESPONSE|>",
    "<|end_of_solution|>",
    "<|endofassistant|>",
    "<|return|>",
    "<|end|>",
    "<|user|>",
    "<end_of_turn>",
    "<turn|>",
    "<eos>",
    "<｜end▁of▁sentence｜>",
    "<｜User｜>",
];

/// Marks before or inside of the model's turn.
const STARTS: &[&str] = &[
    "<|im_start|>assistant",
    "<|im_start|>",
    "<|start_header_id|>assistant<|end_header_id|>",
    "<|start|>assistant",
    "<|assistant|>",
    "<|begin_of_text|>",
    "<|begin_of_solution|>",
    "<|START_RESPONSE|>",
    "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>",
    "<start_of_turn>model",
    "<|turn>model",
    "<bos>",
    "<｜Assistant｜>",
    "<｜begin▁of▁sentence｜>",
    "[INST]",
    "[/INST]",
    "<<SYS>>",
    "<</SYS>>",
];

/// Returns the model's own turn without its marks; `None` where there are none.
pub(super) fn strip(text: &str) -> Option<String> {
    // Elsewhere these are tags of HTML.
    let own = text.trim_end().strip_suffix("</s>").unwrap_or(text);
    let own = own.strip_prefix("<s>").unwrap_or(own);
    let may_have_marks = own.contains('<') || own.contains('[');
    if !may_have_marks || (!own.contains("<|") && !ENDS.iter().chain(STARTS).any(|mark| own.contains(mark))) {
        return (own != text).then(|| own.to_owned());
    }
    let mut rest = own.to_owned();
    if let Some(end) = ENDS.iter().filter_map(|mark| at_mark(&rest, mark)).min() {
        let mark = ENDS.iter().find(|mark| rest[end..].starts_with(**mark)).map_or(0, |mark| mark.len());
        let after = rest[end + mark..].trim_start();
        let is_turn = after.is_empty()
            || rest[end..].starts_with("<|user|>")
            || ["<|", "<start_of_turn>", "<｜", "user\n", "assistant\n", "[INST]"]
                .iter()
                .any(|turn| after.starts_with(turn));
        // Before any text, the mark ends the turn of somebody else.
        if is_turn && !rest[..end].trim().is_empty() {
            rest.truncate(end);
        } else {
            rest.replace_range(end..end + mark, "");
        }
    }
    if let Some((before, prompt)) = rest.split_once("[INST]")
        && let Some((_, answer)) = prompt.split_once("[/INST]")
    {
        rest = format!("{before}{answer}");
    }
    for mark in STARTS {
        while let Some(at) = at_mark(&rest, mark) {
            let end = at + mark.len();
            let space = rest[end..].len() - rest[end..].trim_start().len();
            rest.replace_range(at..end + if at == 0 { space } else { 0 }, "");
        }
    }
    (rest != text).then_some(rest)
}

/// Returns where a mark stands outside of inline code and quotation marks.
fn at_mark(text: &str, mark: &str) -> Option<usize> {
    text.match_indices(mark).map(|(at, _)| at).find(|&at| !text[..at].ends_with(['`', '"', '“', '「', '«']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_of_a_chat_are_dropped() {
        for text in [
            "It turned.<|im_end|>",
            "<|im_start|>assistant\nIt turned.<|im_end|>\n<|im_start|>user\nMore?",
            "<|start_header_id|>assistant<|end_header_id|>\n\nIt turned.<|eot_id|>",
            "<start_of_turn>model\nIt turned.<end_of_turn>",
            "[/INST] It turned.</s>",
            "[INST] Write. [/INST] It turned.",
            "[INST]It turned.",
            "<｜Assistant｜>It turned.<｜end▁of▁sentence｜>",
        ] {
            assert_eq!(strip(text).as_deref().map(str::trim), Some("It turned."), "{text}");
        }
    }

    #[test]
    fn a_text_may_name_the_marks() {
        assert_eq!(strip("It ends with `<|im_end|>`, as all of them do."), None);
        assert_eq!(strip("It ends."), None);
    }
}
