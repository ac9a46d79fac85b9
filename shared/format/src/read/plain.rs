//! Plain text as Markdown.

use crate::markdown::escaped_line;

/// Words that stand before the number of a chapter, in lower case.
const CHAPTER: &[&str] = &[
    "chapter",
    "letter",
    "part",
    "book",
    "kapitel",
    "chapitre",
    "capítulo",
    "capitolo",
    "hoofdstuk",
    "kapittel",
    "rozdział",
    "kapitola",
    "глава",
];

/// The longest line that may be a chapter's heading, in characters.
const LONGEST_HEADING: usize = 80;

pub(super) fn markdown(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut out = String::new();
    for line in within_frame(&text).lines().map(str::trim) {
        if is_heading(line) {
            out.push_str(&format!("\n## {}\n", escaped_line(line)));
        } else {
            out.push_str(&format!("{}\n", escaped_line(line)));
        }
    }
    out
}

/// Returns the text without the frame that Project Gutenberg sets around its files.
fn within_frame(text: &str) -> &str {
    let begins = text.find("*** START OF").and_then(|start| Some(start + text[start..].find('\n')?)).unwrap_or(0);
    let ends = text.rfind("*** END OF").filter(|end| *end > begins).unwrap_or(text.len());
    &text[begins..ends]
}

fn is_heading(line: &str) -> bool {
    if line.is_empty() || line.chars().count() > LONGEST_HEADING {
        return false;
    }
    let lower = line.to_lowercase();
    let mut words = lower.split(|char: char| char.is_whitespace() || matches!(char, '.' | ':' | '—' | '-'));
    let named = words.next().is_some_and(|word| CHAPTER.contains(&word));
    let numbered = words.next().is_some_and(|word| bindery_outline::number(word).is_some());
    let cjk = line.starts_with('第') && line.chars().take(8).any(|char| matches!(char, '章' | '回' | '話' | '话'));
    named && numbered || cjk
}
