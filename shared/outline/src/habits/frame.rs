//! What a chat model says around an outline: a greeting, a closing question, and a fence around the whole.

mod closing;
mod greeting;

use super::{
    super::{
        labels::is_symbol,
        page::{Page, bold, heading, item},
    },
    Found, names_chapter,
};

/// The longest greeting or closing, in bytes.
const LONGEST: usize = 600;

/// Takes an outline out of what a chat model said around it. `is_titled` says that the title stands elsewhere.
pub(super) fn unwrap(page: &mut Page, is_titled: bool, found: &mut Found) {
    greeting::drop_thoughts(page, found);
    unwrap_fence(page, found);
    greeting::drop(page, is_titled, found);
    closing::drop(page, found);
}

/// Removes a fence around the whole outline, outside of which stands nothing but talk.
fn unwrap_fence(page: &mut Page, found: &mut Found) {
    let is_fence = |text: &str| text.trim_start().starts_with("```") || text.trim_start().starts_with("~~~");
    let fences: Vec<usize> = (0..page.lines.len()).filter(|&at| is_fence(&page.lines[at].text)).collect();
    let [open, close] = fences[..] else { return };
    let is_structure = |text: &str| heading(text).is_some() || item(text).is_some();
    let outside = page.lines[..open].iter().chain(&page.lines[close + 1..]);
    let inside = &page.lines[open + 1..close];
    if inside.iter().any(|line| is_structure(&line.text)) && !outside.into_iter().any(|line| is_structure(&line.text)) {
        page.clear(open);
        page.clear(close);
        for at in (0..open).chain(close + 1..page.lines.len()) {
            let text = page.lines[at].text.trim();
            if is_talk(text) && ends_sentence(text) {
                found.title = found.title.take().or_else(|| quoted(text));
                found.notes.add(page.lines[at].number, "the talk around the outline is left out");
                page.clear(at);
            }
        }
    }
}

fn begins(text: &str, words: &[&str]) -> bool {
    let text = text.to_lowercase();
    words.iter().any(|word| {
        let rest = text.strip_prefix(word);
        rest.is_some_and(|rest| !word.is_ascii() || !rest.starts_with(|c: char| c.is_alphanumeric()))
    })
}

fn is_talk(text: &str) -> bool {
    text.len() <= LONGEST && heading(text).is_none() && item(text).is_none() && bold(text).is_none()
}

/// Returns whether a text ends as a sentence does, whatever pictures and stars stand after it.
fn ends_sentence(text: &str) -> bool {
    without_signs_after(text).ends_with(['.', '!', '?', ':', '…', '。', '！', '？', '：'])
}

fn without_signs_after(text: &str) -> &str {
    text.trim_end_matches(|c: char| is_symbol(c) || c.is_whitespace() || matches!(c, '*' | '_' | ')'))
}

/// Returns a text from its first letter or figure on.
fn from_first_letter(text: &str) -> &str {
    text.trim_start_matches(|c: char| !c.is_alphanumeric())
}

/// Returns the title that a greeting names in quotation marks or in bold type.
fn quoted(text: &str) -> Option<String> {
    let marks = [("\"", "\""), ("“", "”"), ("„", "“"), ("«", "»"), ("**", "**"), ("*", "*")];
    let inside = marks.iter().find_map(|(open, close)| {
        let (_, rest) = text.split_once(open)?;
        let (inside, _) = rest.split_once(close)?;
        Some(inside.trim_matches(['"', '“', '”', '*', ':', ' ']))
    })?;
    let is_title =
        (2..=200).contains(&inside.len()) && inside.starts_with(|c: char| c.is_uppercase() || c.is_numeric());
    is_title.then(|| inside.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unwrapped(text: &str) -> (String, Found) {
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        unwrap(&mut page, false, &mut found);
        (page.text().trim().to_owned(), found)
    }

    #[test]
    fn a_greeting_and_a_closing_question_are_left_out_and_told() {
        let text = "Certainly! Here is an outline for *Salt and Bread*:\n\n---\n\n# A\n\n- b\n\n---\n\nLet me know what to change!";
        let (text, found) = unwrapped(text);
        assert_eq!(text, "# A\n\n- b");
        assert_eq!(found.title.as_deref(), Some("Salt and Bread"));
        assert_eq!(found.notes.0.len(), 2);
    }

    #[test]
    fn a_fence_around_the_whole_is_opened() {
        assert_eq!(unwrapped("As you wish.\n\n```markdown\n# A\n## B\n```\nDone!").0, "# A\n## B");
        let code = "# A\n```\n# not a heading\n```";
        assert_eq!(unwrapped(code).0, code);
    }

    #[test]
    fn the_words_of_an_outline_stay() {
        for text in [
            "Salt\n\n- a",
            "Sure Footed\n\n- a",
            "# A\n\nWould it end?",
            "# A\n\n- Do you want bread?",
            "Author: Ann\n\n# A\n\n## B",
            "# A\n\n## Conclusion\n\n- bread\n\n## Next Steps\n\n- plan",
        ] {
            assert_eq!(unwrapped(text).0, text);
        }
    }
    #[test]
    fn a_greeting_may_have_signs_around_it_and_stand_after_thoughts() {
        for greeting in [
            "¡Claro! Aquí va el esquema:",
            "Absolutely — here is a full plan for you. \u{1f680}",
            "Hier ein Vorschlag für den Aufbau:",
            "<think>\nA book on salt.\n\n# not a title\n</think>\n\nHere it is:",
            "Salt is a fine choice of subject!",
        ] {
            let (text, found) = unwrapped(&format!("{greeting}\n\n# A\n\n## B"));
            assert_eq!(text, "# A\n\n## B", "{greeting}");
            assert!(!found.notes.0.is_empty(), "{greeting}");
        }
    }

    #[test]
    fn what_is_said_after_the_outline_goes_with_its_list_and_its_heading() {
        for closing in [
            "This structure takes your reader from the sea to the table. Feel free to change it.",
            "**Would you like me to**:\n- draft a chapter\n- add a preface",
            "---\n\n### Next steps\n\nIf you like, I can now write the first chapter. Just say so!",
            "Diese Gliederung führt vom Meer zum Tisch.",
        ] {
            let (text, found) = unwrapped(&format!("# A\n\n## B\n\n- c\n\n{closing}"));
            assert_eq!(text, "# A\n\n## B\n\n- c", "{closing}");
            assert!(!found.notes.0.is_empty(), "{closing}");
        }
    }
}
