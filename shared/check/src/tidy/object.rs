//! A JSON object, a list or a string that holds a whole text.

use bindery_context::answer;
use serde_json::{Map, Value};

/// Keys under which an object holds the text, in order of preference.
const KEYS: &[&str] = &[
    "text",
    "section_text",
    "content",
    "final_text",
    "final_answer",
    "answer",
    "revised_section",
    "revised_text",
    "rewritten_section",
    "rewritten_text",
    "revised",
    "rewritten",
    "section",
    "section_content",
    "chapter_text",
    "draft",
    "markdown",
    "prose",
    "body",
    "output",
    "response",
    "chapter",
    "result",
    "paragraphs",
    "sections",
    "message",
    "choices",
    "story",
    "scene",
    "article",
    "inhalt",
    "abschnitt",
    "texte",
    "contenu",
    "texto",
    "contenido",
    "testo",
    "contenuto",
    "conteúdo",
    "tekst",
    "inhoud",
    "текст",
    "正文",
    "内容",
    "本文",
];

/// Returns the text that an object, a list or a string holds, where it is all but everything; `None` for any other text.
pub(super) fn text_of(text: &str) -> Option<String> {
    let text = unfenced(text).unwrap_or(text);
    if text.starts_with('"') {
        return string(text);
    }
    if !text.starts_with(['{', '[']) {
        return None;
    }
    // What breaks off within a sentence is no text, and stays for the gate.
    let cut = || tolerant(text, "\"}").filter(|inner| ends_sentence(inner));
    strict(text).or_else(|| tolerant(text, "")).or_else(cut)
}

fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(['"', '”', '“', '»', '’', '」', ')', '*', '_']);
    text.ends_with(['.', '!', '?', '…', '。', '！', '？', '؟', '।'])
}

/// Returns what stands in a fence for JSON, or behind the name that a lost fence left.
fn unfenced(text: &str) -> Option<&str> {
    let inner = text.trim_start_matches('`').strip_prefix("json")?.trim_end_matches('`').trim();
    inner.starts_with(['{', '[', '"']).then_some(inner)
}

/// Reads a text that is one string of JSON. Only escapes tell it from speech.
fn string(text: &str) -> Option<String> {
    if !text.contains('\\') {
        return None;
    }
    serde_json::from_str(text).ok()
}

fn strict(text: &str) -> Option<String> {
    let value = serde_json::from_str(text).ok()?;
    found(&value)
}

/// Reads what is nearly JSON, with `end` behind it. Nothing of the text may be lost: a quotation mark that was not escaped ends
/// it too early.
fn tolerant(text: &str, end: &str) -> Option<String> {
    let value = answer::read(&format!("{text}{end}")).ok()?;
    let inner = found(&value).filter(|inner| ends_in(inner, text))?;
    // An escape is longer than what it stands for.
    let escapes: usize =
        text.match_indices('\\').map(|(at, _)| if text[at..].starts_with("\\u") { 4 } else { 1 }).sum();
    ((shown(&value) + escapes) * 20 > text.len() * 19).then_some(inner)
}

/// Returns whether nothing but another key follows in a source on the text that was read from it.
fn ends_in(inner: &str, source: &str) -> bool {
    const LAST: usize = 12;

    let is_sign = |char: char| !char.is_alphanumeric();
    let words = inner.trim_end_matches(is_sign);
    let start = words.char_indices().rev().take(LAST).take_while(|(_, char)| !matches!(char, '"' | '\n' | '\\')).last();
    let Some(at) = start.and_then(|(start, _)| source.rfind(&words[start..]).map(|at| at + words.len() - start)) else {
        return false;
    };
    let rest = source[at..].trim_start_matches(is_sign);
    let is_key =
        || rest.split_once(':').is_some_and(|(key, _)| key.trim_end().ends_with(['"', '\'']) && !key.contains(' '));
    rest.is_empty() || is_key()
}

/// Returns the text in a value, where it is most of it.
fn found(value: &Value) -> Option<String> {
    let inner = of_value(value, 4).filter(|inner| inner.contains(' ') || !inner.is_ascii())?;
    (inner.len() * 2 > shown(value)).then_some(inner)
}

/// Returns the text in a value: a string, the texts of a list, or what an object has under a known key.
fn of_value(value: &Value, depth: usize) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(items) if depth > 0 => {
            let texts: Option<Vec<String>> = items.iter().map(|item| of_value(item, depth - 1)).collect();
            texts.filter(|texts| !texts.is_empty()).map(|texts| texts.join("\n\n"))
        }
        Value::Object(map) if depth > 0 => of_object(map, depth),
        _ => None,
    }
}

fn of_object(map: &Map<String, Value>, depth: usize) -> Option<String> {
    let under = |key: &&str| map.iter().find(|(name, _)| name.to_lowercase() == **key).map(|(_, value)| value);
    let known = KEYS.iter().filter_map(under).find_map(|value| of_value(value, depth - 1));
    // A heading may be the only key.
    let only = || map.values().next().filter(|_| map.len() == 1).and_then(|value| of_value(value, depth - 1));
    known.or_else(only)
}

/// Returns how many bytes of the source a value shows: its texts and keys, with the signs around them.
fn shown(value: &Value) -> usize {
    const SIGNS: usize = 4;

    match value {
        Value::String(text) => text.len() + SIGNS,
        Value::Array(items) => items.iter().map(shown).sum::<usize>() + SIGNS,
        Value::Object(map) => map.iter().map(|(key, value)| key.len() + shown(value) + SIGNS).sum::<usize>() + SIGNS,
        _ => SIGNS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "It turned at six, and all the boats in the harbour rose with it.\n\nThen it fell.";

    #[test]
    fn the_text_of_an_object_is_found_however_it_is_written() {
        for whole in [
            "{\"heading\": \"Tide\", \"text\": \"It turned at six, and all the boats in the harbour rose with it.\\n\\nThen it fell.\"}",
            "{\"text\": \"It turned at six, and all the boats in the harbour rose with it.\n\nThen it fell.\"}",
            "{\"text\": \"It turned at six, and all the boats in the harbour rose with it.\\n\\nThen it fell.\",}",
            "{\"text\": \"It turned at six, and all the boats in the harbour rose with it.\\n\\nThen it fell.\"",
            "{\"text\": \"It turned at six, and all the boats in the harbour rose with it.\\n\\nThen it fell.",
            "{\"section\": {\"heading\": \"Tide\", \"Content\": \"It turned at six, and all the boats in the harbour rose with it.\\n\\nThen it fell.\"}}",
            "{\"paragraphs\": [\"It turned at six, and all the boats in the harbour rose with it.\", \"Then it fell.\"]}",
            "{\"paragraphs\": [{\"text\": \"It turned at six, and all the boats in the harbour rose with it.\"}, {\"text\": \"Then it fell.\"}]}",
            "[\"It turned at six, and all the boats in the harbour rose with it.\", \"Then it fell.\"]",
            "{\"The Turn of the Tide\": \"It turned at six, and all the boats in the harbour rose with it.\\n\\nThen it fell.\"}",
            "```json\n{\"text\": \"It turned at six, and all the boats in the harbour rose with it.\\n\\nThen it fell.\"}\n```",
            "json\n{\"text\": \"It turned at six, and all the boats in the harbour rose with it.\\n\\nThen it fell.\"}",
            "\"It turned at six, and all the boats in the harbour rose with it.\\n\\nThen it fell.\"",
        ] {
            assert_eq!(text_of(whole).as_deref(), Some(TEXT), "{whole}");
        }
    }

    #[test]
    fn what_breaks_off_or_is_no_text_stays() {
        for whole in [
            "{\"text\": \"It turned at six, and all the boats in the harbour rose with it. Then it f",
            "{\"a\": 1}",
            "[1, 2]",
            "[Sic] is what editors write [when they must]",
            "{Braces} are rare.",
            "\"No,\" she said, and \"Never.\"",
            "It turned.",
            "```json\n{\"port\": 80, \"host\": \"a\"}\n```",
        ] {
            assert_eq!(text_of(whole), None, "{whole}");
        }
    }
}
