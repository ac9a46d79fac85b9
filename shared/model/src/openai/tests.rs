use std::time::Duration;

use super::*;
use crate::Finish;

const VARIANT: Variant = Variant { max_tokens_field: "max_tokens", ask_usage: true, json_object: true };

fn call() -> Call {
    Call {
        prefix: "the book".into(),
        slice: "the chapter".into(),
        request: "the section".into(),
        continued: None,
        schema: None,
        max_tokens: 100,
        attempt: 1,
        cap: Duration::from_secs(1),
        trace_parent: None,
    }
}

fn body(call: &Call, variant: Variant) -> Value {
    let model = "m".to_owned();
    OpenAi { model, variant }.body(call, 150)
}

fn read(chunks: &[Value]) -> (PartialCompletion, Vec<EventKind>) {
    let mut decoder = OpenAiDecoder { reasoning: ReasoningFilter::default() };
    let mut partial = PartialCompletion::default();
    let kinds = chunks.iter().map(|chunk| {
        let event = Event { data: chunk.to_string(), ..Event::default() };
        decoder.decode(&event, &mut partial).unwrap()
    });
    let kinds = kinds.collect();
    decoder.finish(&mut partial);
    (partial, kinds)
}

fn delta(delta: &Value) -> Value {
    json!({"choices": [{"index": 0, "delta": delta, "finish_reason": null}]})
}

#[test]
fn the_prompt_is_the_book_then_the_chapter_then_the_request() {
    let body = body(&call(), VARIANT);
    let expected = json!([
        {"role": "system", "content": "the book"},
        {"role": "user", "content": "the chapter\n\nthe section"},
    ]);
    assert_eq!(body["messages"], expected);
    assert_eq!(body["max_tokens"], 150);
    assert_eq!(body["stream_options"], json!({"include_usage": true}));
    assert!(body.get("response_format").is_none());
}

#[test]
fn a_server_is_asked_only_for_what_it_understands() {
    let schema = json!({"type": "object"});
    let held = |form: JsonForm, variant: Variant| {
        let (model, call) = ("m".to_owned(), call());
        let openai = OpenAi { model, variant };
        let mut body = openai.body(&call, 150);
        openai.hold(&schema, form, &mut body);
        body
    };
    let format = &held(JsonForm::Schema, VARIANT)["response_format"];
    assert_eq!((&format["type"], &format["json_schema"]["schema"]), (&json!("json_schema"), &schema));
    assert_eq!(held(JsonForm::Object, VARIANT)["response_format"]["type"], "json_object");
    let plain = Variant { max_tokens_field: "max_completion_tokens", ask_usage: false, json_object: false };
    let body = held(JsonForm::Object, plain);
    for absent in ["response_format", "stream_options", "max_tokens"] {
        assert!(body.get(absent).is_none(), "{absent}");
    }
    assert_eq!(body["max_completion_tokens"], 150);
}

#[test]
fn a_continuation_ends_in_a_turn_of_the_user() {
    let call = Call { continued: Some("So far".into()), prefix: String::new(), slice: String::new(), ..call() };
    let body = body(&call, VARIANT);
    let expected = json!([
        {"role": "user", "content": "the section"},
        {"role": "assistant", "content": "So far"},
        {"role": "user", "content": CONTINUE},
    ]);
    assert_eq!(body["messages"], expected);
    assert!(body.get("response_format").is_none());
}

#[test]
fn reasoning_counts_as_tokens_and_not_as_text() {
    let (partial, kinds) = read(&[
        delta(&json!({"role": "assistant", "content": ""})),
        delta(&json!({"reasoning_content": "hm"})),
        delta(&json!({"reasoning": "hm", "reasoning_details": [{"type": "reasoning.text", "text": "hm"}]})),
        delta(&json!({"thinking": "hm"})),
        delta(&json!({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]})),
        delta(&json!({"content": "<think>hm</think>"})),
        delta(&json!({"content": "A "})),
        delta(&json!({"content": [{"type": "text", "text": "text."}]})),
        delta(&json!({"content": null})),
    ]);
    assert_eq!(partial.text, "A text.");
    use EventKind::{Other, Token};
    let expected = [Other, Token, Token, Token, Token, Token, Token, Token, Other];
    assert_eq!(kinds, expected);
    assert_eq!(partial.reasoning, 4 * "hm".len() + "<think>hm</think>".len());
}

#[test]
fn a_whole_answer_is_read_without_its_reasoning() {
    let message = json!({"role": "assistant", "reasoning_content": "hm", "content": "<think>hm</think>A text."});
    let (partial, kinds) = read(&[json!({
        "choices": [{"message": message, "finish_reason": "length"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 2},
    })]);
    assert_eq!((partial.text.as_str(), partial.finish), ("A text.", Some(Ok(Finish::Length))));
    assert_eq!((partial.usage.unwrap().input, kinds), (7, vec![EventKind::Token]));
}

#[test]
fn an_error_is_recognised_wherever_a_gateway_puts_it() {
    for chunk in [
        json!({"error": {"message": "x"}}),
        json!({"error": "x"}),
        json!([{"error": {"message": "x"}}]),
        json!({"message": "x", "code": "busy"}),
        json!({"detail": "x"}),
        json!({"choices": [{"delta": {}, "finish_reason": "error", "error": {"message": "x", "code": 502}}]}),
    ] {
        let event = Event { data: chunk.to_string(), ..Event::default() };
        let mut decoder = OpenAiDecoder { reasoning: ReasoningFilter::default() };
        let error = decoder.decode(&event, &mut PartialCompletion::default());
        assert!(error.is_err(), "{chunk}");
    }
}

#[test]
fn an_error_that_says_nothing_is_none_and_one_of_minimax_is_one() {
    let chunk = |error: &Value| json!({"error": error, "choices": [{"delta": {"content": "x"}, "error": error}]});
    for nothing in [json!(""), json!({}), json!(false), json!(null), json!([]), json!({"message": "", "code": 0})] {
        assert_eq!(read(&[chunk(&nothing)]).0.text, "x", "{nothing}");
    }
    assert_eq!(read(&[json!({"message": "", "detail": ""})]).1, [EventKind::Other]);
    let base = |code: u32, words: &str| json!({"base_resp": {"status_code": code, "status_msg": words}});
    assert_eq!(read(&[base(0, "success")]).1, [EventKind::Other]);
    let event = Event { data: base(1008, "insufficient balance").to_string(), ..Event::default() };
    let mut decoder = OpenAiDecoder { reasoning: ReasoningFilter::default() };
    let error = decoder.decode(&event, &mut PartialCompletion::default()).unwrap_err();
    assert!(matches!(error, CallErrorKind::OutOfMoney(_)), "{error:?}");
}

#[test]
fn a_word_in_place_of_json_is_a_sign_of_life_and_under_the_name_of_an_error_it_is_one() {
    let decode = |name: &str, data: &str| {
        let event = Event { name: name.to_owned(), data: data.to_owned() };
        OpenAiDecoder { reasoning: ReasoningFilter::default() }.decode(&event, &mut PartialCompletion::default())
    };
    for word in ["ping", ": keep-alive", "OPENROUTER PROCESSING", "null", "\"ping\""] {
        assert_eq!(decode("", word), Ok(EventKind::Other), "{word}");
    }
    let limited = decode("error", "Rate limit exceeded").unwrap_err();
    assert!(limited.to_string().contains("Rate limit exceeded"), "{limited}");
    assert_eq!(limited.class(), "rate_limited");
    assert_eq!(decode("", "{\"id\": <<< not JSON").unwrap_err().class(), "truncated");
}

#[test]
fn the_terminal_event_leaves_the_verdict_on_an_unknown_reason_to_the_text() {
    let finish = |chunks: &[Value], done: bool| {
        let mut decoder = OpenAiDecoder { reasoning: ReasoningFilter::default() };
        let mut partial = PartialCompletion::default();
        let ends = done.then(|| "[DONE]".to_owned());
        for data in chunks.iter().map(Value::to_string).chain(ends) {
            decoder.decode(&Event { data, ..Event::default() }, &mut partial).unwrap();
        }
        partial.finish.unwrap()
    };
    let stopped = |reason: &str| json!({"choices": [{"delta": {}, "finish_reason": reason}]});
    let text = delta(&json!({"content": "A text."}));
    assert_eq!(finish(&[text.clone(), stopped("eom")], true), Ok(Finish::Stop));
    assert!(finish(&[text.clone(), stopped("eom")], false).is_err());
    assert!(finish(&[stopped("eom")], true).is_err());
    assert!(finish(&[text, stopped("tool_calls")], true).is_err());
}

#[test]
fn a_whole_message_at_the_end_of_a_stream_does_not_double_the_text() {
    let whole = json!({"choices": [{"message": {"content": "<think>hm</think>A text."}, "finish_reason": "stop"}]});
    let (partial, kinds) = read(&[delta(&json!({"content": "A text."})), whole]);
    assert_eq!((partial.text.as_str(), kinds), ("A text.", vec![EventKind::Token, EventKind::Other]));
    assert_eq!(partial.finish, Some(Ok(Finish::Stop)));
}

#[test]
fn each_finish_reason_is_classified() {
    let finish = |reason: &str| {
        let chunk = json!({"choices": [{"delta": {}, "finish_reason": reason}]});
        read(&[chunk]).0.finish.unwrap()
    };
    assert_eq!(finish("stop"), Ok(Finish::Stop));
    assert_eq!(finish("STOP"), Ok(Finish::Stop));
    assert_eq!(finish("length"), Ok(Finish::Length));
    for filter in ["content_filter", "RECITATION", "content_filter: PROHIBITED_CONTENT", "SPII", "guardrail_intervened"]
    {
        assert!(matches!(finish(filter), Err(CallErrorKind::Refused(_))), "{filter}");
    }
    assert!(matches!(finish("tool_calls"), Err(CallErrorKind::Truncated(_))));
    assert!(matches!(finish("error"), Err(CallErrorKind::Overloaded { .. })));
    assert!(read(&[delta(&json!({"content": "x"}))]).0.finish.is_none());
}

#[test]
fn a_refusal_is_an_error_and_keeps_its_usage() {
    let (partial, _) = read(&[
        delta(&json!({"refusal": "I cannot"})),
        json!({"choices": [{"delta": {}, "finish_reason": "stop"}]}),
        json!({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}}),
    ]);
    assert!(matches!(partial.finish, Some(Err(CallErrorKind::Refused(_)))));
    assert_eq!(partial.usage.unwrap().input, 7);
}

#[test]
fn a_cost_that_the_provider_tells_is_read_with_what_it_charged_to_the_users_own_key() {
    let cost = |usage: Value| read(&[json!({"choices": [], "usage": usage})]).0.cost;
    let told = json!({"prompt_tokens": 7, "completion_tokens": 2, "cost": 0.0125,
        "cost_details": {"upstream_inference_cost": 0.0125}});
    assert_eq!(cost(told), Some(Micros(12_500)));
    let own_key = json!({"prompt_tokens": 7, "completion_tokens": 2, "cost": 0.0005, "is_byok": true,
        "cost_details": {"upstream_inference_cost": 0.01}});
    assert_eq!(cost(own_key), Some(Micros(10_500)));
    for odd in [json!(-1), json!("free"), json!({"total": 1}), Value::Null] {
        assert_eq!(cost(json!({"prompt_tokens": 7, "completion_tokens": 2, "cost": odd})), None);
    }
}

#[test]
fn tokens_written_to_the_cache_are_read_in_every_variant() {
    let written = |usage: Value| read(&[json!({"choices": [], "usage": usage})]).0.usage.unwrap().cache_written;
    let details = json!({"cached_tokens": 4, "cache_write_tokens": 3});
    assert_eq!(written(json!({"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": details})), 3);
    assert_eq!(written(json!({"prompt_tokens": 9, "completion_tokens": 2, "cache_creation_input_tokens": 20})), 9);
    assert_eq!(written(json!({"prompt_tokens": 9, "completion_tokens": 2})), 0);
}

#[test]
fn usage_is_read_in_every_variant() {
    let usage = |usage: Value| read(&[json!({"choices": [], "usage": usage})]).0.usage;
    let openai = usage(json!({
        "prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150,
        "prompt_tokens_details": {"cached_tokens": 64},
        "completion_tokens_details": {"reasoning_tokens": 30},
    }));
    let expected = Usage { input: 100, cached: 64, cache_written: 0, output: 50, reasoning: 30 };
    assert_eq!(openai, Some(expected));
    let xai = usage(json!({
        "prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 180,
        "completion_tokens_details": {"reasoning_tokens": 30},
    }));
    let expected = Usage { input: 100, cached: 0, cache_written: 0, output: 80, reasoning: 30 };
    assert_eq!(xai, Some(expected));
    let deepseek = usage(json!({"prompt_tokens": 9, "completion_tokens": 1, "prompt_cache_hit_tokens": 4}));
    assert_eq!(deepseek.unwrap().cached, 4);
    let groq = read(&[json!({"choices": [], "x_groq": {"usage": {"prompt_tokens": 3, "completion_tokens": 1}}})]);
    assert_eq!(groq.0.usage.unwrap().input, 3);
    assert_eq!(usage(Value::Null), None);
}
