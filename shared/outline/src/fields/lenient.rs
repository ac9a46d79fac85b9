//! What other tools and hurried writers put into front matter in place of a value. It is left out with a remark, or read as what
//! it plainly means.

use super::super::{
    dates,
    fault::shortened,
    habits::cleaned,
    node::{Entry, Value},
    values,
};

/// The names of languages, with their tags.
const LANGUAGES: [(&str, &[&str]); 26] = [
    ("en", &["english"]),
    ("de", &["german", "deutsch"]),
    ("fr", &["french", "français", "francais"]),
    ("es", &["spanish", "español", "espanol"]),
    ("it", &["italian", "italiano"]),
    ("pt", &["portuguese", "português"]),
    ("nl", &["dutch", "nederlands"]),
    ("pl", &["polish", "polski"]),
    ("cs", &["czech", "čeština"]),
    ("sk", &["slovak", "slovenčina"]),
    ("sv", &["swedish", "svenska"]),
    ("da", &["danish", "dansk"]),
    ("nb", &["norwegian", "norsk"]),
    ("fi", &["finnish", "suomi"]),
    ("hu", &["hungarian", "magyar"]),
    ("ro", &["romanian", "română"]),
    ("el", &["greek", "ελληνικά"]),
    ("tr", &["turkish", "türkçe"]),
    ("ru", &["russian", "русский"]),
    ("uk", &["ukrainian", "українська"]),
    ("ja", &["japanese", "日本語"]),
    ("zh", &["chinese", "中文"]),
    ("ko", &["korean", "한국어"]),
    ("ar", &["arabic", "العربية"]),
    ("he", &["hebrew", "עברית"]),
    ("hi", &["hindi", "हिन्दी"]),
];

/// Puts what a value means in its place, and returns why a value says nothing; `None` where it is to be read.
pub(super) fn left_out(entry: &mut Entry) -> Option<String> {
    if entry.key == "isbn"
        && let Value::Map(editions) = &mut entry.value.value
    {
        editions.retain(|edition| edition.value.as_text().is_none_or(has_figure));
        return None;
    }
    let text = entry.value.as_text()?.trim().to_owned();
    if is_placeholder(&text) {
        return Some(format!(
            "`{}` holds a placeholder of another tool, `{}`, and is left out",
            entry.key,
            shortened(&text)
        ));
    }
    let says_nothing = |what: &str| Some(format!("`{}` is {what}, so `{}` is left out", shortened(&text), entry.key));
    match entry.key.as_str() {
        "date" if dates::date(&text).is_none() && !dates::has_form(&text) => says_nothing("no date"),
        "isbn" if !has_figure(&text) => says_nothing("no ISBN"),
        "language" => {
            replace(entry, tag(&text));
            None
        }
        "words" => {
            replace(entry, values::counted_words(&text).map(|count| count.to_string()));
            None
        }
        "title" | "author" if text.starts_with("[[") && text.ends_with("]]") => {
            replace(entry, Some(cleaned(&text).into_owned()));
            None
        }
        _ => None,
    }
}

fn replace(entry: &mut Entry, text: Option<String>) {
    if let Some(text) = text {
        entry.value.value = Value::Plain(text);
    }
}

/// Returns the tag of a language that is given by its name.
pub(in super::super) fn tag(name: &str) -> Option<String> {
    let name = name.trim().to_lowercase();
    LANGUAGES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(tag, _)| (*tag).to_owned())
}

fn has_figure(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
}

fn is_placeholder(text: &str) -> bool {
    let is_whole = |open: &str, close: &str| text.starts_with(open) && text.ends_with(close) && text.len() > open.len();
    is_whole("{{", "}}") || is_whole("<%", "%>") || is_whole("`r ", "`") || is_whole("${", "}")
}

#[cfg(test)]
mod tests {
    use super::super::super::{Kind, Reading, read};

    fn reading(front: &str) -> Reading {
        read(format!("---\n{front}\n---\n\n# Wax\n\n## Bees\n").as_bytes(), Kind::Markdown, None).unwrap()
    }

    #[test]
    fn a_value_that_says_nothing_is_left_out_with_a_remark() {
        for line in [
            "date: last-modified",
            "date: Autumn 2026",
            "date: {{date:YYYY}}",
            "isbn: TBA",
            "author: \"{{name}}\"",
            "date: \"`r Sys.Date()`\"",
        ] {
            let reading = reading(line);
            assert_eq!(reading.notes.len(), 1, "{line}: {:?}", reading.notes);
            assert_eq!(reading.notes[0].line, Some(2));
            assert!(reading.notes[0].text.ends_with("left out"), "{:?}", reading.notes);
            assert_eq!(reading.outline.front, crate::FrontMatter::default(), "{line}");
        }
    }

    #[test]
    fn a_value_is_read_as_what_it_plainly_means() {
        let front = |line: &str| reading(line).outline.front;
        assert_eq!(front("lang: German").language.as_deref(), Some("de"));
        assert_eq!(front("language: Русский").language.as_deref(), Some("ru"));
        for typed in ["\"3,000\"", "3.000", "3000 words", "3k", "~3000"] {
            assert_eq!(front(&format!("words: {typed}")).words, Some(3_000), "{typed}");
        }
        assert_eq!(front("subtitle: Wax: A Life").subtitle.as_deref(), Some("Wax: A Life"));
        assert_eq!(front("subtitle: @home with bees").subtitle.as_deref(), Some("@home with bees"));
        assert_eq!(front("author: \"[[Bo Fox]]\"").author, ["Bo Fox"]);
    }
}
