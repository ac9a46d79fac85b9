//! Names of channels that a server wrote into the text when it dropped the marks around them: "analysisThe user wants".

/// Names of channels that hold no text of the book.
const NAMES: &[&str] = &["analysis", "commentary", "assistantanalysis", "assistantcommentary"];

/// Returns what follows the name of such a channel with which a text begins.
pub(crate) fn after_name(text: &str) -> Option<&str> {
    let rest = NAMES.iter().find_map(|name| text.strip_prefix(name))?;
    begins(rest).then_some(rest)
}

/// Returns whether a text begins as it does behind the name of a channel: on a new line, or with a capital letter.
pub(crate) fn begins(text: &str) -> bool {
    let mut chars = text.chars();
    match chars.next() {
        Some('\n' | '#' | '“' | '„' | '«' | '「') => true,
        Some('*' | '_') => chars.next().is_some_and(char::is_alphanumeric),
        Some(first) => first.is_alphabetic() && !first.is_lowercase(),
        None => false,
    }
}

/// Returns whether a text is a channel that holds none of the book. A glossary may have the name of one on a line.
pub(super) fn is_open(text: &str) -> bool {
    let text = text.trim_start();
    after_name(text).is_some_and(|rest| {
        let line = rest.trim_start().lines().next().unwrap_or_default();
        !rest.starts_with('\n') || super::is_plan(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_known_by_what_follows_its_name() {
        for text in [
            "analysisThe user wants prose.",
            "analysis\nThe user wants prose.",
            "commentaryWe write.",
            "analysis用户要一节。",
        ] {
            assert!(is_open(text), "{text}");
        }
        for text in [
            "analysis is hard.",
            "analyses",
            "Analysis\nThe user",
            "analysis\n\nThe art of taking apart.",
            "commentary: none",
        ] {
            assert!(!is_open(text), "{text}");
        }
    }
}
