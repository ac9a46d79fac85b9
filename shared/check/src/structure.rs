//! The gate against answers that are not a section in Markdown: data, a bare list, headings out of place.

use std::collections::HashSet;

use bindery_text::markdown::{Block, Kind};
use serde::de::IgnoredAny;

use super::{Asked, SectionText, phrase::excerpt, tidy::same_heading};

/// The highest heading allowed inside of a section: the chapter's heading has level 1, the section's level 2.
pub(super) const INNER_LEVEL: u8 = 3;

/// How a text fails to be a section.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadStructure {
    /// The answer is a JSON value, a page of HTML or one listing.
    #[error("the text is {0}, not prose in Markdown")]
    Data(&'static str),
    /// It has list items and no paragraph.
    #[error("the text is one list without a paragraph of prose")]
    BareList,
    /// A heading has the section's own level, or a higher one.
    #[error("the heading “{heading}” has level {level}, but headings inside of a section begin at level {INNER_LEVEL}")]
    High {
        /// The heading.
        heading: String,
        /// Its level.
        level: u8,
    },
    /// A heading is more than one level below the one before.
    #[error("the heading “{heading}” jumps from level {from} to level {to}")]
    Jump {
        /// The heading.
        heading: String,
        /// The level before it.
        from: u8,
        /// Its own.
        to: u8,
    },
    /// A heading stands twice under the same heading, or repeats the section's.
    #[error("the heading “{0}” stands there twice")]
    Repeated(String),
    /// Bold lines do the work of headings.
    #[error("the text uses {count} bold lines as headings, such as “{first}”")]
    BoldHeadings {
        /// How many there are.
        count: usize,
        /// The first of them.
        first: String,
    },
}

pub(super) fn check(text: &SectionText<'_>, asked: &Asked<'_>) -> Result<(), BadStructure> {
    let (text, blocks) = (text.source, &text.blocks);
    data(text, blocks).map_or(Ok(()), |what| Err(BadStructure::Data(what)))?;
    prose(blocks)?;
    headings(blocks, asked.heading)?;
    bold_headings(text, blocks)
}

fn data(text: &str, blocks: &[Block]) -> Option<&'static str> {
    let text = text.trim();
    let braced = text.starts_with(['{', '[']) && text.ends_with(['}', ']']);
    if text.starts_with("{\"") || (braced && serde_json::from_str::<IgnoredAny>(text).is_ok()) {
        return Some("a JSON value");
    }
    let blocks: Vec<_> = blocks.iter().filter(|block| block.kind != Kind::Rule).collect();
    let all = |is: fn(Kind) -> bool| !blocks.is_empty() && blocks.iter().all(|block| is(block.kind));
    if all(|kind| matches!(kind, Kind::Code { .. })) {
        return Some("one code block");
    }
    let html = blocks.iter().filter(|block| block.kind == Kind::Html).count();
    if html * 2 > blocks.len() {
        return Some("a page of HTML");
    }
    all(|kind| kind == Kind::Table).then_some("one table")
}

fn prose(blocks: &[Block]) -> Result<(), BadStructure> {
    let any = |kind| blocks.iter().any(|block| block.kind == kind);
    if any(Kind::Item) && !any(Kind::Paragraph) {
        return Err(BadStructure::BareList);
    }
    Ok(())
}

fn headings(blocks: &[Block], section: &str) -> Result<(), BadStructure> {
    let mut before = INNER_LEVEL - 1;
    let mut seen = HashSet::new();
    // The same heading ("Syntax") may stand under different ones.
    let mut path: Vec<(u8, String)> = Vec::new();
    for block in blocks.iter().filter(|block| block.top) {
        let Kind::Heading(level) = block.kind else {
            continue;
        };
        let heading = || excerpt(&block.text);
        if level < INNER_LEVEL {
            return Err(BadStructure::High { heading: heading(), level });
        }
        if level > before + 1 {
            return Err(BadStructure::Jump { heading: heading(), from: before, to: level });
        }
        path.retain(|(above, _)| *above < level);
        path.push((level, block.text.to_lowercase()));
        if same_heading(&block.text, section) || !seen.insert(path.clone()) {
            return Err(BadStructure::Repeated(heading()));
        }
        before = level;
    }
    Ok(())
}

/// Rejects a text that bold lines divide as headings would; a few bold labels are a matter of style.
fn bold_headings(text: &str, blocks: &[Block]) -> Result<(), BadStructure> {
    const FEW: usize = 3;

    let bold: Vec<_> = blocks.iter().filter(|block| is_bold_line(text, block)).collect();
    match bold.first() {
        Some(first) if bold.len() > FEW && bold.len() * 5 >= blocks.len() => {
            Err(BadStructure::BoldHeadings { count: bold.len(), first: excerpt(&first.text) })
        }
        _ => Ok(()),
    }
}

fn is_bold_line(text: &str, block: &Block) -> bool {
    const LONGEST: usize = 80;

    let source = text[block.source.clone()].trim();
    let inner = ["**", "__"].into_iter().find_map(|mark| {
        source.strip_prefix(mark)?.trim_end_matches(':').strip_suffix(mark).map(|inner| (mark, inner))
    });
    block.kind == Kind::Paragraph
        && block.text.chars().count() <= LONGEST
        && inner.is_some_and(|(mark, inner)| !inner.is_empty() && !inner.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Option<BadStructure> {
        let asked = Asked { language: "en", heading: "The Tide", points: &[], length: 100 };
        check(&SectionText::read(text, "en"), &asked).err()
    }

    #[test]
    fn data_in_place_of_prose_is_found() {
        for (text, what) in [
            ("{\"heading\": \"The Tide\", \"text\": \"It turned.\"}", "a JSON value"),
            ("{\"heading\": \"The Tide\", \"text\": \"It tur", "a JSON value"),
            ("[1, 2]", "a JSON value"),
            ("```json\n{}\n```", "one code block"),
            ("<html>\n<body>\n<p>It turned.</p>\n</body>\n</html>", "a page of HTML"),
            ("| a |\n|---|\n| b |", "one table"),
        ] {
            assert_eq!(fault(text), Some(BadStructure::Data(what)), "{text}");
        }
    }

    #[test]
    fn prose_with_a_list_a_listing_or_brackets_is_a_section() {
        for text in [
            "It turned.\n\n- early\n- late",
            "[Sic] is what editors write [when they must]",
            "{Braces} are rare.",
            "Run it:\n\n```sh\nmake\n```",
            "### Ebb\n\nIt fell.\n\n#### Low water\n\nIt stood.\n\n### Flood\n\nIt rose.",
            "**Ebb**\n\nIt fell.\n\n**Flood**\n\nIt rose.",
            "### Ebb\n\nIt fell.\n\n#### Signs\n\nMud.\n\n### Flood\n\nIt rose.\n\n#### Signs\n\nFoam.",
            "> ## A quoted heading\n\nIt turned.",
        ] {
            assert_eq!(fault(text), None, "{text}");
        }
    }

    #[test]
    fn a_list_without_a_paragraph_is_no_section() {
        assert_eq!(fault("### Tides\n\n- They rise.\n- They fall."), Some(BadStructure::BareList));
    }

    #[test]
    fn headings_out_of_place_are_found() {
        assert!(matches!(fault("## Ebb\n\nIt fell."), Some(BadStructure::High { level: 2, .. })));
        assert!(matches!(fault("Ebb\n===\n\nIt fell."), Some(BadStructure::High { level: 1, .. })));
        assert!(matches!(
            fault("### Ebb\n\nIt fell.\n\n##### Low\n\nIt stood."),
            Some(BadStructure::Jump { from: 3, to: 5, .. })
        ));
        assert_eq!(fault("It fell.\n\n### The tide\n\nIt rose."), Some(BadStructure::Repeated("The tide".to_owned())));
        assert_eq!(fault("### Ebb\n\nIt fell.\n\n### Ebb\n\nAgain."), Some(BadStructure::Repeated("Ebb".to_owned())));
    }

    #[test]
    fn many_bold_lines_are_headings_in_disguise() {
        let text = "**One**\n\nText.\n\n**Two:**\n\nText.\n\n__Three__\n\nText.\n\n**Four**:\n\nText.";
        assert_eq!(fault(text), Some(BadStructure::BoldHeadings { count: 4, first: "One".to_owned() }));
    }
}
