//! Reasoning that a model or its server left in the answer.

use bindery_text::markdown;

use crate::meta_talk::{self, channel};

/// Names of the tags that hold reasoning, or calls of tools.
const NAMES: &[&str] = &[
    "think",
    "thinking",
    "thought",
    "thoughts",
    "reasoning",
    "reflection",
    "analysis",
    "scratchpad",
    "planning",
    "plan",
    "brainstorm",
    "brainstorming",
    "scratch_pad",
    "self_check",
    "critique",
    "internal_thoughts",
    "thinking_process",
    "cot",
    "inner_monologue",
    "internal_monologue",
    "monologue",
    "deliberation",
    "contemplation",
    "chain_of_thought",
    "thought_process",
    "seed:think",
    "mm:think",
    "antthinking",
    "tool_call",
    "tool_calls",
    "tool_response",
    "function_call",
    "function_calls",
];

/// Other pairs of marks.
const PAIRS: &[Pair] = &[
    Pair { opening: "[THINK]", closing: "[/THINK]" },
    Pair { opening: "[THINKING]", closing: "[/THINKING]" },
    Pair { opening: "[REASONING]", closing: "[/REASONING]" },
    Pair { opening: "◁think▷", closing: "◁/think▷" },
    Pair { opening: "<|begin_of_thought|>", closing: "<|end_of_thought|>" },
    Pair { opening: "<|START_THINKING|>", closing: "<|END_THINKING|>" },
    Pair { opening: "<|thinking|>", closing: "<|/thinking|>" },
    Pair { opening: "<|think|>", closing: "<|/think|>" },
    Pair { opening: "<|channel>thought", closing: "<channel|>" },
    Pair { opening: "<|tool_call|>", closing: "<|/tool_call|>" },
    Pair { opening: "<|tool_call>", closing: "<tool_call|>" },
    Pair { opening: "Thinking...\n", closing: "...done thinking." },
];

/// Two marks with reasoning between them.
#[derive(Clone, Copy)]
struct Pair {
    opening: &'static str,
    closing: &'static str,
}

/// Returns the text without reasoning; `None` where there is none, or where it cannot be told from the text.
pub(super) fn strip(text: &str) -> Option<String> {
    let marked = ["<", "[", "◁", "Thinking...", "...done thinking."].iter().any(|sign| text.contains(sign));
    let stripped =
        channels(text).or_else(|| if marked { between_marks(text) } else { None }).or_else(|| between_escaped(text))?;
    (stripped != text && !stripped.trim().is_empty()).then_some(stripped)
}

/// Takes the final one of several channels, whose marks a server may have dropped: "analysisThe user …assistantfinalThe tide".
fn channels(text: &str) -> Option<String> {
    const LOST: [&str; 3] = ["assistantfinal", "assistant\n\nfinal\n\n", "assistant\nfinal\n"];

    // A search from the end is slow, and few texts hold a mark.
    if text.contains("<|channel|>final")
        && let Some(at) = text.rfind("<|channel|>final")
    {
        let rest = &text[at + "<|channel|>final".len()..];
        let rest = rest.split_once("<|message|>").map_or(rest, |(_, rest)| rest);
        return Some(rest.to_owned());
    }
    if let Some(inner) = text.trim_start().strip_prefix("final<|message|>") {
        return Some(inner.to_owned());
    }
    let lost = LOST.iter().filter(|mark| text.contains(**mark));
    let lost = lost.filter_map(|mark| text.rfind(mark).map(|at| at + mark.len())).next();
    lost.map(|from| text[from..].to_owned()).or_else(|| named_channels(text))
}

/// Takes the final one of several channels of which only the names are left.
fn named_channels(text: &str) -> Option<String> {
    const FINAL: &str = "final";

    let head = text.trim_start();
    let named = [FINAL, "assistant"].iter().find_map(|name| head.strip_prefix(name));
    if let Some(own) = named.filter(|rest| channel::begins(rest)) {
        return Some(own.trim_start().to_owned());
    }
    let rest = channel::after_name(head)?;
    let after = |at: usize| &rest[at + FINAL.len()..];
    let starts = || rest.match_indices(FINAL).map(|(at, _)| at).filter(|&at| channel::begins(after(at)));
    let is_line = |&at: &usize| rest[..at].ends_with('\n') && after(at).starts_with('\n');
    let is_glued = |&at: &usize| !after(at).starts_with('\n');
    let after_sentence = |at: &usize| is_glued(at) && !rest[..*at].ends_with(char::is_alphabetic);
    let last = starts().filter(is_line).last();
    let last = last.or_else(|| starts().filter(after_sentence).last()).or_else(|| starts().filter(is_glued).last());
    match last {
        Some(at) => Some(after(at).trim_start().to_owned()),
        None => without_plans(rest.trim_start()).map(str::to_owned),
    }
}

/// A mark of reasoning in a text.
struct Mark {
    start: usize,
    end: usize,
    /// The pair it belongs to.
    pair: usize,
    opens: bool,
    /// Whether it is a tag that closes itself, so that nothing stands in it.
    empty: bool,
}

fn between_marks(text: &str) -> Option<String> {
    let marks = marks(text);
    let mut kept = String::new();
    let mut from = 0;
    let mut index = 0;
    while let Some(mark) = marks.get(index) {
        let closing = (index + 1..marks.len()).find(|&next| marks[next].pair == mark.pair && !marks[next].opens);
        match (mark.opens, closing) {
            (true, Some(closing)) => {
                kept.push_str(&text[from..mark.start]);
                from = marks[closing].end;
                index = closing + 1;
            }
            (true, None) => {
                let before = &text[from..mark.start];
                let rest = &text[mark.end..];
                let first = rest.trim_start().lines().next().unwrap_or_default();
                let is_tail = (kept.len() + before.trim().len()) * 5 > text.len() * 3 || meta_talk::is_plan(first);
                if is_tail && !before.trim().is_empty() {
                    return Some(kept + before);
                }
                return without_plans(rest).map(|rest| format!("{kept}{before}{rest}"));
            }
            (false, _) if mark.empty && !text[from..mark.start].trim().is_empty() => return None,
            // The opening mark was lost: all before is reasoning.
            (false, _) => {
                if text[mark.end..].trim().is_empty() {
                    return None;
                }
                kept.clear();
                from = mark.end;
                index += 1;
            }
        }
    }
    kept.push_str(&text[from..]);
    Some(kept)
}

/// Takes away reasoning with which the text begins between tags that a gateway escaped. A book about HTML may show such tags.
fn between_escaped(text: &str) -> Option<String> {
    if !text.contains("&gt;") {
        return None;
    }
    let head = text.trim_start();
    NAMES.iter().find_map(|name| {
        let (opening, closing) = (format!("&lt;{name}&gt;"), format!("&lt;/{name}&gt;"));
        let opened = head.strip_prefix(opening.as_str());
        let (reasoning, rest) = opened.unwrap_or(head).split_once(closing.as_str())?;
        let is_reasoning = opened.is_some() || meta_talk::is_plan(reasoning.lines().next()?);
        is_reasoning.then(|| rest.to_owned())
    })
}

/// Drops the paragraphs of reasoning after an opening mark that nothing closes; `None` where none is known as such.
fn without_plans(text: &str) -> Option<&str> {
    let blocks = markdown::blocks(text);
    let plans = blocks.iter().take_while(|block| meta_talk::is_plan(&block.prose())).count();
    let next = blocks.get(plans).filter(|_| plans > 0)?;
    Some(&text[next.source.start..])
}

/// Returns the marks of reasoning outside of code, in the order of the text.
fn marks(text: &str) -> Vec<Mark> {
    let mut found = Vec::new();
    let mut start = 0;
    let has_fences = text.lines().filter(|line| is_fence(line)).count().is_multiple_of(2);
    let mut fenced = false;
    for line in text.split_inclusive('\n') {
        fenced ^= has_fences && is_fence(line);
        if !fenced {
            marks_of_line(text, start..start + line.len(), &mut found);
        }
        start += line.len();
    }
    found
}

fn is_fence(line: &str) -> bool {
    line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~")
}

fn marks_of_line(text: &str, line: std::ops::Range<usize>, found: &mut Vec<Mark>) {
    let mut in_code = false;
    for (at, char) in text[line.clone()].char_indices() {
        let start = line.start + at;
        match char {
            '`' => in_code = !in_code,
            '<' | '[' | '◁' | 'T' | '.' if !in_code => found.extend(mark_at(text, start)),
            _ => {}
        }
    }
}

fn mark_at(text: &str, start: usize) -> Option<Mark> {
    let rest = &text[start..];
    let paired = PAIRS.iter().enumerate().find_map(|(index, pair)| {
        let pair_index = NAMES.len() + index;
        let opens = rest.starts_with(pair.opening);
        let mark = if opens { pair.opening } else { pair.closing };
        rest.starts_with(mark).then(|| Mark { start, end: start + mark.len(), pair: pair_index, opens, empty: false })
    });
    paired.or_else(|| {
        tag_at(rest).map(|tag| Mark {
            start,
            end: start + tag.length,
            pair: tag.pair,
            opens: tag.opens,
            empty: tag.empty,
        })
    })
}

/// A tag of reasoning at the start of a text.
struct Tag {
    length: usize,
    pair: usize,
    opens: bool,
    empty: bool,
}

fn tag_at(text: &str) -> Option<Tag> {
    const LONGEST: usize = 80;

    let inner = text.strip_prefix('<')?;
    let (inner, opens) = inner.strip_prefix('/').map_or((inner, true), |inner| (inner, false));
    let head: &str = &inner[..inner.char_indices().nth(LONGEST).map_or(inner.len(), |(end, _)| end)];
    let end = head.find('>')?;
    let empty = opens && head[..end].ends_with('/');
    let name = head[..end].trim_end_matches('/').split(char::is_whitespace).next()?.to_ascii_lowercase();
    let pair = NAMES.iter().position(|known| *known == name)?;
    Some(Tag { length: end + 2 + usize::from(!opens), pair, opens: opens && !empty, empty })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "The tide turned at six, and the boats lifted one after another.";
    const PLAN: &str = "The user wants a section about the tide. I have 700 words for this.";

    #[test]
    fn reasoning_is_cut_away_in_every_known_mark() {
        for (opening, closing) in [
            ("<think>", "</think>"),
            ("<thinking>\n", "\n</thinking>"),
            ("<THOUGHT>", "</THOUGHT>"),
            ("<reasoning effort=\"low\">", "</reasoning>"),
            ("<seed:think>", "</seed:think>"),
            ("<plan>\n", "\n</plan>"),
            ("[THINK]", "[/THINK]"),
            ("◁think▷", "◁/think▷"),
            ("<|begin_of_thought|>", "<|end_of_thought|>"),
            ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
            ("<|channel>thought\n", "<channel|>"),
            ("analysis", "assistantfinal"),
            ("analysis", "final"),
            ("analysis\n", "\n\nfinal"),
            ("commentary\n", "\n\nfinal\n"),
            ("&lt;think&gt;\n", "\n&lt;/think&gt;"),
            ("<think>", "<think/>"),
            ("Thinking...\n", "\n...done thinking.\n"),
            ("<tool_call>\n", "</tool_call>\n"),
        ] {
            let whole = format!("{opening}{PLAN}{closing}\n\n{TEXT}");
            assert_eq!(strip(&whole).as_deref().map(str::trim), Some(TEXT), "{opening}");
        }
    }

    #[test]
    fn reasoning_of_which_one_mark_was_lost_is_cut_away() {
        assert_eq!(strip(&format!("{PLAN}\n</think>\n\n{TEXT}")).as_deref().map(str::trim), Some(TEXT));
        assert_eq!(strip(&format!("<think>\n{PLAN}\n\n{TEXT}")).as_deref().map(str::trim), Some(TEXT));
        assert_eq!(strip(&format!("{TEXT}\n\n<think>Is that enough?")).as_deref().map(str::trim), Some(TEXT));
        assert_eq!(
            strip(&format!("{TEXT}\n\n<think>Done.</think>\n\n{TEXT}")).map(|text| text.matches(TEXT).count()),
            Some(2)
        );
    }

    #[test]
    fn what_cannot_be_told_from_the_text_stays_for_the_gate() {
        for text in [format!("<think>\n{TEXT}"), format!("{TEXT}\n</think>"), "<think>Only this.</think>".to_owned()] {
            assert_eq!(strip(&text), None, "{text}");
        }
    }

    #[test]
    fn names_of_channels_are_cut_away() {
        for whole in [
            format!("final{TEXT}"),
            format!("final\n{TEXT}"),
            format!("assistant\n\n{TEXT}"),
            format!("<think/>\n\n{TEXT}"),
            format!("{PLAN}\n&lt;/think&gt;\n{TEXT}"),
            format!("analysis\nWe need to write about the final hour.\n\nfinal\n\n{TEXT}"),
            format!("analysisThe user wants the finale, so okfinal{TEXT}"),
            format!("analysis\n\n{PLAN}\n\n{TEXT}"),
        ] {
            assert_eq!(strip(&whole).as_deref().map(str::trim), Some(TEXT), "{whole}");
        }
        let japanese = "analysisThe user wants prose.final港は静かだった。";
        assert_eq!(strip(japanese).as_deref(), Some("港は静かだった。"));
    }

    #[test]
    fn words_that_are_no_channels_stay() {
        for text in [
            "finally it turned.",
            "final accounts were drawn up.",
            "analysis is a word of the Greeks, and final.",
            "analysis\n\nThe art of taking apart.",
            "The analysis was short.\n\nfinal\n\nIt turned.",
            "A writer escapes &lt;think&gt; and &lt;/think&gt; by hand.",
            "It turned <think/> and rose.",
        ] {
            assert_eq!(strip(text), None, "{text}");
        }
    }

    #[test]
    fn a_text_may_show_the_marks_as_code() {
        for text in [
            "The parser looks for `<think>` and drops all up to `</think>`.",
            "```\n<think>Plan.</think>\n```\n\nSo it is.",
        ] {
            assert_eq!(strip(text), None, "{text}");
        }
    }
}
