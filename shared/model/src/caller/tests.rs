use std::{collections::VecDeque, sync::Mutex};

use async_trait::async_trait;
use bindery_domain::Backoff;
use tokio::sync::Semaphore;

use super::*;
use crate::{CallError, Completion, Finish, OnText, UsedTokens, breaker::BreakerSettings};

type Outcome = Result<Completion, CallError>;

/// A model that gives prepared outcomes in order. Each call takes one of the permits to answer.
struct Script {
    outcomes: Mutex<VecDeque<Outcome>>,
    calls: Mutex<Vec<Call>>,
    answers_allowed: Semaphore,
}

#[async_trait]
impl Model for Script {
    async fn complete(&self, call: &Call, progress: &mut OnText<'_>) -> Outcome {
        self.calls.lock().unwrap().push(call.clone());
        self.answers_allowed.acquire().await.unwrap().forget();
        let outcome = self.outcomes.lock().unwrap().pop_front().unwrap();
        if let Ok(completion) = &outcome {
            progress(&completion.text);
        }
        outcome
    }

    fn output_limit(&self, max_tokens: u32) -> u32 {
        max_tokens + 10
    }
}

const PRICE: Price = Price {
    input: Micros(1_000_000),
    cached: Micros(1_000_000),
    cache_write: Micros(1_000_000),
    output: Micros(2_000_000),
};

const USAGE: Usage = Usage { input: 30, cached: 0, cache_written: 0, output: 5, reasoning: 0 };

fn call() -> Call {
    Call {
        prefix: String::new(),
        slice: String::new(),
        request: "Write.".into(),
        continued: None,
        schema: None,
        max_tokens: 100,
        attempt: 1,
        cap: Duration::from_secs(60),
        trace_parent: None,
    }
}

/// Returns what [`call`] may cost: its prompt, and the tokens for its text and for reasoning.
fn worst() -> Micros {
    PRICE.worst(call().estimated_input(), 110)
}

fn wrote(text: &str, finish: Finish) -> Outcome {
    Ok(Completion {
        text: text.into(),
        finish,
        usage: USAGE,
        cost: None,
        first_token: Duration::from_millis(3),
        elapsed: Duration::from_millis(9),
    })
}

fn fails(error: CallErrorKind) -> Outcome {
    Err(error.into())
}

fn limited(wait: Duration) -> Outcome {
    let retry_after = Some(wait);
    fails(CallErrorKind::RateLimited { retry_after, detail: String::new() })
}

/// Builds a caller with one permit for a script, and the script.
fn scripted(outcomes: impl IntoIterator<Item = Outcome>) -> (Arc<ModelCaller>, Arc<Script>) {
    scripted_for(true, outcomes)
}

/// Builds the same for a run that waits for its provider, or for one that does not.
fn scripted_for(waits: bool, outcomes: impl IntoIterator<Item = Outcome>) -> (Arc<ModelCaller>, Arc<Script>) {
    let script = Arc::new(Script {
        outcomes: Mutex::new(outcomes.into_iter().collect()),
        calls: Mutex::default(),
        answers_allowed: Semaphore::new(100),
    });
    let settings = BreakerSettings {
        probe_after: Duration::from_secs(60),
        backoff: Backoff { base: Duration::from_millis(1), cap: Duration::from_millis(5) },
        waits,
    };
    let (permits, breaker) = (Permits::new(1), Breaker::new("script", settings));
    let guards = ProviderGuards { permits, breaker, follows_slots: true };
    let model = Arc::clone(&script) as Arc<dyn Model>;
    let caller =
        Arc::new(ModelCaller::new("fake:model".to_owned(), model, Some(PRICE), guards, CallerSettings::default()));
    (caller, script)
}

async fn make_call(caller: &ModelCaller, allowance: &Allowance) -> Result<Answer, CallFailure> {
    caller.call(&call(), 0, allowance, &mut |_| {}).await
}

/// Lets every other task run until it waits.
async fn settled() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_cost_that_the_provider_tells_counts_instead_of_the_price_of_the_tokens() {
    let Ok(told) = wrote("A text.", Finish::Stop) else { panic!("it is an answer") };
    let (caller, _) = scripted([Ok(Completion { cost: Some(Micros(7)), ..told })]);
    let allowance = Allowance::new(Some(worst()));
    let answer = make_call(&caller, &allowance).await.unwrap();
    assert_eq!((answer.spent.cost, allowance.spent()), (Micros(7), Micros(7)));
}

#[tokio::test]
async fn an_answer_reports_what_was_spent() {
    let (caller, _) = scripted([wrote("A text.", Finish::Stop)]);
    let allowance = Allowance::new(Some(worst()));
    let answer = make_call(&caller, &allowance).await.unwrap();
    assert_eq!((answer.text.as_str(), answer.spent.calls, answer.spent.usage), ("A text.", 1, USAGE));
    assert_eq!(answer.spent.cost, Micros(30 + 10));
    assert_eq!((allowance.spent(), allowance.reserved()), (answer.spent.cost, Micros::ZERO));
    let stats = caller.stats();
    assert_eq!((stats.running, stats.waiting, stats.answered, stats.failed), (0, 0, 1, 0));
    assert_eq!(stats.tokens, 1);
}

#[tokio::test]
async fn a_text_at_its_limit_is_continued_without_overlap() {
    let (caller, script) = scripted([
        wrote("One two thr", Finish::Length),
        wrote("two three fo", Finish::Length),
        wrote("four.", Finish::Stop),
    ]);
    let allowance = Allowance::unlimited();
    let answer = make_call(&caller, &allowance).await.unwrap();
    assert_eq!((answer.text.as_str(), answer.spent.calls), ("One two three four.", 3));
    assert_eq!((answer.spent.usage.output, answer.spent.cost), (15, Micros(120)));
    let continued: Vec<_> = script.calls.lock().unwrap().iter().map(|call| call.continued.clone()).collect();
    let expected = [None, Some("One two".to_owned()), Some("One two three".to_owned())];
    assert_eq!(continued, expected);
}

#[tokio::test]
async fn a_broken_continuation_is_made_again_without_the_beginning() {
    let cut = || fails(CallErrorKind::Connection("reset".into()));
    let (caller, script) = scripted([wrote("One two thr", Finish::Length), cut(), wrote("three.", Finish::Stop)]);
    let answer = make_call(&caller, &Allowance::unlimited()).await.unwrap();
    assert_eq!((answer.text.as_str(), answer.spent.calls), ("One two three.", 3));
    let calls = script.calls.lock().unwrap();
    assert!(calls[1..].iter().all(|call| call.continued.as_deref() == Some("One two")));
}

#[tokio::test]
async fn a_refused_continuation_is_not_made_again() {
    let (caller, script) = scripted([wrote("One two", Finish::Length), fails(CallErrorKind::Refused("filter".into()))]);
    let failure = make_call(&caller, &Allowance::unlimited()).await.unwrap_err();
    assert!(matches!(failure, CallFailure::Failed { error: CallErrorKind::Refused(_), .. }), "{failure:?}");
    assert_eq!(script.calls.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_begun_text_is_continued_and_returned_whole() {
    let (caller, _) = scripted([wrote("three.", Finish::Stop)]);
    let call = Call { continued: Some("One two thr".into()), ..call() };
    let answer = caller.call(&call, 0, &Allowance::unlimited(), &mut |_| {}).await;
    assert_eq!(answer.unwrap().text, "One two three.");
}

#[tokio::test]
async fn a_text_that_never_ends_fails_the_try_with_its_whole_cost() {
    let words = ["one two", "three four", "five six", "seven eight"];
    let (caller, script) = scripted(words.map(|words| wrote(words, Finish::Length)));
    let failure = make_call(&caller, &Allowance::unlimited()).await.unwrap_err();
    assert!(matches!(failure, CallFailure::Failed { error: CallErrorKind::Truncated(_), .. }), "{failure:?}");
    assert_eq!((failure.spent().calls, failure.spent().cost), (4, Micros(160)));
    assert_eq!(script.calls.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn an_answer_that_is_all_reasoning_is_not_continued() {
    let (caller, _) = scripted([wrote("\n", Finish::Length)]);
    let failure = make_call(&caller, &Allowance::unlimited()).await.unwrap_err();
    assert!(failure.to_string().contains("reasoning_tokens"), "{failure}");
}

#[tokio::test]
async fn a_short_rate_limit_is_waited_out_and_costs_nothing() {
    let wait = Duration::from_millis(20);
    let (caller, _) = scripted([limited(wait), limited(wait), wrote("A text.", Finish::Stop)]);
    let started = tokio::time::Instant::now();
    let answer = make_call(&caller, &Allowance::unlimited()).await.unwrap();
    assert_eq!((answer.spent.calls, answer.spent.cost), (3, Micros(40)));
    assert!(started.elapsed() >= 2 * wait);
}

#[tokio::test]
async fn a_long_rate_limit_is_reported_at_once_to_all_calls() {
    let (caller, script) = scripted([limited(Duration::from_secs(30))]);
    for _ in 0..2 {
        let failure = make_call(&caller, &Allowance::unlimited()).await.unwrap_err();
        let CallFailure::Wait { wait, .. } = failure else {
            panic!("{failure:?}");
        };
        assert!(wait > Duration::from_secs(29), "{wait:?}");
    }
    assert_eq!(script.calls.lock().unwrap().len(), 1, "the second call was not made");
}

#[tokio::test]
async fn a_wait_reports_what_was_spent_before_it() {
    let (caller, _) = scripted([wrote("One two thr", Finish::Length), limited(Duration::from_secs(30))]);
    let allowance = Allowance::unlimited();
    let failure = make_call(&caller, &allowance).await.unwrap_err();
    assert!(matches!(failure, CallFailure::Wait { .. }), "{failure:?}");
    assert_eq!((failure.spent().calls, failure.spent().cost), (2, Micros(40)));
    assert_eq!(allowance.spent(), Micros(40));
}

#[tokio::test]
async fn many_short_waits_add_up_to_a_long_one() {
    let limits = (0..10).map(|_| limited(Duration::from_millis(20)));
    let (caller, script) = scripted(limits);
    let settings = CallerSettings { park_after: Duration::from_millis(70), ..CallerSettings::default() };
    let caller =
        ModelCaller::new("fake:model".to_owned(), caller.model.clone(), caller.price, caller.guards.clone(), settings);
    let failure = make_call(&caller, &Allowance::unlimited()).await.unwrap_err();
    assert!(matches!(failure, CallFailure::Wait { .. }), "{failure:?}");
    assert!(script.calls.lock().unwrap().len() <= 4);
}

#[tokio::test]
async fn a_call_lost_to_an_outage_is_a_new_attempt_and_a_limited_call_is_the_same_attempt() {
    let down = || fails(CallErrorKind::Overloaded { status: 529, retry_after: None, detail: String::new() });
    let limit = limited(Duration::from_millis(1));
    let (caller, script) = scripted([down(), down(), down(), down(), limit, wrote("A text.", Finish::Stop)]);
    for _ in 0..2 {
        let charged = make_call(&caller, &Allowance::unlimited()).await.unwrap_err();
        assert!(matches!(charged, CallFailure::Failed { .. }), "{charged:?}");
        assert_eq!(charged.spent().lost, 0);
    }
    let answer = make_call(&caller, &Allowance::unlimited()).await.unwrap();
    assert_eq!((answer.spent.calls, answer.spent.lost), (4, 2));
    let attempts: Vec<u32> = script.calls.lock().unwrap().iter().map(|call| call.attempt).collect();
    assert_eq!(attempts, [1, 1, 1, 2, 3, 3]);
}

#[tokio::test]
async fn a_bad_key_holds_the_provider_for_all_calls() {
    let (caller, script) = scripted([fails(CallErrorKind::BadKey("no".into()))]);
    for _ in 0..2 {
        let failure = make_call(&caller, &Allowance::unlimited()).await.unwrap_err();
        let CallFailure::Held { reason, .. } = &failure else {
            panic!("{failure:?}");
        };
        assert!(reason.contains("rejects the key"), "{reason}");
    }
    assert_eq!(script.calls.lock().unwrap().len(), 1, "the second call was not made");
}

#[tokio::test]
async fn a_failed_try_costs_what_was_reported_or_its_prompt_or_all_that_was_reserved() {
    let refused = CallError { kind: CallErrorKind::Refused("filter".into()), used: UsedTokens::Known(USAGE) };
    let silent = CallError { kind: CallErrorKind::Connection("mute".into()), used: UsedTokens::Prompt };
    let cases = [
        (fails(CallErrorKind::Truncated("cut".into())), worst()),
        (Err(refused), Micros(40)),
        (Err(silent), PRICE.worst(call().estimated_input(), 0)),
        (fails(CallErrorKind::Overloaded { status: 503, retry_after: None, detail: String::new() }), Micros::ZERO),
    ];
    for (outcome, cost) in cases {
        let (caller, _) = scripted([outcome]);
        let allowance = Allowance::new(Some(worst()));
        let failure = make_call(&caller, &allowance).await.unwrap_err();
        assert!(matches!(failure, CallFailure::Failed { .. }), "{failure:?}");
        assert_eq!((failure.spent().cost, allowance.spent()), (cost, cost));
        assert_eq!(allowance.reserved(), Micros::ZERO);
        assert_eq!(caller.stats().failed, 1);
    }
}

#[tokio::test]
async fn an_allowance_that_cannot_cover_the_worst_case_stops_the_call() {
    let (caller, script) = scripted([]);
    let allowance = Allowance::new(Some(Micros(worst().0 - 1)));
    let failure = make_call(&caller, &allowance).await.unwrap_err();
    let expected = CallFailure::Budget { worst: Some(worst()), spent: Spending::default() };
    assert_eq!(failure, expected);
    assert!(script.calls.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_limited_allowance_pays_for_no_model_without_a_price() {
    let (caller, _) = scripted([wrote("A text.", Finish::Stop)]);
    let caller = ModelCaller::new(
        "fake:model".to_owned(),
        caller.model.clone(),
        None,
        caller.guards.clone(),
        CallerSettings::default(),
    );
    let limited = Allowance::new(Some(Micros(u64::MAX)));
    let failure = make_call(&caller, &limited).await.unwrap_err();
    assert!(matches!(failure, CallFailure::Budget { worst: None, .. }), "{failure:?}");
    assert!(make_call(&caller, &Allowance::unlimited()).await.is_ok());
}

#[tokio::test]
async fn a_cancelled_call_frees_its_permit_and_counts_as_spent() {
    let (caller, script) = scripted([wrote("A text.", Finish::Stop)]);
    script.answers_allowed.forget_permits(100);
    let allowance = Allowance::unlimited();
    let running = {
        let (caller, allowance) = (Arc::clone(&caller), allowance.clone());
        tokio::spawn(async move { make_call(&caller, &allowance).await })
    };
    settled().await;
    assert_eq!((caller.stats().running, allowance.reserved()), (1, worst()));
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    assert_eq!((allowance.spent(), allowance.reserved()), (worst(), Micros::ZERO));
    assert_eq!((caller.stats().running, caller.stats().failed), (0, 1));
    script.answers_allowed.add_permits(1);
    assert!(make_call(&caller, &Allowance::unlimited()).await.is_ok());
}

#[tokio::test]
async fn the_permit_goes_to_the_oldest_chapter() {
    let texts = ["first", "second", "third"];
    let (caller, script) = scripted(texts.map(|text| wrote(text, Finish::Stop)));
    script.answers_allowed.forget_permits(100);
    let mut tasks = Vec::new();
    for age in [5, 9, 2] {
        let caller = Arc::clone(&caller);
        tasks.push(tokio::spawn(async move {
            let allowance = Allowance::unlimited();
            caller.call(&call(), age, &allowance, &mut |_| {}).await.unwrap().text
        }));
        settled().await;
    }
    assert_eq!((caller.stats().running, caller.stats().waiting), (1, 2));
    script.answers_allowed.add_permits(3);
    let mut texts = Vec::new();
    for task in tasks {
        texts.push(task.await.unwrap());
    }
    assert_eq!(texts, ["first", "third", "second"]);
}

#[tokio::test]
async fn a_run_that_does_not_wait_learns_within_seconds_that_nobody_listens_and_is_charged_no_try() {
    let refused = || fails(CallErrorKind::Connection("Connection refused".into()));
    let (caller, script) = scripted_for(false, (0..4).map(|_| refused()));
    let began = tokio::time::Instant::now();
    let failure = make_call(&caller, &Allowance::unlimited()).await.unwrap_err();
    assert!(matches!(&failure, CallFailure::Held { reason, .. } if reason.contains("refused")), "{failure:?}");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert_eq!(script.calls.lock().unwrap().len(), 4);
    assert!(caller.guards.breaker.verdict().is_some());
}

#[tokio::test]
async fn a_provider_that_has_answered_once_is_waited_for() {
    let broken = || fails(CallErrorKind::Overloaded { status: 500, retry_after: None, detail: String::new() });
    let answered = [wrote("A text.", Finish::Stop)];
    let (caller, _) = scripted_for(false, answered.into_iter().chain((0..3).map(|_| broken())));
    make_call(&caller, &Allowance::unlimited()).await.unwrap();
    for _ in 0..2 {
        let failure = make_call(&caller, &Allowance::unlimited()).await.unwrap_err();
        assert!(matches!(failure, CallFailure::Failed { .. }), "{failure:?}");
    }
    assert_eq!(caller.guards.breaker.verdict(), None);
}

#[tokio::test]
async fn a_text_that_repeats_itself_is_not_continued() {
    let (caller, script) = scripted([wrote(&"and the wheel turned, and the wheel turned ".repeat(20), Finish::Length)]);
    let failure = make_call(&caller, &Allowance::unlimited()).await.unwrap_err();
    let CallFailure::Failed { error: CallErrorKind::Truncated(reason), .. } = failure else { panic!("{failure:?}") };
    assert!(reason.contains("repeats itself"), "{reason}");
    assert_eq!(script.calls.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn the_calls_of_a_dead_connection_cost_no_try() {
    let dead = || fails(CallErrorKind::DeadConnection("it no longer answers pings".into()));
    let (caller, _) = scripted([dead(), wrote("A text.", Finish::Stop)]);
    let answer = make_call(&caller, &Allowance::unlimited()).await.unwrap();
    assert_eq!((answer.text.as_str(), answer.spent.lost), ("A text.", 1));
}
