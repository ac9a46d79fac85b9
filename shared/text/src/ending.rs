//! Finds out whether a text has an end or was cut.
//!
//! A gateway may report a cut answer as complete, so the text itself is examined: its last block must be whole. A
//! paragraph must end as a sentence of its script does. A finished list, table, listing or picture may stand last.

mod marks;
mod pairs;

use super::{
    language::{self, WritingSystem},
    length::plain_length,
    markdown::{self, Block, Kind},
};

/// How a text breaks off; its message continues "the text".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cut {
    /// A code fence is not closed.
    #[error("ends in a code block that is never closed")]
    OpenFence,
    /// Nothing follows the last heading.
    #[error("ends with the heading “{0}” and nothing under it")]
    BareHeading(String),
    /// The last list item is empty.
    #[error("ends with an empty list item")]
    EmptyItem,
    /// The last row of a table has no end.
    #[error("ends in the middle of a table row")]
    TableRow,
    /// A bracket of the last paragraph is not closed.
    #[error("ends with an unclosed “{0}”")]
    OpenBracket(char),
    /// A quotation of the last paragraph is not closed.
    #[error("ends inside a quotation that is never closed")]
    OpenQuote,
    /// More must follow the last word or mark: an article, a conjunction, a comma, a colon, a hyphen.
    #[error("breaks off at “{0}”")]
    Dangling(String),
    /// The last sentence has no end.
    #[error("breaks off without the end of its last sentence: “{0}”")]
    NoEnd(String),
}

/// Returns how `text`, read as Markdown, is cut; `None` where it is whole. An empty text is not cut.
pub fn cut(text: &str, language: &str) -> Option<Cut> {
    cut_in_blocks(text, &markdown::blocks(text), language)
}

/// Returns how a text is cut that was already read as these blocks.
pub fn cut_in_blocks(text: &str, blocks: &[Block], language: &str) -> Option<Cut> {
    let end = blocks.iter().rposition(|block| block.kind != Kind::Rule)?;
    let (before, last) = (&blocks[..end], &blocks[end]);
    match last.kind {
        Kind::Code { closed } => (!closed).then_some(Cut::OpenFence),
        Kind::Heading(_) => Some(Cut::BareHeading(last.text.clone())),
        Kind::Table => cut_table(&text[last.source.clone()]),
        Kind::Rule => None,
        Kind::Html if last.text.trim_end().ends_with('>') => None,
        Kind::Html => cut_paragraph(last, language),
        Kind::Footnote => pairs::unclosed(&last.prose()).or_else(|| dangling(last, language)),
        Kind::Item => cut_item(before, last, language),
        Kind::Paragraph if is_picture(&text[last.source.clone()]) => None,
        Kind::Paragraph if is_attribution(before, last) => None,
        Kind::Paragraph => cut_paragraph(last, language),
    }
}

fn cut_paragraph(last: &Block, language: &str) -> Option<Cut> {
    pairs::unclosed(&last.prose()).or_else(|| {
        if marks::ends_sentence(&last.text, language) {
            return None;
        }
        dangling(last, language).or_else(|| {
            let may_go_without = marks::needs_no_mark(language) || is_verse(&last.text);
            (!may_go_without).then(|| Cut::NoEnd(tail(&last.text, language)))
        })
    })
}

/// Items of one list end alike: all with a mark, or all without.
fn cut_item(before: &[Block], last: &Block, language: &str) -> Option<Cut> {
    /// A single item longer than this is a sentence.
    const LABEL: usize = 12;

    if last.text.trim().is_empty() {
        return Some(Cut::EmptyItem);
    }
    if let Some(cut) = pairs::unclosed(&last.prose()) {
        return Some(cut);
    }
    if marks::ends_sentence(&last.text, language) {
        return None;
    }
    if let Some(cut) = dangling(last, language) {
        return Some(cut);
    }
    let siblings: Vec<_> = before.iter().rev().take_while(|block| block.kind == Kind::Item).collect();
    let ended = siblings.iter().filter(|item| marks::ends_sentence(&item.text, language)).count();
    let wants_end = if siblings.is_empty() {
        plain_length(&last.text, language) > LABEL * units_per_word(language)
    } else {
        ended * 3 >= siblings.len() * 2
    };
    (wants_end && !marks::needs_no_mark(language)).then(|| Cut::NoEnd(tail(&last.text, language)))
}

fn cut_table(source: &str) -> Option<Cut> {
    let mut rows = source.trim_end().lines().map(str::trim_end);
    let head_is_closed = rows.next().is_some_and(|row| row.ends_with('|'));
    let last_is_closed = rows.next_back().is_some_and(|row| row.ends_with('|'));
    (head_is_closed && !last_is_closed).then_some(Cut::TableRow)
}

fn dangling(last: &Block, language: &str) -> Option<Cut> {
    marks::is_dangling(&last.text, language).then(|| Cut::Dangling(tail(&last.text, language)))
}

fn is_picture(source: &str) -> bool {
    let source = source.trim();
    source.starts_with("![") && source.ends_with([')', ']'])
}

/// Returns whether the last line names the author of a quotation: a dash, then a few words.
fn is_attribution(before: &[Block], last: &Block) -> bool {
    const NAME: usize = 12;

    let after_quote = last.quoted || before.last().is_some_and(|block| block.quoted);
    let line = last.text.lines().next_back().unwrap_or_default().trim();
    let named = line.starts_with(['—', '–', '―']) || line.starts_with("--");
    after_quote && named && line.split_whitespace().count() <= NAME && !line.ends_with([',', '，'])
}

/// Returns whether the lines are verse, which may end without a mark: there are several, all short, few with a mark.
fn is_verse(text: &str) -> bool {
    const LINES: usize = 3;
    const WIDTH: usize = 60;

    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let marked = lines.iter().filter(|line| line.ends_with(marks::is_terminal)).count();
    lines.len() >= LINES && marked * 3 <= lines.len() && lines.iter().all(|line| line.chars().count() <= WIDTH)
}

/// Ideographic text is counted in characters, about two of which make a word.
fn units_per_word(language: &str) -> usize {
    if language::writing_system(language) == WritingSystem::Ideographic { 2 } else { 1 }
}

/// Returns the last few words, or the last characters of a script without spaces.
fn tail(text: &str, language: &str) -> String {
    const WORDS: usize = 6;
    const CHARACTERS: usize = 16;
    /// A looping model writes words of any length.
    const LONGEST: usize = 80;

    let words: Vec<_> = match language::writing_system(language) {
        WritingSystem::Spaced => text.split_whitespace().rev().take(WORDS).collect(),
        WritingSystem::Ideographic | WritingSystem::Unbroken => {
            last_characters(text, CHARACTERS).split_whitespace().rev().collect()
        }
    };
    let tail = words.into_iter().rev().collect::<Vec<_>>().join(" ");
    last_characters(&tail, LONGEST).to_owned()
}

fn last_characters(text: &str, count: usize) -> &str {
    let start = text.char_indices().rev().nth(count - 1).map_or(0, |(start, _)| start);
    &text[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_ends_as_its_script_ends_is_whole() {
        for (language, text) in [
            ("en", "The tide turned."),
            ("en", "Who would have known?!"),
            ("en", "She closed the door. “That was all.”"),
            ("en", "It was over (or so they said.)"),
            ("en", "It was over. (It was not.)"),
            ("en", "It was measured twice.[^1]\n\n[^1]: Lind, *Tides*, p. 4"),
            ("en", "It was measured twice. [12]"),
            ("en", "It was measured twice.²"),
            ("en", "Thus *n* is even. ∎"),
            ("en", "And then…"),
            ("en", "The end is **bold.**"),
            ("en", "Run it:\n\n```sh\nmake all\n```"),
            ("en", "| a | b |\n|---|---|\n| 1 | 2 |"),
            ("en", "You need:\n\n- flour\n- two eggs\n- a pinch of salt"),
            ("en", "1. Mix.\n2. Wait an hour.\n3. Bake."),
            ("en", "Ask two things:\n\n- what it is for\n- where it comes from"),
            ("en", "> Nothing is lost.\n>\n> — A ferryman's saying"),
            ("en", "> Nothing is lost.\n\n— Ada Marsh, *Letters*"),
            ("en", "Text.\n\n![The harbour at low tide](harbour.png)"),
            ("en", "Text.\n\n---"),
            ("en", "The rain comes down  \non the tin and the clover  \nand I am home  \nagain"),
            ("en", "$$\na = b\n$$"),
            ("de", "Er nickte. „So soll es sein.“"),
            ("de", "Er nannte es „die Mauer“."),
            ("de", "»Nein!«"),
            ("fr", "« Rien n’est perdu ! »"),
            ("es", "¿Y quién lo sabía?"),
            ("el", "Ποιος το ήξερε;"),
            ("ja", "雨は朝まで降り続いた。"),
            ("ja", "彼女は小さく笑った。「また明日」"),
            ("zh", "他终于明白了（至少他这样想）。"),
            ("zh", "“明天见！”"),
            ("ar", "وهكذا انتهت الرحلة؟"),
            ("ur", "سفر ختم ہوا۔"),
            ("hi", "यात्रा समाप्त हुई।"),
            ("th", "และเขาก็กลับบ้าน"),
            ("my", "သူပြန်လာသည်။"),
            ("km", "គាត់ត្រឡប់មកវិញ។"),
            ("hy", "Նա վերադարձավ։"),
            ("am", "ተመለሰ።"),
            ("en", ""),
        ] {
            assert_eq!(cut(text, language), None, "{language}: {text}");
        }
    }

    #[test]
    fn a_text_that_breaks_off_is_cut() {
        for (language, text) in [
            ("en", "The tide turned and the"),
            ("en", "The tide turned"),
            ("en", "The tide turned,"),
            ("en", "There are three kinds:"),
            ("en", "It was a well-"),
            ("en", "It was measured twice [12]"),
            ("en", "She said “"),
            ("en", "She said, “I will go."),
            ("en", "It was over (or so they said."),
            ("en", "It belongs to the dogs'"),
            ("en", "Text.\n\n### What remains"),
            ("en", "Run it:\n\n```sh\nmake all"),
            ("en", "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 |  4"),
            ("en", "1. Mix.\n2. Wait an hour.\n3. Bak"),
            ("en", "- flour\n- two eggs and"),
            ("en", "- flour\n- two eggs\n-"),
            ("en", "Text.\n\n3."),
            ("en", "- A single point that runs on for quite some time and then simply goes away"),
            ("en", "Text with **bold that never"),
            ("en", "The path is `src/main"),
            ("de", "Er nickte und sagte: „So soll es sein."),
            ("de", "Er nickte, weil"),
            ("fr", "Elle répondit : « Rien n’est"),
            ("ja", "雨は朝まで"),
            ("ja", "雨は朝まで降り、"),
            ("ja", "彼女は「また明日と言った。"),
            ("zh", "他终于明白了，"),
            ("zh", "他终于明白"),
            ("ar", "وهكذا انتهت الرحلة،"),
            ("ar", "وهكذا انتهت"),
            ("hi", "यात्रा समाप्त"),
            ("th", "เขากลับบ้านและ"),
            ("th", "เขากลับบ้าน (เมื่อวาน"),
            ("th", "เขากลับบ้านแ"),
        ] {
            assert_ne!(cut(text, language), None, "{language}: {text}");
        }
    }

    #[test]
    fn a_cut_says_where_in_few_words() {
        let cut = cut("One two three four five six seven eight nine the", "en").expect("it is cut");
        assert_eq!(cut.to_string(), "breaks off at “five six seven eight nine the”");
        let cut = super::cut("雨は朝まで降り続いて川の水かさは増していったが誰も", "ja").expect("it is cut");
        assert_eq!(cut, Cut::NoEnd("て川の水かさは増していったが誰も".to_owned()));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_check_panic(text in r"\PC{0,80}|([-a.,()\[\]“”»`#| \n一。ก\u{e40}]|\$\$){0,60}", language in "en|ja|th|el|de") {
            cut(&text, &language);
        }
    }
}
