//! Promises that no input may break.

use proptest::{collection::vec, prelude::*};

use super::super::*;

/// Pieces from which every structure of Markdown can arise by chance.
const PIECES: [&str; 70] = [
    "word",
    "two words",
    "\n",
    "\n",
    "\n\n",
    " ",
    "  ",
    "    ",
    "\t",
    "- ",
    "* ",
    "+ ",
    "1. ",
    "2) ",
    "# ",
    "## ",
    "### ",
    "#### ",
    "> ",
    "```",
    "~~~",
    "`",
    "===",
    "---",
    "***",
    "- - -",
    "<!--",
    "-->",
    "<div>",
    "</div>",
    "<pre>",
    "</pre>",
    "<b>",
    "[a]",
    "[a]: b",
    "](x)",
    "![",
    "*",
    "**",
    "_",
    "\\",
    "{last}",
    "{",
    "}",
    "words=900",
    "&amp;",
    "&",
    "|",
    "|--|",
    "\"",
    "'",
    ":",
    "日本",
    "ü",
    "\u{3000}",
    "\u{a0}",
    "\u{2028}",
    "\u{85}",
    "\r\n",
    "\u{0}",
    "\u{c}",
    "1",
    "Chapter 1: ",
    "第1章",
    "~",
    "=",
    "Goals:",
    "**Goals**",
    "<?",
    "<!X",
];

fn soup() -> impl Strategy<Value = String> {
    vec(prop::sample::select(&PIECES[..]), 0..24).prop_map(|pieces| pieces.concat())
}

fn any_outline() -> impl Strategy<Value = serde_json::Value> {
    let section = (soup(), soup(), vec(soup(), 0..3)).prop_map(|(heading, summary, points)| {
        serde_json::json!({"heading": format!("s{heading}"), "summary": summary, "points": points})
    });
    let chapter = (soup(), soup(), vec(soup(), 0..4), vec(section, 0..3), any::<bool>(), 90..5000_u32);
    let chapter = chapter.prop_map(|(title, summary, points, sections, last, words)| {
        serde_json::json!({
            "title": title, "summary": summary, "points": points, "sections": sections, "last": last,
            "words": words.max(MIN_WORDS),
        })
    });
    let texts = (soup(), soup(), soup(), vec(soup(), 0..3), vec(soup(), 0..3));
    let front = (texts, vec((soup(), soup()), 0..3));
    let book = (soup(), soup(), front, vec(chapter, 1..4));
    book.prop_map(|(title, description, (texts, glossary), mut chapters)| {
        for (number, chapter) in chapters.iter_mut().enumerate() {
            let title = chapter["title"].as_str().unwrap().to_owned();
            chapter["title"] = format!("{title}{number}").into();
        }
        let (subtitle, tone, sample, author, canon) = texts;
        let glossary: std::collections::BTreeMap<_, _> = glossary.into_iter().collect();
        serde_json::json!({
            "title": format!("t{title}"), "description": description, "chapters": chapters,
            "subtitle": subtitle, "tone": tone, "sample": sample, "author": author,
            "canon": canon, "glossary": glossary,
        })
    })
}

/// A Markdown outline of random pieces below a title and chapters.
fn any_markdown() -> impl Strategy<Value = String> {
    (soup(), vec(soup(), 1..6)).prop_map(|(head, parts)| format!("# T\n\n{head}\n\n## A\n\n{}", parts.join("\n\n## ")))
}

/// Replaces each `word` by another one, and removes the marks of comments, instructions and declarations. Their words
/// are no words of the book.
fn with_distinct_words(text: &str) -> (String, usize) {
    let text = ["<!--", "-->", "<?", "<!X"].iter().fold(text.to_owned(), |text, mark| text.replace(mark, ""));
    let pieces: Vec<_> = text.split("word").collect();
    let mut numbered = pieces[0].to_owned();
    for (number, piece) in pieces[1..].iter().enumerate() {
        numbered += &format!("w{number}q{piece}");
    }
    (numbered, pieces.len() - 1)
}

fn edited(mut text: Vec<u8>, edits: Vec<(Edit, prop::sample::Index)>) -> Vec<u8> {
    for (edit, index) in edits {
        let at = index.index(text.len() + 1);
        match edit {
            Edit::Cut(length) => drop(text.drain(at..(at + length).min(text.len()))),
            Edit::Insert(bytes) => drop(text.splice(at..at, bytes)),
        }
    }
    text
}

#[derive(Clone, Debug)]
enum Edit {
    Cut(usize),
    Insert(Vec<u8>),
}

fn edits() -> impl Strategy<Value = Vec<(Edit, prop::sample::Index)>> {
    let edit = prop_oneof![
        (1..40_usize).prop_map(Edit::Cut),
        (0..2_000_usize).prop_map(Edit::Cut),
        soup().prop_map(|soup| Edit::Insert(soup.into_bytes())),
        vec(any::<u8>(), 1..8).prop_map(Edit::Insert),
    ];
    vec((edit, any::<prop::sample::Index>()), 1..8)
}

#[test]
fn hostile_repetition_is_read_in_linear_time() {
    const SIZE: usize = 200_000;
    let pieces = ["[", "![", "*a ", "`", "<!-- -->", "<", "> ", "- ", "-\n", "## a\n", "{", "\\", "](", "  - a\n"];
    let started = std::time::Instant::now();
    for piece in pieces {
        for before in ["", "---\n", "# T\n\n## ", "# T\n\n## A\n\n"] {
            let text = format!("{before}{}", piece.repeat(SIZE / piece.len()));
            for kind in KINDS {
                let _ = parse(text.as_bytes(), kind);
            }
        }
    }
    // It takes a few seconds; at quadratic cost each of these would take minutes.
    assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
}

const KINDS: [Kind; 3] = [Kind::Markdown, Kind::Yaml, Kind::Json];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_outline_written_as_markdown_reads_back_the_same(json in any_outline()) {
        if let Ok(outline) = parse(json.to_string().as_bytes(), Kind::Json) {
            let text = to_markdown(&outline);
            prop_assert_eq!(parse(text.as_bytes(), Kind::Markdown), Ok(outline), "{}", text);
        }
    }

    #[test]
    fn a_markdown_outline_written_again_reads_back_the_same(text in any_markdown()) {
        if let Ok(outline) = parse(text.as_bytes(), Kind::Markdown) {
            let again = to_markdown(&outline);
            prop_assert_eq!(parse(again.as_bytes(), Kind::Markdown), Ok(outline.clone()), "{}", again);
            let json = serde_json::to_vec(&outline).unwrap();
            prop_assert_eq!(parse(&json, Kind::Json), Ok(outline));
        }
    }

    #[test]
    fn every_word_the_writer_wrote_is_in_the_outline(text in any_markdown()) {
        let (text, count) = with_distinct_words(&text);
        if let Ok(outline) = parse(text.as_bytes(), Kind::Markdown) {
            let read = serde_json::to_string(&outline).unwrap();
            for number in 0..count {
                let word = format!("w{number}q");
                prop_assert!(read.contains(&word), "{} of {:?} is not in {}", word, text, read);
            }
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in vec(any::<u8>(), 0..200), text in any::<String>()) {
        for kind in KINDS {
            let _ = parse(&bytes, kind);
            let _ = parse(text.as_bytes(), kind);
        }
    }

    #[test]
    fn an_edited_outline_is_read_whole_or_rejected(edits in edits(), kind in prop::sample::select(&KINDS[..])) {
        let whole = parse(super::WHOLE.as_bytes(), Kind::Markdown).unwrap();
        let source = match kind {
            Kind::Markdown => super::WHOLE.into(),
            _ => serde_json::to_vec_pretty(&whole).unwrap(),
        };
        if let Ok(outline) = parse(&edited(source, edits), kind) {
            let text = to_markdown(&outline);
            prop_assert_eq!(parse(text.as_bytes(), Kind::Markdown), Ok(outline), "{}", text);
        }
    }
}
