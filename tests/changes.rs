//! Does a change to an outline, a plan or a chapter reach the book, and is only what changed written again?

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use crate::support::{Bench, Book, Chapter, Outline, Subject, three_chapters};

/// Returns a bench on which the three chapters are written.
fn written() -> Bench {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    bench.write(&[]).exits(0);
    bench
}

/// Returns the three chapters with another summary in the second, and with a fourth one.
fn changed() -> Outline {
    let mut outline = three_chapters();
    outline.chapters[1].summary = "Why the moon is late each day.".to_owned();
    outline.chapters.push(Chapter::new("Almanacs"));
    outline
}

/// Returns the subjects of the calls that were made since then.
fn called_since(bench: &Bench, before: &BTreeMap<Subject, u64>) -> BTreeSet<Subject> {
    let calls = bench.model.calls().into_iter();
    calls.filter(|(subject, count)| before.get(subject) != Some(count)).map(|(subject, _)| subject).collect()
}

fn chapters(subjects: &BTreeSet<Subject>) -> BTreeSet<u32> {
    subjects.iter().filter_map(|subject| subject.chapter).collect()
}

#[test]
fn a_changed_outline_is_explained_and_no_call_is_made() {
    let bench = written();
    let (calls, bytes) = (bench.model.calls(), bench.bytes());
    bench.outline(&changed());
    let told = ["chapter 2, Moons, changed", "chapter 4, Almanacs, is new", "--continue", "--anew", "rewrite"];
    let refused = bench.write(&[]).exits(4).tells(&told);
    assert!(!refused.stderr.contains("chapter 1"), "{}", refused.stderr);
    assert_eq!((bench.model.calls(), bench.bytes() == bytes), (calls, true));
}

#[test]
fn a_run_can_continue_with_the_stored_outline_after_a_change() {
    let bench = written();
    let (calls, bytes) = (bench.model.calls(), bench.bytes());
    bench.outline(&changed());
    bench.write(&["--continue"]).exits(0);
    assert_eq!((bench.model.calls(), bench.bytes() == bytes), (calls, true));
}

#[test]
fn a_book_that_starts_again_is_written_completely_from_the_changed_outline() {
    let bench = written();
    bench.calls_may_be_lost();
    let before = bench.model.calls();
    bench.outline(&changed());
    bench.run(&["write", "book.md", "--out", "out", "--anew"]).exits(0);
    bench.holds(&changed());
    assert_eq!(chapters(&called_since(&bench, &before)), [1, 2, 3, 4].into());
}

#[test]
fn a_rewrite_from_a_changed_outline_writes_only_the_changed_chapters() {
    let bench = written();
    bench.calls_may_be_lost();
    let (before, old) = (bench.model.calls(), bench.holds(&three_chapters()));
    bench.outline(&changed());
    let rewrite = ["rewrite", "book.md", "--from", "book.md", "--out", "out"];
    bench.run(&rewrite).exits(0).tells(&["2 of 4 chapters are kept, 2 are to be written."]);
    let new = bench.holds(&changed());
    assert_eq!(chapters(&called_since(&bench, &before)), [2, 4].into());
    assert_eq!((&new.chapters[0], &new.chapters[2]), (&old.chapters[0], &old.chapters[2]));
    // The changed outline is now the outline of the book.
    bench.write(&[]).exits(0);
}

#[test]
fn a_note_reaches_the_prompts_of_the_rewritten_chapter_which_is_bound_again() {
    let bench = written();
    bench.calls_may_be_lost();
    let (before, seen) = (bench.model.calls(), bench.model.prompts("section", 3).len());
    let note = "Name the machine of Brest.";
    bench.run(&["rewrite", "book.md", "--chapter", "3", "--note", note, "--out", "out"]).exits(0);
    assert_eq!(chapters(&called_since(&bench, &before)), [3].into());
    let prompts = bench.model.prompts("section", 3);
    let (old, new) = prompts.split_at(seen);
    assert!(old.iter().all(|prompt| !prompt.contains(note)), "a prompt had the note before the rewrite");
    assert!(new.len() >= 2 && new.iter().all(|prompt| prompt.contains(note)), "the note did not reach a prompt");
    bench.holds(&three_chapters());
    let texts = bench.ledger().book("binding")["texts"].clone();
    let editions: Vec<u64> = texts.as_array().unwrap().iter().map(|text| text["edition"].as_u64().unwrap()).collect();
    assert_eq!(editions, [1, 1, 2]);
    bench.run(&["rewrite", "book.md", "--chapter", "9"]).exits(64).tells(&["has no chapter 9"]);
}

#[test]
fn a_book_written_by_a_model_has_no_text_of_a_rehearsal() {
    let bench = written();
    bench.calls_may_be_lost();
    let html = |bench: &Bench| fs::read_to_string(bench.path("out/book.html")).unwrap();
    assert!(html(&bench).contains("This is a rehearsal"));
    let before = bench.model.calls();
    let provider = format!("[providers.press]\nbase_url = \"{}\"\nlocal = true\ncalls = 8\n", bench.model.base_url());
    bench.file("bindery.toml", provider);
    let write = ["write", "book.md", "--out", "out", "--model", "press:prose"];
    bench.run(&write).exits(0).tells(&["The earlier run was a rehearsal; its text is not used."]);
    assert_eq!(
        called_since(&bench, &before),
        bench.model.calls().into_keys().collect(),
        "a part was not written again"
    );
    bench.holds(&three_chapters());
    assert!(!html(&bench).contains("rehearsal"));
    // Going back to the rehearsal would replace the text of a model, so it needs a choice.
    bench.write(&[]).exits(4).tells(&["the model was press:prose and is stand-in:prose"]);
}

#[test]
fn a_book_is_written_from_an_edited_plan_without_a_planning_call() {
    let bench = Bench::new();
    bench.calls_may_be_lost();
    bench.outline(&three_chapters());
    bench.run(&["plan", "book.md"]).exits(0).tells(&["bindery write book.md --plan"]);
    assert_eq!(bench.model.stats().by_task, [("plan".to_owned(), 1)].into());
    let path = bench.path("book.plan.json");
    let mut plan: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    plan["book"]["thesis"] = "A harbour is a clock.".into();
    plan["chapters"][1]["opening"] = "A boy drops a stone into the well.".into();
    fs::write(&path, plan.to_string()).unwrap();
    bench.write(&["--plan", "book.plan.json"]).exits(0);
    bench.holds(&three_chapters());
    assert_eq!(bench.model.stats().by_task["plan"], 1, "another planning call was made");
    for chapter in 1..=3 {
        assert!(bench.model.prompts("section", chapter).iter().all(|prompt| prompt.contains("A harbour is a clock.")));
        let brief = &bench.model.prompts("brief", chapter)[0];
        // A chapter is told how its neighbour opens, so that it can lead there.
        assert_eq!(brief.contains("A boy drops a stone"), chapter <= 2);
    }
}

#[test]
fn a_plan_that_does_not_fit_its_outline_is_refused() {
    let bench = Bench::new();
    bench.calls_may_be_lost();
    bench.outline(&three_chapters());
    bench.run(&["plan", "book.md"]).exits(0);
    bench.outline(&changed());
    bench.write(&["--plan", "book.plan.json"]).exits(64).tells(&["it has 3 chapters, the outline has 4"]);
}

#[test]
fn a_book_held_for_a_review_is_written_after_it_is_approved() {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    bench.write(&["--review"]).exits(3).tells(&["held (review)"]);
    assert_eq!(bench.model.stats().by_task, [("plan".to_owned(), 1)].into());
    assert!(bench.run(&["status", "book.md"]).exits(0).stdout.contains("bindery approve"));
    bench.run(&["approve", "book.md"]).exits(0);
    bench.write(&[]).exits(0);
    bench.holds(&three_chapters());
    assert_eq!(bench.model.stats().by_task["plan"], 1);
    bench.run(&["approve", "book.md"]).exits(64).tells(&["does not wait for a review; it is done"]);
}

#[test]
fn a_book_held_for_a_review_stays_held_until_it_is_approved() {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    bench.write(&["--review"]).exits(3);
    bench.write(&["--review"]).exits(3);
    bench.write(&[]).exits(3);
    assert_eq!(bench.model.stats().calls, 1);
}

#[test]
fn a_topic_becomes_an_outline_in_a_file_and_a_book() {
    let bench = Bench::new();
    bench.calls_may_be_lost();
    let write = ["write", "--topic", "How tides were told", "--chapters", "3", "--words", "300", "--out", "out"];
    bench.run(&write).exits(0).tells(&["how-tides-were-told.md"]);
    let outline = fs::read_to_string(bench.path("how-tides-were-told.md")).unwrap();
    let titles: Vec<&str> = outline.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let book = Book::open(&bench.path("out"), "how-tides-were-told");
    assert_eq!(book.chapters.iter().map(|chapter| chapter.title.as_str()).collect::<Vec<_>>(), titles);
    assert_eq!(titles.len(), 3);
    let calls = bench.model.stats().calls;
    bench.run(&write).exits(0).tells(&["Taking the outline in"]);
    assert_eq!(bench.model.stats().calls, calls, "another outline was made");
}

#[test]
fn the_prompts_of_a_last_chapter_have_the_summaries_of_all_other_chapters() {
    let bench = Bench::new();
    let mut outline = three_chapters();
    outline.chapters.insert(0, Chapter::new("Introduction").last());
    bench.outline(&outline);
    bench.write(&[]).exits(0);
    bench.holds(&outline);
    let ledger = bench.ledger();
    let mut prompts = bench.model.prompts("brief", 1);
    prompts.extend(bench.model.prompts("section", 1));
    assert!(prompts.len() >= 3, "the last chapter has {} prompts", prompts.len());
    for chapter in 2..=4 {
        let summary = ledger.chapter(chapter)["result"]["summary"].as_str().unwrap();
        assert!(
            prompts.iter().all(|prompt| prompt.contains(summary)),
            "a prompt lacks the summary of chapter {chapter}"
        );
    }
}

#[test]
fn all_words_of_an_outline_reach_the_prompts_they_are_meant_for() {
    let bench = Bench::new();
    let mut outline = three_chapters();
    outline.front.extend(
        [
            "audience: harbour masters",
            "tone: unhurried",
            "point_of_view: first person plural",
            "sample: We waited for the water as one waits for a guest.",
            "banned: [treacherous]",
            "canon: [The staff of Brest was built in 1679.]",
            "glossary:\n  slack: the still between two tides",
        ]
        .map(str::to_owned),
    );
    let moons = outline.chapters[1].clone();
    outline.chapters[1] = moons.with_sections();
    outline.chapters[1].points.push("The moon pulls twice.".to_owned());
    bench.outline(&outline);
    bench.write(&[]).exits(0);
    bench.holds(&outline);
    let book = [
        "The Keeper of Tides",
        "How harbours measure the sea.",
        "harbour masters",
        "unhurried",
        "first person plural",
        "We waited for the water as one waits for a guest.",
        "treacherous",
        "The staff of Brest was built in 1679.",
        "the still between two tides",
    ];
    for (number, chapter) in (1..).zip(&outline.chapters) {
        let headings = chapter.sections.iter().map(String::as_str);
        let own: Vec<&str> = [chapter.title.as_str(), &chapter.summary].into_iter().chain(headings).collect();
        let points =
            chapter.sections.iter().map(|heading| format!("Every harbour has {} of its own.", heading.to_lowercase()));
        let points: Vec<String> = points.chain(chapter.points.iter().cloned()).collect();
        for prompt in bench.model.prompts("brief", number).into_iter().chain(bench.model.prompts("section", number)) {
            let meant = book.iter().chain(&own).copied().chain(points.iter().map(String::as_str));
            meant.for_each(|words| assert!(prompt.contains(words), "{words:?} is missing in\n{prompt}"));
        }
    }
}
