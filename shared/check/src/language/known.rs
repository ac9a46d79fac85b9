//! The languages that the detector knows, their letters and their near relatives.

use whatlang::Lang;

/// A language that the detector knows.
pub(super) struct Known {
    /// The primary subtag.
    pub(super) tag: &'static str,
    pub(super) lang: Lang,
    pub(super) script: Alphabet,
}

/// The letters of a language.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
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
pub(super) const KNOWN: &[Known] = {
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
pub(super) const RELATIVES: &[&[Lang]] = &[
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

impl Alphabet {
    /// Returns whether a letter is one of them.
    pub(super) fn has(self, char: char) -> bool {
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
