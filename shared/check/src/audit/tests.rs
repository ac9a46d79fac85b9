//! Each kind of finding in the smallest book that has it, and what is like it but right.

use super::{AuditReport, ChapterFacts, Expected, Finding, FindingKind, Repair, StatedFact, audit, is_mended};
use crate::manuscript::{ChapterSource, SectionSource};

/// A paragraph that is long enough for every check.
const WEIR: &str = "The miller went down to the weir before it was light, because the rain had not stopped since noon. He \
found the boards holding and the water brown. He stood there until the bell rang across the meadow.";

const MARKET: &str = "On market days the square filled early, and the carters quarrelled over the shade of the two limes. \
Nobody paid the toll before ten. The clerk wrote down their names and forgot them again.";

/// Audits chapters that are given as lists of sections.
fn findings(chapters: &[&[&str]], expected: &Expected<'_>) -> Vec<Finding> {
    let section = |text| SectionSource { heading: "", text };
    let chapters: Vec<ChapterSource<'_>> = chapters
        .iter()
        .zip(1..)
        .map(|(texts, number)| ChapterSource {
            number,
            title: "Water",
            sections: texts.iter().map(|text| section(*text)).collect(),
        })
        .collect();
    audit("en", &chapters, expected)
}

/// Returns the kinds and the places, as chapter and section.
fn places(findings: &[Finding]) -> Vec<(FindingKind, u32, u32)> {
    findings.iter().map(|finding| (finding.kind, finding.place.chapter, finding.place.section)).collect()
}

/// Audits a book of two chapters whose second holds this text.
fn of_text(text: &str, expected: &Expected<'_>) -> Vec<Finding> {
    let second = format!("{MARKET}\n\n{text} That was the end of it for a while.");
    findings(&[&[WEIR], &[&second]], expected)
}

fn kinds(text: &str, expected: &Expected<'_>) -> Vec<FindingKind> {
    of_text(text, expected).iter().map(|finding| finding.kind).collect()
}

#[test]
fn a_sound_book_has_no_findings() {
    assert_eq!(findings(&[&[WEIR, MARKET]], &Expected::default()), []);
}

#[test]
fn the_later_of_two_passages_that_are_the_same_is_named_with_the_earlier_one() {
    let again = format!("{MARKET}\n\n{WEIR}\n\nIt rained again in the evening, and nobody went out.");
    let found = findings(
        &[&[WEIR], &["A quiet day, they said, and went to bed without a word.", &again]],
        &Expected::default(),
    );
    assert_eq!(places(&found), [(FindingKind::Repeat, 2, 2)]);
    assert_eq!(found[0].other.as_ref().map(|place| (place.chapter, place.section)), Some((1, 1)));
    assert!(WEIR.starts_with(&found[0].quote[..40]), "{}", found[0].quote);
}

#[test]
fn a_passage_that_a_block_quotes_does_not_stand_twice() {
    let quoted = format!("{MARKET}\n\n> {WEIR}\n\nThat was how the letter put it, and nobody believed a word.");
    assert_eq!(findings(&[&[WEIR], &[&quoted]], &Expected::default()), []);
}

#[test]
fn words_that_the_book_does_not_use_are_found_in_any_case_and_not_within_other_words() {
    let banned = ["delve into".to_owned(), "tapestry".to_owned()];
    let expected = Expected { banned: &banned, ..Expected::default() };
    assert_eq!(kinds("We Delve into the matter of the sluice.", &expected), [FindingKind::Banned]);
    assert_eq!(kinds("The tapestrymaker delved and went into the house.", &expected), []);
}

#[test]
fn a_number_that_contradicts_the_canon_is_found_and_one_that_agrees_is_not() {
    let canon = ["The mill at Harrow was built in 1871.".to_owned()];
    let expected = Expected { canon: &canon, ..Expected::default() };
    assert_eq!(kinds("The mill at Harrow had been built in 1874, of brick.", &expected), [FindingKind::Contradiction]);
    for right in [
        "The mill at Harrow had been built in 1871, of brick.",
        "In 1899 the mill at Harrow, built in 1871, burned.",
        "The mill had 12 windows.",
        "The school at Stow was built in 1874.",
    ] {
        assert_eq!(kinds(right, &expected), [], "{right}");
    }
}

#[test]
fn chapters_that_give_different_numbers_for_the_same_fact_contradict_each_other() {
    let first = format!("{WEIR}\n\nThe old bridge over the Sile carried 340 carts on a market day.");
    let second =
        format!("{MARKET}\n\nThe old bridge over the Sile carried 520 carts on a market day. So much for that.");
    let found = findings(&[&[&first], &[&second]], &Expected::default());
    assert!(places(&found).contains(&(FindingKind::Contradiction, 2, 1)), "{found:?}");
}

/// Audits two chapters, each with one sentence and the fact that a model has noted of it as `about`, `what` and `value`.
fn discrepancies(facts: [(&str, [&str; 3]); 2]) -> Vec<Finding> {
    let stated: Vec<ChapterFacts> = (1..)
        .zip(facts)
        .map(|(chapter, (quote, [about, what, value]))| {
            let [about, what, value, quote] = [about, what, value, quote].map(str::to_owned);
            ChapterFacts { chapter, facts: vec![StatedFact { about, what, value, quote }] }
        })
        .collect();
    let [first, second] = facts.map(|(quote, _)| quote);
    let (first, second) = (format!("{WEIR}\n\n{first}"), format!("{MARKET}\n\n{second} So much for that."));
    findings(&[&[&first], &[&second]], &Expected { stated: &stated, ..Expected::default() })
}

#[test]
fn facts_that_chapters_list_differently_are_found_for_a_judge() {
    let grey = ("The miller's daughter had grey eyes.", ["the miller's daughter", "eye colour", "grey"]);
    let found = discrepancies([
        grey,
        (
            "Her brown eyes, the miller's daughter said, were her mother's.",
            ["The miller’s daughter", "colour of the eye", "brown"],
        ),
    ]);
    assert_eq!(places(&found), [(FindingKind::Discrepancy, 2, 1)]);
    assert!(found[0].advice.contains("The miller's daughter had grey eyes."), "{}", found[0].advice);
    let ages = discrepancies([
        ("Old Tobias was 71 that spring.", ["Tobias", "age", "71"]),
        ("At 64, Tobias still carried the sacks.", ["Tobias", "age", "64 years"]),
    ]);
    assert_eq!(places(&ages), [(FindingKind::Discrepancy, 2, 1)]);
}

#[test]
fn facts_that_agree_or_are_of_other_things_or_of_no_sentence_are_no_discrepancy() {
    let grey = ("The miller's daughter had grey eyes.", ["the miller's daughter", "eye colour", "grey"]);
    for other in [
        ("The miller's daughter had dark grey eyes.", ["the miller's daughter", "eye colour", "dark grey"]),
        ("The miller's daughter had brown hair.", ["the miller's daughter", "hair colour", "brown"]),
        ("The baker's daughter had brown eyes.", ["the baker's daughter", "eye colour", "brown"]),
    ] {
        assert_eq!(discrepancies([grey, other]), [], "{}", other.0);
    }
    let stated = [1, 2].map(|chapter| {
        let value = if chapter == 1 { "red" } else { "green" };
        let fact = StatedFact {
            about: "the door".into(),
            what: "colour".into(),
            value: value.into(),
            quote: format!("The door was {value} once."),
        };
        ChapterFacts { chapter, facts: vec![fact] }
    });
    let expected = Expected { stated: &stated, ..Expected::default() };
    assert_eq!(findings(&[&[WEIR], &[MARKET]], &expected), [], "the sentences do not stand in the book");
}

#[test]
fn sources_that_nobody_gave_are_found_and_those_of_the_author_are_not() {
    for invented in [
        "It had been measured before (Hartmann, 2014).",
        "It had been measured before (Hartmann & Vries, 2014, p. 12).",
        "Moreau et al. measured it.",
        "It had been measured before [12].",
        "The figures stand at https://www.example.org/weir.",
        "As Albert Moreau wrote, “water remembers” and so on.",
    ] {
        assert_eq!(kinds(invented, &Expected::default()), [FindingKind::Citation], "{invented}");
        let given = Expected { given: "Sources: Hartmann; Moreau; example.org", ..Expected::default() };
        if !invented.contains("[12]") {
            assert_eq!(kinds(invented, &given), [], "{invented}");
        }
    }
    for right in [
        "He was born there (in May, 1854) and stayed.",
        "The list `row[12]` holds it.",
        "See [the table](#table) for that.",
        "As Anna said, “it is late.”",
    ] {
        assert_eq!(kinds(right, &Expected::default()), [], "{right}");
    }
}

#[test]
fn references_to_chapters_that_there_are_not_are_found() {
    assert_eq!(kinds("More about that stands in Chapter 7.", &Expected::default()), [FindingKind::Reference]);
    let silent = "Chapter 1 explains volcanic eruptions, magma and lava.";
    assert_eq!(kinds(silent, &Expected::default()), [FindingKind::Reference]);
    assert_eq!(kinds("Chapter 1 tells of the miller and his weir.", &Expected::default()), []);
}

#[test]
fn references_go_by_the_numbers_that_readers_see() {
    let shown = [None, Some(1)];
    let expected = Expected { shown_numbers: &shown, ..Expected::default() };
    assert_eq!(kinds("More about that stands in Chapter 2.", &expected), [FindingKind::Reference]);
    assert_eq!(kinds("This is Chapter 1 for those who count.", &expected), []);
}

#[test]
fn a_name_with_one_letter_changed_is_found_and_its_genitive_is_not() {
    let canon = ["Margarethe Oller keeps the ferry.".to_owned()];
    let expected = Expected { canon: &canon, ..Expected::default() };
    let found = of_text("Nobody had seen Margerethe since noon.", &expected);
    assert_eq!((found.len(), found[0].kind, found[0].quote.as_str()), (1, FindingKind::Name, "Margerethe"));
    assert_eq!(kinds("Nobody had seen Margarethes boat, or Margarethe herself.", &expected), []);
}

#[test]
fn terms_have_one_spelling() {
    let terms = ["millrace".to_owned(), "RabbitMQ".to_owned()];
    let expected = Expected { terms: &terms, ..Expected::default() };
    for wrong in ["They cleared the mill-race.", "They cleared the mill race.", "They installed rabbitmq there."] {
        assert_eq!(kinds(wrong, &expected), [FindingKind::Spelling], "{wrong}");
    }
    assert_eq!(kinds("Millrace and millrace; RabbitMQ too.", &expected), []);
}

#[test]
fn openings_and_endings_with_the_same_words_are_found_at_the_later_place() {
    let first = format!("When the river rose that year, nobody was afraid. {MARKET} And so they all went home again.");
    let second =
        format!("When the river rose that winter, the cellars filled. {WEIR} Slowly, and so they all went home again.");
    let found = places(&findings(&[&[&first], &[&second]], &Expected::default()));
    assert_eq!(found, [(FindingKind::Opening, 2, 1), (FindingKind::Ending, 2, 1)]);
}

#[test]
fn a_section_that_sums_up_or_announces_is_a_broken_seam_unless_its_chapter_ends_there() {
    let sums_up = format!("{WEIR}\n\nIn conclusion, the weir held and the night was long.");
    let announces = format!("{WEIR} The next section shows how the boards are laid.");
    for broken in [&sums_up, &announces] {
        let found = places(&findings(&[&[broken, MARKET]], &Expected::default()));
        assert_eq!(found, [(FindingKind::Seam, 1, 1)], "{broken}");
    }
    assert_eq!(findings(&[&[MARKET, &sums_up]], &Expected::default()), []);
}

#[test]
fn a_section_that_begins_with_what_the_one_before_has_just_said_is_a_broken_seam() {
    let after = format!("He stood there on the bank until the bell rang across the wide meadow. {MARKET}");
    let found = places(&findings(&[&[WEIR, &after]], &Expected::default()));
    assert!(found.contains(&(FindingKind::Seam, 1, 2)), "{found:?}");
}

#[test]
fn text_of_the_model_and_other_languages_are_found() {
    assert_eq!(
        kinds("As an AI language model, I cannot describe the sluice.", &Expected::default()),
        [FindingKind::Leak]
    );
    let german = "Der Müller ging am frühen Morgen zum Fluss hinunter, um nach dem Wehr zu sehen. Das Wasser stand hoch, und \
                  es trug Äste und Laub mit sich, die sich vor dem Rechen gesammelt hatten. Er zog sie mit einer langen \
                  Stange heraus und warf sie ans Ufer. Dann öffnete er die Schütze ein wenig und wartete, bis das Rad sich \
                  langsam zu drehen begann.";
    assert_eq!(places(&findings(&[&[WEIR], &[german]], &Expected::default())), [(FindingKind::Language, 2, 1)]);
}

#[test]
fn the_worst_sections_are_mended_up_to_the_allowed_share() {
    let banned = ["whelm".to_owned()];
    let texts: Vec<String> =
        (0..20).map(|nth| format!("Section {nth} of it. The floods whelm number {nth}.")).collect();
    let mut sections: Vec<&str> = texts.iter().map(String::as_str).collect();
    let leak = "As an AI language model, I cannot describe the sluice. The floods came all the same.";
    sections[17] = leak;
    let found = findings(&[&sections[..10], &sections[10..]], &Expected { banned: &banned, ..Expected::default() });
    let report = AuditReport::with_repairs(found.clone(), 20, |_, _| true);
    let mended: Vec<(u32, u32)> = report
        .findings
        .iter()
        .filter(|finding| finding.round.is_some())
        .map(|finding| (finding.place.chapter, finding.place.section))
        .collect();
    assert_eq!(mended, [(1, 1), (1, 2), (2, 8)], "15 % of 20 sections are 3");
    assert_eq!(report.repairs().into_iter().collect::<Vec<_>>(), [1, 2].map(|chapter| Repair { round: 1, chapter }));
    let none = AuditReport::with_repairs(found.clone(), 20, |_, _| false);
    assert!(none.repairs().is_empty() && none.findings.len() == found.len());
}

#[test]
fn seams_are_mended_in_the_second_round() {
    let sums_up = format!("{WEIR}\n\nIn conclusion, the weir held and the night was long.");
    let found = findings(&[&[&sums_up, MARKET]], &Expected::default());
    let report = AuditReport::with_repairs(found, 2, |_, _| true);
    assert_eq!(report.repairs().into_iter().collect::<Vec<_>>(), [Repair { round: 2, chapter: 1 }]);
    assert_eq!(report.of(Repair { round: 2, chapter: 1 }).count(), 1);
}

#[test]
fn a_text_has_mended_a_finding_when_the_quoted_words_are_gone() {
    let banned = ["tapestry".to_owned()];
    let canon = ["The mill at Harrow was built in 1871.".to_owned()];
    let terms = ["millrace".to_owned()];
    let expected = Expected { banned: &banned, canon: &canon, terms: &terms, ..Expected::default() };
    for (wrong, right) in [
        ("It was a tapestry of sounds.", "It was a web of sounds."),
        ("The mill at Harrow was built in 1874.", "The mill at Harrow was built in 1871."),
        ("They cleared the mill-race.", "They cleared the millrace."),
        ("It had been measured (Hartmann, 2014).", "It had been measured."),
        ("More about that stands in Chapter 7.", "There is more about that."),
        ("As an AI language model, I cannot say.", "Nobody could say."),
    ] {
        let found = of_text(wrong, &expected);
        let [finding] = &found[..] else { panic!("{wrong}: {found:?}") };
        assert!(!is_mended(finding, &format!("{MARKET}\n\n{wrong} So it was."), "en"), "{wrong}");
        assert!(is_mended(finding, &format!("{MARKET}\n\n{right} So it was."), "en"), "{right}");
    }
}

#[test]
fn an_opening_is_mended_when_the_text_begins_with_other_words() {
    let first = format!("When the river rose that year, nobody was afraid. {MARKET}");
    let second = format!("When the river rose that winter, the cellars filled. {WEIR}");
    let found = findings(&[&[&first], &[&second]], &Expected::default());
    let [opening] = &found[..] else { panic!("{found:?}") };
    assert!(!is_mended(opening, &second, "en"));
    assert!(is_mended(opening, &format!("The cellars filled when the river rose that winter. {WEIR}"), "en"));
}
