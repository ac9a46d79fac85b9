//! Tests of briefs: what an answer means, and how it is fitted to its chapter.

use bindery_context::{FixedSection, Point};
use proptest::prelude::*;

use super::*;

fn slice(points: u32, sections: u32) -> Slice {
    let owns = (1..=points).map(|n| Point { id: format!("1.{n}"), text: format!("Point {n}") }).collect();
    Slice { chapter: 1, title: "Title".into(), owns, sections, length: 3_000, ..Slice::default() }
}

fn section(heading: &str, points: &[&str], length: u32) -> BriefSection {
    let points = points.iter().map(|id| (*id).to_owned()).collect();
    BriefSection { heading: heading.into(), points, length, ..BriefSection::default() }
}

/// Divides a chapter by rule, and leaves out what its sections tell.
fn by_rule(slice: &Slice) -> Vec<BriefSection> {
    let bare = |section: BriefSection| BriefSection {
        heading: section.heading,
        points: section.points,
        length: section.length,
        ..BriefSection::default()
    };
    divided(slice, "en").sections.into_iter().map(bare).collect()
}

#[test]
fn a_brief_is_read_for_what_it_means() {
    let chapter = slice(3, 2);
    let expected = vec![section("A", &["1.1", "1.3"], 600), section("B", &["1.2"], 0)];
    for answer in [
        r#"{"sections": [{"heading": "A", "points": ["1.1", "1.3"], "length": 600}, {"heading": "B", "points": ["1.2"]}]}"#,
        r#"{"brief": {"sections": [{"title": "A", "points": [1.1, 3], "words": "600 words"}, {"title": "B", "points": "Point 2", "length": null}]}}"#,
        r#"[{"heading": "A", "points": ["1.1: Point 1", "1.3"], "length": 600.0,}, {"heading": "B", "ids": ["1.2"]}]"#,
    ] {
        assert_eq!(read(answer, &chapter).unwrap().sections, expected, "{answer}");
    }
    assert!(read("I would divide it into two.", &chapter).is_err());
}

#[test]
fn a_chapter_is_divided_by_rule_where_no_answer_can_be_used() {
    let expected = [section("Point 1", &["1.1", "1.2"], 1_500), section("Point 3", &["1.3"], 1_500)];
    assert_eq!(by_rule(&slice(3, 2)), expected);
    let sections = divided(&slice(3, 2), "en").sections;
    assert_eq!((sections[0].begins.as_str(), sections[0].ends.as_str()), ("", "with the point [1.2]"));
    assert_eq!(sections[1].begins, "with the point [1.3]");
}

#[test]
fn no_section_that_is_divided_by_rule_is_left_without_matter() {
    let five_in_four: Vec<usize> = by_rule(&slice(5, 4)).iter().map(|section| section.points.len()).collect();
    assert_eq!(five_in_four, [2, 1, 1, 1]);
    assert_eq!(by_rule(&slice(4, 6)).len(), 4, "each is half as long again");
    let one_in_four = divided(&slice(1, 4), "en").sections;
    let told: Vec<(&str, usize, usize)> = one_in_four
        .iter()
        .map(|section| (section.heading.as_str(), section.points.len(), section.beats.len()))
        .collect();
    assert_eq!(told, [("Point 1", 1, 0), ("", 0, 1), ("", 0, 1)]);
    assert!(one_in_four[2].beats[0].contains("[1.1]"), "{:?}", one_in_four[2]);
    let summary = "Ines changes the drum. Jonah looks on.\nShe brings down the ledgers.".to_owned();
    let told = Slice { summary, ..slice(0, 2) };
    let beats: Vec<Vec<String>> = divided(&told, "en").sections.into_iter().map(|section| section.beats).collect();
    assert_eq!(beats, [vec!["Ines changes the drum.", "Jonah looks on."], vec!["She brings down the ledgers."]]);
}

#[test]
fn a_heading_by_rule_is_a_whole_thought_or_none() {
    let long = "all that there is to say about the many ways in which flour can be milled badly";
    let texts = [
        "Protein on the bag measures quantity, not quality: durum has plenty",
        "German, French and Italian type numbers: two count ash",
        long,
        "The water test.",
        "the water test; again",
    ];
    let owns = (1..).zip(texts).map(|(n, text)| Point { id: format!("1.{n}"), text: text.to_owned() }).collect();
    let headings: Vec<String> =
        by_rule(&Slice { owns, ..slice(0, 5) }).into_iter().map(|section| section.heading).collect();
    let first = "Protein on the bag measures quantity, not quality";
    assert_eq!(headings, [first, "German, French and Italian type numbers", "", "The water test", ""]);
}

#[test]
fn a_chapter_of_one_section_has_no_heading_of_its_own_and_fixed_sections_keep_theirs() {
    assert_eq!(by_rule(&slice(2, 1)), [section("", &["1.1", "1.2"], 3_000)]);
    let fixed = |heading: &str| FixedSection {
        heading: heading.into(),
        summary: format!("About {heading}."),
        ..FixedSection::default()
    };
    let fixed = Slice { fixed: vec![fixed("First"), fixed("Second")], ..slice(3, 2) };
    let expected = [section("First", &["1.1", "1.2"], 1_500), section("Second", &["1.3"], 1_500)];
    assert_eq!(by_rule(&fixed), expected);
    let [first, second] = &divided(&fixed, "en").sections[..] else { panic!("{fixed:?}") };
    assert_eq!(
        (first.beats.as_slice(), first.ends.as_str()),
        (&["About First.".to_owned()][..], "with the point [1.2]")
    );
    assert_eq!(
        (second.beats.as_slice(), second.begins.as_str()),
        (&["About Second.".to_owned()][..], "with the point [1.3]")
    );
    assert_eq!([slice(2, 1), fixed, slice(3, 2)].map(|slice| slice.needs_brief()), [false, false, true]);
}

#[test]
fn a_section_has_an_example_and_moves_of_its_own_and_none_that_an_earlier_one_has() {
    let answer = r#"{"sections": [
        {"heading": "A", "example": "a clock", "opens": "with a bell", "closes": "a door shuts", "first_move": "no"},
        {"heading": "B", "case": "A clock.", "first_move": "With a bell!", "last_move": "the rain stops"}]}"#;
    let mut sections = read(answer, &slice(0, 2)).unwrap().sections;
    clear_alike(&mut sections);
    let moves: Vec<[&str; 3]> =
        sections.iter().map(|section| [&*section.example, &*section.opens, &*section.closes]).collect();
    assert_eq!(moves, [["a clock", "with a bell", "a door shuts"], ["", "", "the rain stops"]]);
}

#[test]
fn a_brief_with_a_wrong_number_of_sections_is_a_failed_try() {
    let brief = Brief { sections: vec![section("A", &[], 100)] };
    assert!(fit(brief, &slice(1, 2)).unwrap_err().to_string().contains("1 sections, 2 were asked"));
}

#[test]
fn two_alike_headings_and_a_heading_like_the_chapters_title_are_refused() {
    for headings in [["A", "a"], ["A", "title"]] {
        let sections = headings.map(|heading| section(heading, &[], 100)).to_vec();
        assert!(fit(Brief { sections }, &slice(1, 2)).is_err());
    }
}

#[test]
fn the_headings_and_points_that_the_author_fixed_stay_whatever_the_brief_says() {
    let mut slice = slice(3, 2);
    let fixed = |heading: &str, id: &str| FixedSection {
        heading: heading.into(),
        summary: String::new(),
        points: vec![id.to_owned()],
    };
    slice.fixed = vec![fixed("First", "1.2"), fixed("Second", "1.3")];
    let brief = Brief { sections: vec![section("x", &["1.3", "1.1"], 10), section("y", &["1.2"], 10)] };
    let fitted = fit(brief, &slice).unwrap();
    assert_eq!(fitted.sections[0], section("First", &["1.2", "1.1"], 1_500));
    assert_eq!(fitted.sections[1], section("Second", &["1.3"], 1_500));
}

proptest! {
    #[test]
    fn every_point_is_in_one_section_and_the_lengths_add_up(
        points in 0u32..20, given in prop::collection::vec((prop::collection::vec(0u32..25, 0..8), 0u32..5_000), 1..8),
    ) {
        let slice = slice(points, u32::try_from(given.len()).unwrap());
        let sections = given.iter().enumerate().map(|(n, (ids, length))| BriefSection {
            heading: format!("Heading {n}"),
            points: ids.iter().map(|id| format!("1.{id}")).collect(),
            length: *length,
            ..BriefSection::default()
        });
        let fitted = fit(Brief { sections: sections.collect() }, &slice).unwrap();
        let mut stand: Vec<String> = fitted.sections.iter().flat_map(|section| section.points.clone()).collect();
        stand.sort();
        let mut owned: Vec<String> = slice.owns.iter().map(|point| point.id.clone()).collect();
        owned.sort();
        prop_assert_eq!(stand, owned);
        prop_assert_eq!(fitted.sections.iter().map(|section| section.length).sum::<u32>(), slice.length);
    }
}

#[test]
fn exercises_follow_the_sections_and_keep_their_points() {
    let practice = |heading: &str, point: &str| FixedSection {
        heading: heading.into(),
        points: vec![point.into()],
        ..FixedSection::default()
    };
    let lesson = Slice { practice: vec![practice("Exercises", "1.3"), practice("Quiz", "1.4")], ..slice(4, 4) };
    let last = [section("Exercises", &["1.3"], 375), section("Quiz", &["1.4"], 375)];
    assert!(lesson.needs_brief());
    let ruled = by_rule(&lesson);
    assert_eq!(ruled[..2], [section("Point 1", &["1.1"], 1_125), section("Point 2", &["1.2"], 1_125)]);
    assert_eq!(ruled[2..], last);
    let answer = Brief { sections: vec![section("A", &["1.3", "1.2"], 500), section("B", &[], 500)] };
    let fitted = fit(answer, &lesson).unwrap().sections;
    assert_eq!((fitted[0].points.as_slice(), fitted[1].points.as_slice()), (&["1.2".into()][..], &["1.1".into()][..]));
    assert_eq!(fitted[2..], last);
    let short = Slice { sections: 3, length: 600, ..lesson };
    assert!(!short.needs_brief());
    assert_eq!(by_rule(&short)[0], section("", &["1.1", "1.2"], 400));
}
