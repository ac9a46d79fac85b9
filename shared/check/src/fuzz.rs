//! Checks answers of any bytes as a worker does. Fuzzers call the function with bytes they make up (`fuzz/`), the test with
//! the bytes kept there.

#[cfg(test)]
#[path = "../../../fuzz/corpus.rs"]
mod corpus;

use super::{Asked, Section, SectionText, chapter, gate, suspect_points, targets, tidy};

/// Runs all checks on a section's text; none may panic.
pub fn section_answer(answer: &[u8]) {
    let text = String::from_utf8_lossy(answer);
    let points = ["A bowline holds".to_owned()];
    for language in ["en", "ja"] {
        let asked = Asked { language, heading: "Bowline", points: &points, length: 100 };
        let tidied = tidy(&text, asked.heading, "Knots");
        let text = SectionText::read(&tidied, language);
        if gate(&text, &asked).is_ok() {
            targets(&text, &asked);
            let sections = [Section { heading: asked.heading, text }];
            chapter(&sections, &asked);
            suspect_points(&sections, &asked);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{corpus::replay, *};

    #[test]
    fn kept_sections_break_no_promise() {
        replay("section_answer", section_answer);
    }
}
