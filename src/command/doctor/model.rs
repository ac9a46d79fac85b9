//! Whether the model answers, how fast, and whether its context holds the prompts.

use std::time::{Duration, Instant};

use bindery_config::Config;
use bindery_context::{LONGEST_BOOK_PART, RULES_TOKENS};
use bindery_domain::{
    StageModels, Unit, estimate_tokens, output_room,
    phrasing::{Grouped, Phrased},
};
use bindery_model::{Allowance, CallErrorKind, CallFailure, ModelCaller, Prompt, raise_context};

use super::CheckResult;
use crate::{
    app::{Writers, is_rehearsal},
    environment::Environment,
};

/// How many calls are made at once. Some local servers break off a call when another one comes.
const AT_ONCE: usize = 2;

/// The chapters of the book whose time is told.
const CHAPTERS: u32 = 10;

/// The output tokens of a book for each word of it: its words, its plan and briefs, and the texts that are not kept.
const TOKENS_PER_WORD: f64 = 1.33 * 1.25;

/// The tokens of a long slice with a long request.
const LONG_SLICE: u64 = 1_500;

/// What one call has brought.
struct Heard {
    first_token: Duration,
    tokens: f64,
    elapsed: Duration,
}

/// Makes small calls to the configured model, or to the stand-in if none is configured.
pub(super) async fn look(environment: &Environment, config: &Config) -> Vec<CheckResult> {
    let name = config.model.name_or_stand_in();
    let names = StageModels::default().complete(&name);
    let advice = "check the model's name, its key and its server; `bindery config` shows what is set";
    let writers = match Writers::open(config, environment, &names, None).await {
        Ok(writers) => writers,
        Err(failure) => return vec![CheckResult::bad("model", failure.to_string(), advice)],
    };
    let caller = match writers.models.caller(&name) {
        Ok(caller) => caller,
        Err(error) => return vec![CheckResult::bad("model", error.to_string(), advice)],
    };
    let calls = writers.models.calls(&name).unwrap_or(1);
    let answers = at_once(&caller, calls.min(AT_ONCE)).await;
    let mut results = match answers {
        Ok(heard) => vec![answered(&name, &caller, &heard), pace(&name, config, &heard, calls)],
        Err(failure) => {
            let said =
                writers.models.unreachable(&names).map_or_else(|| format!("{name}: {failure}"), |one| one.to_string());
            let advice = writers.models.rejected(&name).map_or_else(|| advice.to_owned(), |rejected| rejected.advice());
            return vec![CheckResult::bad("model", said, advice)];
        }
    };
    results.extend(context(&name, &caller, config).await);
    results
}

async fn at_once(caller: &ModelCaller, calls: usize) -> Result<Vec<Heard>, CallFailure> {
    if calls < AT_ONCE {
        return Ok(vec![hear(caller, 0).await?]);
    }
    let (one, other) = tokio::join!(hear(caller, 0), hear(caller, 1));
    Ok(vec![one?, other?])
}

/// Makes one call. Any text is an answer, also one without an end.
async fn hear(caller: &ModelCaller, number: usize) -> Result<Heard, CallFailure> {
    let subject = ["a mill by a river", "an oven in a village"][number % AT_ONCE];
    let call = Prompt {
        prefix: "You write plain prose.".to_owned(),
        slice: String::new(),
        request: format!("Write about 100 words on {subject}."),
        schema: None,
    }
    .call(caller, 1, 256);
    let (began, mut first_token, mut text) = (Instant::now(), None, String::new());
    let mut on_text = |piece: &str| {
        first_token.get_or_insert_with(|| began.elapsed());
        text.push_str(piece);
    };
    let outcome = caller.call(&call, 0, &Allowance::new(None), &mut on_text).await;
    let reported = match &outcome {
        Ok(answer) => answer.spent.usage.output,
        Err(CallFailure::Failed { error: CallErrorKind::Truncated(_) | CallErrorKind::NoRoom(_), .. }) => 0,
        Err(failure) => return Err(failure.clone()),
    };
    #[expect(clippy::cast_precision_loss, reason = "a count of tokens is far below 2^52")]
    let tokens = if reported > 0 { reported } else { estimate_tokens(&text) } as f64;
    let elapsed = began.elapsed();
    match first_token {
        Some(first_token) => Ok(Heard { first_token, tokens, elapsed }),
        None => match outcome {
            Err(failure) => Err(failure),
            Ok(answer) => Ok(Heard { first_token: answer.first_token, tokens, elapsed }),
        },
    }
}

fn answered(name: &str, caller: &ModelCaller, heard: &[Heard]) -> CheckResult {
    let slowest = heard.iter().map(|heard| heard.elapsed).max().unwrap_or_default();
    let price = if caller.price().is_some() { "price known" } else { "price not known, so no --budget" };
    let calls = if heard.len() > 1 { format!("{} calls at once", heard.len()) } else { "one call".to_owned() };
    CheckResult::well("model", format!("{name} answered {calls} in {:.1} s; {price}", slowest.as_secs_f64()))
}

/// Tells the pace of the model, and how long a book takes at this pace.
fn pace(name: &str, config: &Config, heard: &[Heard], calls: usize) -> CheckResult {
    let words = CHAPTERS * config.book.words;
    let sections = f64::from(words / config.book.section_words.max(1)) * 1.25;
    let pace =
        |heard: &Heard| heard.tokens / (heard.elapsed.saturating_sub(heard.first_token)).as_secs_f64().max(0.001);
    #[expect(clippy::cast_precision_loss, reason = "few calls are made")]
    let (count, calls) = (heard.len() as f64, calls as f64);
    let each = heard.iter().map(pace).sum::<f64>() / count;
    let first = heard.iter().map(|heard| heard.first_token.as_secs_f64()).sum::<f64>() / count;
    let seconds = (f64::from(words) * TOKENS_PER_WORD / each.max(0.01) + sections * first) / calls;
    let time = Phrased(Duration::from_secs_f64(seconds.clamp(1.0, 1e8)));
    let said = format!(
        "{each:.0} tokens a second in each of {calls} calls at once, the first after {first:.1} s; a book of {} words takes \
         about {time}",
        Grouped(words.into())
    );
    match is_rehearsal(&StageModels::default().complete(name)) {
        true => CheckResult::well("pace", format!("{said} in a rehearsal")),
        false => CheckResult::well("pace", said),
    }
}

/// Compares the context that the server tells with the longest prompt of a book.
async fn context(name: &str, caller: &ModelCaller, config: &Config) -> Option<CheckResult> {
    let context = caller.ask_about_itself().await.context_tokens?;
    let room = u64::from(output_room(config.book.section_words, Unit::Words, "en"));
    let (least, most) = (RULES_TOKENS + LONG_SLICE + room, RULES_TOKENS + LONG_SLICE + room + LONGEST_BOOK_PART);
    let provider = name.split(':').next().unwrap_or_default();
    let said = |what: &str| format!("{} tokens, {what}", Grouped(context.into()));
    Some(match u64::from(context) {
        tokens if tokens < least => CheckResult::bad(
            "context",
            said(&format!("but a prompt with its text may take {} and more", Grouped(least))),
            raise_context(provider),
        ),
        tokens if tokens < most => CheckResult::well(
            "context",
            said(&format!("and the longest prompt with its text takes {}: plans are shortened", Grouped(most))),
        )
        .with_advice(raise_context(provider)),
        _ => {
            CheckResult::well("context", said(&format!("and the longest prompt with its text takes {}", Grouped(most))))
        }
    })
}
