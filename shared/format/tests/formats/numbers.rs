//! Are the numbers of chapters and parts the same in every format?

use bindery_format::{Format, Manuscript, NumberStyle, Numbering, Publication};

use super::{
    bound, check_epub, check_html, check_scorm, check_site,
    documents::files,
    manuscripts::{chapters, smallest},
};

/// Returns a book of two parts with a chapter each.
fn book(chapter_style: NumberStyle, part_style: NumberStyle, language: &str) -> Manuscript {
    let numbering = Numbering { chapters: chapter_style, parts: Some(part_style) };
    let mut chapters = chapters(&[("Salt", "White."), ("Sea", "Blue.")]);
    chapters[0].part = Some("Part I: Origins".to_owned());
    chapters[1].part = Some("Part II: Power".to_owned());
    let publication = Publication { numbering, ..Publication::default() };
    Manuscript { language: language.to_owned(), publication, chapters, ..smallest() }
}

fn text(format: Format, manuscript: &Manuscript) -> String {
    String::from_utf8(bound(format, manuscript)).expect("the format is text")
}

fn file(format: Format, manuscript: &Manuscript, name: &str) -> String {
    let found = files(&bound(format, manuscript)).into_iter().find(|(file, _)| file == name);
    found.unwrap_or_else(|| panic!("{name} is not in the {format}")).1
}

#[test]
fn every_format_shows_the_numbers_of_chapters_and_parts_alike() {
    for (chapters, parts, language, chapter, part) in [
        (NumberStyle::Roman, NumberStyle::Arabic, "en", ("II", "II. Sea"), ("Part 2", "Part 2. Power")),
        (NumberStyle::Words, NumberStyle::Words, "de", ("Zwei", "Zwei. Sea"), ("Zweiter Teil", "Zweiter Teil. Power")),
        (
            NumberStyle::Words,
            NumberStyle::Roman,
            "ja",
            ("第二章", "第二章\u{3000}Sea"),
            ("第II部", "第II部\u{3000}Power"),
        ),
    ] {
        let book = book(chapters, parts, language);
        let (number, label) = chapter;
        let (part_number, part_label) = part;
        check_epub(&bound(Format::Epub, &book));
        check_html(&text(Format::Html, &book));
        check_site(&bound(Format::Site, &book));
        check_scorm(&bound(Format::Scorm, &book));
        let heading = format!("<span class=\"number\">{number}</span> <span class=\"title\">Sea</span>");
        let part_heading = format!("<span class=\"number\">{part_number}</span> <span class=\"title\">Power</span>");
        for (format, name) in [(Format::Epub, "EPUB/chapter-002.xhtml"), (Format::Site, "chapter-002.html")] {
            assert!(file(format, &book, name).contains(&heading), "{name}");
        }
        assert!(file(Format::Epub, &book, "EPUB/part-002.xhtml").contains(&part_heading));
        let html = text(Format::Html, &book);
        assert!(html.contains(&heading) && html.contains(&part_heading));
        for (format, name) in [
            (Format::Epub, "EPUB/nav.xhtml"),
            (Format::Epub, "EPUB/toc.ncx"),
            (Format::Scorm, "imsmanifest.xml"),
            (Format::Site, "index.html"),
        ] {
            let contents = file(format, &book, name);
            assert!(
                contents.contains(&format!(">{label}<")) && contents.contains(&format!(">{part_label}<")),
                "{name}"
            );
        }
        let markdown = text(Format::Markdown, &book);
        assert!(markdown.contains(&format!("\n# {label} {{.unnumbered}}\n")), "{markdown}");
        assert!(markdown.contains(&format!("\n# {part_label} {{.part .unnumbered}}\n")), "{markdown}");
        let plain = text(Format::Text, &book);
        assert!(
            plain.contains(&format!("\n{label}\n===")) && plain.contains(&format!("\n{part_label}\n===")),
            "{plain}"
        );
        let json: serde_json::Value = serde_json::from_str(&text(Format::Json, &book)).unwrap();
        assert_eq!(
            (&json["chapters"][1]["number_text"], &json["parts"][1]["number_text"]),
            (&number.into(), &part_number.into())
        );
        let sheets = file(Format::Pdf, &book, "main.typ");
        assert!(sheets.contains(&format!("#chapter(\"{number}\", \"Sea\", \"{label}\",")), "{sheets}");
        assert!(sheets.contains(&format!("#part(\"{part_number}\", \"Power\", \"{part_label}\",")), "{sheets}");
        let document = file(Format::Docx, &book, "word/document.xml");
        assert!(
            document.contains(&format!(">{part_label}<")) && document.contains(&format!(">{label}<")),
            "{document}"
        );
    }
}

#[test]
fn a_document_counts_roman_numerals_and_has_words_as_text() {
    let numbers = |style| file(Format::Docx, &book(style, NumberStyle::None, "en"), "word/numbering.xml");
    assert!(numbers(NumberStyle::Roman).contains("<w:numFmt w:val=\"upperRoman\"/><w:lvlText w:val=\"%1.\"/>"));
    let heading = |style| {
        let document = file(Format::Docx, &book(style, NumberStyle::None, "en"), "word/document.xml");
        let at = document.find("<w:pStyle w:val=\"Heading1\"/>").unwrap();
        document[at..at + 400].to_owned()
    };
    assert!(heading(NumberStyle::Roman).contains("<w:numId w:val=\"1\"/>"));
    assert!(heading(NumberStyle::Words).contains("<w:numId w:val=\"0\"/>"));
    assert!(heading(NumberStyle::Words).contains(">One. Salt<"));
    assert!(heading(NumberStyle::None).contains("<w:numId w:val=\"0\"/>"));
}

#[test]
fn without_numbers_titles_stand_alone() {
    let book = book(NumberStyle::None, NumberStyle::None, "en");
    assert!(!text(Format::Html, &book).contains("class=\"number\""));
    assert!(text(Format::Markdown, &book).contains("\n# Sea {.unnumbered}\n"));
    assert!(text(Format::Text, &book).contains("\nPower\n====="));
    let json: serde_json::Value = serde_json::from_str(&text(Format::Json, &book)).unwrap();
    assert_eq!((json["chapters"][1].get("number_text"), json["chapters"][1].get("shown_number")), (None, None));
}
