use super::*;

fn manuscript(language: &str) -> Manuscript {
    Manuscript {
        title: "Salt".into(),
        subtitle: Some("A History".into()),
        authors: vec!["Ada Example".into()],
        language: language.into(),
        description: String::new(),
        publisher: Some("The Harbour Press".into()),
        rights: Some("© 2026 Ada Example".into()),
        date: "2026-01-01".into(),
        modified: None,
        mark: None,
        identifier: "urn:uuid:1".into(),
        notice: None,
        chapters: Vec::new(),
        pictures: Vec::new(),
        publication: Publication {
            contributors: vec![Contributor { name: "Jane Roe".into(), role: ContributorRole::Translator }],
            isbns: vec![EditionIsbn { edition: Some("epub".into()), isbn: "978-3-16-148410-0".into() }],
            series: Some(Series { name: "Minerals".into(), number: Some("2".into()) }),
            edition: Some("2nd edition".into()),
            ..Publication::default()
        },
    }
}

fn texts(lines: &[TitleLine]) -> Vec<&str> {
    lines.iter().map(|line| line.text.as_str()).collect()
}

#[test]
fn a_title_page_names_all_who_had_a_share_in_the_book() {
    let lines = title_lines(&manuscript("de"));
    let expected = ["A History", "Minerals 2", "Ada Example", "Jane Roe (Übersetzung)", "The Harbour Press"];
    assert_eq!(texts(&lines), expected);
    assert_eq!(texts(&title_lines(&manuscript("ja")))[3], "Jane Roe", "no word of another language is added");
}

#[test]
fn a_copyright_page_has_what_was_given_and_nothing_else() {
    let page = copyright_page(&manuscript("en")).unwrap();
    let expected = ["© 2026 Ada Example", "The Harbour Press", "2nd edition", "ISBN 978-3-16-148410-0 (EPUB)"];
    assert_eq!(page.paragraphs, expected, "no date was given");
    let bare = Manuscript { rights: None, publication: Publication::default(), ..manuscript("en") };
    assert_eq!(copyright_page(&bare), None);
    let numbered = Publication { edition: Some("2".into()), ..Publication::default() };
    assert_eq!(copyright_page(&Manuscript { rights: None, publication: numbered, ..manuscript("en") }), None);
}

#[test]
fn a_book_says_in_its_language_that_a_model_wrote_it() {
    let mut manuscript = manuscript("fr-CA");
    assert_eq!(disclosure_page(&manuscript), None);
    manuscript.publication.disclosure = Some(Disclosure { model: "openai:gpt-5".into(), words: None });
    let page = disclosure_page(&manuscript).unwrap();
    assert_eq!((page.heading, page.paragraphs[1].as_str()), ("À propos du texte", "openai:gpt-5"));
    manuscript.publication.disclosure = Some(Disclosure { model: "m:x".into(), words: Some("One.\n\nTwo.".into()) });
    assert_eq!(disclosure_page(&manuscript).unwrap().paragraphs, ["One.", "Two."]);
}

#[test]
fn an_edition_has_its_own_isbn_or_the_only_one() {
    let isbn =
        |edition: Option<&str>, isbn: &str| EditionIsbn { edition: edition.map(str::to_owned), isbn: isbn.into() };
    let several =
        Publication { isbns: vec![isbn(Some("pdf"), "1"), isbn(Some("epub"), "2")], ..Publication::default() };
    assert_eq!(several.isbn("epub").map(|isbn| isbn.isbn.as_str()), Some("2"));
    assert_eq!(several.isbn("docx"), None);
    let only = Publication { isbns: vec![isbn(None, "978-0 x")], ..Publication::default() };
    assert_eq!(only.isbn("docx").map(EditionIsbn::digits).as_deref(), Some("9780X"));
}
