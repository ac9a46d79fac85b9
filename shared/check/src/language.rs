//! The gate against a section in another language than the book's.
//!
//! Only languages are judged that the detector knows, and none is told from its near relatives: Norwegian from Danish, Croatian
//! from Serbian, Czech from Slovak. A section that speaks two languages, as a course in one of them does, is in the book's.

mod known;

use std::borrow::Cow;

use bindery_text::{
    language,
    markdown::Block,
    quotation::{self, Quotations},
};
use whatlang::{Detector, Lang};

use super::{SectionText, lemma::stop_words};
use known::{Alphabet, KNOWN, Known, RELATIVES};

/// The text is in another language than the book's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is in {found}, but the book is in {asked}")]
pub struct OtherLanguage {
    /// The name of its language, or its script.
    found: String,
    /// The name of the book's language.
    asked: &'static str,
}

/// The least length of a text, in words, whose language can be told from others in the same script.
const WORDS: usize = 60;

/// The least length, in words, of a list of points whose language can be told.
const WORDS_OF_POINTS: usize = 20;

/// The least number of letters that tell a script.
const LETTERS: usize = 80;

pub(super) fn check(text: &SectionText<'_>, tag: &str) -> Result<(), OtherLanguage> {
    let blocks = text.blocks.iter().filter(|block| block.is_prose() && !block.quoted);
    let prose: Vec<_> = blocks.map(Block::prose).collect();
    other(&prose, tag, WORDS).map_or(Ok(()), Err)
}

/// Returns the tag of the language that a text is in, if its beginning tells it reliably.
pub fn detected(text: &str) -> Option<&'static str> {
    /// Enough for the detector, which reads every character several times.
    const CHARACTERS: usize = 5_000;

    let beginning: String = text.chars().take(CHARACTERS).collect();
    let found = whatlang::detect(&beginning).filter(whatlang::Info::is_reliable)?;
    KNOWN.iter().find(|known| known.lang == found.lang()).map(|known| known.tag)
}

/// Returns whether points are in another language than the text that is to make them, so that they share no words.
pub(super) fn differs(points: &[String], tag: &str) -> bool {
    let points: Vec<_> = points.iter().map(Cow::from).collect();
    other(&points, tag, WORDS_OF_POINTS).is_some()
}

/// Returns the language of paragraphs if it is surely not the book's.
fn other(paragraphs: &[Cow<'_, str>], tag: &str, least: usize) -> Option<OtherLanguage> {
    let primary = language::primary(tag);
    let own = KNOWN.iter().find(|known| known.tag == primary).filter(|_| !names_a_script(tag))?;
    let text = paragraphs.join("\n");
    let halves = samples(&text).map(|halves| halves.map(|half| guess(own, &half)));
    if halves == Some([Some(own.lang); 2]) {
        return None;
    }
    let letters = text.chars().filter(|char| char.is_alphabetic()).count();
    if letters < LETTERS {
        return None;
    }
    let own_letters = text.chars().filter(|&char| own.script.has(char)).count();
    if own_letters * 10 < letters {
        let found =
            whatlang::detect_script(&text).map_or("another script".to_owned(), |script| script.name().to_owned());
        return Some(OtherLanguage { found, asked: own.lang.eng_name() });
    }
    if words(own, &text) < least {
        return None;
    }
    let whole = whatlang::detect(&text).filter(whatlang::Info::is_reliable).map(|info| info.lang());
    let whole = whole.filter(|&found| is_foreign(own, found) && !speaks(paragraphs, own, found));
    let half = || halves?.into_iter().flatten().find(|&found| is_half(paragraphs, own, found));
    whole.or_else(half).map(|found| OtherLanguage { found: found.eng_name().to_owned(), asked: own.lang.eng_name() })
}

/// Returns whether a language is another one than the book's, and no near relative.
fn is_foreign(own: &Known, found: Lang) -> bool {
    found != own.lang && !RELATIVES.iter().any(|group| group.contains(&found) && group.contains(&own.lang))
}

/// Returns the length of a text in words. Two letters of a script without spaces count as one.
fn words(own: &Known, text: &str) -> usize {
    let spaced = text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count();
    match own.script {
        Alphabet::Han => spaced.max(text.chars().filter(|char| char.is_alphabetic()).count() / 2),
        _ => spaced,
    }
}

/// Returns pieces of both halves of a text, from their beginnings to their ends, so that most texts need not be read as a
/// whole; `None` for a text that is short.
fn samples(text: &str) -> Option<[String; 2]> {
    const PIECES: usize = 4;
    const BYTES: usize = 200;
    const LEAST: usize = 400;

    if text.len() < LEAST {
        return None;
    }
    let boundary = |at: usize| (at..text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
    let middle = text.len() / 2;
    Some([0, middle].map(|start| {
        let step = middle / PIECES;
        let piece =
            |piece: usize| &text[boundary(start + piece * step)..boundary(start + piece * step + BYTES.min(step))];
        (0..PIECES).map(piece).collect::<Vec<_>>().join("\n")
    }))
}

/// Returns the language of a sample; `None` where it has too few letters of the book's script or no language is likely.
fn guess(own: &Known, sample: &str) -> Option<Lang> {
    let found = whatlang::detect(sample)?.lang();
    let has_own_letters = || sample.chars().filter(|&char| own.script.has(char)).nth(LETTERS).is_some();
    (found != own.lang || has_own_letters()).then_some(found)
}

/// Returns whether a tag says in which script its language is written, which may not be the usual one.
fn names_a_script(tag: &str) -> bool {
    tag.split(['-', '_']).skip(1).any(|part| part.len() == 4 && !matches!(part, "Hans" | "Hant" | "Jpan"))
}

/// Returns whether a part of the text is in the book's language: a fifth of it, or more of its small words than of the other
/// language's. Verse and dialect are taken for other languages otherwise.
fn speaks(paragraphs: &[Cow<'_, str>], own: &Known, other: Lang) -> bool {
    const SHARE: usize = 5;

    let detector = Detector::with_allowlist(vec![own.lang, other]);
    let (mut all, mut in_own) = (0, 0);
    for passage in paragraphs.iter().flat_map(|paragraph| passages(paragraph)) {
        let words = passage.split_whitespace().count();
        all += words;
        in_own += if detector.detect_lang(passage) == Some(own.lang) { words } else { 0 };
    }
    if in_own > 0 && in_own * SHARE >= all {
        return true;
    }
    let Some(other) = KNOWN.iter().find(|known| known.lang == other) else {
        return false;
    };
    // The people of a novel may speak another language than its narrator.
    let narrated: Vec<_> = paragraphs.iter().map(|paragraph| outside_quotations(paragraph).into()).collect();
    more_small_words(paragraphs, own.tag, other.tag) || more_small_words(&narrated, own.tag, other.tag)
}

/// Returns the lines of a paragraph, of which short ones, as verse has, are read together, and long ones in parts.
fn passages(paragraph: &str) -> Vec<&str> {
    const LEAST: usize = 8;
    const MOST: usize = 40;

    let mut found = Vec::new();
    let (mut start, mut count) = (0, 0);
    for (at, space) in paragraph.match_indices(char::is_whitespace) {
        let ends_word = !paragraph[..at].ends_with(char::is_whitespace);
        count += usize::from(ends_word);
        if (space == "\n" && count >= LEAST) || count >= MOST {
            found.push(&paragraph[start..at]);
            (start, count) = (at, 0);
        }
    }
    found.push(&paragraph[start..]);
    // What is left of a long paragraph may be too short to tell.
    found.retain(|passage| passage.split_whitespace().nth(LEAST - 1).is_some());
    found
}

/// Returns whether the first or the last half of a text, and more than some words, is in another language than the book's.
fn is_half(paragraphs: &[Cow<'_, str>], own: &Known, other: Lang) -> bool {
    if !is_foreign(own, other) || !KNOWN.iter().any(|known| known.lang == other) {
        return false;
    }
    let detector = Detector::with_allowlist(vec![own.lang, other]);
    let narrated: Vec<String> = paragraphs.iter().map(|paragraph| outside_speech(paragraph)).collect();
    let judged: Vec<(usize, bool)> = narrated
        .iter()
        .flat_map(|paragraph| if own.script == Alphabet::Han { vec![paragraph.as_str()] } else { passages(paragraph) })
        .map(|passage| (words(own, passage), detector.detect_lang(passage) == Some(other)))
        .collect();
    let all: usize = judged.iter().map(|(words, _)| words).sum();
    let run = |passages: &mut dyn Iterator<Item = &(usize, bool)>| -> usize {
        passages.take_while(|(_, foreign)| *foreign).map(|(words, _)| words).sum()
    };
    let most = run(&mut judged.iter()).max(run(&mut judged.iter().rev()));
    most > WORDS && most * 2 >= all
}

/// Returns whether paragraphs have more small words of one language than of another; false where a list is missing.
fn more_small_words(paragraphs: &[Cow<'_, str>], tag: &str, than: &str) -> bool {
    let count = |tag: &str| {
        let list = stop_words::of(tag);
        let words = paragraphs.iter().flat_map(|paragraph| paragraph.split(|char: char| !char.is_alphabetic()));
        (!list.is_empty()).then(|| words.filter(|word| list.contains(word.to_lowercase().as_str())).count())
    };
    count(tag).zip(count(than)).is_some_and(|(own, other)| own > other)
}

/// Returns what stands outside of quotation marks, without the lines that a dash marks as speech.
fn outside_speech(paragraph: &str) -> String {
    let told = outside_quotations(paragraph);
    told.lines().filter(|line| !line.trim_start().starts_with(quotation::is_dash)).collect::<Vec<_>>().join("\n")
}

/// Returns what stands outside of quotation marks.
fn outside_quotations(paragraph: &str) -> String {
    let mut quotations = Quotations::default();
    let mut before = None;
    let mut chars = paragraph.chars().peekable();
    let mut outside = String::new();
    while let Some(char) = chars.next() {
        let is_mark = quotations.read(before, char, chars.peek().copied());
        outside.push(if is_mark || quotations.is_open() { ' ' } else { char });
        before = Some(char);
    }
    outside
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLES: &[(&str, &str)] = &[
        ("en", include_str!("calibration/essay.en.md")),
        ("de", include_str!("calibration/de.md")),
        ("es", include_str!("calibration/es.md")),
        ("fr", include_str!("calibration/fr.md")),
        ("it", include_str!("calibration/it.md")),
        ("nl", include_str!("calibration/nl.md")),
        ("pt", include_str!("calibration/pt.md")),
        ("ru", include_str!("calibration/ru.md")),
        ("ja", include_str!("calibration/ja.md")),
        ("zh", include_str!("calibration/zh.md")),
        ("ko", include_str!("calibration/ko.md")),
        ("ar", include_str!("calibration/ar.md")),
        ("th", include_str!("calibration/th.md")),
    ];

    fn is_other(text: &str, tag: &str) -> bool {
        check(&SectionText::read(text, tag), tag).is_err()
    }

    #[test]
    fn a_section_in_another_language_is_found() {
        for (own, _) in SAMPLES {
            for (tag, text) in SAMPLES {
                let near = matches!((*own, *tag), ("es", "pt") | ("pt", "es"));
                assert_eq!(is_other(text, own), own != tag && !near, "{tag} in a book in {own}");
            }
        }
    }

    #[test]
    fn a_language_that_is_not_known_or_has_near_relatives_is_not_judged() {
        let russian = include_str!("calibration/ru.md");
        let english = include_str!("calibration/essay.en.md");
        for tag in ["uk", "be", "bg"] {
            assert!(!is_other(russian, tag), "{tag}");
        }
        for tag in ["", "gl", "la", "eo", "sr", "sr-Latn", "xx", "sco"] {
            assert!(!is_other(english, tag), "{tag}");
        }
    }

    /// Returns the words of a text that stand between two shares of it, in percent.
    fn part(text: &str, from: usize, to: usize) -> String {
        let words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
        words[words.len() * from / 100..words.len() * to / 100].concat()
    }

    #[test]
    fn a_section_half_of_which_is_in_another_language_is_found() {
        let english = include_str!("calibration/essay.en.md");
        for (tag, text) in SAMPLES {
            let is_spaced = !matches!(*tag, "en" | "ja" | "zh" | "th");
            if is_spaced {
                assert!(is_other(&format!("{}\n\n{english}", part(text, 0, 50)), tag), "{tag}, then English");
                assert!(is_other(&format!("{english}\n\n{}", part(text, 0, 50)), tag), "English, then {tag}");
            }
        }
        let japanese = include_str!("calibration/ja.md");
        assert!(is_other(&format!("{japanese}\n\n{english}"), "ja"));
    }

    #[test]
    fn a_part_of_a_section_may_be_in_another_language() {
        let (english, german) = (include_str!("calibration/essay.en.md"), include_str!("calibration/de.md"));
        let german = part(german, 0, 100);
        assert!(!is_other(&format!("{english}\n\n{}", part(&german, 0, 40)), "en"));
        let quoted = part(&german, 0, 100).replace(['„', '“', '”', '»', '«', '"'], "").replace("\n\n", "”\n\n“");
        assert!(!is_other(&format!("{}\n\n“{}”", part(english, 0, 40), quoted.trim()), "en"));
    }

    #[test]
    fn verse_is_in_the_language_of_its_words() {
        let verse = "O captain of the silver sea,\nNo mortal knows the tide,\nImmortal, solemn, grave to see,\n\
                     And none may turn aside.\nTerra incognita, aurora,\nNova, et cetera, amen,\nThe harbour and its flora\n\
                     Shall not return again.\nO gloria, o memoria,\nO solemn hour of men,\nThe vessel and its story\n\
                     Is lost to mortal ken.\nO luna, dim and distant,\nO stella on the foam,\nThe tide is insistent\n\
                     And carries nobody home.";
        assert!(!is_other(verse, "en"));
    }

    #[test]
    fn a_section_that_quotes_or_teaches_another_language_is_in_its_own() {
        let (english, spanish) = (include_str!("calibration/essay.en.md"), include_str!("calibration/es.md"));
        let lessons = english.split("\n\n").zip(spanish.split("\n\n"));
        let lessons: Vec<String> = lessons.map(|(ours, theirs)| format!("{ours}\n\n{theirs}")).collect();
        assert!(!is_other(&lessons.join("\n\n"), "en"));
        assert!(!is_other(&format!("So he wrote.\n\n> {}", spanish.replace('\n', " ")), "en"));
        let speech = "“Mais non, mon ami, je ne sais pas ce que vous voulez dire, et je ne veux pas le savoir,” said she, and she \
                      had turned to the window. “Vous êtes venu trop tard, comme toujours, et il ne reste rien à dire ni à \
                      faire dans cette maison, où tout le monde dort depuis longtemps,” she went on, but he had gone.";
        assert!(!is_other(speech, "en"));
        assert!(!is_other("Mary had a little lamb.", "de"));
    }
}
