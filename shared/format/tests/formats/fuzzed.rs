//! Books of any bytes. Fuzzers make up the bytes (`fuzz/`), and the tests read the bytes kept there.

use bindery_format::{Format, Manuscript, ValidManuscript};

use super::{
    documents::{check_epub, check_html},
    manuscripts::{chapters, smallest},
};

/// Binds a text as every part of a book that a stranger or a model may write. The files are well-formed, and their links
/// lead somewhere.
pub(crate) fn rendering(text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    let line: String = text.lines().next().unwrap_or_default().chars().take(300).collect();
    let titled = format!("A book of {line}");
    let manuscript = Manuscript {
        title: titled.clone(),
        subtitle: Some(line.clone()),
        authors: vec![line.clone()],
        language: line,
        description: text.clone().into_owned(),
        notice: Some(text.clone().into_owned()),
        chapters: chapters(&[(titled.as_str(), &text), ("Last", "It ends[^1].\n\n[^1]: Here.\n")]),
        ..smallest()
    };
    let valid = ValidManuscript::of(manuscript).expect("every field a book must have is there");
    let render = |format| valid.render(format).expect("a valid manuscript can be rendered");
    check_epub(&render(Format::Epub));
    check_html(std::str::from_utf8(&render(Format::Html)).expect("HTML is UTF-8"));
    std::str::from_utf8(&render(Format::Markdown)).expect("Markdown is UTF-8");
}
