//! The names of languages. A model keeps to a language that is named more surely than to one of which it has only the tag.

use bindery_text::language::table_language;

/// The English names of languages, by the tags of tables.
const NAMES: &[(&str, &str)] = &[
    ("ar", "Arabic"),
    ("bg", "Bulgarian"),
    ("bn", "Bengali"),
    ("ca", "Catalan"),
    ("cs", "Czech"),
    ("cy", "Welsh"),
    ("da", "Danish"),
    ("de", "German"),
    ("el", "Greek"),
    ("en", "English"),
    ("es", "Spanish"),
    ("et", "Estonian"),
    ("eu", "Basque"),
    ("fa", "Persian"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("ga", "Irish"),
    ("gl", "Galician"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("hr", "Croatian"),
    ("hu", "Hungarian"),
    ("hy", "Armenian"),
    ("id", "Indonesian"),
    ("is", "Icelandic"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ka", "Georgian"),
    ("km", "Khmer"),
    ("ko", "Korean"),
    ("la", "Latin"),
    ("lo", "Lao"),
    ("lt", "Lithuanian"),
    ("lv", "Latvian"),
    ("mk", "Macedonian"),
    ("ms", "Malay"),
    ("my", "Burmese"),
    ("nb", "Norwegian"),
    ("nl", "Dutch"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("ru", "Russian"),
    ("sk", "Slovak"),
    ("sl", "Slovenian"),
    ("sq", "Albanian"),
    ("sr", "Serbian"),
    ("sv", "Swedish"),
    ("sw", "Swahili"),
    ("ta", "Tamil"),
    ("te", "Telugu"),
    ("th", "Thai"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("ur", "Urdu"),
    ("vi", "Vietnamese"),
    ("zh", "Chinese"),
    ("zh-hant", "traditional Chinese"),
];

/// Returns a language with its tag, such as `German (de-AT)`; the tag alone where the language has no name here.
pub fn named_language(tag: &str) -> String {
    let language = table_language(tag);
    // A text that is no tag counts as English in tables of words.
    let is_tag = bindery_text::language::tag(tag).is_some();
    let name = NAMES.iter().find(|(known, _)| is_tag && *known == language);
    name.map_or_else(|| tag.to_owned(), |(_, name)| format!("{name} ({tag})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_named_with_its_tag() {
        let cases = [
            ("de-AT", "German (de-AT)"),
            ("zh-TW", "traditional Chinese (zh-TW)"),
            ("no", "Norwegian (no)"),
            ("tlh", "tlh"),
        ];
        for (tag, name) in cases {
            assert_eq!(named_language(tag), name);
        }
        assert_eq!(named_language("a tongue"), "a tongue");
    }
}
