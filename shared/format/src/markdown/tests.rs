use proptest::{prelude::*, test_runner::RngSeed};
use pulldown_cmark::{Event, HeadingLevel, Tag};

use crate::{
    Chapter, Format, Manuscript, Publication, ValidManuscript,
    body::{Body, plain_text},
    book::Book,
    xhtml::{self, Medium},
};

fn book_of(bodies: &[&str]) -> Manuscript {
    Manuscript {
        title: "Book".to_owned(),
        subtitle: None,
        authors: Vec::new(),
        language: "en".to_owned(),
        description: String::new(),
        publisher: None,
        rights: None,
        date: "2026-11-23".to_owned(),
        identifier: "urn:uuid:0".to_owned(),
        notice: None,
        publication: Publication::default(),
        chapters: (1..)
            .zip(bodies)
            .map(|(number, body)| Chapter {
                number,
                shown_number: Some(number),
                part: None,
                title: format!("Title{number}"),
                body: (*body).to_owned(),
            })
            .collect(),
    }
}

fn bound(bodies: &[&str]) -> String {
    String::from_utf8(ValidManuscript::of(book_of(bodies)).unwrap().render(Format::Markdown).unwrap()).unwrap()
}

/// Returns the text between a chapter's heading in the bound book and the next chapter's.
fn chapter_of<'m>(markdown: &'m str, number: u32, bodies: &[&str]) -> &'m str {
    let start = format!("\n## {number}. Title{number}\n");
    let (_, rest) = markdown.split_once(&start).expect("the chapter's heading stands in the book");
    match (number as usize) < bodies.len() {
        true => rest.split(&format!("\n## {0}. Title{0}\n", number + 1)).next().unwrap(),
        false => rest,
    }
}

/// Returns the text of a chapter as a reader of the HTML sees it, without white space.
fn text_seen(body: &str) -> String {
    let valid = ValidManuscript::of(book_of(&[body])).unwrap();
    let xhtml = xhtml::chapter(&Book::read(&valid.0), 0, Medium::Html);
    let document = roxmltree::Document::parse(&xhtml).expect("a chapter is well formed");
    let texts = document.descendants().filter_map(|node| node.is_text().then(|| node.text()).flatten());
    texts.flat_map(str::chars).filter(|c| !c.is_whitespace()).collect()
}

fn body_of(bodies: &[&str], number: u32) -> String {
    chapter_of(&bound(bodies), number, bodies).trim().to_owned()
}

#[test]
fn headings_sink_below_the_chapters() {
    assert_eq!(body_of(&["# a\n\n## b ##\n\n#### c"], 1), "### a\n\n### b ##\n\n#### c");
    assert_eq!(body_of(&["a *b*\n===\n\nc #\n---"], 1), "### a *b*\n\n### c # #");
    assert_eq!(body_of(&["a\n*b*\n==="], 1), "### a b");
    assert_eq!(body_of(&["> ## a\n\n- # b"], 1), "> ### a\n\n- ### b");
    assert_eq!(body_of(&["```\n# a\n```\n\n    # b"], 1), "```\n# a\n```\n\n    # b");
}

#[test]
fn notes_of_different_chapters_and_sections_keep_apart() {
    let bodies = ["x[^1]\n\n[^1]: y\n\nz[^1]\n\n[^1]: w", "v[^1] [^2]\n\n[^1]: u"];
    assert_eq!(body_of(&bodies, 1), "x[^1-1]\n\n[^1-1]: y\n\nz[^1-2]\n\n[^1-2]: w");
    assert_eq!(body_of(&bodies, 2), "v[^2-1] [^2]\n\n[^2-1]: u");
}

#[test]
fn named_links_of_different_chapters_keep_apart() {
    let bodies = ["[a] [b][A] [A][]\n\n[a]: https://one.example 'T'", "[a][a]\n\n[a]: https://two.example"];
    assert_eq!(body_of(&bodies, 1), "[a][link-1-1] [b][link-1-1] [A][link-1-1]\n\n[link-1-1]: https://one.example 'T'");
    assert_eq!(body_of(&bodies, 2), "[a][link-2-1]\n\n[link-2-1]: https://two.example");
}

#[test]
fn unsafe_links_become_text_that_begins_nothing() {
    assert_eq!(body_of(&["[a b](javascript:x), <javascript:y>"], 1), "a b, javascript:y");
    assert_eq!(body_of(&["[x][y]\n\n[y]: data:y"], 1), "x\n\n[link-1-1]: data:y");
    assert_eq!(body_of(&["[# a](data:x)"], 1), "[# a]()");
    assert_eq!(body_of(&["[1. a](file:x)"], 1), "[1. a]()");
    assert_eq!(body_of(&["[[a](x)](javascript:y)"], 1), "[[a]()](javascript:y)");
    assert_eq!(body_of(&["[a](https://e.example/ 'kept')"], 1), "[a](https://e.example/ 'kept')");
}

#[test]
fn images_become_links_to_them_or_their_text() {
    assert_eq!(body_of(&["a!![b](https://e.example/c.png)"], 1), "a\\![b](https://e.example/c.png)");
    assert_eq!(body_of(&["![b](c.png) ![](d.png)"], 1), "b");
    assert_eq!(body_of(&["[![b](https://e.example/c.png)](https://e.example)"], 1), "[b](https://e.example)");
}

#[test]
fn raw_html_becomes_text() {
    assert_eq!(body_of(&["a <b>c</b><br>d"], 1), "a \\<b\\>c\\</b\\><br>d");
    assert_eq!(body_of(&["<div>\n    # a\n- b\n</div>"], 1), "\\<div\\>\n\\# a\n\\- b\n\\</div\\>");
}

#[test]
fn an_open_code_block_does_not_swallow_the_next_chapter() {
    assert_eq!(body_of(&["~~~~x\n~~~", "a"], 1), "~~~~x\n~~~\n~~~~");
    assert_eq!(body_of(&["```\na\n```", "a"], 1), "```\na\n```");
    assert_eq!(body_of(&["> ```\n> a", "a"], 1), "> ```\n> a");
}

#[test]
fn links_lead_to_headings_under_the_anchors_a_site_gives_them() {
    let bodies = ["## Same\n\n[x](#title2) [y](#same) [z](#nowhere)", "## Same\n\n[x](#same)"];
    assert_eq!(body_of(&bodies, 1), "### Same\n\n[x](#2-title2) [y](#same) z");
    assert_eq!(body_of(&bodies, 2), "### Same\n\n[x](#same-1)");
    assert!(bound(&bodies).contains("- [1. Title1](#1-title1)\n- [2. Title2](#2-title2)\n"));
}

/// Returns text with most of Markdown's constructs, broken and whole.
fn markdown() -> impl Strategy<Value = String> {
    let pieces = [
        "# ",
        "## ",
        "> ",
        "- ",
        "1. ",
        "- [ ] ",
        "\n",
        "\n\n",
        "\n    ",
        "*",
        "**",
        "_",
        "~~",
        "`",
        "```\n",
        "~~~\n",
        "[",
        "]",
        "](",
        ")",
        "![",
        "[a]",
        "\n\n[a]: https://e.example/a 't'\n\n",
        "[^1]",
        "[^1]: ",
        "\n\n[^1]: ",
        "https://e.example/",
        "javascript:x",
        "#a",
        "<b>",
        "</b>",
        "\n<div>\n",
        "<!-- ",
        " -->",
        "<br>",
        "|",
        "\n|-|-|\n",
        "&amp;",
        "&#35;",
        "\\",
        "  \n",
        "\n===\n",
        "\n---\n",
        "!",
        "word",
        "a",
        " ",
        "'t'",
        "]]>",
        "שלום",
        "日本",
        "\u{0}",
        "\r\n",
        "<https://e.example>",
        "<x:y>",
        "> [!NOTE]\n",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    // The cases are always the same: an odd construct that reads a little differently must not fail a run by chance.
    #![proptest_config(ProptestConfig {
        cases: 4_000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_bound_chapter_reads_like_the_chapter_alone(first in markdown(), second in markdown()) {
        let bodies = [first.as_str(), second.as_str()];
        let markdown = bound(&bodies);
        for (number, body) in (1..).zip(&bodies) {
            let chapter = chapter_of(&markdown, number, &bodies);
            prop_assert_eq!(text_seen(chapter), text_seen(body).replace("Title2", "Title1"), "{:?}", chapter);
        }
    }

    #[test]
    fn only_chapters_stand_at_the_second_level(first in markdown(), second in markdown()) {
        let markdown = bound(&[&first, &second, "end"]);
        let body = Body::read(markdown.split_once("---\n\n").unwrap().1);
        let top: Vec<_> = body.headings.iter().filter_map(|heading| {
            let (Event::Start(Tag::Heading { level, .. }), _) = &body.events[heading.event] else { return None };
            (*level <= HeadingLevel::H2).then_some(heading.text.as_str())
        }).collect();
        prop_assert_eq!(top, ["Book", "Contents", "1. Title1", "2. Title2", "3. Title3"]);
        prop_assert!(!plain_text(&body.events).is_empty() && markdown.ends_with('\n'));
    }
}
