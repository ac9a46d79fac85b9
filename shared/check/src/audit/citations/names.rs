//! What a word in a citation may be: a name, a word between names, or a year.

use std::{collections::HashSet, sync::LazyLock};

/// Words with a capital that are no surnames, by which a year in brackets belongs to an event, a place or a date: months and seasons,
/// words that begin a remark, events, and large places.
static NO_SURNAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let words = "
    january february march april may june july august september october november december jan feb mar apr jun jul aug
    sept sep oct nov dec spring summer autumn fall winter januar februar märz mai juni juli oktober dezember frühjahr
    frühling sommer herbst janvier février mars avril juin juillet août septembre octobre novembre décembre enero
    febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre gennaio maggio giugno luglio
    settembre ottobre dicembre
    the a an as in on at by from since until after before about around circa ca born died according quote quoting wie
    laut selon según comme como come secondo segundo volgens zoals founded established built opened closed published
    released reprinted revised copyright edition first second third season episode chapter part volume figure table page
    year vintage model version his her their our my its this that when where later early late mid now then also again
    only see note im am der die das seit nach vor um le la les en el los las il dr prof professor mr mrs ms sir lord
    lady king queen president
    war wars battle treaty crisis olympics olympic games cup festival exhibition expo fair revolution uprising flood
    fire earthquake hurricane act bill law constitution charter election elections census concert album film novel opera
    symphony massacre siege armistice congress conference summit prize award awards championship championships olympiade
    krieg weltkrieg guerre guerra apollo sputnik gemini voyager titanic
    africa america asia europe australia antarctica afghanistan algeria argentina austria bangladesh belgium bolivia
    bosnia brazil britain bulgaria burma cambodia cameroon canada chile china colombia congo croatia cuba cyprus
    czechoslovakia denmark ecuador egypt england estonia ethiopia finland france germany ghana greece greenland
    guatemala haiti hungary iceland india indonesia iran iraq ireland israel italy jamaica japan kenya korea kosovo
    kuwait laos latvia lebanon libya lithuania luxembourg malaysia malta mexico mongolia morocco nepal netherlands
    nicaragua nigeria norway pakistan palestine panama peru philippines poland portugal romania russia rwanda scotland
    serbia singapore slovakia slovenia somalia spain sudan sweden switzerland syria taiwan tanzania thailand tunisia
    turkey uganda ukraine uruguay venezuela vietnam wales yugoslavia zambia zimbabwe alaska california texas florida
    hawaii ohio virginia bavaria amsterdam antwerp athens atlanta auckland baghdad bangkok barcelona beijing beirut
    belfast belgrade berlin bern bologna bombay bonn boston bremen bristol brussels bucharest budapest buenos aires
    cairo calcutta cambridge chernobyl chicago cologne copenhagen dallas delhi detroit dresden dublin edinburgh florence
    frankfurt geneva genoa ghent hague glasgow hamburg hanoi havana helsinki hiroshima houston istanbul jakarta
    jerusalem johannesburg kabul kiev kyiv kyoto leipzig leningrad lima lisbon liverpool london lyon madrid manchester
    manila marseille melbourne miami milan montreal moscow mumbai munich münchen nagasaki nairobi naples nuremberg
    odessa osaka oslo ottawa oxford paris philadelphia prague pretoria quebec rio rome rotterdam saigon santiago
    sarajevo seattle seoul seville shanghai sofia stockholm strasbourg sydney tehran tokyo toronto trieste turin utrecht
    valencia vancouver venice verdun versailles vienna wien warsaw washington wellington york zurich zürich köln
    hannover stuttgart woodstock
    ";
    words.split_whitespace().collect()
});

/// Words between the names of a citation.
const BETWEEN: &[&str] = &[
    "and", "und", "et", "&", "y", "e", "och", "en", "al", "al.", "van", "von", "der", "den", "de", "del", "della",
    "di", "da", "du", "la", "le", "ter", "ten", "zu", "u.a.", "others",
];

/// Returns the year that a text begins with, and what follows. A letter may tell several works of one year apart.
pub(super) fn year(text: &str) -> Option<&str> {
    let is_year = text.len() >= 4 && text.is_char_boundary(4) && text[..4].bytes().all(|byte| byte.is_ascii_digit());
    if !is_year || !(text.starts_with("19") || text.starts_with("20")) {
        return None;
    }
    let rest = text[4..].strip_prefix(['a', 'b', 'c', 'd']).unwrap_or(&text[4..]);
    (!rest.starts_with(char::is_alphanumeric)).then_some(rest)
}

/// Returns whether a word begins with a capital and holds only what a name may hold.
pub(super) fn is_name(word: &str) -> bool {
    let bare = word.trim_end_matches([',', '.', ':']);
    let inner = |char: char| char.is_alphabetic() || matches!(char, '-' | '‑' | '\'' | '’' | '.');
    bare.starts_with(char::is_uppercase) && bare.chars().all(inner)
}

/// Returns whether a word of a citation stands between names, as "and" or "van" do.
pub(super) fn is_between(word: &str) -> bool {
    BETWEEN.contains(&word.trim_end_matches(',').to_lowercase().as_str())
}

/// Returns whether a word with a capital is no surname.
pub(super) fn is_no_surname(word: &str) -> bool {
    let bare = word.trim_matches(|char: char| !char.is_alphanumeric()).to_lowercase();
    NO_SURNAMES.contains(bare.as_str())
}
