//! Does the page show, in a browser, what happens to books, and can books be ordered, approved and fetched with it by everybody?

use std::{path::Path, process::Command};

use bindery_stand_in::{Faults, Match, Rule};
use serde_json::json;

use crate::{
    api::{Served, Studio, bench, ordered, slow_model},
    support::{Bench, Fleet, ModelServer, Route, Running, argument, three_chapters},
};

/// What a hostile title or text says.
const HOSTILE: &str = "<img src=x onerror=\"window.hacked=1\"> <script>window.hacked=2</script>";

/// Starts a visit of the page. `name` is a program in the folder of this module.
fn visit(name: &str, url: &str, arguments: &[&str]) -> Running {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page").join(name);
    for tool in ["NODE_PATH", "BINDERY_CHROMIUM"] {
        assert!(std::env::var_os(tool).is_some(), "{tool} is not set: run tests/run");
    }
    let mut command = Command::new("node");
    command.arg(program).arg(url).args(arguments);
    Running::start(command)
}

fn outlined(bench: &Bench) -> std::path::PathBuf {
    bench.file("book.md", three_chapters().text())
}

#[test]
fn an_outline_becomes_a_book_whose_chapters_are_read_while_others_are_written() {
    let (model, paused) = ModelServer::held_back([2]);
    let bench = Bench::on(model).set("BINDERY_API__ADDRESS", "127.0.0.1:0");
    let studio = Studio::start(&bench);
    let outline = outlined(&bench);
    let mut visit = visit("order.js", &studio.caller.url(), &[argument(&outline)]);
    visit.says("a chapter is read while another is written");
    paused.resume(2);
    visit.end().exits(0);
    studio.stop();
}

#[test]
fn a_plan_is_read_edited_and_approved_with_the_keyboard() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let outline = outlined(&bench);
    visit("plan.js", &studio.caller.url(), &[argument(&outline)]).end().exits(0);
    assert!(bench.model.prompts("section", 1).iter().all(|prompt| prompt.contains("as dry as a tide table")));
    studio.stop();
}

#[test]
fn a_topic_becomes_a_book_once_its_plan_is_approved() {
    let bench = bench();
    let studio = Studio::start(&bench);
    visit("topic.js", &studio.caller.url(), &[]).end().exits(0);
    studio.stop();
}

#[test]
fn a_book_is_held_lifted_cancelled_and_deleted_on_the_page() {
    let (model, _paused) = ModelServer::held_back([2]);
    let bench = Bench::on(model).set("BINDERY_API__ADDRESS", "127.0.0.1:0");
    bench.calls_may_be_lost();
    let studio = Studio::start(&bench);
    let id = ordered(&studio.caller, "tides", &json!({}));
    visit("actions.js", &studio.caller.url(), &[&id]).end().exits(0);
    studio.stop();
}

#[test]
fn the_text_of_a_section_grows_on_the_page_while_it_is_written() {
    let bench = Bench::on(slow_model(20.0)).set("BINDERY_API__ADDRESS", "127.0.0.1:0");
    let studio = Studio::start(&bench);
    let id = ordered(&studio.caller, "tides", &json!({"words": 3_000}));
    visit("streaming.js", &studio.caller.url(), &[&id]).end().exits(0);
    studio.stop();
}

/// Has a program visit the page of a finished book and change it.
fn change(name: &str) {
    let bench = bench();
    bench.calls_may_be_lost();
    let studio = Studio::start(&bench);
    let id = ordered(&studio.caller, "tides", &json!({}));
    studio.caller.book_is(&id, "done");
    visit(name, &studio.caller.url(), &[&id]).end().exits(0);
    studio.stop();
}

#[test]
fn a_marked_passage_is_changed_compared_taken_back_and_edited() {
    change("revise.js");
}

#[test]
fn a_section_is_changed_and_nothing_else() {
    change("section.js");
}

/// A chapter as an editor may write it.
const EDITED: &str = "## The Bowline\n\nIt does not slip.[^1] See [the guild](https://books.example.com/knots_(old)), \
                      [a trap](javascript:window.hacked=1) and [below](#the-reef-knot).\n\n\
                      | Knot | Rope |\n|---|---:|\n| Bowline | `a|b` |\n| Reef | two |\n\n\
                      ![A bowline in hemp](https://books.example.com/bowline.png)\n\n\
                      ## The Reef Knot\n\nIt joins two ropes.\n\n[^1]: Told by a sailor.\n";

#[test]
fn a_chapter_is_read_with_its_tables_links_and_notes_and_a_book_is_saved_under_its_own_title() {
    let bench = bench();
    bench.calls_may_be_lost();
    let studio = Studio::start(&bench);
    let outline = "---\nlanguage: ja\nwords: 600\n---\n\n# 静かな本\n\n海の測り方。\n\n## 潮\n\n- 潮は満ちる。\n\n## 月\n\n- 月は引く。\n";
    let id = ordered(&studio.caller, "quiet", &json!({"outline": {"markdown": outline}}));
    studio.caller.book_is(&id, "done");
    let text = json!({"text": format!("{EDITED}\n\n{} deep\n", ">".repeat(20_000))}).to_string();
    let path = format!("/v1/books/{id}/chapters/1/text");
    studio.caller.send("PUT", &path, &[("Content-Type", "application/json")], text.as_bytes()).is(200);
    studio.caller.book_is(&id, "done");
    visit("reading.js", &studio.caller.url(), &[&id]).end().exits(0);
    studio.stop();
}

#[test]
fn an_operator_has_what_failed_tried_again() {
    let matching = Match { task: Some("section".to_owned()), chapter: Some(2), section: Some(2), ..Match::default() };
    let faults = Faults::none().with_rule(Rule::on(matching, "cut".parse().unwrap()).times(5));
    let mut fleet = Fleet::with_faults(faults);
    fleet.keep_serving(&["all"]);
    let served = Served::of(fleet);
    let press = served.keyed(&["--tenant", "press"]);
    let id = ordered(&press, "tides", &json!({}));
    press.waits(&format!("/v1/books/{id}"), |reply| reply.status == 200);
    press.book_is(&id, "failed");
    let operator = served.fleet.run(&["keys", "add", "--all-tenants", "--scopes", "read,write,operate"]).exits(0);
    visit("redrive.js", &served.caller.url(), &[operator.stdout.trim()]).end().exits(0);
    press.book_is(&id, "done");
}

#[test]
fn an_operator_sees_the_fleet_lifts_a_hold_and_sends_a_dead_letter_again() {
    let mut fleet = Fleet::new();
    fleet.keep_serving(&["all"]);
    let served = Served::of(fleet);
    let press = served.keyed(&["--tenant", "press", "--scopes", "read,write,operate"]);
    let id = ordered(&press, "tides", &json!({}));
    press.waits(&format!("/v1/books/{id}"), |reply| reply.status == 200);
    press.book_is(&id, "done");
    let held = ordered(&press, "held", &json!({"no_plan": false, "review": true}));
    press
        .waits(&format!("/v1/books/{held}"), |reply| reply.status == 200 && reply.json()["holds"] == json!(["review"]));
    press.post(&format!("/v1/books/{held}/hold"), &json!(null)).is(200);
    let approver = served.keyed(&["--tenant", "press", "--scopes", "approve"]);
    approver.post(&format!("/v1/books/{held}/plan/approve"), &json!(null)).is(200);
    served.fleet.publish(Route::SUBMISSION, b"not JSON at all");
    served.fleet.queues("dead", 1);
    let operator = served.fleet.run(&["keys", "add", "--all-tenants", "--scopes", "read,write,operate"]).exits(0);
    visit("fleet.js", &served.caller.url(), &[operator.stdout.trim()]).end().exits(0);
    press.book_is(&held, "done");
    // Nobody could read the message the second time either.
    served.fleet.queues("dead", 1);
    served.fleet.run(&["dead", "purge", "--yes"]).exits(0);
}

#[test]
fn all_books_with_a_tag_are_counted_and_then_cancelled_on_the_page() {
    let bench = bench();
    let studio = Studio::start(&bench);
    for (name, tag) in [("one", "knots"), ("two", "knots"), ("three", "tides")] {
        let id = ordered(&studio.caller, name, &json!({"no_plan": false, "review": true, "tags": [tag]}));
        studio.caller.waits(&format!("/v1/books/{id}"), |reply| reply.json()["holds"] == json!(["review"]));
    }
    visit("bulk.js", &studio.caller.url(), &[]).end().exits(0);
    let cancelled = studio.caller.get("/v1/books?state=cancelled").is(200).json();
    let tags: Vec<_> = cancelled["books"].as_array().unwrap().iter().map(|book| book["tags"].clone()).collect();
    assert_eq!(tags, [json!(["knots"]), json!(["knots"])]);
    studio.stop();
}

#[test]
fn a_new_book_shows_its_price_with_each_preset_and_is_ordered_with_drafts() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let outline = outlined(&bench);
    visit("care.js", &studio.caller.url(), &[argument(&outline)]).end().exits(0);
    let sections = bench.model.prompts("section", 1).len();
    assert_eq!(sections, 6, "three drafts of each of the two sections of the chapter");
    studio.stop();
}

#[test]
fn the_cast_and_the_beats_of_a_story_are_edited_before_it_is_written() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let mut story = three_chapters();
    story.front.push("kind: novel".to_owned());
    let outline = bench.file("story.md", story.text());
    visit("story.js", &studio.caller.url(), &[argument(&outline)]).end().exits(0);
    let prompts = bench.model.prompts("section", 1);
    for edited in ["Odile Marsh", "the lamp relit before the spring tide", "the lamp keeper hands over her key"] {
        assert!(!prompts.is_empty() && prompts.iter().all(|prompt| prompt.contains(edited)), "{edited}");
    }
    studio.stop();
}

/// The pictures are renewed with `BINDERY_BLESS=1`.
#[test]
fn the_views_fit_three_widths_in_light_and_dark() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let done = ordered(&studio.caller, "tides", &json!({}));
    let reviewed = ordered(&studio.caller, "reviewed", &json!({"no_plan": false, "review": true}));
    studio.caller.book_is(&done, "done");
    studio.caller.waits(&format!("/v1/books/{reviewed}"), |reply| reply.json()["holds"] == json!(["review"]));
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/page/widths");
    let own = bench.path("screens");
    std::fs::create_dir(&own).unwrap();
    let folder = if std::env::var_os("BINDERY_BLESS").is_some() { &kept } else { &own };
    visit("screens.js", &studio.caller.url(), &[argument(folder), &done, &reviewed]).end().exits(0);
    for name in ["books", "board", "read", "plan"] {
        for (width, scheme) in [390, 1280, 1920].into_iter().flat_map(|width| [(width, "light"), (width, "dark")]) {
            let picture = format!("{name}-{width}-{scheme}.png");
            assert!(
                folder.join(&picture).exists() && kept.join(&picture).exists(),
                "docs/page/widths/{picture} is missing"
            );
        }
    }
    studio.stop();
}

#[test]
fn a_book_that_is_full_of_html_and_script_is_shown_as_text() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let chapter = format!("## </h2>{HOSTILE}\n\n- {HOSTILE}\n- [a link](javascript:window.hacked=3)\n");
    let outline = format!("# {HOSTILE}\n\n{HOSTILE}\n\n{chapter}\n{}", chapter.replace("</h2>", "</title>"));
    let id = ordered(&studio.caller, "hostile", &json!({"outline": {"markdown": outline}, "words": 300}));
    studio.caller.book_is(&id, "done");
    visit("hostile.js", &studio.caller.url(), &[&id]).end().exits(0);
    studio.stop();
}

#[test]
fn the_list_shows_a_book_that_is_ordered_elsewhere_and_is_filtered_and_searched() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let mut visit = visit("list.js", &studio.caller.url(), &[]);
    visit.says("the list is open");
    ordered(&studio.caller, "tides", &json!({}));
    visit.end().exits(0);
    studio.stop();
}

#[test]
fn every_view_can_be_used_by_everybody_on_a_phone_and_on_a_wide_screen() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let done = ordered(&studio.caller, "tides", &json!({}));
    let reviewed = ordered(&studio.caller, "reviewed", &json!({"no_plan": false, "review": true}));
    studio.caller.book_is(&done, "done");
    studio.caller.waits(&format!("/v1/books/{reviewed}"), |reply| reply.json()["holds"] == json!(["review"]));
    visit("accessible.js", &studio.caller.url(), &[&done, &reviewed]).end().exits(0);
    studio.stop();
}

#[test]
fn the_page_of_a_fleet_asks_for_a_key() {
    let served = Served::start();
    let key = served.fleet.run(&["keys", "add", "--tenant", "press"]).exits(0);
    let press = served.caller.with_key(key.stdout.trim());
    let id = ordered(&press, "tides", &json!({}));
    press.waits(&format!("/v1/books/{id}"), |reply| reply.status == 200 && reply.json()["state"] == "done");
    visit("sign_in.js", &served.caller.url(), &[key.stdout.trim()]).end().exits(0);
}
