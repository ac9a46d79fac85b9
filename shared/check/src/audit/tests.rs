//! Each kind of finding in the smallest book that has it, and what is like it but right.

mod mending;

use super::{
    AuditReport, ChapterFacts, ChapterPlan, Expected, Finding, FindingKind, SecretTerm, StatedFact, audit, is_mended,
};
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
fn a_phrase_that_holds_another_one_is_told_once() {
    let banned = ["A rich tapestry".to_owned(), "rich tapestry".to_owned()];
    let found = of_text("It was a rich tapestry of mud.", &Expected { banned: &banned, ..Expected::default() });
    assert_eq!(found.iter().map(|finding| finding.quote.as_str()).collect::<Vec<_>>(), ["rich tapestry"]);
}

#[test]
fn of_two_copies_the_one_that_comes_too_early_goes_and_the_other_stays() {
    const TOLD: &str =
        "In the evening they opened the drowned chapel at last, and all who stood on the dyke could see it.";
    let secrets = [SecretTerm { term: "drowned chapel".to_owned(), chapter: 2 }];
    let early = format!("{WEIR}\n\n{TOLD}");
    let right = format!("{MARKET}\n\n{TOLD}");
    let found = findings(&[&[&early], &[&right]], &Expected { secrets: &secrets, ..Expected::default() });
    assert_eq!(places(&found), [(FindingKind::Early, 1, 1)]);
    assert_eq!(places(&findings(&[&[&early], &[&right]], &Expected::default())), [(FindingKind::Repeat, 2, 1)]);
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

#[test]
fn two_things_that_have_a_number_in_the_same_words_do_not_contradict_each_other() {
    let setting = |seconds| format!("{WEIR}\n\nThe default timeout of the option is {seconds} seconds.");
    let (first, second) = (setting(30), setting(60).replace(WEIR, MARKET));
    let found = findings(&[&[&first], &[&second]], &Expected::default());
    assert!(found.iter().all(|finding| finding.kind != FindingKind::Contradiction), "{found:?}");
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
fn chapters_are_named_in_many_ways() {
    for dangling in [
        "More stands in Chapter Seven.",
        "More stands in Chapter VII.",
        "More stands in chapters 1 and 7.",
        "More stands in Chapters 5–7.",
        "More stands in Section 7.2.",
        "More stands in Section 1.9.",
        "More stands in Chapter 7 of this book.",
    ] {
        assert!(kinds(dangling, &Expected::default()).contains(&FindingKind::Reference), "{dangling}");
    }
    for right in [
        "He read Chapter 12 of Exodus to them.",
        "He read from Exodus, chapter 12, to them.",
        "Section 230 says so, and Section 7.2 of the Act as well.",
        "A chapter I wrote then was lost.",
        "See Section 1.1 for the miller.",
    ] {
        assert_eq!(kinds(right, &Expected::default()), [], "{right}");
    }
}

#[test]
fn chapters_are_found_by_their_ideographs() {
    let of = |language: &str, text: &str| {
        let sections = vec![SectionSource { heading: "", text }];
        let found = audit(language, &[ChapterSource { number: 1, title: "", sections }], &Expected::default());
        found.into_iter().map(|finding| finding.kind).collect::<Vec<_>>()
    };
    assert_eq!(of("ja", "詳しくは第3章で述べる。"), [FindingKind::Reference]);
    assert_eq!(of("zh", "详见第十二章的说明。"), [FindingKind::Reference]);
    assert_eq!(of("zh", "详见第一章的说明。"), []);
    assert_eq!(of("zh", "他读了《出埃及记》第十二章。"), []);
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
fn names_of_the_plan_and_of_the_outline_are_no_slips_of_each_other() {
    let names = ["Marian".to_owned(), "Ostrand".to_owned()];
    let expected = Expected { names: &names, ..Expected::default() };
    assert_eq!(kinds("Nobody had seen Marion in Ostrend.", &expected), [FindingKind::Name; 2]);
    let both = ["Marian".to_owned(), "Marion".to_owned()];
    assert_eq!(kinds("Nobody had seen Marion since noon.", &Expected { names: &both, ..Expected::default() }), []);
    let outlined = Expected { names: &names, given: "Marion comes home.", ..Expected::default() };
    assert_eq!(kinds("Nobody had seen Marion since noon.", &outlined), []);
}

#[test]
fn the_cases_of_a_name_are_no_slips() {
    let canon = ["Wanda prowadzi prom.".to_owned()];
    let expected = Expected { canon: &canon, ..Expected::default() };
    let text = "Nikt nie widział Wandę przed południem, a prom stał przy brzegu.";
    let sections = vec![SectionSource { heading: "", text }];
    let found = audit("pl", &[ChapterSource { number: 1, title: "", sections }], &expected);
    assert!(found.iter().all(|finding| finding.kind != FindingKind::Name), "{found:?}");
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
    let story = Expected { fiction: true, ..Expected::default() };
    assert_eq!(findings(&[&[MARKET, &sums_up]], &story), []);
}

#[test]
fn a_chapter_that_begins_or_ends_with_a_formula_is_found_unless_the_book_tells_a_story() {
    let ends = format!("{WEIR}\n\nIn conclusion, the weir held and the night was long. So it was.");
    let opens = format!("In this chapter we look at the weir. {WEIR}");
    for (text, place) in [(&ends, (FindingKind::Formula, 2, 1)), (&opens, (FindingKind::Formula, 2, 1))] {
        let found = findings(&[&[MARKET], &[text]], &Expected::default());
        assert_eq!(places(&found), [place], "{text}");
        assert!(!is_mended(&found[0], text, "en"));
        assert!(is_mended(&found[0], WEIR, "en"));
        let again = text.replace("In conclusion, the weir held", "To sum up, it held");
        assert!(!is_mended(&found[0], &again.replace("we look at", "we see"), "en"), "another formula is no better");
        assert_eq!(findings(&[&[MARKET], &[text]], &Expected { fiction: true, ..Expected::default() }), []);
    }
}

#[test]
fn a_section_full_of_the_words_that_models_prefer_is_found_until_most_are_gone() {
    let full = "The bustling harbour was a testament to the crucial weir. We delve into its comprehensive and pivotal boards, \
                and embark on the tapestry of its water. The clerk wrote it down.";
    let found = findings(&[&[WEIR], &[full]], &Expected::default());
    assert_eq!(places(&found), [(FindingKind::Slop, 2, 1)]);
    assert!(!is_mended(&found[0], full, "en") && is_mended(&found[0], "The busy harbour had a crucial weir.", "en"));
    assert_eq!(kinds("The weir was crucial, and the harbour bustling.", &Expected::default()), []);
}

#[test]
fn a_chapter_of_another_length_than_planned_is_told_and_not_mended() {
    let plan = |length| [ChapterPlan { chapter: 2, length, ..ChapterPlan::default() }];
    let length = bindery_text::length::length(MARKET, "en");
    for (planned, told) in [(length, 0), (length * 2, 1), (length / 2, 1), (0, 0)] {
        let plans = plan(planned);
        let found = findings(&[&[WEIR], &[MARKET]], &Expected { chapters: &plans, ..Expected::default() });
        assert_eq!(places(&found), vec![(FindingKind::Length, 2, 1); told], "{planned}");
        assert!(AuditReport::with_repairs(found, 2, |_, _| true).repairs().is_empty());
    }
}

#[test]
fn several_faults_of_a_kind_in_one_sentence_are_all_found() {
    let banned = ["tapestry".to_owned(), "whelm".to_owned()];
    let found = of_text("The tapestry of floods did whelm them.", &Expected { banned: &banned, ..Expected::default() });
    assert_eq!(found.iter().map(|finding| finding.quote.as_str()).collect::<Vec<_>>(), ["tapestry", "whelm"]);
}

#[test]
fn the_chapter_that_is_to_make_the_point_keeps_a_passage_that_stands_in_several() {
    let alone = "Nobody went out that day, and the lamps were lit at noon.";
    let texts: Vec<String> =
        [alone, "The ferry was late again.", "The bell had a crack."].map(|end| format!("{WEIR}\n\n{end}")).to_vec();
    let plan = |chapter, point: &str| ChapterPlan { chapter, points: vec![point.to_owned()], length: 0 };
    let plans = [plan(1, "lamps"), plan(2, "the ferry"), plan(3, "the miller watches the weir in the rain")];
    let sections: Vec<[&str; 1]> = texts.iter().map(|text| [text.as_str()]).collect();
    let chapters: Vec<&[&str]> = sections.iter().map(|texts| &texts[..]).collect();
    let of = |expected: &Expected<'_>| {
        let mut found = findings(&chapters, expected);
        found.retain(|finding| finding.kind == FindingKind::Repeat);
        found.iter().map(|found| (found.place.chapter, found.other.as_ref().unwrap().chapter)).collect::<Vec<_>>()
    };
    assert_eq!(of(&Expected { chapters: &plans, ..Expected::default() }), [(1, 3), (2, 3)]);
    assert_eq!(of(&Expected::default()), [(2, 1), (3, 1)], "without points the first keeps it");
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
