//! Is every book bound into files that are whole, safe and complete, whatever its chapters say?

use bindery_format::{Format, Manuscript, RenderError, ValidManuscript};
use proptest::prelude::*;

#[path = "../../../fuzz/corpus.rs"]
mod corpus;
#[path = "formats/documents.rs"]
mod documents;
#[path = "formats/fuzzed.rs"]
mod fuzzed;
#[path = "formats/manuscripts.rs"]
mod manuscripts;
#[path = "formats/numbers.rs"]
mod numbers;
#[path = "formats/practice.rs"]
mod practice;
#[path = "formats/provenance.rs"]
mod provenance;

use documents::{check_epub, check_html, check_scorm, check_site, files, heading_levels, parse};
use manuscripts::{all, arabic, chapters, hostile, japanese, ordinary, published, smallest};

fn bound(format: Format, manuscript: &Manuscript) -> Vec<u8> {
    let valid = ValidManuscript::of(manuscript.clone()).expect("the manuscript can be a book");
    valid.render(format).expect("a valid manuscript can be rendered")
}

fn html(manuscript: &Manuscript) -> String {
    String::from_utf8(bound(Format::Html, manuscript)).expect("HTML is UTF-8")
}

fn epub_file(manuscript: &Manuscript, name: &str) -> String {
    let epub = bound(Format::Epub, manuscript);
    let found = files(&epub).into_iter().find(|(file, _)| file == name);
    found.unwrap_or_else(|| panic!("{name} is not in the EPUB")).1
}

fn text_of(xml: &str) -> String {
    let document = parse(xml);
    document.descendants().filter(|node| node.is_text()).filter_map(|node| node.text()).collect()
}

#[test]
fn every_book_is_well_formed_and_its_links_lead_somewhere() {
    for (name, manuscript) in all() {
        check_epub(&bound(Format::Epub, &manuscript));
        check_html(&html(&manuscript));
        check_site(&bound(Format::Site, &manuscript));
        check_scorm(&bound(Format::Scorm, &manuscript));
        assert!(bound(Format::Markdown, &manuscript).ends_with(b"\n"), "{name}");
    }
}

#[test]
fn kept_texts_are_bound_into_well_formed_books() {
    corpus::replay("rendering", fuzzed::rendering);
}

#[test]
fn the_same_manuscript_gives_the_same_bytes() {
    for (name, manuscript) in all() {
        for format in Format::all() {
            let once = bound(format, &manuscript);
            assert_eq!(once, bound(format, &manuscript.clone()), "{name} as {format}");
        }
    }
}

#[test]
fn no_heading_jumps_a_level_and_the_chapter_has_the_first() {
    for (_, manuscript) in all() {
        let levels = heading_levels(&parse(&html(&manuscript)));
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
        for (name, content) in files(&bound(Format::Epub, &manuscript)) {
            if name.starts_with("EPUB/chapter-") {
                let levels = heading_levels(&parse(&content));
                assert_eq!((levels[0], levels.iter().filter(|level| **level == 1).count()), (1, 1), "{name}");
            }
        }
    }
}

#[test]
fn what_a_hostile_chapter_says_is_shown_and_does_nothing() {
    let html = html(&hostile());
    let text = text_of(&html);
    for shown in [
        "<script>alert(document.cookie)</script>",
        "<style>body { display: none }</style>",
        "]]>",
        "the bottom",
        "let never = closed;",
        "👩‍👩‍👧‍👦",
    ] {
        assert!(text.contains(shown), "{shown}");
    }
    assert!(html.contains("<strong>bold</strong>"));
    for gone in [
        "onerror",
        "a comment",
        "<script",
        "<img",
        "<iframe",
        "<svg",
        "href=\"javascript",
        "href=\"data",
        "\u{0}",
        "\u{fffe}",
    ] {
        assert!(!html.contains(gone), "{gone}");
    }
    assert!(html.contains(
        "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\""
    ));
}

#[test]
fn tables_notes_code_lists_and_quotes_survive() {
    let html = html(&ordinary());
    for markup in [
        "<th scope=\"col\" class=\"right\">Height (ft)</th>",
        "<td class=\"center\">06:12</td>",
        "<pre dir=\"ltr\"><code class=\"language-python\">def height(",
        "<ol>\n<li>from the lowest water",
        "<li class=\"task\">☑ photograph",
        "<blockquote>\n<p>The sea does not know",
        "<div class=\"box note\" role=\"note\">",
        "<del>16.1</del>",
        "<a href=\"#chapter-2\">the next chapter</a>",
        "<a href=\"https://example.org/archive?box=7&amp;folder=2\">archive</a>",
        "<a href=\"https://example.org/staff.jpg\">The staff, photographed at low water</a>",
        "<a id=\"reference-1-1\" href=\"#note-1-1\" role=\"doc-noteref\">1</a>",
        "<li>\n<div id=\"note-2-1\" role=\"doc-footnote\">\n<p>This is the same ledger",
        "href=\"#reference-2-1\" role=\"doc-backlink\"",
    ] {
        assert!(html.contains(markup), "{markup}");
    }
}

#[test]
fn a_book_written_from_right_to_left_says_so() {
    let html = html(&arabic());
    assert!(html.contains("<html lang=\"ar\" dir=\"rtl\">"));
    assert!(html.contains("<p dir=\"ltr\">This paragraph is English"));
    assert!(html.contains("<code dir=\"ltr\">read()</code>"));
    assert!(
        epub_file(&arabic(), "EPUB/package.opf").contains("<spine toc=\"ncx\" page-progression-direction=\"rtl\">")
    );
    assert!(epub_file(&arabic(), "EPUB/chapter-001.xhtml").contains("xml:lang=\"ar\" dir=\"rtl\""));
}

#[test]
fn a_line_end_is_no_space_in_a_script_that_has_none() {
    let html = html(&japanese());
    assert!(html.contains("潮は満ち、潮は引く。"));
    assert!(html.contains("<strong>目盛りのついた柱</strong>"));
}

#[test]
fn an_epub_tells_what_it_is() {
    let package = epub_file(&ordinary(), "EPUB/package.opf");
    for metadata in [
        "<dc:identifier id=\"identifier\">urn:uuid:6f2c1a54-9d0e-5a8b-8f1d-0c3b7e9a4d21</dc:identifier>",
        "<meta refines=\"#subtitle\" property=\"title-type\">subtitle</meta>",
        "<dc:creator id=\"creator-2\">T. Okafor</dc:creator>",
        "<dc:rights>© 2026 Ines Calder &amp; T. Okafor</dc:rights>",
        "<dc:description>A book about tide tables, for readers who own no boat.</dc:description>",
        "<meta property=\"dcterms:modified\">2026-11-23T00:00:00Z</meta>",
    ] {
        assert!(package.contains(metadata), "{metadata}");
    }
    assert!(!package.contains("conformsTo"), "nobody has judged it");
    let complete = Manuscript { modified: Some("2026-12-01T10:11:12Z".to_owned()), ..ordinary() };
    let package = epub_file(&complete, "EPUB/package.opf");
    assert!(package.contains("<meta property=\"dcterms:modified\">2026-12-01T10:11:12Z</meta>"));
    let navigation = epub_file(&ordinary(), "EPUB/nav.xhtml");
    assert!(navigation.contains("<a href=\"chapter-003.xhtml#chapter-3\">Chapter 3: Machines that Add Cosines</a>"));
    assert!(
        navigation
            .contains("<a href=\"chapter-001.xhtml#chapter-1-what-the-notches-meant\">What the notches meant</a>")
    );
    assert!(!navigation.contains("A disagreement of two feet"), "a contents list shows one level of sections");
}

#[test]
fn what_sells_a_book_stands_in_the_metadata_of_its_epub() {
    let package = epub_file(&published(), "EPUB/package.opf");
    for metadata in [
        "<dc:identifier id=\"isbn\">urn:isbn:9783161484100</dc:identifier>\n\
         <meta refines=\"#isbn\" property=\"identifier-type\" scheme=\"onix:codelist5\">15</meta>",
        "<dc:contributor id=\"contributor-2\">R. translator &amp; Co.</dc:contributor>\n\
         <meta refines=\"#contributor-2\" property=\"role\" scheme=\"marc:relators\">trl</meta>",
        "<meta property=\"dcterms:conformsTo\" id=\"conformance\">EPUB Accessibility 1.1 - WCAG 2.1 Level AA</meta>\n\
         <meta property=\"a11y:certifiedBy\" refines=\"#conformance\">Ada &amp; Co.</meta>",
        "<meta property=\"belongs-to-collection\" id=\"series\">Tides &lt;of the North&gt;</meta>",
        "<meta refines=\"#series\" property=\"group-position\">2</meta>",
        "<dc:subject>harbours &amp; ports</dc:subject>",
        "<meta refines=\"#subject-1\" property=\"authority\">BISAC</meta>",
        "<meta refines=\"#subject-3\" property=\"authority\">Thema</meta>",
        "<dc:date>2026-03-31</dc:date>",
        "<dc:description>The sea keeps time. This book reads it.</dc:description>",
        "<meta property=\"schema:digitalSourceType\">",
    ] {
        assert!(package.contains(metadata), "{metadata} is missing in\n{package}");
    }
    let bare = epub_file(&ordinary(), "EPUB/package.opf");
    for absent in ["<dc:date>", "digitalSourceType", "urn:isbn"] {
        assert!(!bare.contains(absent), "{absent}: it was not given");
    }
}

#[test]
fn every_format_for_readers_has_the_copyright_page_and_says_that_a_model_wrote_the_text() {
    let markdown = String::from_utf8(bound(Format::Markdown, &published())).unwrap();
    let pages = ["copyright", "disclosure"].map(|page| epub_file(&published(), &format!("EPUB/{page}.xhtml")));
    for text in [markdown, text_of(&html(&published())), pages.concat()] {
        for said in ["ISBN 978-3-16-148410-0 (EPUB)", "2nd edition", "artificial intelligence", "openai:gpt-5"] {
            assert!(text.contains(said), "{said} is missing in\n{text}");
        }
    }
    let bare = html(&ordinary());
    assert!(!bare.contains("artificial intelligence") && !bare.contains("2026-11-23"));
}

#[test]
fn an_onix_record_has_a_product_for_each_isbn_and_names_the_model_among_the_authors() {
    let onix = String::from_utf8(bound(Format::Onix, &published())).unwrap();
    let document = parse(&onix);
    let texts = |name: &str| -> Vec<String> {
        let named = document.descendants().filter(|node| node.tag_name().name() == name);
        named.filter_map(|node| node.text().map(str::to_owned)).collect()
    };
    assert_eq!(texts("IDValue"), ["9783161484100", "0306406152"]);
    assert_eq!(texts("ProductForm"), ["ED", "BC"]);
    assert_eq!(texts("UnnamedPersons"), ["09", "09"]);
    assert_eq!(texts("TitleText")[0], "Tides <of the North>");
}

#[test]
fn the_modules_and_lessons_of_a_course_are_the_outline_of_its_package() {
    let mut course = ordinary();
    course.chapters[1].part = Some("Module 1: The Moon".to_owned());
    course.chapters[2].part = Some("Module 1: The Moon".to_owned());
    let archive = files(&bound(Format::Scorm, &course));
    let manifest = parse(&archive[0].1);
    let titles = manifest.descendants().filter(|node| node.tag_name().name() == "title");
    let titles: Vec<_> = titles.filter_map(|title| title.text()).collect();
    let expected = [
        "The Keeper of Tides",
        "1. The Staff in the Wall",
        "Module 1: The Moon",
        "2. Counting the Moon",
        "Chapter 3: Machines that Add Cosines",
    ];
    assert_eq!(titles, expected);
}

#[test]
fn chapters_left_out_leave_their_numbers_out() {
    let mut manuscript = ordinary();
    manuscript.chapters.remove(1);
    let html = html(&manuscript);
    assert!(html.contains("id=\"chapter-3\"") && !html.contains("id=\"chapter-2\""));
    assert!(!html.contains(">the next chapter</a>"), "a link to a missing chapter is its text");
    check_epub(&bound(Format::Epub, &manuscript));
}

#[test]
fn a_manuscript_that_cannot_be_a_book_is_refused_with_the_reason() {
    let mut swapped = ordinary();
    swapped.chapters.swap(0, 1);
    let refused = [
        (Manuscript { title: " \u{0}".to_owned(), ..smallest() }, "the book has no title"),
        (
            Manuscript { date: "23 Nov 2026".to_owned(), ..smallest() },
            "the book's date `23 Nov 2026` is not a day written as YYYY-MM-DD",
        ),
        (swapped, "chapter 1 stands after chapter 2: the chapters are not in order"),
    ];
    for (manuscript, reason) in refused {
        let error: RenderError = ValidManuscript::of(manuscript).unwrap_err();
        assert_eq!(error.to_string(), reason);
    }
}

#[test]
fn a_hundred_thousand_levels_and_repetitions_take_linear_space() {
    let deep = "> ".repeat(50_000) + "x\n\n" + &"- ".repeat(50_000) + "x\n\n" + &"*a **b ".repeat(20_000);
    let wide = "## Same\n\nx[^1] ".repeat(5_000) + "\n\n[^1]: y\n\n" + &"- [^a]: ".repeat(5_000);
    let manuscript = Manuscript { chapters: chapters(&[("Deep", &deep), ("Wide", &wide)]), ..smallest() };
    let length = deep.len() + wide.len();
    let html = html(&manuscript);
    check_html(&html);
    assert!(html.len() < 20 * length, "{} bytes of {length}", html.len());
}

/// Text with what XML, HTML and Markdown take for their own, and anything else.
fn text() -> impl Strategy<Value = String> {
    let marks = prop::sample::select(vec![
        "<",
        ">",
        "&",
        "\"",
        "'",
        "]]>",
        "<!--",
        "-->",
        "<?x?>",
        "<script>",
        "</p>",
        "&#0;",
        "&amp;",
        "\n",
        "\n\n",
        "# ",
        "> ",
        "- ",
        "1. ",
        "```\n",
        "`",
        "*",
        "**",
        "~~",
        "[",
        "](",
        ")",
        "![",
        "[^1]",
        "\n\n[^1]: ",
        "javascript:",
        "https://e.org/",
        "#a",
        "|",
        "\n|-|\n",
        "\\",
        "\u{0}",
        "\u{b}",
        "\u{fffe}",
        "\u{202e}",
        "שלום",
        "日本",
        "    ",
        "<br>",
        "[ ] ",
        "$",
        "\\(",
        "\\)",
        "\\frac{",
        "}{",
        "$$",
        "<sup>",
        "</sup>",
        "<ruby>",
        "<rt>",
        "\n: ",
    ]);
    let piece = prop_oneof![4 => marks.prop_map(str::to_owned), 1 => any::<String>()];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_in_any_place_gives_whole_documents(
        title in text(), subtitle in text(), author in text(), language in text(), notice in text(), first in text(), second in text(),
    ) {
        let manuscript = Manuscript {
            title: format!("T{title}"),
            subtitle: Some(subtitle),
            authors: vec![author.clone(), author],
            description: first.clone(),
            notice: Some(notice),
            language,
            chapters: chapters(&[(&title, &first), (&second, &second)]),
            ..smallest()
        };
        check_epub(&bound(Format::Epub, &manuscript));
        check_html(&html(&manuscript));
        bound(Format::Markdown, &manuscript);
        bound(Format::Text, &manuscript);
        serde_json::from_slice::<serde_json::Value>(&bound(Format::Json, &manuscript)).unwrap();
        for (name, content) in files(&bound(Format::Docx, &manuscript)) {
            if name.ends_with(".xml") {
                parse(&content);
            }
        }
    }
}

#[test]
fn a_document_of_a_word_processor_is_whole_and_says_what_it_is() {
    for (name, manuscript) in all() {
        let files = files(&bound(Format::Docx, &manuscript));
        let parts = files.iter().filter(|(name, _)| name.ends_with(".xml") || name.ends_with(".rels"));
        let parsed = parts.map(|(name, content)| (name.as_str(), parse(content)));
        let parsed: std::collections::BTreeMap<_, _> = parsed.collect();
        let ids = |part: &str, attribute: &str| -> Vec<String> {
            let nodes = parsed[part].descendants();
            nodes
                .flat_map(|node| node.attributes())
                .filter(|found| found.name() == attribute)
                .map(|found| found.value().to_owned())
                .collect()
        };
        let styles = ids("word/styles.xml", "styleId");
        let used = parsed["word/document.xml"].descendants().filter(|node| node.tag_name().name() == "pStyle");
        for style in used.filter_map(|node| node.attributes().next()) {
            assert!(styles.contains(&style.value().to_owned()), "{name}: {} is no style", style.value());
        }
        let notes = parsed.get("word/footnotes.xml").map(|notes| notes.descendants());
        let nested = notes.into_iter().flatten().filter(|node| node.tag_name().name() == "footnoteReference");
        assert_eq!(nested.count(), 0, "{name}: no word processor takes a footnote within a footnote");
        let core = text_of(&files.iter().find(|(name, _)| name == "docProps/core.xml").unwrap().1);
        assert!(core.contains(&manuscript.language.replace("en_GB", "en-GB")), "{name}: {core}");
        let edits = ValidManuscript::of(manuscript.clone()).unwrap().edits(&bound(Format::Docx, &manuscript)).unwrap();
        assert!(edits.chapters.is_empty() && edits.remarks.is_empty(), "{name}: {edits:?}");
    }
}

#[test]
fn plain_text_and_structure_hold_every_chapter() {
    for (name, manuscript) in all() {
        let text = String::from_utf8(bound(Format::Text, &manuscript)).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&bound(Format::Json, &manuscript)).unwrap();
        let chapters = json["chapters"].as_array().unwrap();
        assert_eq!(chapters.len(), manuscript.chapters.len(), "{name}");
        for chapter in chapters.iter().filter(|chapter| !chapter["title"].as_str().unwrap().is_empty()) {
            assert!(text.contains(chapter["title"].as_str().unwrap()), "{name}: {}", chapter["title"]);
        }
    }
}

#[test]
fn what_a_text_names_and_the_book_lacks_is_told() {
    let lost = ValidManuscript::of(manuscripts::everything()).unwrap().lost();
    assert_eq!(
        lost,
        [
            "chapter 1 refers to the note [^lost], which has no text",
            "chapter 1 has a link to `nowhere.md`, which is no place in the book; its text stays",
            "chapter 1 shows the picture `images/map.png`, which is not given; its text stays",
        ]
    );
}
