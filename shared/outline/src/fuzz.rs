//! What strangers send, whatever its bytes: each function reads it as the fleet does, and panics where a promise about
//! the reading is broken. Fuzzers call them with bytes of their own making (`fuzz/`), the tests with those kept there.

#[cfg(test)]
#[path = "../../../fuzz/corpus.rs"]
mod corpus;

use super::{Kind, MAX_CHAPTERS, parse, to_markdown};

/// No report on what is wrong with an outline is longer.
const LONGEST_REPORT: usize = 64 << 10;

/// Reads an outline in Markdown.
pub fn markdown_outline(text: &[u8]) {
    outline(text, Kind::Markdown);
}

/// Reads an outline in YAML.
pub fn yaml_outline(text: &[u8]) {
    outline(text, Kind::Yaml);
}

/// Reads an outline in JSON.
pub fn json_outline(text: &[u8]) {
    outline(text, Kind::Json);
}

/// Reads an outline: it says the same as Markdown, as JSON and held to the rules again, or a report says what is wrong.
fn outline(text: &[u8], kind: Kind) {
    let outline = match parse(text, kind) {
        Ok(outline) => outline,
        Err(error) => {
            let report = error.in_file("outline");
            assert!(!report.is_empty() && report.len() <= LONGEST_REPORT, "the report has {} bytes", report.len());
            return;
        }
    };
    assert!((1..=MAX_CHAPTERS).contains(&outline.chapters.len()));
    let json = serde_json::to_vec(&outline).expect("an outline holds only texts and numbers");
    let again = [parse(to_markdown(&outline).as_bytes(), Kind::Markdown), parse(&json, Kind::Json), outline.checked()];
    for again in again {
        assert_eq!(again.expect("an outline that was read can be read again"), outline);
    }
}

#[cfg(test)]
mod tests {
    use super::{corpus::replay, *};

    #[test]
    fn kept_outlines_break_no_promise() {
        replay("markdown_outline", markdown_outline);
        replay("yaml_outline", yaml_outline);
        replay("json_outline", json_outline);
    }
}
