use bindery_context::Lengths;
use bindery_outline::{Chapter, FrontMatter, Outline};

use super::*;

fn compiled() -> Context {
    let chapter =
        |n: u32| Chapter { title: format!("Chapter {n}"), points: vec![format!("point {n}")], ..Chapter::default() };
    let front = FrontMatter { tone: Some("dry".into()), ..FrontMatter::default() };
    let outline = Outline { title: "T".into(), front, chapters: vec![chapter(1), chapter(2)], ..Outline::default() };
    Context::compile(&outline, Lengths { chapter: 1_000, section: 500 })
}

fn planned(json: &str, context: Context) -> Result<Completed, AnswerFault> {
    super::complete(context, PlanAnswer::read(json)?, &Extent::Whole)
}

fn complete(json: &str) -> Result<Context, AnswerFault> {
    planned(json, compiled()).map(|completed| completed.context)
}

#[test]
fn an_answer_fills_empty_fields_and_removes_nothing() {
    let json = r#"{"thesis":"A thesis","style":{"tone":"merry"},"canon":["Anna is 30"],
        "chapters":[{"chapter":2,"role":"end","references":["1.1","2.1","9.9"],"opening":"with rain"},
                    {"chapter":1,"role":"start","opening":"With rain"}]}"#;
    let context = complete(json).unwrap();
    assert_eq!(context.book.thesis, "A thesis");
    assert_eq!(context.book.style.tone, "dry");
    assert_eq!(context.book.canon, ["Anna is 30"]);
    let expected = Reference { id: "1.1".into(), chapter: 1, text: "point 1".into() };
    assert_eq!(context.chapters[1].references, [expected]);
    assert_eq!(context.chapters[1].owns.len(), 1);
}

#[test]
fn two_chapters_never_have_the_same_opening() {
    let json = r#"{"chapters":[{"chapter":1,"opening":"with rain"},{"chapter":2,"opening":"With Rain"}]}"#;
    let context = complete(json).unwrap();
    assert_eq!((context.chapters[0].opening.as_str(), context.chapters[1].opening.as_str()), ("with rain", ""));
}

#[test]
fn a_plan_without_some_of_the_chapters_names_them_and_a_later_answer_adds_them() {
    let first = r#"{"thesis": "A", "chapters": [{"chapter": "1", "opening": "with rain"}]}"#;
    let first = planned(first, compiled()).unwrap();
    assert_eq!(first.faults, [PlanFault::Undecided(2)]);
    let second = r#"{"thesis": "B", "chapters": [{"chapter": 2, "opening": "with snow"}]}"#;
    let second = planned(second, first.context).unwrap();
    assert!(second.faults.is_empty());
    let openings: Vec<_> = second.context.chapters.iter().map(|slice| slice.opening.as_str()).collect();
    assert_eq!((second.context.book.thesis.as_str(), openings), ("A", vec!["with rain", "with snow"]));
    assert!(complete(r#"{"thesis": "A", "chapters": []}"#).unwrap_err().to_string().contains("none of the chapters"));
}

#[test]
fn what_is_nearly_the_same_in_two_chapters_is_asked_for_again() {
    let json = r#"{"chapters": [
        {"chapter": 1, "opening": "a door that will not open in the rain"},
        {"chapter": 2, "opening": "a door that will not open in the rain today"}]}"#;
    let Completed { context, faults } = planned(json, compiled()).unwrap();
    let had = "a door that will not open in the rain".to_owned();
    assert_eq!(faults[0], PlanFault::Alike { what: "opening", chapter: 2, earlier: 1, had });
    assert_eq!(context.chapters[1].opening, "");
}

#[test]
fn a_secret_leaves_no_trace_in_what_is_decided_on_earlier_chapters() {
    let json = r#"{"premise": "A page is gone, and Edda Roe has it.",
        "canon": ["Edda Roe keeps bees.", "It rains on Monday."],
        "characters": [{"name": "Ines", "fear": "Edda Roe"}, {"name": "Edda Roe"}],
        "secrets": [{"secret": "Edda Roe cut the page.", "terms": ["Edda Roe", "point 1"], "chapter": 2,
                     "known_to": [{"character": "Ines", "chapter": 2}]},
                    {"secret": "Nobody was there.", "chapter": 9}],
        "chapters": [{"chapter": 1, "goal": "Ines looks for the page", "turn": "she meets Edda Roe", "references": ["2.1"]},
                     {"chapter": 2, "turn": "Edda Roe tells"}]}"#;
    let Completed { context, faults } = planned(json, compiled()).unwrap();
    let told = "Edda Roe cut the page.".to_owned();
    assert_eq!(
        faults,
        [PlanFault::NoChapter("Nobody was there.".into()), PlanFault::Early { chapter: 1, secret: told, told_in: 2 }]
    );
    assert_eq!(context.secrets[0].terms, ["Edda Roe"], "the author himself names the other one in chapter 1");
    assert_eq!((context.book.thesis.as_str(), context.book.canon.len()), ("", 1));
    assert_eq!((context.book.characters.len(), context.book.characters[0].fear.as_str()), (1, ""));
    let [first, second] = &context.chapters[..] else { panic!("{context:?}") };
    assert_eq!((first.goal.as_str(), first.turn.as_str()), ("Ines looks for the page", ""));
    assert_eq!(second.turn, "Edda Roe tells");
    assert!(!format!("{}{}", context.book_part(), context.slice_part(first)).contains("Edda"));
    assert!(context.slice_part(second).contains("Edda Roe cut the page. (known to Ines)"));
}

#[test]
fn a_running_example_and_a_term_have_a_chapter_of_their_own() {
    let json = r#"{"running_examples": [{"name": "the dinghy", "line": "it leaks", "chapter": 2}, {"name": "the quay", "chapter": 7}],
        "glossary": [{"term": "bilge", "definition": "the lowest part", "chapter": 1}],
        "chapters": [{"chapter": 1, "adds": "a"}, {"chapter": 2, "adds": "b"}]}"#;
    let Completed { context, faults } = planned(json, compiled()).unwrap();
    assert_eq!(faults, [PlanFault::NoOwner("the quay".into())]);
    assert_eq!((context.book.examples.len(), context.book.glossary[0].chapter), (1, Some(1)));
    assert!(context.book_part().contains("the dinghy: it leaks (told in chapter 2)"));
    assert!(context.slice_part(&context.chapters[0]).contains("Terms that it explains, and no other chapter: bilge"));
}

#[test]
fn the_blocks_of_a_large_book_are_put_together_and_share_no_decision() {
    let context = compiled();
    let block = |at: usize, opening: &str| {
        vec![bindery_context::Slice { opening: opening.into(), ..context.chapters[at].clone() }]
    };
    let Completed { context: joined, faults } =
        join(context.clone(), vec![block(0, "rain on a roof at night"), block(1, "a roof, rain on it at night")]);
    let openings: Vec<&str> = joined.chapters.iter().map(|slice| slice.opening.as_str()).collect();
    assert_eq!(openings, ["rain on a roof at night", ""]);
    assert_eq!(faults.iter().map(PlanFault::chapter).collect::<Vec<_>>(), [Some(2)], "its block is asked once more");
}

#[test]
fn lines_that_are_alike_are_asked_for_again_and_stay_until_there_are_others() {
    let json = r#"{"chapters": [{"chapter": 1, "role": "a", "summary": "How the harbour of Brest was built."},
        {"chapter": 2, "role": "b", "summary": "How Brest's harbour of old was built."}]}"#;
    let Completed { context, faults } = planned(json, compiled()).unwrap();
    let lines = |context: &Context| context.chapters.iter().map(|slice| slice.line.clone()).collect::<Vec<_>>();
    assert_eq!((faults.len(), lines(&context)[1].as_str()), (0, "How Brest's harbour of old was built."));
    let json = json.replace("Brest's harbour of old", "the harbour of Brest");
    let Completed { context, faults } = planned(&json, compiled()).unwrap();
    assert!(matches!(faults[..], [PlanFault::Alike { what: "summary", chapter: 2, earlier: 1, .. }]), "{faults:?}");
    assert!(!lines(&context)[1].is_empty());
    let other = r#"{"chapters": [{"chapter": 2, "summary": "Who paid for it."}]}"#;
    let Completed { context, faults } = planned(other, context).unwrap();
    assert_eq!((faults.len(), lines(&context)[1].as_str()), (0, "Who paid for it."));
}

#[test]
fn a_secret_without_a_term_that_tells_it_is_asked_for_again_and_named() {
    let first = r#"{"secrets": [{"secret": "It was Ines.", "terms": ["point 1"], "chapter": 2}],
        "chapters": [{"chapter": 1, "goal": "a"}, {"chapter": 2, "goal": "b"}]}"#;
    let Completed { context, faults } = planned(first, compiled()).unwrap();
    assert_eq!(faults, [PlanFault::NoTerm { secret: "It was Ines.".into(), told_in: 2 }]);
    let none = planned(r#"{"chapters": [{"chapter": 1, "goal": "a"}]}"#, context.clone()).unwrap();
    assert_eq!(none.faults.len(), 1, "an answer without it leaves it as it is");
    let second = r#"{"secrets": [{"secret": "Ines did it.", "terms": ["her torn page"], "chapter": 2}]}"#;
    let Completed { context, faults } = planned(second, context).unwrap();
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(context.secrets.len(), 1);
    assert_eq!(context.secrets[0].terms, ["her torn page"]);
}

#[test]
fn a_plan_is_read_for_what_it_means() {
    let json = r#"{"plan": {"thesis": "A", "audience": null, "out_of_scope": "engines", "style": {"tone": "merry"},
        "glossary": {"bilge": "the lowest part"}, "canon": [{"fact": "Anna is 30"}],
        "chapters": [{"number": "1", "opening": "with rain",}, {"number": 2.0, "closing": "with wind"}]}}"#;
    let context = complete(json).unwrap();
    assert_eq!(context.book.out_of_scope, ["engines"]);
    assert_eq!((context.book.glossary[0].term.as_str(), context.book.canon[0].as_str()), ("bilge", "Anna is 30"));
    assert_eq!(
        (context.chapters[0].opening.as_str(), context.chapters[1].closing.as_str()),
        ("with rain", "with wind")
    );
}

#[test]
fn a_plan_that_makes_every_prompt_too_long_is_refused() {
    let canon: Vec<String> = (0..24).map(|n| format!("fact {n}: {}", "word ".repeat(120))).collect();
    let json = serde_json::json!({"canon": canon, "glossary": [], "out_of_scope": canon,
        "chapters": [{"chapter": 1, "role": "a"}, {"chapter": 2, "role": "b"}]});
    assert!(complete(&json.to_string()).unwrap_err().to_string().contains("too long"));
}
