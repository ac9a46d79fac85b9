//! Tests of the choice: which of given drafts is taken, and why.

use proptest::prelude::*;

use super::*;

const SEA: &str = "The harbour lay under fog that morning, and nobody on the quay had yet lit the second lamp.";
const MILL: &str = "Grain arrives at the mill by cart. A miller weighs each sack before he signs for it in the book.";
const LAW: &str = "Whoever owned a bridge could ask a penny of each cart, which the charter of 1311 set down in Latin.";

fn draft(text: &str) -> SectionDraft<'_> {
    SectionDraft { text, misses: 0, left_out: 0, fit: 1_100 }
}

fn taken(sections: &[Vec<SectionDraft<'_>>], others: &[&str]) -> Vec<(u8, Decided)> {
    choose(sections, others, "en").into_iter().map(|choice| (choice.draft, choice.by)).collect()
}

#[test]
fn the_draft_that_misses_the_fewest_targets_is_taken_before_all_else() {
    let short = SectionDraft { misses: 1, ..draft(MILL) };
    let repeats = SectionDraft { left_out: 2, fit: 1_000, ..draft(SEA) };
    assert_eq!(taken(&[vec![short, repeats]], &[SEA]), [(2, Decided::Targets)]);
}

#[test]
fn a_draft_that_repeats_another_section_of_the_chapter_is_not_taken() {
    let second = format!("It was dark. {SEA}");
    let sections = [
        vec![draft(SEA)],
        vec![SectionDraft { fit: 1_100, ..draft(&second) }, SectionDraft { fit: 1_001, ..draft(MILL) }],
    ];
    assert_eq!(taken(&sections, &[]), [(1, Decided::Nothing), (2, Decided::Overlap)]);
}

#[test]
fn a_draft_that_repeats_another_chapter_is_not_taken() {
    let second = format!("It was dark. {SEA}");
    let drafts = vec![draft(&second), draft(MILL)];
    assert_eq!(taken(std::slice::from_ref(&drafts), &[LAW, SEA]), [(2, Decided::Overlap)]);
    assert_eq!(taken(&[drafts], &[LAW]), [(1, Decided::Nothing)]);
}

#[test]
fn of_two_drafts_the_one_that_opens_otherwise_than_the_chapter_before_is_taken() {
    let alike = "The harbour lay empty when the boats had left, and gulls walked on the nets as if these were theirs.";
    assert_eq!(taken(&[vec![draft(alike), draft(MILL)]], &[SEA]), [(2, Decided::Overlap)]);
}

#[test]
fn the_chapter_is_chosen_as_a_set_and_not_section_by_section() {
    // The first section alone would take its first draft. Its second draft lets both sections be free of repetitions.
    let (once, twice) = (format!("It was dark. {SEA}"), format!("Nothing moved. {SEA}"));
    let sections = [vec![draft(&once), draft(MILL)], vec![draft(&twice)]];
    assert_eq!(taken(&sections, &[]), [(2, Decided::Overlap), (1, Decided::Nothing)]);
}

#[test]
fn among_drafts_that_share_nothing_the_points_decide_and_then_the_length() {
    let leaves_out = SectionDraft { left_out: 1, ..draft(SEA) };
    let long = SectionDraft { fit: 1_040, ..draft(MILL) };
    assert_eq!(taken(&[vec![leaves_out, long]], &[]), [(2, Decided::Points)]);
    assert_eq!(taken(&[vec![long, draft(LAW)]], &[]), [(2, Decided::Length)]);
    assert_eq!(taken(&[vec![draft(LAW), draft(LAW)]], &[]), [(1, Decided::Nothing)]);
}

#[test]
fn a_choice_is_recorded_in_words() {
    let choices = Choices { drafts: 3, sections: vec![Choice { draft: 2, by: Decided::Overlap }] };
    let recorded = r#"{"drafts":3,"sections":[{"draft":2,"by":"overlap"}]}"#;
    assert_eq!(serde_json::to_string(&choices).unwrap(), recorded);
    assert_eq!(serde_json::from_str::<Choices>(recorded).unwrap(), choices);
}

proptest! {
    #[test]
    fn any_drafts_get_a_choice_that_no_other_draft_of_its_section_beats(
        given in prop::collection::vec(prop::collection::vec((prop::collection::vec(0_u8..4, 0..24), 0_usize..2, 0_u32..3), 1..4), 1..5),
    ) {
        let text = |words: &[u8]| words.iter().map(|word| ["one", "two", "three", "four"][*word as usize]).collect::<Vec<_>>().join(" ");
        let texts: Vec<Vec<String>> = given.iter().map(|drafts| drafts.iter().map(|(words, ..)| text(words)).collect()).collect();
        let sections: Vec<Vec<SectionDraft<'_>>> = given.iter().zip(&texts).map(|(drafts, texts)| {
            drafts.iter().zip(texts).map(|((_, misses, fit), text)| SectionDraft { text, misses: *misses, left_out: 0, fit: *fit }).collect()
        }).collect();
        let choices = choose(&sections, &[], "en");
        prop_assert_eq!(choices.len(), sections.len());
        for (drafts, choice) in sections.iter().zip(&choices) {
            let fewest = drafts.iter().map(|draft| draft.misses).min().unwrap();
            prop_assert_eq!(drafts[usize::from(choice.draft) - 1].misses, fewest);
        }
    }
}
