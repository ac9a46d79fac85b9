//! The top-level blocks of a Markdown text: headings, lists, and prose, which is everything else.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

use super::super::fault::Fault;

/// A top-level block: it stands in no list and in no quotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) range: Range<usize>,
    pub(super) kind: BlockKind,
}

/// The kinds of blocks that the rules of outlines tell apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    /// A heading and its level, from 1.
    Heading(usize),
    /// A list, with the places where its items begin.
    List(Vec<usize>),
    /// A line across the page.
    Rule,
    /// A paragraph, a table, code, a quotation.
    Prose,
}

/// A block that is not closed and so runs to the end of the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unclosed {
    pub(super) start: usize,
    pub(super) fault: Fault,
}

/// Finds the blocks of a text.
///
/// An unclosed code fence, comment or `<pre>` would swallow all chapters after it. A paragraph that is added at the end
/// reveals it, because it must come back as a block of its own.
pub(super) fn blocks(text: &str) -> Result<Vec<Block>, Unclosed> {
    const END: &str = "end";
    let source = format!("{text}\n\n{END}");
    let mut blocks: Vec<Block> = Vec::new();
    let mut depth = 0_usize;
    for (event, range) in Parser::new(&source).into_offset_iter() {
        match event {
            Event::End(_) => depth -= 1,
            Event::Start(tag) => {
                if depth == 0 {
                    let kind = match tag {
                        Tag::Heading { level, .. } => BlockKind::Heading(level as usize),
                        Tag::List(_) => BlockKind::List(Vec::new()),
                        _ => BlockKind::Prose,
                    };
                    blocks.push(Block { range, kind });
                } else if let (1, Tag::Item, Some(Block { kind: BlockKind::List(items), .. })) =
                    (depth, &tag, blocks.last_mut())
                {
                    items.push(range.start);
                }
                depth += 1;
            }
            Event::Rule if depth == 0 => blocks.push(Block { range, kind: BlockKind::Rule }),
            _ => {}
        }
    }
    let last = blocks.pop().map_or(0, |block| block.range.start);
    if last + END.len() != source.len() {
        return Err(unclosed(text, last));
    }
    for Block { range, .. } in &mut blocks {
        range.end = range.end.min(text.len());
    }
    Ok(blocks)
}

fn unclosed(text: &str, start: usize) -> Unclosed {
    let block = text[start..].trim_start();
    let (what, close) = if block.starts_with("<!--") {
        ("HTML comment", "`-->`")
    } else if block.starts_with('<') {
        ("HTML block", "its end tag")
    } else {
        ("code block", "a line like the one that opens it")
    };
    Unclosed { start, fault: Fault::Unclosed { what, close } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_top_level_blocks_are_found() {
        let text = "# T\n\npara\n\n- a\n  - b\n\n  # in a\n- c\n\n> ## quoted\n\n***\n\nUnder\n---\n";
        let kinds: Vec<_> = blocks(text).unwrap().into_iter().map(|block| block.kind).collect();
        let items = vec![text.find("- a").unwrap(), text.find("- c").unwrap()];
        let expected = [
            BlockKind::Heading(1),
            BlockKind::Prose,
            BlockKind::List(items),
            BlockKind::Prose,
            BlockKind::Rule,
            BlockKind::Heading(2),
        ];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn an_unclosed_block_is_found_where_it_begins() {
        for (text, what) in [
            ("a\n\n```\ncode\n\n## Lost\n", "code block"),
            ("a\n\n~~~ x\n", "code block"),
            ("a\n\n<!-- note\n\n## Lost\n", "HTML comment"),
            ("a\n\n<pre>\n\n## Lost\n", "HTML block"),
        ] {
            let found = blocks(text).unwrap_err();
            assert_eq!(found.start, 3, "{text}");
            assert!(matches!(found.fault, Fault::Unclosed { what: w, .. } if w == what), "{text}");
        }
    }

    #[test]
    fn a_block_that_may_end_with_the_text_is_closed() {
        for text in ["", "a", "- a\n  ```\n  code", "> ```\n> x", "    code", "[a]:", "| a |\n|---|", "<div>"] {
            assert!(blocks(text).is_ok(), "{text}");
        }
    }
}
