//! The texts of sections while models write them: does a listener hear each from its beginning, once, before it is written?

use std::collections::BTreeMap;

use bindery_stand_in::{Settings, Timing};
use serde_json::json;

use super::{Served, Studio, ordered};
use crate::support::{Bench, Caller, Fleet, Heard, ModelServer};

/// Starts a model that writes so many tokens a second.
pub(crate) fn slow_model(tokens_per_second: f64) -> ModelServer {
    let timing = Timing { tokens_per_second: Some(tokens_per_second), ..Timing::instant() };
    ModelServer::start(Settings { timing, ..ModelServer::settings() })
}

/// What a listener has heard of the text of each section.
#[derive(Debug, Default)]
struct Texts {
    /// The text under way of each chapter and section.
    under_way: BTreeMap<(u64, u64), String>,
    /// The longest text that was heard of each before it ended or began anew.
    longest: BTreeMap<(u64, u64), String>,
    /// How many pieces were added to a text that was heard before.
    added: usize,
}

impl Texts {
    /// Takes a message as a client would, and checks that it fits.
    fn take(&mut self, heard: &Heard) {
        let number = |name: &str| heard.data[name].as_u64().unwrap();
        match heard.name.as_str() {
            "text" => {
                assert_eq!(heard.id, "", "a text does not move the place among the events");
                let (section, piece) = ((number("chapter"), number("section")), heard.data["text"].as_str().unwrap());
                let text = self.under_way.entry(section).or_default();
                if number("offset") == 0 {
                    text.clear();
                }
                assert_eq!(text.chars().count() as u64, number("offset"), "{section:?}: a gap or a double");
                self.added += usize::from(!text.is_empty());
                text.push_str(piece);
                let longest = self.longest.entry(section).or_default();
                if text.len() > longest.len() {
                    longest.clone_from(text);
                }
            }
            "text_ended" => {
                let ended = self.under_way.remove(&(number("chapter"), number("section")));
                assert!(ended.is_some(), "a text ends that was never heard: {heard:?}");
            }
            _ => {}
        }
    }

    /// Checks that what was heard is the beginning of what was written.
    fn are_in(&self, caller: &Caller, id: &str) {
        for ((chapter, section), text) in &self.longest {
            let written = caller.get(&format!("/v1/books/{id}/chapters/{chapter}")).is(200).json();
            let written = written["text"].as_str().unwrap();
            let beginning: String = text.trim_start().chars().take(80).collect();
            assert!(
                written.contains(beginning.trim_end()),
                "chapter {chapter}, section {section}: {beginning}\n{written}"
            );
        }
    }
}

#[test]
fn a_listener_hears_the_text_of_a_section_before_it_is_written() {
    let bench = Bench::on(slow_model(40.0)).set("BINDERY_API__ADDRESS", "127.0.0.1:0");
    let studio = Studio::start(&bench);
    let id = ordered(&studio.caller, "tides", &json!({}));
    let all = studio.caller.listen(&format!("/v1/books/{id}/events?text=true"), None).until("done");
    let at = |wanted: &dyn Fn(&Heard) -> bool| all.iter().position(wanted).unwrap();
    let is_section = |heard: &Heard| heard.data["kind"] == "part_kept" && heard.data["part"] != 0;
    assert!(at(&|heard| heard.name == "text") < at(&is_section), "the text came before the section was written");
    let mut texts = Texts::default();
    all.iter().for_each(|heard| texts.take(heard));
    assert!(texts.added > 3, "{texts:?}");
    texts.are_in(&studio.caller, &id);
    let silent = studio.caller.listen(&format!("/v1/books/{id}/events"), None).until("done");
    assert!(silent.iter().all(|heard| heard.name == "message"), "nobody hears texts who does not ask for them");
    studio.stop();
}

#[test]
fn after_a_worker_was_killed_the_text_begins_anew_without_a_gap_or_a_double() {
    let mut fleet = Fleet::with_model(slow_model(40.0));
    fleet.allows_heals();
    fleet.keep_serving(&["dispatcher", "assembler"]);
    let worker = fleet.serve(&["worker"]);
    let mut served = Served::of(fleet);
    let press = served.keyed(&["--tenant", "press"]);
    let id = ordered(&press, "tides", &json!({}));
    press.waits(&format!("/v1/books/{id}"), |reply| reply.status == 200);
    let mut listener = press.listen(&format!("/v1/books/{id}/events?text=true"), None);
    let mut texts = Texts::default();
    while texts.added < 3 {
        texts.take(&listener.next().unwrap());
    }
    worker.kill();
    served.fleet.keep_serving(&["worker"]);
    listener.until("done").iter().for_each(|heard| texts.take(heard));
    texts.are_in(&press, &id);
}
