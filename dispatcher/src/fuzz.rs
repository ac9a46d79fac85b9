//! What strangers send, whatever its bytes: each function reads it as a dispatcher does, and panics where a promise about
//! the reading is broken. Fuzzers call them with bytes of their own making (`fuzz/`), the tests with those kept there.

#[cfg(test)]
#[path = "../../fuzz/corpus.rs"]
mod corpus;

use std::{collections::HashMap, sync::LazyLock};

use bindery_config::Config;
use bindery_context::Context;
use bindery_ledger::{Order, PlanMode, Request};
use bindery_model::{CallerSettings, Models, Prices};
use bindery_outline::{Kind, parse};
use bindery_protocol::submission::Submission;
use bindery_runtime::attempt::Writing as _;

use crate::{
    intake,
    plan::{PlanWriting, compile},
};

static SETTINGS: LazyLock<(Config, Models)> = LazyLock::new(|| {
    let (settings, caller) = (Config::default(), CallerSettings::default());
    let prices = Prices::load(None).expect("the built-in prices can be read");
    let models = Models::new(settings.models(), None, caller, prices, HashMap::new());
    (settings, models)
});

/// An order whose plan a model makes.
static ORDER: LazyLock<(Order, Context)> = LazyLock::new(|| {
    let text = "# Knots\n\n## Reef\n\n- flat\n- old\n\n## Bowline\n\n- quick\n";
    let order = Order {
        outline: parse(text.as_bytes(), Kind::Markdown).expect("the outline is sound"),
        model: "stand-in:prose".to_owned(),
        chapter_length: 2_000,
        section_length: 700,
        date: "2026-01-01".to_owned(),
        plan: PlanMode::Model,
    };
    let compiled = compile(&order).expect("the outline is short");
    (order, compiled)
});

/// Takes a submission in: it becomes a request that can be kept and read again, or is told what is wrong with it.
pub fn submission(body: &[u8]) {
    let Ok(submission) = Submission::decode(body) else { return };
    let (settings, models) = &*SETTINGS;
    let from = ("press".to_owned(), Some("2026-01-01".to_owned()));
    match intake::read(settings, models, from, &submission) {
        Ok(request) => {
            let kept = serde_json::to_vec(&request).expect("a request holds only what JSON can say");
            let read: Request = serde_json::from_slice(&kept).expect("what was kept can be read");
            assert_eq!(read.book_id(), request.book_id());
            assert_eq!(read.order, request.order);
        }
        Err(errors) => assert!(!errors.is_empty() && errors.iter().all(|error| !error.is_empty())),
    }
}

/// Takes a model's plan: whatever it says, the outline's own words stand, and no prompt is flooded.
pub fn plan_answer(answer: &[u8]) {
    let (order, compiled) = &*ORDER;
    let caller = SETTINGS.1.caller(&order.model).expect("the stand-in is known");
    let writing = PlanWriting { order, compiled, caller: &caller };
    let Ok(draft) = writing.judge(&String::from_utf8_lossy(answer)) else { return };
    let context: Context = serde_json::from_str(&draft.text).expect("a context that was written can be read");
    assert_eq!(context.book_part_excess(), None);
    assert_eq!(context.chapters.len(), compiled.chapters.len());
    for (slice, given) in context.chapters.iter().zip(&compiled.chapters) {
        assert_eq!((&slice.title, &slice.owns, slice.length), (&given.title, &given.owns, given.length));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_submissions_break_no_promise() {
        corpus::replay("submission", submission);
    }

    #[test]
    fn kept_plan_answers_break_no_promise() {
        corpus::replay("plan_answer", plan_answer);
    }
}
