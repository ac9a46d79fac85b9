//! Markdown that is changed block by block: what is not named stays byte for byte.

use std::{collections::BTreeMap, ops::Range};

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag};

/// A text in its outermost blocks: paragraphs, headings, whole lists, quotations, tables and code blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditableText<'a> {
    text: &'a str,
    blocks: Vec<EditableBlock>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct EditableBlock {
    source: Range<usize>,
    heading: Option<HeadingLevel>,
    is_break: bool,
}

/// A stretch of a text: a section with its heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch<'a> {
    text: &'a str,
    /// Where its blocks stand within it.
    blocks: Vec<Range<usize>>,
}

impl<'a> EditableText<'a> {
    /// Reads a text.
    pub fn read(text: &'a str) -> Self {
        let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_TASKLISTS;
        let (mut blocks, mut depth) = (Vec::new(), 0_usize);
        for (event, source) in Parser::new_ext(text, options).into_offset_iter() {
            match event {
                Event::Start(tag) => {
                    if depth == 0 {
                        let heading = if let Tag::Heading { level, .. } = tag { Some(level) } else { None };
                        blocks.push(EditableBlock { source, heading, is_break: false });
                    }
                    depth += 1;
                }
                Event::End(_) => depth -= 1,
                Event::Rule if depth == 0 => blocks.push(EditableBlock { source, heading: None, is_break: true }),
                _ => {}
            }
        }
        Self { text, blocks }
    }

    /// Divides the text into its sections: at its highest headings, or at its breaks where it has no heading. Joined, they are the
    /// text again.
    pub fn sections(&self) -> Vec<Stretch<'a>> {
        let highest = self.blocks.iter().filter_map(|block| block.heading).min();
        let divides = |block: &EditableBlock| if highest.is_some() { block.heading == highest } else { block.is_break };
        let mut starts: Vec<usize> = (1..self.blocks.len()).filter(|at| divides(&self.blocks[*at])).collect();
        starts.insert(0, 0);
        self.stretches(&starts)
    }

    /// Cuts the text before these blocks.
    fn stretches(&self, starts: &[usize]) -> Vec<Stretch<'a>> {
        let ends = starts.iter().skip(1).copied().chain([self.blocks.len()]);
        let cut = |at: usize| match self.blocks.get(at) {
            Some(_) if at == 0 => 0,
            Some(block) => block.source.start,
            None => self.text.len(),
        };
        let stretch = |(start, end): (usize, usize)| {
            let whole = cut(start)..cut(end).max(cut(start));
            let within = |block: &EditableBlock| block.source.start - whole.start..block.source.end - whole.start;
            Stretch { text: &self.text[whole.clone()], blocks: self.blocks[start..end].iter().map(within).collect() }
        };
        starts.iter().copied().zip(ends).map(stretch).collect()
    }
}

impl<'a> Stretch<'a> {
    /// Returns the text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Returns the texts of the blocks, in order.
    pub fn blocks(&self) -> impl ExactSizeIterator<Item = &'a str> {
        self.blocks.iter().map(|block| self.text[block.clone()].trim_end())
    }

    /// Returns whether the stretch has these words, whatever stands between their letters.
    pub fn has(&self, words: &str) -> bool {
        let letters = |text: &str| text.chars().filter(|char| char.is_alphanumeric()).collect::<String>();
        let wanted = letters(words);
        !wanted.is_empty() && letters(self.text).contains(&wanted)
    }

    /// Divides a stretch of many blocks into stretches of at most this many.
    pub fn divided(self, most: usize) -> Vec<Self> {
        if self.blocks.len() <= most {
            return vec![self];
        }
        let starts: Vec<usize> = (0..self.blocks.len()).step_by(most).collect();
        let cuts: Vec<usize> = starts
            .iter()
            .map(|at| if *at == 0 { 0 } else { self.blocks[*at].start })
            .chain([self.text.len()])
            .collect();
        let piece = |(nth, start): (usize, &usize)| {
            let (from, to) = (cuts[nth], cuts[nth + 1]);
            let blocks = &self.blocks[*start..(start + most).min(self.blocks.len())];
            let blocks = blocks.iter().map(|block| block.start - from..block.end - from).collect();
            Self { text: &self.text[from..to], blocks }
        };
        starts.iter().enumerate().map(piece).collect()
    }

    /// Returns the text with other texts in the place of some blocks, which are counted from 0. An empty text takes a block out.
    pub fn with(&self, changes: &BTreeMap<usize, String>) -> String {
        let (mut out, mut from) = (String::new(), 0);
        for (at, block) in self.blocks.iter().enumerate() {
            let Some(change) = changes.get(&at) else { continue };
            out.push_str(&self.text[from..block.start]);
            let old = &self.text[block.clone()];
            from = block.start + old.trim_end().len();
            match change.trim() {
                // The blank lines after a block that is taken out go with it.
                "" => from = self.blocks.get(at + 1).map_or(self.text.len(), |next| next.start),
                change => out.push_str(change),
            }
        }
        out.push_str(&self.text[from..]);
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str =
        "Before.\n\n## Salt\n\nIt is *white*.\n\n- one\n- two\n\n```\n# no heading\n\nx\n```\n\n## Iron\n\nIt rusts.\n";

    fn stretches(text: &str) -> Vec<Stretch<'_>> {
        EditableText::read(text).sections()
    }

    fn changed(stretch: &Stretch<'_>, changes: &[(usize, &str)]) -> String {
        stretch.with(&changes.iter().map(|(at, text)| (*at, (*text).to_owned())).collect())
    }

    #[test]
    fn a_text_is_divided_at_its_headings_and_a_list_or_code_is_one_block() {
        let sections = stretches(TEXT);
        let blocks: Vec<Vec<&str>> = sections.iter().map(|section| section.blocks().collect()).collect();
        assert_eq!(
            blocks,
            [
                vec!["Before."],
                vec!["## Salt", "It is *white*.", "- one\n- two", "```\n# no heading\n\nx\n```"],
                vec!["## Iron", "It rusts."],
            ]
        );
    }

    #[test]
    fn a_text_without_headings_is_divided_at_its_breaks() {
        let sections = stretches("One.\n\n***\n\nTwo.\n\nThree.\n");
        assert_eq!(sections.iter().map(Stretch::text).collect::<Vec<_>>(), ["One.\n\n", "***\n\nTwo.\n\nThree.\n"]);
        assert_eq!(stretches("One.\n\nTwo.\n").len(), 1);
        assert_eq!(stretches("").len(), 1);
    }

    #[test]
    fn only_the_named_blocks_change() {
        let section = &stretches(TEXT)[1];
        assert_eq!(
            changed(section, &[(1, "It is grey.\n\nIt dissolves.\n")]),
            "## Salt\n\nIt is grey.\n\nIt dissolves.\n\n- one\n- two\n\n```\n# no heading\n\nx\n```\n\n"
        );
        assert_eq!(changed(section, &[(2, ""), (3, " ")]), "## Salt\n\nIt is *white*.\n\n");
        assert_eq!(changed(section, &[]), section.text());
    }

    #[test]
    fn words_are_found_whatever_marks_stand_between_them() {
        let section = &stretches(TEXT)[1];
        assert!(section.has("It is white."));
        assert!(section.has("white\none"));
        assert!(!section.has("It rusts."));
        assert!(!section.has(" — "));
    }

    proptest! {
        #[test]
        fn the_stretches_are_the_text(text in r"([a-z>|`#*\[\]\-! \n\u{e9}]|```|\n\n|\n- |\n# |\n\[\^1\]: ){0,40}", most in 1usize..4) {
            let sections = stretches(&text);
            prop_assert_eq!(sections.iter().map(Stretch::text).collect::<String>(), text.as_str());
            for section in sections {
                prop_assert_eq!(section.with(&BTreeMap::new()), section.text());
                let pieces = section.clone().divided(most);
                prop_assert_eq!(pieces.iter().map(Stretch::text).collect::<String>(), section.text());
                prop_assert!(pieces.iter().all(|piece| piece.blocks().len() <= most));
            }
        }
    }
}
