use bindery_check::manuscript::Place;
use bindery_context::Lengths;
use bindery_ledger::{TaskResult, Terms, sample};

use super::*;

const SOUND: &str = "The keeper rowed out at noon. He wound the clock and came home before the wind turned.";
const OTHER: &str = "Nobody crossed the sound on Sundays. The ferry lay at its buoy until the bells had stopped.";
const FLAWED: &str =
    "The island is a rich tapestry of stone. Nobody had counted the gulls since the storm of that spring.";

/// Returns a request for a book whose author does without a phrase.
fn request() -> Request {
    let mut request = sample::request("r", 2);
    request.order.outline.front.banned = vec!["rich tapestry".to_owned()];
    Request { terms: Terms { audit: AuditMode::Repair, ..sample::terms() }, ..request }
}

fn chapter(number: u32, sections: &[&str]) -> StandingChapter {
    let text = ChapterTexts::Sections(sections.iter().map(|text| (*text).to_owned()).collect());
    StandingChapter { number, title: format!("Chapter {number}"), text }
}

/// Reads chapters as a book.
fn read<T>(chapters: &[StandingChapter], read: impl FnOnce(&Whole<'_>) -> T) -> T {
    let request = request();
    let context = Context::compile(&request.order.outline, Lengths { chapter: 100, section: 50 });
    read(&Whole { request: &request, context: &context, chapters, stated: &[] })
}

/// Returns what an audit of these chapters found, and what is left once they are those others.
fn left(before: &[StandingChapter], after: &[StandingChapter], unmended: &Unmended<'_>) -> Vec<String> {
    let found = read(before, |whole| whole.read()).findings;
    let ordered: Vec<&Finding> = found.iter().filter(|finding| finding.round.is_some()).collect();
    assert!(!ordered.is_empty(), "{found:?}");
    read(after, |whole| still_wrong(whole, &ordered, unmended))
}

fn nothing_said() -> Unmended<'static> {
    Unmended { remarks: Vec::new(), given_up: BTreeSet::new() }
}

#[test]
fn what_a_repair_did_not_mend_is_told_with_its_chapter_and_first_words() {
    let flawed = || [chapter(1, &[SOUND, FLAWED]), chapter(2, &[OTHER])];
    let told = left(&flawed(), &flawed(), &nothing_said());
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("In chapter 1, section 2,") && told[0].contains("The island is"), "{told:?}");
    let mended = [chapter(1, &[SOUND, "The island is all stone. Nobody had counted the gulls."]), chapter(2, &[OTHER])];
    assert_eq!(left(&flawed(), &mended, &nothing_said()), Vec::<String>::new());
}

#[test]
fn a_new_fault_of_a_mended_section_is_left_and_one_of_another_section_is_not() {
    let before = [chapter(1, &[SOUND, FLAWED]), chapter(2, &[OTHER])];
    let after =
        [chapter(1, &[FLAWED, "It was so (Hartmann & Vries, 2014), and the gulls left."]), chapter(2, &[OTHER])];
    let told = left(&before, &after, &nothing_said());
    assert!(told.iter().any(|finding| finding.contains("section 2")), "{told:?}");
    // The phrase that was to be mended stands in another section now.
    assert!(told.iter().any(|finding| finding.contains("section 1")), "{told:?}");
    let elsewhere = [
        chapter(1, &[SOUND, "The island is all stone."]),
        chapter(2, &["It was so (Hartmann & Vries, 2014), and the gulls left."]),
    ];
    assert_eq!(left(&before, &elsewhere, &nothing_said()), Vec::<String>::new());
}

#[test]
fn a_discrepancy_is_left_where_a_repair_says_so_or_was_given_up() {
    let place = Place { chapter: 2, section: 1, paragraph: 1, sentence: 1, begins: "The door was green".to_owned() };
    let (quote, advice) =
        ("The door was green.".to_owned(), "Chapter 1 says: “The door was red.” Make the two agree.".to_owned());
    let finding = Finding { round: Some(1), ..Finding::new(FindingKind::Discrepancy, place, quote, advice.clone()) };
    let chapters = [chapter(1, &[SOUND]), chapter(2, &["The door was green."])];
    let task = |standing, remark: &str| {
        let mut task = Task::waiting(TaskId::Repair { round: 1, chapter: 2 }, 1, 1);
        task.standing = standing;
        let remarks = vec![remark.to_owned()];
        task.result = (standing == Standing::Done)
            .then(|| TaskResult { remarks, ..TaskResult::new(1, 1, Digest::of("text"), 4) });
        vec![task]
    };
    let still = |tasks: &[Task]| read(&chapters, |whole| still_wrong(whole, &[&finding], &unmended(tasks))).len();
    assert_eq!(still(&task(Standing::Done, &format!("Section 1: {advice}"))), 1);
    assert_eq!(still(&task(Standing::Dead, "")), 1);
    assert_eq!(still(&task(Standing::Done, "Section 1: It is too short.")), 0, "a judge found that it is none");
}
