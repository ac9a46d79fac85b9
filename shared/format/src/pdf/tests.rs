use crate::{Manuscript, Sheets, ValidManuscript, pdf::formula::equation};

/// Returns the source of a book with one chapter.
fn source(body: &str) -> String {
    let chapter = crate::Chapter {
        number: 1,
        shown_number: Some(1),
        role: crate::Role::Chapter,
        part: None,
        title: "Harbours".to_owned(),
        goals: Vec::new(),
        provenance: None,
        body: body.to_owned(),
    };
    let manuscript = Manuscript {
        title: "Tides".to_owned(),
        subtitle: None,
        authors: vec!["Ines Calder".to_owned()],
        language: "pt-BR".to_owned(),
        description: String::new(),
        publisher: None,
        rights: None,
        date: "2026-03-09".to_owned(),
        modified: None,
        identifier: "urn:uuid:1".to_owned(),
        notice: None,
        publication: crate::Publication::default(),
        chapters: vec![chapter],
        pictures: Vec::new(),
        mark: None,
    };
    let sheets = ValidManuscript::of(manuscript).unwrap().render(crate::Format::Pdf).unwrap();
    String::from_utf8(Sheets::read(&sheets).unwrap().file("main.typ").unwrap().to_vec()).unwrap()
}

#[test]
fn texts_are_literals_and_never_code() {
    let source = source("A \"quote\", a back\\\\slash, #panic(), $x$ for $5 and `a\\b`.");
    assert!(source.contains(r##"#"A \"quote\", a back\\slash, #panic(), "##), "{source}");
    assert!(source.contains(r#"#raw("a\\b");"#), "{source}");
}

#[test]
fn the_metadata_and_the_language_stand_in_the_head() {
    let source = source("Text.");
    for part in [
        r#"title: "Tides", authors: ("Ines Calder", )"#,
        r#"lang: "pt""#,
        r#"region: "BR""#,
        "date: datetime(year: 2026, month: 3, day: 9)",
        r#"trim: "6x9""#,
        r#"#chapter("1", "Harbours", "1. Harbours", 1, label("chapter-1"));"#,
    ] {
        assert!(source.contains(part), "{part} is not in {source}");
    }
}

#[test]
fn a_note_stands_at_its_first_reference_and_is_repeated_by_its_label() {
    let source = source("One[^a], two[^a].\n\n[^a]: The note.");
    assert_eq!(source.matches("The note.").count(), 1);
    assert!(source.contains(r#"label("chapter-1-note-1"));"#), "{source}");
    assert!(source.contains(r#"#footnote(label("chapter-1-note-1"));"#), "{source}");
}

#[test]
fn formulas_become_functions_with_their_tex_as_the_alternative_text() {
    let fraction = equation(r"\frac{a}{2}", true);
    assert_eq!(
        fraction,
        r##"math.equation(block: true, alt: "\\frac{a}{2}", [#math.frac([#[#symbol("a")];], [#[#"2"];]);])"##
    );
    assert!(equation(r"\sqrt{x}", false).contains("math.sqrt("));
    assert!(equation(r"\sum_{i=0}^n i", true).contains("math.limits("));
    assert!(equation(r"\left( x \right)", true).contains("math.lr(["));
    assert!(equation(r"\begin{pmatrix} 1 & 2 \end{pmatrix}", true).contains("math.mat(delim: none"));
    assert_eq!(equation(r"\ce{H2O}", false), r#"raw(block: false, "\\ce{H2O}")"#);
}
