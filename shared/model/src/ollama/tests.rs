use std::time::Duration;

use super::*;
use crate::{
    connect,
    fake::{FakeServer, response},
};

fn call() -> Call {
    Call {
        prefix: "the book".into(),
        slice: String::new(),
        request: "the section".into(),
        continued: None,
        schema: None,
        max_tokens: 100,
        attempt: 1,
        cap: Duration::from_secs(60),
        trace_parent: None,
    }
}

fn read(chunks: &[Value]) -> Result<PartialCompletion, CallErrorKind> {
    let mut decoder = OllamaDecoder::default();
    let mut partial = PartialCompletion::default();
    for chunk in chunks {
        decoder.decode(&Event { data: chunk.to_string(), ..Event::default() }, &mut partial)?;
    }
    decoder.finish(&mut partial);
    Ok(partial)
}

#[test]
fn the_context_holds_prompt_and_output_and_never_shrinks() {
    let ollama = Ollama::new("m".to_owned(), true, None);
    let context = |prefix: &str, max_tokens: u32| {
        let call = Call { prefix: prefix.to_owned(), ..call() };
        ollama.body(&call, max_tokens)["options"]["num_ctx"].clone()
    };
    assert_eq!(context("short", 100), 8_192);
    assert_eq!(context(&"long ".repeat(6_000), 1_000), 16_384);
    assert_eq!(context("short", 100), 16_384, "the model is not loaded anew");
    let set = Ollama::new("m".to_owned(), true, Some(4_096));
    assert_eq!(set.body(&call(), 9_000)["options"]["num_ctx"], 4_096);
}

#[test]
fn a_request_has_the_fields_of_the_dialect() {
    let ollama = Ollama::new("m".to_owned(), true, None);
    let mut body = ollama.body(&call(), 150);
    let effort =
        |effort: &str| Sampling { temperature: Some(0.5), top_p: None, reasoning_effort: Some(effort.to_owned()) };
    ollama.hold(&json!({"type": "object"}), JsonForm::Object, &mut body);
    ollama.sample(&effort("low"), &mut body);
    let expected = json!({
        "model": "m", "stream": true, "format": "json", "think": "low",
        "messages": [{"role": "system", "content": "the book"}, {"role": "user", "content": "the section"}],
        "options": {"num_ctx": 8_192, "num_predict": 150, "temperature": 0.5},
    });
    assert_eq!(body, expected);
    ollama.hold(&json!({"type": "object"}), JsonForm::Schema, &mut body);
    assert_eq!(body["format"], json!({"type": "object"}));
    ollama.sample(&effort("none"), &mut body);
    assert_eq!(body["think"], false);
}

#[test]
fn an_answer_is_read_without_its_reasoning() {
    let partial = read(&[
        json!({"message": {"role": "assistant", "content": "", "thinking": "hm"}, "done": false}),
        json!({"message": {"role": "assistant", "content": "<think>hm</think>A "}, "done": false}),
        json!({"message": {"role": "assistant", "content": "text."}, "done": false}),
        json!({"message": {"content": ""}, "done": true, "done_reason": "length", "prompt_eval_count": 9, "prompt_eval_cached_count": 5, "eval_count": 4}),
    ])
    .unwrap();
    assert_eq!((partial.text.as_str(), partial.finish), ("A text.", Some(Ok(Finish::Length))));
    assert_eq!(partial.usage, Some(Usage { input: 9, cached: 5, output: 4, ..Usage::default() }));
    assert!(partial.reasoning > 0);
}

#[test]
fn an_error_within_the_stream_is_a_failed_try() {
    let error = read(&[json!({"error": "the model runner has stopped"})]).unwrap_err();
    assert!(matches!(error, CallErrorKind::Truncated(_)), "{error:?}");
    let quiet = read(&[json!({"message": {"content": "x"}, "done": false, "error": ""})]).unwrap();
    assert_eq!(quiet.text, "x");
    let unknown =
        read(&[json!({"message": {"content": "x"}}), json!({"message": {}, "done": true, "done_reason": "eom"})]);
    assert_eq!(unknown.unwrap().finish, Some(Ok(Finish::Stop)));
    let unloaded = read(&[json!({"message": {"content": ""}, "done": true, "done_reason": "unload"})]).unwrap();
    assert!(matches!(unloaded.finish, Some(Err(CallErrorKind::Truncated(_)))));
}

#[tokio::test]
async fn ollama_is_called_in_its_own_dialect_unless_its_address_is_that_of_the_compatible_one() {
    let lines = "{\"message\":{\"content\":\"Whole.\"},\"done\":false}\n\
                 {\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":9,\"eval_count\":2}\n";
    let script = response(200, "content-type: application/x-ndjson\r\n", lines);
    let server = FakeServer::answering([script.clone(), script]);
    let name = "ollama:llama3.2".parse().unwrap();
    let mut settings = server.settings("ollama");
    let model = |settings: &crate::Settings| connect(&name, settings, &|_| None).unwrap();
    let _ = model(&settings).complete(&call(), &mut |_| {}).await;
    assert!(server.request().head.starts_with("post /v1/chat/completions "));
    let root = format!("http://127.0.0.1:{}", server.port());
    settings.providers["ollama"].base_url = Some(root.try_into().unwrap());
    let answer = model(&settings).complete(&call(), &mut |_| {}).await.unwrap();
    assert_eq!((answer.text.as_str(), answer.usage.output), ("Whole.", 2));
    assert!(server.request().head.starts_with("post /api/chat "));
}
