//! The target of a section's form: prose under headings that are in place. A list, bold lines and questions are as good.

use std::collections::HashSet;

use bindery_text::markdown::{Block, Kind};

use super::{phrase::excerpt, tidy::same_heading};

/// The highest heading allowed inside of a section: the chapter's heading has level 1, the section's level 2.
pub(super) const INNER_LEVEL: u8 = 3;

/// What of a text's form could be better.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Form {
    /// It is nothing but one listing or one table.
    #[error("It is {0} and nothing else: write the prose around it.")]
    Bare(&'static str),
    /// A heading has the section's own level, or a higher one.
    #[error(
        "The heading “{heading}” has level {level}, but headings inside of a section begin at level {INNER_LEVEL}."
    )]
    High {
        /// The heading.
        heading: String,
        /// Its level.
        level: u8,
    },
    /// A heading is more than one level below the one before.
    #[error("The heading “{heading}” jumps from level {from} to level {to}.")]
    Jump {
        /// The heading.
        heading: String,
        /// The level before it.
        from: u8,
        /// Its own.
        to: u8,
    },
    /// A heading stands twice under the same heading, or repeats the section's.
    #[error("The heading “{0}” stands there twice.")]
    Repeated(String),
    /// It refers to a note that is not there.
    #[error("The note “{0}” has no text: write it, or leave the mark out.")]
    LooseNote(String),
    /// The text lists its points word for word instead of making them.
    #[error("It lists its points word for word, beginning with “{0}”: make them in sentences of its own.")]
    Echo(String),
}

/// Returns what of the form of a text could be better, if anything.
pub(super) fn find(blocks: &[Block], heading: &str, points: &[String]) -> Option<Form> {
    bare(blocks).or_else(|| headings(blocks, heading)).or_else(|| echo(blocks, points)).or_else(|| loose_note(blocks))
}

/// Finds the mark of a note without a text, which Markdown leaves as it stands.
fn loose_note(blocks: &[Block]) -> Option<Form> {
    let prose = blocks.iter().filter(|block| block.is_prose()).map(Block::prose);
    prose.into_iter().find_map(|text| {
        let start = text.find("[^")?;
        let end = start + text[start..].find(']')?;
        let is_mark = end > start + 2 && !text[start..end].contains(char::is_whitespace);
        is_mark.then(|| Form::LooseNote(text[start..=end].to_owned()))
    })
}

fn bare(blocks: &[Block]) -> Option<Form> {
    let mut kinds = blocks.iter().map(|block| block.kind).filter(|kind| *kind != Kind::Rule);
    match (kinds.next()?, kinds.next()) {
        (Kind::Code { .. }, None) => Some(Form::Bare("one code block")),
        (Kind::Table, None) => Some(Form::Bare("one table")),
        _ => None,
    }
}

fn headings(blocks: &[Block], section: &str) -> Option<Form> {
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
            return Some(Form::High { heading: heading(), level });
        }
        if level > before + 1 {
            return Some(Form::Jump { heading: heading(), from: before, to: level });
        }
        path.retain(|(above, _)| *above < level);
        path.push((level, block.text.to_lowercase()));
        if same_heading(&block.text, section) || !seen.insert(path.clone()) {
            return Some(Form::Repeated(heading()));
        }
        before = level;
    }
    None
}

/// Finds points that are list items, word for word; two of them are no coincidence. A list that holds nothing else was asked
/// for.
fn echo(blocks: &[Block], points: &[String]) -> Option<Form> {
    let letters = |text: &str| -> String {
        text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let points: Vec<_> = points.iter().map(|point| letters(point)).filter(|point| !point.is_empty()).collect();
    let mut echoed = blocks.iter().filter(|block| block.kind == Kind::Item && points.contains(&letters(&block.text)));
    let first = echoed.next()?;
    let has_prose = blocks.iter().any(|block| block.kind == Kind::Paragraph);
    echoed.next().filter(|_| has_prose).map(|_| Form::Echo(excerpt(&first.text)))
}

#[cfg(test)]
mod tests {
    use bindery_text::markdown;

    use super::*;

    fn fault(text: &str) -> Option<Form> {
        find(&markdown::blocks(text), "The Tide", &[])
    }

    #[test]
    fn prose_in_any_form_has_no_fault() {
        for text in [
            "It turned.\n\n- early\n- late",
            "### Tides\n\n- They rise.\n- They fall.",
            "**One**\n\nText.\n\n**Two:**\n\nText.\n\n__Three__\n\nText.\n\n**Four**:\n\nText.",
            "Run it:\n\n```sh\nmake\n```",
            "### Ebb\n\nIt fell.\n\n#### Low water\n\nIt stood.\n\n### Flood\n\nIt rose.",
            "### Ebb\n\nIt fell.\n\n#### Signs\n\nMud.\n\n### Flood\n\nIt rose.\n\n#### Signs\n\nFoam.",
            "> ## A quoted heading\n\nIt turned.",
        ] {
            assert_eq!(fault(text), None, "{text}");
        }
    }

    #[test]
    fn a_listing_or_a_table_alone_is_no_prose() {
        assert_eq!(fault("```json\n{}\n```"), Some(Form::Bare("one code block")));
        assert_eq!(fault("| a |\n|---|\n| b |"), Some(Form::Bare("one table")));
    }

    #[test]
    fn a_note_without_a_text_is_found() {
        assert_eq!(fault("It is so.[^a] Or not.[^b]\n\n[^a]: Note."), Some(Form::LooseNote("[^b]".to_owned())));
        assert_eq!(fault("Write `[^b]` and a [link].\n"), None);
    }

    #[test]
    fn headings_out_of_place_are_found() {
        assert!(matches!(fault("## Ebb\n\nIt fell."), Some(Form::High { level: 2, .. })));
        assert!(matches!(fault("Ebb\n===\n\nIt fell."), Some(Form::High { level: 1, .. })));
        assert!(matches!(
            fault("### Ebb\n\nIt fell.\n\n##### Low\n\nIt stood."),
            Some(Form::Jump { from: 3, to: 5, .. })
        ));
        assert_eq!(fault("It fell.\n\n### The tide\n\nIt rose."), Some(Form::Repeated("The tide".to_owned())));
        assert_eq!(fault("### Ebb\n\nIt fell.\n\n### Ebb\n\nAgain."), Some(Form::Repeated("Ebb".to_owned())));
    }

    #[test]
    fn points_listed_word_for_word_beside_prose_are_an_echo() {
        let points = ["Walls are heavier than plans".to_owned(), "Begin with the heaviest stone".to_owned()];
        let list = "- Walls are heavier than plans.\n- **Begin with the heaviest stone**\n";
        let found = |text: &str| find(&markdown::blocks(text), "", &points);
        assert!(matches!(found(&format!("{list}\nSo it is.")), Some(Form::Echo(_))));
        assert_eq!(found(list), None);
        assert_eq!(found("Walls are heavier than plans. Begin with the heaviest stone."), None);
    }
}
