use bindery_ledger::{Part, Standing, draft_part};

use super::*;

const FIRST: &str = "Ebb and flood.\n\n### A name\n\nMore.";
const SECOND: &str = "Salt.\n\n## Between\n\nWater.";

fn request() -> Request {
    bindery_ledger::sample::request("book", 1)
}

fn written(text: &str, model: &str) -> Part {
    Part {
        digest: Some(Digest::of(text)),
        model: Some(model.to_owned()),
        attempts: 3,
        kept_attempt: Some(2),
        tries: 1,
        rewrites: 1,
        calls: 4,
        ..Part::default()
    }
}

fn task(id: TaskId, parts: Vec<(u16, Part)>, result: TaskResult) -> Task {
    let mut task = Task::waiting(id, result.edition, 0);
    task.standing = Standing::Done;
    task.parts = parts.into_iter().collect();
    task.result = Some(result);
    task
}

fn chapter() -> Task {
    let parts = vec![(1, written(FIRST, "a:one")), (2, written(SECOND, "b:two"))];
    task(TaskId::Write(1), parts, TaskResult { sections: 2, ..TaskResult::new(1, 1, Digest::of("text"), 10) })
}

fn text() -> String {
    format!("## Tides\n\n{FIRST}\n\n## Water\n\n{SECOND}\n")
}

fn texts(known: &[&str]) -> HashMap<Digest, String> {
    known.iter().map(|text| (Digest::of(text), (*text).to_owned())).collect()
}

fn told(tasks: &[Task], text: &str, known: &[&str]) -> Provenance {
    let request = request();
    let result = bindery_ledger::current_texts(tasks)[&1];
    Sources::of(&request, tasks).provenance(1, result, text, &texts(known))
}

#[test]
fn each_section_names_its_call_and_the_headings_under_which_it_stands() {
    let told = told(&[chapter()], &text(), &[FIRST, SECOND]);
    assert_eq!(told.models, ["a:one", "b:two"]);
    let [first, second] = &told.sections[..] else { panic!("{told:?}") };
    assert_eq!((first.stands_in.clone(), second.stands_in.clone()), (1..=1, 2..=3));
    let call = SectionCall {
        model: Some("b:two".to_owned()),
        task: "write/1".to_owned(),
        part: 2,
        attempt: Some(2),
        failed_tries: 1,
        rewrites: 1,
        calls: 4,
        digest: Digest::of(SECOND).as_str().to_owned(),
    };
    assert_eq!(second.call, call);
}

#[test]
fn a_mended_section_names_the_repair_and_the_others_their_own_calls() {
    let mended = "Brine.\n\n## Between\n\nWater.";
    let result =
        TaskResult { sections: 2, revision: 1, origin: Origin::Mended, ..TaskResult::new(1, 1, Digest::of("new"), 10) };
    let repair = task(TaskId::Repair { round: 1, chapter: 1 }, vec![(2, written(mended, "c:three"))], result);
    let told = told(&[chapter(), repair], &text().replace(SECOND, mended), &[FIRST, mended]);
    assert_eq!(told.models, ["a:one", "c:three"]);
    let tasks: Vec<&str> = told.sections.iter().map(|section| section.call.task.as_str()).collect();
    assert_eq!(tasks, ["write/1", "repair/1/1"]);
    let history: Vec<_> = told.history.iter().map(|version| (version.version.as_str(), version.origin)).collect();
    assert_eq!(history, [("1.0", bindery_format::Origin::Written), ("1.1", bindery_format::Origin::Mended)]);
}

#[test]
fn a_section_that_is_a_chosen_draft_names_the_call_of_the_draft() {
    let mut chapter = chapter();
    let draft = Part { model: Some("d:four".to_owned()), attempts: 1, kept_attempt: Some(1), ..written(FIRST, "") };
    chapter.parts.insert(draft_part(1, 3), draft);
    chapter.parts.insert(1, Part { calls: 0, attempts: 0, kept_attempt: None, ..written(FIRST, "d:four") });
    let told = told(&[chapter], &text(), &[FIRST, SECOND]);
    let call = &told.sections[0].call;
    assert_eq!((call.part, call.attempt, call.model.as_deref()), (draft_part(1, 3), Some(1), Some("d:four")));
}

#[test]
fn a_text_that_a_person_edited_says_so_and_names_no_calls() {
    let mut chapter = chapter();
    let edited = TaskResult { origin: Origin::Edited, ..TaskResult::new(2, 0, Digest::of("edited"), 10) };
    chapter.former = versions(&[chapter.clone()], 1);
    chapter.parts.clear();
    chapter.result = Some(edited);
    let told = told(&[chapter], "## Tides\n\nMine.\n", &[]);
    assert_eq!((told.models.len(), told.sections.len()), (0, 0));
    let history: Vec<_> = told.history.iter().map(|version| (version.version.as_str(), version.origin)).collect();
    assert_eq!(history, [("1.0", bindery_format::Origin::Written), ("2.0", bindery_format::Origin::Edited)]);
}

#[test]
fn sections_whose_texts_were_not_read_are_not_placed() {
    assert!(told(&[chapter()], &text(), &[FIRST]).sections.is_empty());
    assert_eq!(told(&[chapter()], &text(), &[]).models, ["a:one", "b:two"]);
}

#[test]
fn a_book_whose_records_name_no_model_was_written_by_the_one_it_was_ordered_from() {
    let mut chapter = chapter();
    chapter.parts.values_mut().for_each(|part| part.model = None);
    assert_eq!(told(&[chapter], &text(), &[]).models, [request().order.model]);
}

#[test]
fn only_headings_below_no_other_one_begin_sections() {
    let text = "Before.\n\n### One\n\n#### Below\n\n> ## Quoted\n\n## Two\n\n### Below\n\n# Three\n";
    let starts: Vec<&str> =
        starts_of_sections(text).into_iter().map(|start| text[start..].lines().next().unwrap()).collect();
    assert_eq!(starts, ["### One", "## Two", "# Three"]);
}
