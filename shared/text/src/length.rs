//! The length of a text as its readers count it.
//!
//! - Text in a spaced script is counted in words, by the rules of Unicode's annex 29. Text in Thai, Lao, Khmer or Burmese
//!   is counted in words, by a dictionary.
//! - Text in Chinese or Japanese is counted in characters: ideographs, kana, letters and digits, but neither punctuation
//!   nor spaces.
//! - Markdown's own signs do not count, nor do link targets and image paths.
//! - A word in a code block counts as one, also where characters are counted: a listing is read by its names and not by
//!   its letters.

use std::ops::Range;

use bindery_domain::Unit;

use super::{
    language::{self, WritingSystem},
    markdown::{self, Block, Kind},
};

/// Returns what the length of a text in `language`, a BCP 47 tag, is counted in.
pub fn unit(language: &str) -> Unit {
    match language::writing_system(language) {
        WritingSystem::Ideographic => Unit::Characters,
        WritingSystem::Spaced | WritingSystem::Unbroken => Unit::Words,
    }
}

/// Returns the length of `text`, read as Markdown, in the unit of `language`.
pub fn length(text: &str, language: &str) -> u32 {
    let blocks = markdown::blocks(text);
    let words: Vec<_> = blocks.iter().map(|block| word_ranges(block, language)).collect();
    of_blocks(&blocks, &words, language)
}

/// Returns where the words of a block stand in its text.
pub fn word_ranges(block: &Block, language: &str) -> Vec<Range<usize>> {
    let language = if is_code(block) { "" } else { language };
    language::word_ranges(&block.text, language)
}

/// Returns where the words of a paragraph stand in its text.
pub fn words_in(text: &str, language: &str) -> Vec<Range<usize>> {
    language::word_ranges(text, language)
}

/// Returns the length of blocks, each of which has its [`word_ranges`] in `words`.
pub fn of_blocks(blocks: &[Block], words: &[Vec<Range<usize>>], language: &str) -> u32 {
    let of_block = |(block, words): (&Block, &Vec<_>)| match unit(language) {
        Unit::Characters if !is_code(block) => characters(&block.text),
        Unit::Characters | Unit::Words => words.len(),
    };
    let length: usize = blocks.iter().zip(words).map(of_block).sum();
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Returns the length of `text`, in which Markdown has no meaning, in the unit of `language`.
pub(crate) fn plain_length(text: &str, language: &str) -> usize {
    match unit(language) {
        Unit::Characters => characters(text),
        Unit::Words => language::words(text, language).len(),
    }
}

fn characters(text: &str) -> usize {
    text.chars().filter(|char| char.is_alphanumeric()).count()
}

fn is_code(block: &Block) -> bool {
    matches!(block.kind, Kind::Code { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_is_counted_as_its_readers_count() {
        let cases = [
            ("en", "The ship left at 4:30; nobody waved, didn't they?", 10),
            ("de", "Der Hafenmeister sah’s und schwieg.", 5),
            ("fr", "L'eau monte aujourd'hui, lentement.", 4),
            ("ko", "비가 오는 날에는 창가에 앉는다.", 5),
            ("ar", "كانت السفينة في الميناء.", 4),
            ("hi", "नदी के किनारे एक गाँव था।", 6),
            ("ja", "雨の日は、窓辺で本を読む。", 11),
            ("zh-Hant", "下雨天,我坐在窗邊讀書。", 10),
            ("zh", "RabbitMQ 4 很快。", 11),
            ("th", "ภาษาไทย", 2),
        ];
        for (language, text, expected) in cases {
            assert_eq!(length(text, language), expected, "{language}: {text}");
        }
    }

    #[test]
    fn the_signs_of_markdown_do_not_count() {
        let cases = [
            ("### A *small* **bold** `name`\n\nText[^1].\n\n[^1]: A note.", 7),
            ("- one\n- two\n  1. three\n\n***\n\n> four", 4),
            ("See [the guide](https://example.com/a/b/c).", 3),
            ("| a | b |\n|---|---|\n| c | d e |", 5),
            ("![A map](maps/north.png)", 2),
        ];
        for (text, expected) in cases {
            assert_eq!(length(text, "en"), expected, "{text}");
        }
    }

    #[test]
    fn a_listing_counts_its_words_in_either_unit() {
        let listing = "```rust\nlet total = 1 + price;\n```";
        assert_eq!(length(listing, "en"), 4);
        assert_eq!(length(listing, "ja"), 4);
    }

    #[test]
    fn ideographic_languages_alone_are_counted_in_characters() {
        assert_eq!(unit("ja-JP"), Unit::Characters);
        assert_eq!(unit("zh-Hans"), Unit::Characters);
        assert_eq!(unit("th"), Unit::Words);
        assert_eq!(unit("ko"), Unit::Words);
    }
}
