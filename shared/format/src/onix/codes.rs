//! The codes of ONIX for what a book is: its edition, its contributors, its language, its subjects.

use bindery_outline::ContributorRole;

/// The form of a product, by lists 150 and 175.
pub(super) struct ProductForm {
    pub(super) form: &'static str,
    pub(super) detail: Option<&'static str>,
    pub(super) is_audio: bool,
}

/// Returns the form of an edition.
pub(super) fn product_form(edition: &str) -> ProductForm {
    let (form, detail) = match edition {
        "epub" => ("ED", Some("E101")),
        "kindle" => ("ED", Some("E116")),
        "pdf" => ("ED", Some("E107")),
        "html" | "scorm" => ("ED", Some("E105")),
        "docx" => ("ED", Some("E104")),
        "txt" | "md" => ("ED", Some("E112")),
        "paperback" => ("BC", None),
        "hardcover" => ("BB", None),
        "audiobook" => ("AJ", None),
        _ => ("ED", Some("E100")),
    };
    ProductForm { form, detail, is_audio: form == "AJ" }
}

/// Returns the code of a role in list 17.
pub(super) fn role_code(role: ContributorRole) -> &'static str {
    match role {
        ContributorRole::Editor => "B01",
        ContributorRole::Translator => "B06",
        ContributorRole::Illustrator => "A12",
        ContributorRole::Photographer => "A13",
        ContributorRole::Compiler => "C01",
        ContributorRole::Foreword => "A23",
        ContributorRole::Introduction => "A24",
        ContributorRole::Afterword => "A19",
        ContributorRole::CoverDesigner => "A36",
        ContributorRole::Narrator => "E07",
        ContributorRole::Contributor => "Z99",
    }
}

/// The scheme of Thema's subjects in list 27.
pub(super) const THEMA_SUBJECT: &str = "93";

/// Returns the scheme of a code of Thema in list 27. A qualifier begins with the digit of its kind.
pub(super) fn thema_scheme(code: &str) -> &'static str {
    match code.as_bytes().first() {
        Some(b'1') => "94",
        Some(b'2') => "95",
        Some(b'3') => "96",
        Some(b'4') => "97",
        Some(b'5') => "98",
        Some(b'6') => "99",
        _ => THEMA_SUBJECT,
    }
}

/// Returns the code of a language in ISO 639-2/B, which list 74 has; `None` for a language that is not in the table.
pub(super) fn language_code(tag: &str) -> Option<&'static str> {
    let primary = tag.split('-').next().unwrap_or_default().to_lowercase();
    LANGUAGES.iter().find(|[two, three]| *two == primary || *three == primary).map(|[_, three]| *three)
}

#[rustfmt::skip]
const LANGUAGES: [[&str; 2]; 62] = [
    ["af", "afr"], ["am", "amh"], ["ar", "ara"], ["az", "aze"], ["be", "bel"], ["bg", "bul"], ["bn", "ben"], ["bs", "bos"],
    ["ca", "cat"], ["cs", "cze"], ["cy", "wel"], ["da", "dan"], ["de", "ger"], ["el", "gre"], ["en", "eng"], ["es", "spa"],
    ["et", "est"], ["eu", "baq"], ["fa", "per"], ["fi", "fin"], ["fr", "fre"], ["ga", "gle"], ["gl", "glg"], ["gu", "guj"],
    ["he", "heb"], ["hi", "hin"], ["hr", "hrv"], ["hu", "hun"], ["hy", "arm"], ["id", "ind"], ["is", "ice"], ["it", "ita"],
    ["ja", "jpn"], ["ka", "geo"], ["kk", "kaz"], ["km", "khm"], ["ko", "kor"], ["lo", "lao"], ["lt", "lit"], ["lv", "lav"],
    ["mk", "mac"], ["mr", "mar"], ["ms", "may"], ["my", "bur"], ["nb", "nob"], ["nl", "dut"], ["nn", "nno"], ["no", "nor"],
    ["pl", "pol"], ["pt", "por"], ["ro", "rum"], ["ru", "rus"], ["sk", "slo"], ["sl", "slv"], ["sr", "srp"], ["sv", "swe"],
    ["sw", "swa"], ["ta", "tam"], ["th", "tha"], ["tr", "tur"], ["uk", "ukr"], ["zh", "chi"],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_the_code_of_libraries() {
        assert_eq!(language_code("pt-BR"), Some("por"));
        assert_eq!(language_code("DE"), Some("ger"));
        assert_eq!(language_code("jpn"), Some("jpn"));
        assert_eq!(language_code("tlh"), None);
    }

    #[test]
    fn a_qualifier_of_thema_has_a_scheme_of_its_own() {
        let schemes: Vec<&str> = ["FBA", "1DDU", "3MPB", "6AB"].into_iter().map(thema_scheme).collect();
        assert_eq!(schemes, ["93", "94", "96", "99"]);
    }
}
