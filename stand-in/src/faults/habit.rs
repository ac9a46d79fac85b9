//! Habits of imperfect models: what they put around a good answer or into it.

use serde_json::{Value, json};

use super::{kind::Fault, spoil::boundary};
use crate::random::Random;

/// Reasoning, as a model shows it.
const REASONING: &str = "The user wants a text of some length. I have to make its points in order, and I must not repeat the \
                         heading. I will begin with a scene.";

/// Marks around reasoning: known tags, those of other servers, and pairs of which a server lost one.
const REASONING_MARKS: &[Around] = &[
    Around { before: "<think>\n", after: "\n</think>\n\n" },
    Around { before: "<thinking>", after: "</thinking>\n\n" },
    Around { before: "<thought>\n", after: "\n</thought>\n\n" },
    Around { before: "<reasoning>", after: "</reasoning>\n" },
    Around { before: "<seed:think>", after: "</seed:think>" },
    Around { before: "[THINK]", after: "[/THINK]" },
    Around { before: "◁think▷", after: "◁/think▷" },
    Around { before: "", after: "\n</think>\n\n" },
    Around { before: "<|channel|>analysis<|message|>", after: "<|end|><|start|>assistant<|channel|>final<|message|>" },
    Around {
        before: "<|channel|>analysis<|message|>",
        after: "<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>",
    },
    Around { before: "analysis", after: "assistantfinal" },
    Around { before: "<tool_call>\n{\"name\": \"think\"}\n", after: "\n</tool_call>\n\n" },
];

/// What stands before and after something.
#[derive(Clone, Copy)]
struct Around {
    before: &'static str,
    after: &'static str,
}

/// Returns an answer as a model with this habit gives it; `is_json` says whether JSON was requested.
pub(super) fn show(habit: Fault, text: &str, is_json: bool, random: &mut Random) -> String {
    match habit {
        Fault::Fenced if is_json => format!("Here you go:\n\n```json\n{text}\n```\n\nI hope this helps."),
        Fault::Fenced => format!("```markdown\n{text}\n```"),
        Fault::Reasoning => {
            let marks = random.pick(REASONING_MARKS);
            format!("{}{REASONING}{}{text}", marks.before, marks.after)
        }
        Fault::Preamble if is_json => format!("Sure! Here is the JSON you asked for:\n\n{text}"),
        Fault::Preamble => {
            let preambles = [
                "Sure! Here is the section, as you asked:",
                "Here is the revised version of your text:",
                "Certainly! Below is the section you requested.",
            ];
            format!("{}\n\n{text}", random.pick(&preambles))
        }
        Fault::ClosingNote => {
            let notes = [
                "I hope this meets your needs! Let me know if you would like me to expand any part.",
                "Let me know if you'd like any changes.",
                "Would you like me to continue with the next section?",
            ];
            format!("{text}\n\n{}", random.pick(&notes))
        }
        Fault::WordCount => {
            let words = text.split_whitespace().count();
            let counts =
                [format!("(Word count: {words})"), format!("**Word count:** {words}"), format!("[{words} words]")];
            format!("{text}\n\n{}", random.pick(&counts))
        }
        Fault::LabelLine => {
            format!(
                "{}\n\n{text}",
                random.pick(&["**Revised section:**", "Draft:", "Section 2 (revised)", "Final version:"])
            )
        }
        Fault::DraftTags => {
            let name = random.pick(&["draft", "section", "answer", "output"]);
            format!("<{name}>\n{text}\n</{name}>")
        }
        Fault::Placeholder => {
            let left = ["[insert example here]", "[citation needed]", "[TODO: add details]", "[Add more here]"];
            inside(text, random.pick::<&str>(&left))
        }
        Fault::PlansItself => inside(text, "I have written about 400 words so far, so one more example will fit here."),
        Fault::Mojibake => inside(text, "It wasnâ€™t what anybody had expected."),
        Fault::LooseJson => loose(text, random),
        Fault::WrappedJson => wrapped(text, random),
        Fault::CutJson => text[..boundary(text, 0.9)].to_owned(),
        Fault::UnevenBrief => uneven(text),
        _ => text.to_owned(),
    }
}

/// Puts a sentence into the middle of a text.
fn inside(text: &str, sentence: &str) -> String {
    const END: &str = ". ";

    let middle = boundary(text, 0.5);
    match text[middle..].find(END) {
        Some(end) => {
            let (before, after) = text.split_at(middle + end + END.len());
            format!("{before}{sentence} {after}")
        }
        None => format!("{text} {sentence}"),
    }
}

/// Which commas a model gets wrong.
#[derive(Clone, Copy)]
enum Commas {
    /// One stands before a closing bracket.
    TooMany,
    /// None stands between two lines.
    TooFew,
}

/// Returns JSON as a small model writes it. It has numbers as text, nothing for an empty list, one text for a list of one,
/// comments and wrong commas.
fn loose(text: &str, random: &mut Random) -> String {
    let comment = *random.pick::<&str>(&["//", "#"]);
    let commas = *random.pick(&[Commas::TooMany, Commas::TooFew]);
    let Ok(value) = serde_json::from_str::<Value>(text) else { return text.to_owned() };
    let json = format!("{:#}", loosened(value));
    let lines: Vec<&str> = json.lines().collect();
    let mut written = format!("{comment} The answer\n");
    for (index, line) in lines.iter().copied().enumerate() {
        let next = lines.get(index + 1).map_or("", |next| next.trim_start());
        match commas {
            Commas::TooMany if next.starts_with(['}', ']']) && !line.ends_with(['{', '[', ',']) => {
                written.extend([line, ","]);
            }
            Commas::TooMany => written.push_str(line),
            Commas::TooFew => written.push_str(line.strip_suffix(',').unwrap_or(line)),
        }
        if index == 1 {
            written.extend([" ", comment, " the first one"]);
        }
        written.push('\n');
    }
    written
}

/// Returns JSON within an object, as the arguments of a tool call, or as a text.
fn wrapped(text: &str, random: &mut Random) -> String {
    let wrapped = [
        format!("{{\"result\": {text}}}"),
        json!({"name": "answer", "arguments": text}).to_string(),
        Value::from(text).to_string(),
    ];
    random.pick(&wrapped).clone()
}

fn loosened(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        Value::Array(mut items) => match items.as_slice() {
            [] => Value::Null,
            [Value::String(_)] => items.remove(0),
            _ => items.into_iter().map(loosened).collect(),
        },
        Value::Object(fields) => fields.into_iter().map(|(key, field)| (key, loosened(field))).collect(),
        other => other,
    }
}

/// Returns a brief whose sections do not divide the chapter: the lengths do not add up, and the first section's points stand
/// in all of them.
fn uneven(text: &str) -> String {
    let Ok(mut brief) = serde_json::from_str::<Value>(text) else { return text.to_owned() };
    if let Some(sections) = brief["sections"].as_array_mut() {
        let points = sections.first().map_or(Value::Null, |first| first["points"].clone());
        for section in sections {
            section["points"] = points.clone();
            section["length"] = json!(3 * section["length"].as_u64().unwrap_or(1));
        }
    }
    brief.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::CallSeed;

    /// Returns what the habit makes of a JSON answer for many calls, without repetitions.
    fn shown(habit: Fault, json: &Value) -> Vec<String> {
        let mut shown: Vec<String> = (0..64)
            .map(|attempt| {
                let seed = CallSeed { server: 1, prompt: [0; 32], attempt };
                show(habit, &json.to_string(), true, &mut seed.random("habit"))
            })
            .collect();
        shown.sort();
        shown.dedup();
        shown
    }

    #[test]
    fn loose_json_has_comments_of_two_kinds_and_too_many_commas_or_too_few() {
        let shown = shown(Fault::LooseJson, &json!({"a": "x", "b": ["y", "z"], "c": 600}));
        assert_eq!(shown.len(), 4);
        for loose in &shown {
            assert!(serde_json::from_str::<Value>(loose).is_err(), "{loose}");
            assert!(loose.starts_with("// ") || loose.starts_with("# "), "{loose}");
            let is_with_too_few = loose.contains("\"y\"\n");
            assert_ne!(is_with_too_few, loose.contains("\"z\",\n"), "{loose}");
            assert!(loose.contains("\"600\""), "{loose}");
        }
    }

    #[test]
    fn wrapped_json_is_an_object_or_a_text() {
        let answer = json!({"a": "x"});
        let shown = shown(Fault::WrappedJson, &answer);
        assert_eq!(shown.len(), 3);
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let texts = shown.iter().map(|wrapped| read(wrapped)).filter_map(|wrapped| {
            let text = wrapped.as_str().or_else(|| wrapped["arguments"].as_str());
            text.map(read)
        });
        assert_eq!(texts.collect::<Vec<_>>(), [answer.clone(), answer.clone()]);
        assert!(shown.iter().any(|wrapped| read(wrapped)["result"] == answer));
    }
}
