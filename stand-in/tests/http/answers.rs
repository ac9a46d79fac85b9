//! What a contract is answered, and what the answer depends on.

use std::collections::HashSet;

use bindery_stand_in::{Faults, Settings, StandIn, Timing};
use serde_json::{Value, json};

use crate::client::{
    chat, complete, complete_again, document, events, instant, message, prompt, section, start, streamed_message, text,
    written,
};

async fn object(stand_in: &StandIn, contract: &Value) -> Value {
    serde_json::from_str(&written(stand_in, contract).await).unwrap()
}

fn strings(list: &Value, field: &str) -> Vec<String> {
    let strings = list.as_array().unwrap().iter().map(|item| &item[field]);
    strings.map(|string| string.as_str().unwrap().to_owned()).collect()
}

fn all_differ(strings: &[String]) -> bool {
    strings.iter().collect::<HashSet<_>>().len() == strings.len()
}

#[tokio::test]
async fn an_outline_has_the_chapters_asked_for() {
    let stand_in = instant(Faults::none()).await;
    for language in ["en", "ja", "pt-BR"] {
        let contract = json!({"task": "outline", "topic": "Tea", "chapters": 12, "language": language});
        let outline = object(&stand_in, &contract).await;
        let titles = strings(&outline["chapters"], "title");
        assert!(titles.len() == 12 && all_differ(&titles), "{titles:?}");
        assert!(outline["title"].is_string() && outline["description"].is_string());
        for chapter in outline["chapters"].as_array().unwrap() {
            let points = chapter["points"].as_array().unwrap();
            assert!((3..=5).contains(&points.len()));
            assert!(chapter["summary"].is_string());
        }
    }
}

#[tokio::test]
async fn a_plan_gives_every_point_to_its_own_chapter() {
    let stand_in = instant(Faults::none()).await;
    let chapter = |number: u32| {
        json!({"chapter": number, "title": format!("Chapter about ledgers {number}"), "points": [
            {"id": format!("{number}.1"), "text": "Ledgers keep balance"},
            {"id": format!("{number}.2"), "text": "Balances keep peace"},
        ]})
    };
    let chapters: Vec<_> = (1..=20).map(chapter).collect();
    let contract = json!({"task": "plan", "language": "en", "title": "Ledgers", "chapters": chapters});
    let plan = object(&stand_in, &contract).await;
    for field in ["thesis", "audience", "promise"] {
        assert!(plan[field].is_string(), "{field}");
    }
    assert!(plan["style"]["banned"].is_array() && plan["style"]["point_of_view"].is_string());
    assert!(plan["canon"][0].is_string() && plan["out_of_scope"][0].is_string());
    assert!(plan["glossary"][0]["definition"].is_string());
    for field in ["opening", "closing"] {
        assert!(all_differ(&strings(&plan["chapters"], field)), "{field}");
    }
    for (place, chapter) in plan["chapters"].as_array().unwrap().iter().enumerate() {
        let number = place + 1;
        assert_eq!(chapter["chapter"], number);
        assert_eq!(chapter["owns"], json!([format!("{number}.1"), format!("{number}.2")]));
        assert!(chapter["references"].is_array());
        for field in ["role", "summary", "example_domain", "handoff"] {
            assert!(!chapter[field].as_str().unwrap().is_empty(), "{field}");
        }
    }
}

#[tokio::test]
async fn a_brief_divides_the_chapter_among_its_sections() {
    let stand_in = instant(Faults::none()).await;
    let contract = json!({
        "task": "brief", "language": "en", "chapter": 3, "title": "How leases end",
        "length": 2500, "unit": "words", "sections": 4, "headings": [],
        "points": [{"id": "3.1", "text": "Leases end"}, {"id": "3.2", "text": "Fences stay"}],
    });
    let brief = object(&stand_in, &contract).await;
    let sections = brief["sections"].as_array().unwrap();
    assert_eq!(sections.len(), 4);
    let lengths = sections.iter().map(|section| section["length"].as_u64().unwrap());
    assert_eq!(lengths.sum::<u64>(), 2500);
    let points: Vec<_> = sections.iter().flat_map(|s| s["points"].as_array().unwrap()).collect();
    assert_eq!(points, ["3.1", "3.2"]);
    assert!(all_differ(&strings(&brief["sections"], "heading")));
}

#[tokio::test]
async fn japanese_is_counted_in_characters_and_ends_as_japanese_does() {
    let stand_in = instant(Faults::none()).await;
    let contract = json!({
        "task": "section", "language": "ja", "chapter": 1, "section": 1, "of": 2, "length": 1200,
        "heading": "リースの終わり", "points": ["リースは三十秒で終わる"], "unit": "characters",
    });
    let text = written(&stand_in, &contract).await;
    let length = text.chars().filter(|c| c.is_alphanumeric()).count();
    assert!((1152..=1248).contains(&length), "{length}");
    assert!(text.ends_with('。') && text.contains("リースは三十秒で終わる"));
}

#[tokio::test]
async fn a_summary_is_prose_about_what_was_quoted() {
    let stand_in = instant(Faults::none()).await;
    let contract = json!({"task": "summary", "language": "en", "chapter": 2, "length": 120, "unit": "words"});
    let text = written(&stand_in, &contract).await;
    let words = text.split_whitespace().count();
    assert!((110..=130).contains(&words), "{words}");
    assert!(text.ends_with(['.', '?']));
}

#[tokio::test]
async fn mending_writes_another_text_of_the_same_length() {
    let stand_in = instant(Faults::none()).await;
    let first = written(&stand_in, &section(1)).await;
    let mut contract = section(1);
    contract["mend"] = json!(["the text is too short"]);
    let mended = written(&stand_in, &contract).await;
    assert_ne!(first, mended);
    for text in [first, mended] {
        let words = text.split_whitespace().filter(|word| *word != "-").count();
        assert!((288..=312).contains(&words), "{words}");
        assert!(text.contains("A lease ends thirty seconds after its worker died"));
    }
}

#[tokio::test]
async fn a_text_depends_on_the_seed_the_prompt_and_the_try_alone() {
    let with_seed = |seed| Settings { seed, timing: Timing::instant(), ..Settings::default() };
    let one = start(with_seed(1)).await;
    let again = start(with_seed(1)).await;
    let other = start(with_seed(2)).await;
    let body = chat(&prompt(&section(1)));
    let text_of =
        async |stand_in: &StandIn, attempt| text(&events(complete_again(stand_in, &body, attempt).await).await);
    let text = text_of(&one, 1).await;
    assert_eq!(text_of(&one, 1).await, text);
    assert_eq!(text_of(&again, 1).await, text);
    assert_ne!(text_of(&other, 1).await, text);
    assert_ne!(text_of(&one, 2).await, text);
    assert_ne!(written(&one, &section(2)).await, text);
}

#[tokio::test]
async fn a_text_cut_by_max_tokens_goes_on_where_it_was_cut() {
    let stand_in = instant(Faults::none()).await;
    let full = written(&stand_in, &section(1)).await;
    let mut body = chat(&prompt(&section(1)));
    body["max_tokens"] = json!(150);
    body["stream"] = json!(false);
    body.as_object_mut().unwrap().remove("stream_options");
    let mut joined = String::new();
    for round in 0.. {
        assert!(round < 9, "the text never ends");
        let mut reply = document(complete(&stand_in, &body).await).await["choices"][0].take();
        let piece = reply["message"]["content"].take();
        joined.push_str(piece.as_str().unwrap());
        if reply["finish_reason"] == "stop" {
            break;
        }
        assert_eq!(reply["finish_reason"], "length");
        assert_eq!(piece.as_str().unwrap().chars().count(), 600);
        let messages = body["messages"].as_array_mut().unwrap();
        messages.push(json!({"role": "assistant", "content": piece}));
        messages.push(json!({"role": "user", "content": "Go on exactly where you stopped."}));
    }
    assert_eq!(joined, full);
}

#[tokio::test]
async fn a_prefilled_message_is_continued() {
    let stand_in = instant(Faults::none()).await;
    let mut body = streamed_message(&prompt(&section(1)));
    let full = text(&events(message(&stand_in, &body).await).await);
    body["max_tokens"] = json!(100);
    let cut = events(message(&stand_in, &body).await).await;
    assert_eq!(cut[cut.len() - 2].json()["delta"]["stop_reason"], "max_tokens");
    let beginning = text(&cut).trim_end().to_owned();
    body["max_tokens"] = json!(4000);
    let prefill = json!({"role": "assistant", "content": beginning});
    body["messages"].as_array_mut().unwrap().push(prefill);
    let rest = text(&events(message(&stand_in, &body).await).await);
    assert_eq!(beginning + &rest, full);
}
