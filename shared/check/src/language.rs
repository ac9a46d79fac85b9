//! The gate against a section in another language than the book's.
//!
//! Only languages are judged that the detector knows, and none is told from its near relatives: Norwegian from Danish, Croatian
//! from Serbian, Czech from Slovak. A section that speaks two languages, as a course in one of them does, is in the book's.

use std::borrow::Cow;

use bindery_text::{language, markdown::Block, quotation::Quotations};
use whatlang::{Detector, Lang};

use super::{SectionText, lemma::stop_words};

/// The text is in another language than the book's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is in {found}, but the book is in {asked}")]
pub struct OtherLanguage {
    /// The name of its language, or its script.
    found: String,
    /// The name of the book's language.
    asked: &'static str,
}

/// A language that the detector knows.
struct Known {
    /// The primary subtag.
    tag: &'static str,
    lang: Lang,
    script: Alphabet,
}

/// The letters of a language.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Latin,
    Cyrillic,
    Greek,
    Arabic,
    Hebrew,
    Han,
    Hangul,
    Thai,
    Devanagari,
}

#[rustfmt::skip]
const KNOWN: &[Known] = {
    use Alphabet::{Arabic, Cyrillic, Devanagari, Greek, Han, Hangul, Hebrew, Latin, Thai};
    const fn known(tag: &'static str, lang: Lang, script: Alphabet) -> Known {
        Known { tag, lang, script }
    }
    &[
        known("en", Lang::Eng, Latin), known("de", Lang::Deu, Latin), known("fr", Lang::Fra, Latin),
        known("es", Lang::Spa, Latin), known("it", Lang::Ita, Latin), known("pt", Lang::Por, Latin),
        known("nl", Lang::Nld, Latin), known("sv", Lang::Swe, Latin), known("da", Lang::Dan, Latin),
        known("nb", Lang::Nob, Latin), known("no", Lang::Nob, Latin), known("nn", Lang::Nob, Latin),
        known("fi", Lang::Fin, Latin), known("pl", Lang::Pol, Latin), known("cs", Lang::Ces, Latin),
        known("sk", Lang::Slk, Latin), known("hu", Lang::Hun, Latin), known("ro", Lang::Ron, Latin),
        known("tr", Lang::Tur, Latin), known("id", Lang::Ind, Latin), known("ms", Lang::Ind, Latin),
        known("vi", Lang::Vie, Latin), known("ca", Lang::Cat, Latin), known("hr", Lang::Hrv, Latin),
        known("sl", Lang::Slv, Latin), known("lt", Lang::Lit, Latin), known("lv", Lang::Lav, Latin),
        known("et", Lang::Est, Latin), known("ru", Lang::Rus, Cyrillic), known("uk", Lang::Ukr, Cyrillic),
        known("be", Lang::Bel, Cyrillic), known("bg", Lang::Bul, Cyrillic), known("mk", Lang::Mkd, Cyrillic),
        known("el", Lang::Ell, Greek), known("ar", Lang::Ara, Arabic), known("fa", Lang::Pes, Arabic),
        known("he", Lang::Heb, Hebrew), known("zh", Lang::Cmn, Han), known("ja", Lang::Jpn, Han),
        known("ko", Lang::Kor, Hangul), known("th", Lang::Tha, Thai), known("hi", Lang::Hin, Devanagari),
    ]
};

/// Languages that a detector takes for each other.
const RELATIVES: &[&[Lang]] = &[
    &[Lang::Swe, Lang::Dan, Lang::Nob],
    &[Lang::Hrv, Lang::Srp, Lang::Slv, Lang::Mkd, Lang::Bul],
    &[Lang::Ces, Lang::Slk],
    &[Lang::Rus, Lang::Ukr, Lang::Bel, Lang::Bul, Lang::Mkd, Lang::Srp],
    &[Lang::Ind, Lang::Jav, Lang::Tgl],
    &[Lang::Spa, Lang::Cat, Lang::Por],
    &[Lang::Fra, Lang::Cat],
    &[Lang::Ita, Lang::Lat, Lang::Cat],
    &[Lang::Nld, Lang::Afr],
    &[Lang::Deu, Lang::Yid],
    &[Lang::Tur, Lang::Aze, Lang::Uzb, Lang::Tuk],
    &[Lang::Fin, Lang::Est],
    &[Lang::Lit, Lang::Lav],
    &[Lang::Ara, Lang::Pes, Lang::Urd],
    &[Lang::Hin, Lang::Mar, Lang::Nep],
];

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
    if sample(&text).is_some_and(|sample| is_surely(own, &sample)) {
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
    // Two letters of a script without spaces count as a word.
    let spaced = text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count();
    if spaced.max(if own.script == Alphabet::Han { letters / 2 } else { 0 }) < least {
        return None;
    }
    let info = whatlang::detect(&text).filter(whatlang::Info::is_reliable)?;
    let found = info.lang();
    let related = RELATIVES.iter().any(|group| group.contains(&found) && group.contains(&own.lang));
    if found == own.lang || related || speaks(paragraphs, own, found) {
        return None;
    }
    Some(OtherLanguage { found: found.eng_name().to_owned(), asked: own.lang.eng_name() })
}

/// Returns pieces of a long text from its beginning to its end, so that most texts need not be read as a whole.
fn sample(text: &str) -> Option<String> {
    const PIECES: usize = 8;
    const BYTES: usize = 200;

    let step = text.len() / PIECES;
    let boundary = |at: usize| (at..).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
    let pieces = (0..PIECES).map(|piece| &text[boundary(piece * step)..boundary(piece * step + BYTES)]);
    (step > BYTES).then(|| pieces.collect::<Vec<_>>().join("\n"))
}

/// Returns whether a text is in the book's language without any doubt.
fn is_surely(own: &Known, text: &str) -> bool {
    let has_own_letters = text.chars().filter(|&char| own.script.has(char)).nth(LETTERS).is_some();
    has_own_letters && whatlang::detect(text).is_some_and(|info| info.lang() == own.lang && info.is_reliable())
}

/// Returns whether a tag says in which script its language is written, which may not be the usual one.
fn names_a_script(tag: &str) -> bool {
    tag.split(['-', '_']).skip(1).any(|part| part.len() == 4 && !matches!(part, "Hans" | "Hant" | "Jpan"))
}

/// Returns whether a part of the text is in the book's language: a fifth of its paragraphs, or more of its small words than
/// of the other language's. Verse and dialect are taken for other languages otherwise.
fn speaks(paragraphs: &[Cow<'_, str>], own: &Known, other: Lang) -> bool {
    const LEAST: usize = 8;
    const SHARE: usize = 5;

    let detector = Detector::with_allowlist(vec![own.lang, other]);
    let (mut all, mut in_own) = (0, 0);
    for paragraph in paragraphs.iter().flat_map(|paragraph| paragraph.lines()) {
        let words = paragraph.split_whitespace().count();
        if words >= LEAST {
            all += words;
            in_own += if detector.detect_lang(paragraph) == Some(own.lang) { words } else { 0 };
        }
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

/// Returns whether paragraphs have more small words of one language than of another; false where a list is missing.
fn more_small_words(paragraphs: &[Cow<'_, str>], tag: &str, than: &str) -> bool {
    let count = |tag: &str| {
        let list = stop_words::of(tag);
        let words = paragraphs.iter().flat_map(|paragraph| paragraph.split(|char: char| !char.is_alphabetic()));
        (!list.is_empty()).then(|| words.filter(|word| list.contains(word.to_lowercase().as_str())).count())
    };
    count(tag).zip(count(than)).is_some_and(|(own, other)| own > other)
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

impl Alphabet {
    fn has(self, char: char) -> bool {
        match self {
            Self::Latin => char.is_ascii_alphabetic() || matches!(char, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}'),
            Self::Cyrillic => matches!(char, '\u{400}'..='\u{52f}'),
            Self::Greek => matches!(char, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}'),
            Self::Arabic => matches!(char, '\u{600}'..='\u{77f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'),
            Self::Hebrew => matches!(char, '\u{590}'..='\u{5ff}'),
            Self::Han => {
                matches!(char, '\u{3005}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
            }
            Self::Hangul => matches!(char, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7a3}'),
            Self::Thai => matches!(char, '\u{e00}'..='\u{e7f}'),
            Self::Devanagari => matches!(char, '\u{900}'..='\u{97f}'),
        }
    }
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

    #[test]
    fn a_section_that_quotes_or_teaches_another_language_is_in_its_own() {
        let (english, spanish) = (include_str!("calibration/essay.en.md"), include_str!("calibration/es.md"));
        let third: String = english.split_inclusive("\n\n").take(3).collect();
        assert!(!is_other(&format!("{third}\n\n{spanish}"), "en"));
        assert!(!is_other(&format!("So he wrote.\n\n> {}", spanish.replace('\n', " ")), "en"));
        let speech = "“Mais non, mon ami, je ne sais pas ce que vous voulez dire, et je ne veux pas le savoir,” said she, and she \
                      had turned to the window. “Vous êtes venu trop tard, comme toujours, et il ne reste rien à dire ni à \
                      faire dans cette maison, où tout le monde dort depuis longtemps,” she went on, but he had gone.";
        assert!(!is_other(speech, "en"));
        assert!(!is_other("Mary had a little lamb.", "de"));
    }
}
