//! Tests the score of a book with faults that are planted in sound prose. `examples/score.rs` plants them in printed books.

#[path = "score/faults.rs"]
mod faults;
#[path = "score/prose.rs"]
mod prose;
#[path = "score/told.rs"]
mod told;

use bindery_check::{
    manuscript::{ChapterSource, ManuscriptText, sections_of},
    score::{Band, Score, Verdict},
};
use faults::FAULTS;
use prose::Numbers;

/// How far a mark may move that a fault has nothing to do with.
const TOLERANCE: u32 = 10;

fn sound() -> Vec<String> {
    let mut numbers = Numbers::new(1);
    (0..6).map(|_| prose::chapter(&mut numbers, 4)).collect()
}

fn score(language: &str, chapters: &[String]) -> Score {
    let sources: Vec<_> = (1..)
        .zip(chapters)
        .map(|(number, text)| ChapterSource { number, title: "", sections: sections_of(text) })
        .collect();
    Score::of(&ManuscriptText::read(language, &sources))
}

fn mark(score: &Score, name: &str) -> Option<u32> {
    score.figure(name).unwrap_or_else(|| panic!("there is no figure {name}")).mark
}

#[test]
fn sound_prose_has_the_full_mark_in_every_figure() {
    for figure in score("en", &sound()).figures {
        assert!(figure.mark.is_none_or(|mark| mark >= 95), "{} is {:?}: {:?}", figure.name, figure.value, figure.mark);
    }
}

#[test]
fn a_fault_lowers_the_right_figure_and_no_other() {
    let sound = sound();
    let before = score("en", &sound);
    for fault in FAULTS {
        let mut chapters = sound.clone();
        fault.plant(&mut chapters);
        let after = score("en", &chapters);
        for name in fault.lowers {
            let (before, after) = (mark(&before, name).unwrap(), mark(&after, name).unwrap());
            assert!(after + 30 <= before, "{}: the mark of {name} was {before} and is {after}", fault.name);
        }
        for figure in &after.figures {
            let name = figure.name.as_str();
            let stays = !fault.lowers.contains(&name) && !fault.may_lower.contains(&name);
            let before = mark(&before, name);
            let fell = before.zip(figure.mark).is_some_and(|(before, after)| after + TOLERANCE < before);
            assert!(!(stays && fell), "{}: {name} fell from {before:?} to {:?}", fault.name, figure.mark);
        }
        assert!(after.mark < before.mark, "{}", fault.name);
    }
}

#[test]
fn what_a_person_tells_ranks_above_what_a_model_makes_of_it() {
    let book = |told: [&str; 3]| -> Vec<String> { told.iter().map(|text| (*text).to_owned()).collect() };
    let person = score("en", &book(told::BY_A_PERSON));
    let model = score("en", &book(told::BY_A_MODEL));
    let (by_a_person, by_a_model) = (person.mark.unwrap(), model.mark.unwrap());
    assert!(by_a_person >= 90, "{by_a_person}: {:#?}", person.figures);
    assert!(by_a_model + 20 <= by_a_person, "{by_a_model} is near {by_a_person}");
}

#[test]
fn a_file_that_speaks_as_a_model_does_not_have_the_full_mark() {
    for (name, flaw) in [
        ("leaks", "As an AI language model, I cannot see the weir."),
        ("leaks", "The figures stand here: [insert your example here]."),
        ("dangling_references", "More of it stands in Chapter 99."),
        ("cut_endings", "And then the"),
    ] {
        let mut chapters = sound();
        chapters[5] = format!("{}\n\n{flaw}", chapters[5]);
        let score = score("en", &chapters);
        assert!(score.mark < Some(100), "{flaw}");
        assert_ne!(score.figure(name).unwrap().verdict, Verdict::Good, "{flaw}");
    }
}

#[test]
fn a_figure_that_is_not_good_names_places() {
    let mut chapters = sound();
    FAULTS[0].plant(&mut chapters);
    let score = score("en", &chapters);
    let across = score.figure("repetition_across_chapters").unwrap();
    assert_eq!(across.verdict, Verdict::Poor);
    let evidence = &across.evidence[0];
    assert!(evidence.says.contains("words already stand in chapter"), "{}", evidence.says);
    assert!(evidence.place.chapter > 1 && !evidence.place.begins.is_empty());
}

#[test]
fn what_holds_for_english_alone_is_not_judged_in_other_languages() {
    let score = score("nl", &sound());
    for name in ["slop_words", "contrasts", "triads", "transitions", "compressibility"] {
        assert_eq!(mark(&score, name), None, "{name}");
    }
    assert_eq!(mark(&score, "repetition_across_chapters"), Some(100));
}

#[test]
fn a_score_is_read_back_from_its_file() {
    let score = score("en", &sound());
    let json = serde_json::to_string(&score).unwrap();
    assert_eq!(serde_json::from_str::<Score>(&json).unwrap(), score);
}

#[test]
fn the_guide_has_every_figure_with_its_bands() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/quality.md");
    let guide = std::fs::read_to_string(path).unwrap();
    for figure in score("en", &[]).figures {
        let band = |band: Option<Band>| band.map_or_else(|| "none published".to_owned(), |band| band.to_string());
        let unit = if figure.unit.is_empty() { "–" } else { &figure.unit };
        let (human, machine) = (band(figure.human), band(figure.machine));
        let row = format!("| `{}` | {} | {unit} | {human} | {machine} |", figure.name, figure.means);
        assert!(guide.contains(&row), "docs/quality.md lacks the row {row}");
    }
}

#[test]
fn a_book_without_text_has_no_mark() {
    assert_eq!(score("en", &[]).mark, None);
    assert_eq!(score("ja", &[String::new()]).words, 0);
}

proptest::proptest! {
    #[test]
    fn every_figure_of_any_text_is_finite(
        text in r"([a-cA-C.!,—“” \n>#*語雨。]|\n\n|## |- |\*\*\*\n|```\n|not |It was |and ){0,200}",
        language in "en|ja|th|de",
        times in 1_usize..30,
    ) {
        let chapters = vec![text.repeat(times), text.clone(), text];
        for figure in score(&language, &chapters).figures {
            proptest::prop_assert!(figure.value.is_none_or(f64::is_finite));
            proptest::prop_assert!(figure.mark.is_none_or(|mark| mark <= 100));
        }
    }
}
