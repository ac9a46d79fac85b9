//! Do learning goals, quizzes and exercises come into every format, with the answers behind the questions?

use bindery_format::{Format, Manuscript, ValidManuscript};

use super::{
    bound, check_epub, check_html, check_scorm, check_site,
    documents::files,
    html,
    manuscripts::{chapters, smallest},
};

const QUIZ: &str = "1. What is ebb?\n   - [ ] The water rises\n   - [x] The water *falls*\n\n   It comes twice a day.\n2. And flood?\n   - [x] It rises\n   - [ ] It falls\n";
const EXERCISES: &str =
    "1. Read the table.\n\n   > The range is 3.4 m.\n\n2. Draw the curve.\n\n   > It is flat at slack water.\n";

/// Returns a lesson with goals, exercises and a quiz.
fn lesson() -> Manuscript {
    let body = format!("The sea moves.\n\n## Exercises\n\n{EXERCISES}\n## Quiz\n\n{QUIZ}");
    let mut chapters = chapters(&[("Tides", body.as_str())]);
    chapters[0].goals = vec!["tell ebb from flood".to_owned(), "read a <tide> table".to_owned()];
    Manuscript { chapters, ..smallest() }
}

fn file(format: Format, manuscript: &Manuscript, name: &str) -> String {
    let found = files(&bound(format, manuscript)).into_iter().find(|(file, _)| file == name);
    found.unwrap_or_else(|| panic!("{name} is not in the {format}")).1
}

#[test]
fn the_answers_to_a_quiz_stand_behind_its_questions() {
    let book = Manuscript { chapters: chapters(&[("Quiz", QUIZ)]), ..smallest() };
    let html = html(&book);
    assert!(html.contains("<summary>Answers</summary>") && html.contains("<p>b) The water falls</p>"), "{html}");
    let (questions, answers) = html.split_once("<details").unwrap();
    assert!(!questions.contains('☑') && !questions.contains("twice a day") && answers.contains("twice a day"));
    assert!(!html.contains("data-right"), "only the pages of a course tell a script which options are right");
    check_epub(&bound(Format::Epub, &book));
    let lesson = file(Format::Scorm, &book, "chapter-001.html");
    assert!(lesson.contains("data-right=\"2\""), "{lesson}");
}

#[test]
fn a_lesson_has_its_goals_first_and_the_answers_to_its_exercises_behind_them() {
    let book = lesson();
    check_epub(&bound(Format::Epub, &book));
    check_html(&html(&book));
    check_site(&bound(Format::Site, &book));
    check_scorm(&bound(Format::Scorm, &book));
    for page in [
        html(&book),
        file(Format::Scorm, &book, "chapter-001.html"),
        file(Format::Epub, &book, "EPUB/chapter-001.xhtml"),
    ] {
        let goals = page.find("<p><strong>Learning goals</strong></p>").unwrap();
        assert!(page.contains("<li>read a &lt;tide&gt; table</li>") && goals < page.find("The sea moves").unwrap());
        let answers = page.find("<details").unwrap();
        assert!(page.find("Draw the curve").unwrap() < answers && answers < page.find("The range is 3.4 m.").unwrap());
        assert!(!page.contains("<blockquote>"), "{page}");
    }
    let plain = String::from_utf8(bound(Format::Text, &book)).unwrap();
    let exercises =
        "1. Read the table.\n2. Draw the curve.\n\nAnswers\n\n1. The range is 3.4 m.\n2. It is flat at slack water.\n";
    let quiz = "1. What is ebb?\n   a) The water rises\n   b) The water falls\n2. And flood?\n   a) It rises\n   b) It falls\n\nAnswers\n\n1. b) The water falls\n   It comes twice a day.\n2. a) It rises\n";
    assert!(plain.contains("\nLearning goals\n\n- tell ebb from flood\n- read a <tide> table\n\nThe sea"), "{plain}");
    assert!(plain.contains(exercises) && plain.contains(quiz), "{plain}");
    let sheets = file(Format::Pdf, &book, "main.typ");
    assert!(sheets.contains("#goals(\"Learning goals\", (\"tell ebb from flood\", "), "{sheets}");
    assert_eq!(sheets.matches("#answers(\"Answers\", 1, (").count(), 2, "{sheets}");
}

#[test]
fn programs_get_quizzes_and_exercises_as_structure() {
    let json: serde_json::Value = serde_json::from_slice(&bound(Format::Json, &lesson())).unwrap();
    let chapter = &json["chapters"][0];
    assert_eq!(chapter["goals"], serde_json::json!(["tell ebb from flood", "read a <tide> table"]));
    let exercises = &chapter["sections"][1]["blocks"][0];
    assert_eq!((&exercises["block"], &exercises["start"]), (&"exercises".into(), &1.into()));
    assert_eq!(exercises["exercises"][1]["answer"][0]["text"][0]["text"], "It is flat at slack water.");
    let quiz = &chapter["sections"][2]["blocks"][0];
    let right = |option: usize| &quiz["questions"][0]["options"][option]["is_right"];
    assert_eq!((&quiz["block"], right(0), right(1)), (&"quiz".into(), &false.into(), &true.into()));
    assert_eq!(quiz["questions"][0]["explanation"][0]["text"][0]["text"], "It comes twice a day.");
}

#[test]
fn markdown_keeps_the_form_in_which_they_are_typed() {
    let markdown = String::from_utf8(bound(Format::Markdown, &lesson())).unwrap();
    let body = markdown.split_once("The sea moves.").unwrap().1;
    let again = Manuscript { chapters: chapters(&[("Tides", body)]), ..smallest() };
    let sections = |book: &Manuscript| -> serde_json::Value {
        let json: serde_json::Value = serde_json::from_slice(&bound(Format::Json, book)).unwrap();
        let sections = json["chapters"][0]["sections"].as_array().unwrap().clone();
        sections.into_iter().filter(|section| section["heading"].is_string()).collect()
    };
    assert_eq!(sections(&again), sections(&lesson()));
}

#[test]
fn an_unchanged_document_brings_no_edits_to_a_lesson() {
    let valid = ValidManuscript::of(lesson()).unwrap();
    let edits = valid.edits(&valid.render(Format::Docx).unwrap()).unwrap();
    assert!(edits.chapters.is_empty() && edits.remarks.is_empty(), "{edits:?}");
}
