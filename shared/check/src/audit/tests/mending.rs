//! What is mended of what was found, and when it counts as mended.

use super::{MARKET, WEIR, findings, of_text};
use crate::audit::{AuditReport, Expected, FindingKind, Repair, SecretTerm, introduced, is_mended, most_repaired};

#[test]
fn a_contradiction_is_mended_only_by_a_text_that_agrees() {
    let canon = ["The mill at Harrow was built in 1871.".to_owned()];
    let found = of_text("The mill at Harrow was built in 1874.", &Expected { canon: &canon, ..Expected::default() });
    for (text, mended) in [
        ("The mill at Harrow had been built by 1878.", false),
        ("The mill at Harrow was built in 1871, in a wet spring.", true),
        ("The mill at Harrow was built in the 1870s.", true),
        ("Nobody knew how old the mill was.", true),
    ] {
        assert_eq!(is_mended(&found[0], text, "en"), mended, "{text}");
    }
}

#[test]
fn what_a_mended_section_has_wrong_that_it_had_not_before_is_found() {
    let (banned, canon) = (["tapestry".to_owned()], ["The mill at Harrow was built in 1871.".to_owned()]);
    let secrets = [SecretTerm { term: "the drowned chapel".to_owned(), chapter: 9 }];
    let expected = Expected { banned: &banned, canon: &canon, secrets: &secrets, ..Expected::default() };
    let old = format!("{MARKET} It was a tapestry.");
    for (added, kind) in [
        ("They spoke of the drowned chapel.", FindingKind::Early),
        ("The mill at Harrow was built in 1874.", FindingKind::Contradiction),
        ("It was measured (Vries, 2014).", FindingKind::Citation),
        ("As an AI language model, I cannot say.", FindingKind::Leak),
    ] {
        let new = introduced("en", 2, &old, &format!("{old} {added}"), &expected);
        assert_eq!(new.iter().map(|finding| finding.kind).collect::<Vec<_>>(), [kind], "{added}");
    }
    assert_eq!(
        introduced("en", 2, &old, &format!("{old} Chapter 7 is long. In conclusion, it was wet."), &expected),
        []
    );
}

#[test]
fn in_a_small_book_every_copy_of_a_passage_is_mended() {
    for (sections, copies) in [(3, 3), (9, 9)] {
        let texts: Vec<String> =
            (0..sections).map(|nth| format!("{WEIR}\n\nThat was day {nth} of the {nth} floods.")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let chapters: Vec<&[&str]> = texts.chunks(3).collect();
        let report = AuditReport::with_repairs(findings(&chapters, &Expected::default()), sections, |_, _| true);
        let repeats = report.findings.iter().filter(|finding| finding.kind == FindingKind::Repeat);
        assert_eq!(repeats.filter(|finding| finding.round.is_some()).count(), copies - 1);
    }
    assert_eq!([1, 2, 3, 10, 20, 21, 100].map(most_repaired), [1, 2, 3, 3, 3, 4, 15]);
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
    assert_eq!(mended, [(1, 1), (1, 2), (2, 8)], "15 % of 20 sections are 3: {found:#?}");
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
