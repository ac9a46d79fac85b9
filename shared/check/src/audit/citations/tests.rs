use crate::{
    audit::{Expected, Finding, FindingKind, audit, is_mended},
    manuscript::{ChapterSource, SectionSource},
};

fn of(language: &str, text: &str, expected: &Expected<'_>) -> Vec<Finding> {
    let sections = vec![SectionSource { heading: "", text }];
    let mut found = audit(language, &[ChapterSource { number: 1, title: "", sections }], expected);
    found.retain(|finding| finding.kind == FindingKind::Citation);
    found
}

fn quotes(text: &str) -> Vec<String> {
    of("en", text, &Expected::default()).into_iter().map(|finding| finding.quote).collect()
}

#[test]
fn every_mark_of_a_paragraph_is_found_at_its_own_sentence() {
    let text = "The clerks slept badly. It took nine days [3], and forty reviews agree [7, 12]. A third one (Vries, 2011) does not.";
    let found = of("en", text, &Expected::default());
    let told: Vec<(u32, &str)> = found.iter().map(|finding| (finding.place.sentence, finding.quote.as_str())).collect();
    assert_eq!(told, [(2, "[3]"), (2, "[7, 12]"), (3, "(Vries, 2011)")]);
}

#[test]
fn a_numbered_mark_is_mended_once_its_brackets_are_gone_although_its_number_stands() {
    let found = of("en", "It took the 3 clerks nine days [3].", &Expected::default());
    assert_eq!(found.len(), 1);
    assert!(!is_mended(&found[0], "The 3 clerks took nine days [3].", "en"));
    assert!(is_mended(&found[0], "It took the 3 clerks nine days.", "en"));
}

#[test]
fn authors_with_a_year_are_found_in_each_form() {
    for (text, quote) in [
        ("They eat more at night (Brandt 2016).", "(Brandt 2016)"),
        ("They eat more at night (see Brandt, 2016; Oduya & Kerr, 2018).", "(see Brandt, 2016; Oduya & Kerr, 2018)"),
        ("They eat more at night (Brandt et al., 2016, p. 31).", "(Brandt et al., 2016, p. 31)"),
        ("They eat more at night (World Health Organization, 2020).", "(World Health Organization, 2020)"),
        ("They eat more at night [Brandt, 2016].", "[Brandt, 2016]"),
        ("Brandt and Kerr (2016) found that they eat more at night.", "Brandt and Kerr (2016)"),
        ("In that year Brandt (2016b) showed that they eat more.", "Brandt (2016b)"),
        ("According to Kerr (2018), they eat more at night.", "Kerr (2018)"),
        ("It was first reported by van der Meer (1999).", "van der Meer (1999)"),
        ("Oduya’s (2014) study of clerks says as much.", "Oduya’s (2014)"),
        ("Moreau et al. weighed the clerks.", "Moreau et al."),
    ] {
        assert_eq!(quotes(text), [quote], "{text}");
    }
}

#[test]
fn links_and_identifiers_are_found_as_far_as_they_go() {
    for (text, quote) in [
        ("It stands at https://www.example.org/a, they say.", "https://www.example.org/a"),
        ("It stands in [the survey](https://example.org/b).", "https://example.org/b"),
        ("It is doi:10.1234/abc.5, they say.", "doi:10.1234/abc.5"),
        ("It is 10.1234/abc.5.", "10.1234/abc.5"),
    ] {
        assert_eq!(quotes(text), [quote], "{text}");
    }
}

#[test]
fn years_of_places_dates_works_and_events_are_no_citations() {
    for text in [
        "The games went on without him (Munich, 1972).",
        "The students were on the street (May, 1968).",
        "It was signed there (Treaty of Rome, 1957).",
        "The Great Fair (1951) drew millions.",
        "He saw *Night Train* (1940) twice, and (*Night Train*, 1940) again.",
        "The bridge (built 1931) and the dam (Spring 1933) still stand.",
        "In Sundholm they built a weir. The weir (Sundholm, 1931) still stands.",
        "Version 2 (2019) was faster, and so was Apollo (1969).",
        "The reader opens http://localhost:8080 and types `names[3]` there.",
        "Look at [the table](#table), at [3](#three) and at [a][1].\n\n[1]: #a",
        "They counted to 10. Then they counted to 10.5, and 10.2/3 is no better.",
        "He paid 12 shillings (about 40 in 1950).",
    ] {
        assert_eq!(quotes(text), [""; 0], "{text}");
    }
}

#[test]
fn lists_of_sources_are_found_with_their_headings_and_entries() {
    let text = "They slept badly.\n\n### References\n\n1. Brandt, O., & Kerr, P. (2016). Night and bread. *The Clerk*, 4(2), 11-19.\n2. \
                Oduya, A. Forty nights. *The Clerk*, 2018.\n\n### What followed\n\nNothing did.";
    let found = quotes(text);
    assert_eq!(found[..2], ["### References".to_owned(), "Brandt, O., & Kerr, P. (2016)".to_owned()]);
    assert!(found.len() == 3 && found[2].starts_with("Oduya, A. Forty nights"), "{found:?}");
    assert_eq!(quotes("**Further reading**\n\nBrandt, *Night and Bread*.").len(), 2);
    let given = Expected { given: "Further reading", ..Expected::default() };
    assert_eq!(
        of("en", "### Further reading\n\nNothing.", &given).len(),
        1,
        "the author wants the list, but not its entries"
    );
}

#[test]
fn notes_without_an_entry_and_brackets_that_wait_for_a_source_are_found() {
    assert_eq!(quotes("They slept badly.[^brandt]"), ["[^brandt]"]);
    assert_eq!(quotes("They slept badly.[^1]\n\n[^1]: The clerks, that is."), [""; 0]);
    for waiting in ["[citation needed]", "[source]", "(source goes here)", "[add reference]"] {
        assert_eq!(quotes(&format!("They slept badly {waiting}.")), [waiting]);
    }
    assert_eq!(quotes("The source (of the river) lies here."), [""; 0]);
}

#[test]
fn sayings_of_named_people_are_found_in_several_languages_and_not_in_a_story() {
    for (language, text) in [
        ("en", "According to Dr. Jane Roe, “sleep is bread.”"),
        ("en", "In the words of Albert Moreau: \"sleep is bread.\""),
        ("en", "Professor Jane Roe explains, “sleep is bread.”"),
        ("en", "“Sleep is bread,” says Dr. Jane Roe, who bakes."),
        ("en", "> “Sleep is bread.”\n> — Albert Moreau"),
        ("de", "Wie Albert Moreau schrieb: „Schlaf ist Brot.“"),
        ("fr", "Selon Jeanne Moreau, « le sommeil est du pain »."),
        ("es", "Según Juana Moreau, «el sueño es pan»."),
    ] {
        assert_eq!(of(language, text, &Expected::default()).len(), 1, "{text}");
        let story = Expected { fiction: true, ..Expected::default() };
        assert_eq!(of(language, text, &story), [], "{text}");
    }
    for text in
        ["As Anna said, “it is late.”", "“It is late,” said Anna Moreau.", "He wrote “bread” on the wall — twice."]
    {
        assert_eq!(quotes(text), [""; 0], "{text}");
    }
}

#[test]
fn only_whole_names_that_the_author_gave_may_be_cited() {
    let given = Expected { given: "The hall at Lund. Read what Jane Kerr says.", ..Expected::default() };
    for (text, count) in [
        ("It was measured (The Lancet, 2019).", 1),
        ("It was measured (Lundgren, 2019).", 1),
        ("It was measured (Kerr, 2019).", 0),
        ("As Jane Roe wrote, “bread is sleep.”", 1),
        ("As Paula Kerr wrote, “bread is sleep.”", 0),
    ] {
        assert_eq!(of("en", text, &given).len(), count, "{text}");
    }
}
