//! Every fault as a client sees it.

use bindery_stand_in::{Fault, Faults, Match, Rule, StandIn};
use reqwest::Response;
use serde_json::{Value, json};

use crate::client::{
    Event, Stream, chat, complete, complete_try, events, instant, message, prompt, refusal, section, streamed_message,
    text, written,
};

async fn failing(fault: &str) -> StandIn {
    instant(Faults::none().with_rule(Rule::always(fault.parse().unwrap()))).await
}

async fn streamed(stand_in: &StandIn) -> Response {
    complete(stand_in, &chat(&prompt(&section(1)))).await
}

async fn streamed_by_anthropic(stand_in: &StandIn) -> Response {
    message(stand_in, &streamed_message(&prompt(&section(1)))).await
}

/// Asks for a whole reply. Returns its status, and its body or the error of reading it.
async fn whole(stand_in: &StandIn) -> (u16, reqwest::Result<String>) {
    let mut body = chat(&prompt(&section(1)));
    body["stream"] = json!(false);
    body.as_object_mut().unwrap().remove("stream_options");
    let response = complete(stand_in, &body).await;
    (response.status().as_u16(), response.text().await)
}

fn is_done(events: &[Event]) -> bool {
    let last = events.last().expect("there are events");
    last.data.as_deref() == Some("[DONE]") || last.name == "message_stop"
}

fn finish_reason(events: &[Event]) -> Value {
    let mut reasons = events.iter().filter_map(|event| {
        let data = event.data.as_deref().filter(|data| *data != "[DONE]")?;
        let event: Value = serde_json::from_str(data).unwrap();
        let openai = &event["choices"][0]["finish_reason"];
        let reason = if openai.is_null() { &event["delta"]["stop_reason"] } else { openai };
        (!reason.is_null()).then(|| reason.clone())
    });
    reasons.next().expect("the stream has a reason to end")
}

#[tokio::test]
async fn refusals_have_the_status_and_the_type_of_each_dialect() {
    let cases = [
        ("rate_limited", (429, "requests"), (429, "rate_limit_error")),
        ("rate_limited_retry_after", (429, "requests"), (429, "rate_limit_error")),
        ("server_error", (500, "server_error"), (500, "api_error")),
        ("overloaded", (529, "overloaded_error"), (529, "overloaded_error")),
        ("bad_key", (401, "invalid_request_error"), (401, "authentication_error")),
        ("out_of_money", (429, "insufficient_quota"), (400, "invalid_request_error")),
    ];
    for (fault, openai, anthropic) in cases {
        let stand_in = failing(fault).await;
        let (status, error) = refusal(streamed(&stand_in).await).await;
        assert_eq!((status, error["error"]["type"].as_str().unwrap()), openai, "{fault}");
        let (status, error) = refusal(streamed_by_anthropic(&stand_in).await).await;
        assert_eq!((status, error["error"]["type"].as_str().unwrap()), anthropic, "{fault}");
        assert_eq!(stand_in.stats().by_fault[fault], 2);
    }
}

#[tokio::test]
async fn used_up_credit_and_bad_keys_have_codes_and_messages_of_their_own() {
    let poor = failing("out_of_money").await;
    let (_, error) = refusal(streamed(&poor).await).await;
    assert_eq!(error["error"]["code"], "insufficient_quota");
    let (_, error) = refusal(streamed_by_anthropic(&poor).await).await;
    let text = error["error"]["message"].as_str().unwrap();
    assert!(text.contains("credit balance is too low"), "{text}");
    let (_, error) = refusal(streamed(&failing("bad_key").await).await).await;
    assert_eq!(error["error"]["code"], "invalid_api_key");
}

#[tokio::test]
async fn retry_after_is_sent_only_where_the_fault_says_so() {
    let with_time = streamed(&failing("rate_limited_retry_after:7").await).await;
    assert_eq!(with_time.headers()["retry-after"], "7");
    let without_time = streamed(&failing("rate_limited").await).await;
    assert!(!without_time.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn a_hanging_call_is_accepted_and_sends_only_signs_of_life() {
    let stand_in = failing("hang").await;
    let openai = Stream::of(streamed(&stand_in).await).until_silent().await;
    let anthropic = Stream::of(streamed_by_anthropic(&stand_in).await).until_silent().await;
    assert!(openai.iter().chain(&anthropic).all(Event::is_keep_alive));
}

#[tokio::test]
async fn a_stalled_stream_falls_silent_in_the_middle_and_stays_open() {
    let stand_in = failing("stall").await;
    let full = written(&instant(Faults::none()).await, &section(1)).await;
    for response in [streamed(&stand_in).await, streamed_by_anthropic(&stand_in).await] {
        let sent = text(&Stream::of(response).until_silent().await);
        assert!(full.starts_with(&sent) && sent.len() < full.len() && !sent.is_empty());
    }
}

#[tokio::test]
async fn a_reset_breaks_the_connection_after_some_text() {
    let stand_in = failing("reset").await;
    for response in [streamed(&stand_in).await, streamed_by_anthropic(&stand_in).await] {
        let rest = Stream::of(response).rest().await;
        assert!(!rest.is_clean && !text(&rest.events).is_empty());
    }
    let (status, body) = whole(&stand_in).await;
    assert!(status == 200 && body.is_err());
}

#[tokio::test]
async fn a_cut_stream_ends_cleanly_but_without_its_terminal_event() {
    let stand_in = failing("cut").await;
    for response in [streamed(&stand_in).await, streamed_by_anthropic(&stand_in).await] {
        let events = events(response).await;
        assert!(!is_done(&events) && !text(&events).is_empty());
    }
    let (_, body) = whole(&stand_in).await;
    assert!(serde_json::from_str::<Value>(&body.unwrap()).is_err());
}

#[tokio::test]
async fn an_error_event_ends_a_stream_after_some_text() {
    let stand_in = failing("error_event").await;
    let openai = events(streamed(&stand_in).await).await;
    assert!(!text(&openai).is_empty());
    assert_eq!(openai.last().unwrap().json()["error"]["type"], "overloaded_error");
    let anthropic = events(streamed_by_anthropic(&stand_in).await).await;
    let last = anthropic.last().unwrap();
    assert_eq!((last.name.as_str(), &last.json()["type"]), ("error", &json!("error")));
    assert_eq!(last.json()["error"]["type"], "overloaded_error");
    assert_eq!(whole(&stand_in).await.0, 529);
}

#[tokio::test]
async fn length_stops_at_the_fraction_with_the_finish_reason_length() {
    let full = written(&instant(Faults::none()).await, &section(1)).await;
    let stand_in = failing("length:0.5").await;
    let openai = events(streamed(&stand_in).await).await;
    assert_eq!(text(&openai), full[..full.len() / 2]);
    assert_eq!(finish_reason(&openai), "length");
    let anthropic = events(streamed_by_anthropic(&stand_in).await).await;
    assert_eq!(finish_reason(&anthropic), "max_tokens");
}

#[tokio::test]
async fn spoiled_texts_are_reported_as_finished() {
    let full = written(&instant(Faults::none()).await, &section(1)).await;
    let spoiled = async |fault: &str| {
        let events = events(streamed(&failing(fault).await).await).await;
        assert!(is_done(&events), "{fault}");
        assert_eq!(finish_reason(&events), "stop", "{fault}");
        text(&events)
    };
    assert_eq!(spoiled("empty").await, "");
    let chatty = spoiled("meta_talk").await;
    assert!(chatty.starts_with("Here is the section you asked for"));
    assert!(chatty.ends_with(&full));
    let truncated = spoiled("truncated_stop").await;
    assert!(full.starts_with(&truncated) && truncated.ends_with(char::is_alphabetic));
}

#[tokio::test]
async fn a_text_without_a_point_is_short_and_otherwise_valid() {
    let text = text(&events(streamed(&failing("skip_point").await).await).await);
    let points = ["A lease ends thirty seconds after its worker died", "Messages are hints"];
    assert_eq!(points.iter().filter(|point| text.contains(**point)).count(), 1);
    let words = text.split_whitespace().count();
    assert!((170..=190).contains(&words), "{words}");
    assert!(text.ends_with(['.', '?']));
}

#[tokio::test]
async fn a_refused_text_has_the_finish_reason_of_a_filter() {
    let stand_in = failing("refused").await;
    let openai = events(streamed(&stand_in).await).await;
    assert_eq!(finish_reason(&openai), "content_filter");
    let anthropic = events(streamed_by_anthropic(&stand_in).await).await;
    assert_eq!(finish_reason(&anthropic), "refusal");
}

#[tokio::test]
async fn wrong_json_breaks_the_object_or_one_line_of_the_stream() {
    let stand_in = failing("wrong_json").await;
    let outline = json!({"task": "outline", "topic": "Tea", "chapters": 3, "language": "en"});
    let object = written(&stand_in, &outline).await;
    assert!(object.starts_with('{') && object.ends_with('}'));
    assert!(serde_json::from_str::<Value>(&object).is_err());
    let prose = events(streamed(&stand_in).await).await;
    let is_json = |event: &&Event| {
        let data = event.data.as_deref().unwrap();
        data == "[DONE]" || serde_json::from_str::<Value>(data).is_ok()
    };
    assert_eq!(prose.iter().filter(|event| !is_json(event)).count(), 1);
    assert!(is_done(&prose));
}

#[tokio::test]
async fn a_stream_may_have_no_blank_lines_between_its_events() {
    let stand_in = failing("no_blank_lines").await;
    let whole = written(&instant(Faults::none()).await, &section(1)).await;
    for response in [streamed(&stand_in).await, streamed_by_anthropic(&stand_in).await] {
        let body = response.text().await.unwrap();
        assert!(!body.contains("\n\n"), "{body}");
        let lines: Vec<Event> = body
            .lines()
            .filter_map(|line| line.strip_prefix("data: "))
            .map(|data| Event { data: Some(data.to_owned()), ..Event::default() })
            .collect();
        assert_eq!(text(&lines), whole);
    }
}

#[tokio::test]
async fn a_stream_may_have_words_in_place_of_pings() {
    let stand_in = failing("plain_pings").await;
    for response in [streamed(&stand_in).await, streamed_by_anthropic(&stand_in).await] {
        let body = response.text().await.unwrap();
        assert!(body.starts_with("data: : still here\n\n"), "{body}");
        assert!(body.matches("\ndata: ping\n\n").count() > 1, "{body}");
    }
}

#[tokio::test]
async fn a_dripping_stream_sends_a_token_at_a_time() {
    let stand_in = failing("drip").await;
    let mut stream = Stream::of(streamed(&stand_in).await);
    let mut events = Vec::new();
    for _ in 0..3 {
        events.push(stream.next().await.unwrap().unwrap());
    }
    // The first event is the role. The others are two tokens of four characters, and the stream goes on for minutes.
    assert_eq!(text(&events).chars().count(), 8);
}

#[tokio::test]
async fn a_rule_fires_on_matching_calls_and_only_the_given_times() {
    let script = r#"{"match":{"task":"section","chapter":3,"section":2,"try":1},"fault":"reset","times":1}"#;
    let stand_in = instant(Faults::from_script(script).unwrap()).await;
    let clean = async |number: u32, attempt: u32| {
        let body = chat(&prompt(&section(number)));
        let response = complete_try(&stand_in, &body, attempt).await;
        Stream::of(response).rest().await.is_clean
    };
    assert!(clean(1, 1).await);
    assert!(clean(2, 2).await);
    assert!(!clean(2, 1).await);
    assert!(clean(2, 1).await);
    assert_eq!(stand_in.stats().by_fault["reset"], 1);
}

#[tokio::test]
async fn rates_hit_the_same_calls_in_every_run() {
    let hits = async || {
        let stand_in = instant("overloaded=0.3".parse().unwrap()).await;
        let mut hits = Vec::new();
        for number in 1..=30 {
            let body = chat(&prompt(&section(number)));
            hits.push(complete(&stand_in, &body).await.status() == 529);
        }
        hits
    };
    let first = hits().await;
    let count = first.iter().filter(|hit| **hit).count();
    assert!((3..=17).contains(&count), "{count}");
    assert_eq!(hits().await, first);
}

#[tokio::test]
async fn a_continued_text_is_not_cut_again_by_the_rule_for_the_first_call() {
    let rule = Rule::on(Match::default(), Fault::Length { fraction: 0.5 }).times(1);
    let stand_in = instant(Faults::none().with_rule(rule)).await;
    let full = written(&instant(Faults::none()).await, &section(1)).await;
    let mut body = chat(&prompt(&section(1)));
    let half = text(&events(complete(&stand_in, &body).await).await);
    let messages = body["messages"].as_array_mut().unwrap();
    messages.push(json!({"role": "assistant", "content": half}));
    messages.push(json!({"role": "user", "content": "Go on."}));
    let rest = text(&events(complete(&stand_in, &body).await).await);
    assert_eq!(half + &rest, full);
}
