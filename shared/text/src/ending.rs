//! Finds out whether a text has an end or was cut.
//!
//! A gateway may report a cut answer as complete, so the text itself is examined. Few signs prove a cut: an open code block,
//! an article at the end. The others also stand in good books: before a poem the sentence has no end, and a letter ends with
//! a name. So each sign says how sure it is.

mod lines;
mod marks;
mod pairs;

use super::{
    language::{self, WritingSystem},
    length::plain_length,
    markdown::{self, Block, Kind},
};

pub(crate) use marks::{is_terminal, needs_no_mark};

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

/// How sure a sign is that a text was cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Books have it as well, at the end of a section.
    Hint,
    /// A sentence stops in its middle. Printed prose does so before a poem or a picture.
    Likely,
    /// No text ends so.
    Certain,
}

/// A sign that a text was cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// What was found.
    pub cut: Cut,
    /// How sure it is.
    pub certainty: Certainty,
}

impl Sign {
    fn certain(cut: Cut) -> Self {
        Self { cut, certainty: Certainty::Certain }
    }

    fn likely(cut: Cut) -> Self {
        Self { cut, certainty: Certainty::Likely }
    }

    fn hint(cut: Cut) -> Self {
        Self { cut, certainty: Certainty::Hint }
    }
}

/// Returns how `text`, read as Markdown, is cut; `None` where it is whole. An empty text is not cut.
pub fn cut(text: &str, language: &str) -> Option<Cut> {
    sign_in_blocks(text, &markdown::blocks(text), language).map(|sign| sign.cut)
}

/// Returns the sign that a text was cut which was already read as these blocks.
pub fn sign_in_blocks(text: &str, blocks: &[Block], language: &str) -> Option<Sign> {
    let end = blocks.iter().rposition(|block| block.kind != Kind::Rule)?;
    let (before, last) = (&blocks[..end], &blocks[end]);
    let source = &text[last.source.clone()];
    match last.kind {
        Kind::Code { closed } => (!closed).then_some(Sign::certain(Cut::OpenFence)),
        Kind::Heading(_) if lines::says_the_end(&last.text) => None,
        Kind::Heading(_) => Some(Sign::certain(Cut::BareHeading(last.text.clone()))),
        Kind::Table => cut_table(source).map(Sign::certain),
        Kind::Rule => None,
        Kind::Html if last.text.trim_end().ends_with('>') => None,
        Kind::Html => in_paragraph(before, last, language),
        Kind::Footnote => pairs::unclosed(&last.prose()).or_else(|| dangling(last, language)).map(Sign::hint),
        Kind::Item if last.text.trim().is_empty() => Some(Sign::certain(Cut::EmptyItem)),
        Kind::Item => in_item(before, last, language).map(Sign::hint),
        Kind::Paragraph if lines::may_end_bare(source) || lines::is_attribution(before, last) => None,
        Kind::Paragraph => in_paragraph(before, last, language),
    }
}

fn in_paragraph(before: &[Block], last: &Block, language: &str) -> Option<Sign> {
    let (prose, text) = (last.prose(), &last.text);
    let unclosed = pairs::unclosed(&prose);
    if marks::ends_sentence(text, language) {
        // In speech over several paragraphs, each of them opens with a mark that only the last one closes.
        let speaks_on = unclosed == Some(Cut::OpenQuote) && prose.trim_start().starts_with(super::quotation::is_mark);
        return unclosed.filter(|_| !speaks_on).map(Sign::hint);
    }
    if ends_with_opening_mark(text) {
        return unclosed.map(Sign::certain);
    }
    let is_short = lines::is_short(text);
    if let Some(cut) = dangling(last, language) {
        let by_word = text.trim_end().ends_with(char::is_alphanumeric) || lines::splits_a_word(text);
        return Some(match (is_short, by_word) {
            (true, _) => Sign::hint(cut),
            (false, true) => Sign::certain(cut),
            (false, false) => Sign::likely(cut),
        });
    }
    let no_end = unclosed.clone().unwrap_or_else(|| Cut::NoEnd(tail(text, language)));
    if lines::stops_in_a_sentence(text, language) && !lines::is_verse(before, last) {
        return (!marks::needs_no_mark(language)).then(|| Sign::likely(no_end));
    }
    let may_go_without =
        marks::needs_no_mark(language) || lines::is_verse(before, last) || lines::is_label(before, text);
    if may_go_without { unclosed.map(Sign::hint) } else { Some(Sign::hint(no_end)) }
}

fn ends_with_opening_mark(text: &str) -> bool {
    text.trim_end().ends_with(['“', '„', '(', '[', '{', '「', '『', '（', '《'])
}

/// Items of one list end alike: all with a mark, or all without.
fn in_item(before: &[Block], last: &Block, language: &str) -> Option<Cut> {
    /// A single item longer than this is a sentence.
    const LABEL: usize = 12;

    if let Some(cut) = pairs::unclosed(&last.prose()) {
        return Some(cut);
    }
    if marks::ends_sentence(&last.text, language) || lines::names_a_word(&last.text) {
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
            ("en", "She lifted the latch and turned round and—"),
            ("en", "I wrote it all to her.\n\nYour loving brother,\n\nTom"),
            ("en", "On the door there was a card.\n\n*GONE FISHING UNTIL MONDAY MORNING*"),
            ("en", "He went in to his supper.\n\nTHE END"),
            ("en", "He went in to his supper.\n\n## The End"),
            ("en", "He knew one rhyme.\n\nRain from the west\nno time to rest"),
            ("en", "It is remembered in its short form: $a^2 = b^2$"),
            ("en", "the wind has no house  \nand no door\n\nwind"),
            ("en", "It was a long speech.\n\n“And so I left the town, and I never saw it again."),
            ("de", "Drei Formen genügen:\n\n- männlich: der\n- weiblich: die"),
            ("ja", "彼が振り返ったとき、そこにいたのは――"),
            ("ja", "窓に一句書いてあった。\n\n雪解けて\n\n村いっぱいの\n\n子どもかな"),
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

    fn certainty(text: &str, language: &str) -> Option<Certainty> {
        sign_in_blocks(text, &markdown::blocks(text), language).map(|sign| sign.certainty)
    }

    #[test]
    fn only_what_no_book_prints_is_certain() {
        for (language, text) in [
            ("en", "Run it:\n\n```sh\nmake all"),
            ("en", "It turned.\n\n### What remains"),
            ("en", "- flour\n- two eggs\n-"),
            ("en", "The men walked out to scrape their hulls, and the"),
            ("en", "The men walked out over the mud to scrape a weather-"),
            ("de", "Die Männer gingen hinaus ins Watt, um die Boote und die"),
            ("fr", "Les hommes sortirent sur la vase pour gratter la coque de"),
            ("en", "The men walked out to scrape their hulls. She said “"),
        ] {
            assert_eq!(certainty(text, language), Some(Certainty::Certain), "{language}: {text}");
        }
    }

    #[test]
    fn a_sentence_that_stops_in_its_middle_is_likely_cut() {
        for (language, text) in [
            ("en", "The water left the basin. The men who had been waiting for it walked out to scrape"),
            ("en", "Thus far I agree with the old poet of the harbours, who"),
            ("en", "The men who had been waiting for it all morning walked out, as the poet says,"),
            ("zh", "水退了。等了一上午的人们走到泥滩上去刮船底的"),
            ("ru", "Вода ушла. Люди, которые ждали этого всё утро, вышли скоблить днища"),
        ] {
            assert_eq!(certainty(text, language), Some(Certainty::Likely), "{language}: {text}");
        }
    }

    #[test]
    fn a_last_line_without_a_mark_is_a_hint_at_most() {
        for (language, text) in [
            ("en", "There are three kinds:"),
            ("en", "She said, “I will go."),
            ("en", "It was over (or so they said."),
            ("en", "The tide turned"),
            ("en", "It was measured.[^1]\n\n[^1]: Register, vol. 3; the hand is that of the"),
        ] {
            assert_eq!(certainty(text, language), Some(Certainty::Hint), "{language}: {text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_check_panic(text in r"\PC{0,80}|([-a.,()\[\]“”»`#| \n一。ก\u{e40}]|\$\$){0,60}", language in "en|ja|th|el|de") {
            cut(&text, &language);
        }
    }
}
