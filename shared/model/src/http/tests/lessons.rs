//! What a process learns about a model from its answers and its rejections.

use super::*;
use crate::fake::json_response;

/// A model whose server plays one script for each call.
struct Taught {
    server: FakeServer,
    model: std::sync::Arc<dyn Model>,
}

impl Taught {
    fn playing(scripts: Vec<Vec<Step>>, change: impl FnOnce(&mut crate::ProviderSettings)) -> Self {
        let server = FakeServer::answering(scripts);
        let mut settings = server.settings("groq");
        change(&mut settings.providers["groq"]);
        let model = connect(&"groq:m".parse().unwrap(), &settings, &|_| Some(KEY.to_owned())).unwrap();
        Self { server, model }
    }

    async fn call(&self) -> Result<Completion, CallError> {
        self.model.complete(&call(), &mut |_| {}).await
    }

    /// Returns a field of the next request.
    fn asked(&self, field: &str) -> Value {
        self.server.request().body[field].clone()
    }
}

fn whole() -> Vec<Step> {
    stream(&[&piece("Whole."), &finish("stop"), &usage(70, 5)])
}

fn rejected(message: &str) -> Vec<Step> {
    json_response(400, &serde_json::json!({"error": {"message": message}}).to_string())
}

fn thought(words: &str) -> String {
    serde_json::json!({"choices": [{"delta": {"reasoning_content": words}}]}).to_string()
}

#[tokio::test]
async fn a_call_whose_reasoning_left_no_text_fails_and_later_calls_have_more_room() {
    let eaten = || stream(&[&thought("I think and think. "), &finish("length"), &usage(70, 100)]);
    let model = Taught::playing(vec![eaten(), eaten(), whole()], |_| {});
    for room in [100, 8_292] {
        let error = model.call().await.unwrap_err();
        assert!(matches!(error.kind, CallErrorKind::NoRoom(_)), "{error:?}");
        assert!(matches!(error.used, UsedTokens::Known(_)), "{error:?}");
        assert_eq!(model.asked("max_tokens"), room);
    }
    model.call().await.unwrap();
    assert_eq!(model.asked("max_tokens"), 16_484);
    assert_eq!(model.model.output_limit(100), 16_484, "the reservation grows as well");
}

#[tokio::test]
async fn a_call_that_may_have_no_more_room_says_what_to_set() {
    let eaten = stream(&[&thought("I think and think. "), &finish("length"), &usage(70, 100)]);
    let model = Taught::playing(vec![eaten], |provider| provider.max_output_tokens = Some(100));
    let error = model.call().await.unwrap_err().to_string();
    assert!(error.contains("raise max_output_tokens"), "{error}");
}

#[tokio::test]
async fn a_text_at_its_limit_gets_more_room_next_time() {
    let long = "A text of some words. ".repeat(20);
    let model = Taught::playing(vec![stream(&[&piece(&long), &finish("length")]), whole()], |_| {});
    assert_eq!(model.call().await.unwrap().finish, Finish::Length);
    model.call().await.unwrap();
    assert_eq!([model.asked("max_tokens"), model.asked("max_tokens")], [100, 150]);
}

#[tokio::test]
async fn a_rejected_field_is_left_out_or_renamed_at_once_and_for_all_later_calls() {
    let script = vec![
        rejected("Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."),
        rejected("Unsupported value: 'temperature' does not support 0.5 with this model."),
        whole(),
        whole(),
    ];
    let model = Taught::playing(script, |provider| provider.temperature = Some(0.5));
    model.call().await.unwrap();
    model.call().await.unwrap();
    let bodies: Vec<Value> = (0..4).map(|_| model.server.request().body).collect();
    assert_eq!(bodies[0]["temperature"], 0.5);
    assert_eq!(bodies[1]["max_completion_tokens"], 100);
    for body in &bodies[2..] {
        assert_eq!(body["max_completion_tokens"], 100);
        assert!(body.get("max_tokens").is_none() && body.get("temperature").is_none(), "{body}");
    }
}

#[tokio::test]
async fn a_rejected_schema_is_replaced_by_any_object_and_that_by_words_alone() {
    let script = vec![
        rejected("Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."),
        whole(),
        rejected("'response_format' is not supported with this model."),
        whole(),
    ];
    let model = Taught::playing(script, |_| {});
    let call = Call { schema: Some(serde_json::json!({"type": "object"})), ..call() };
    for _ in 0..2 {
        model.model.complete(&call, &mut |_| {}).await.unwrap();
    }
    let formats: Vec<Value> = (0..4).map(|_| model.asked("response_format")).collect();
    assert_eq!(formats[0]["json_schema"]["schema"], serde_json::json!({"type": "object"}));
    assert_eq!((&formats[1]["type"], &formats[2]["type"]), (&"json_object".into(), &"json_object".into()));
    assert_eq!(formats[3], Value::Null);
}

#[tokio::test]
async fn a_schema_is_sent_only_for_a_whole_answer_and_where_the_settings_allow_it() {
    let schema = Some(serde_json::json!({"type": "object"}));
    let model = Taught::playing(vec![whole(), whole()], |_| {});
    let continued = Call { schema: schema.clone(), continued: Some("{".into()), ..call() };
    model.model.complete(&continued, &mut |_| {}).await.unwrap();
    model.call().await.unwrap();
    assert_eq!([(); 2].map(|()| model.asked("response_format")), [Value::Null, Value::Null]);
    let model = Taught::playing(vec![whole()], |provider| provider.schema = crate::SchemaUse::Off);
    model.model.complete(&Call { schema, ..call() }, &mut |_| {}).await.unwrap();
    assert_eq!(model.asked("response_format")["type"], "json_object");
}

#[tokio::test]
async fn a_limit_of_the_output_is_learned() {
    let script = vec![rejected("max_tokens must be less than or equal to `80`"), whole(), whole()];
    let model = Taught::playing(script, |_| {});
    model.call().await.unwrap();
    model.call().await.unwrap();
    assert_eq!([(); 3].map(|()| model.asked("max_tokens")), [100, 80, 80]);
}

#[tokio::test]
async fn a_small_context_leaves_the_output_what_the_prompt_leaves() {
    let message = "This model's maximum context length is 4096 tokens, and your request has 1000 input tokens.";
    let model = Taught::playing(vec![rejected(message), whole()], |provider| provider.reasoning_tokens = Some(5_000));
    model.call().await.unwrap();
    assert_eq!([(); 2].map(|()| model.asked("max_tokens")), [5_100, 3_080]);
}

#[tokio::test]
async fn a_rejection_that_teaches_nothing_or_nothing_new_is_the_answer() {
    let model = Taught::playing(vec![rejected("Bad prompt")], |_| {});
    assert!(matches!(model.call().await.unwrap_err().kind, CallErrorKind::BadRequest { status: 400, .. }));
    let refuse = |name: &str| rejected(&format!("Unknown parameter: '{name}'"));
    let model = Taught::playing(vec![refuse("max_tokens"), refuse("max_completion_tokens")], |_| {});
    let error = model.call().await.unwrap_err();
    assert!(error.to_string().contains("max_completion_tokens"), "{error}");
}

#[tokio::test]
async fn the_settings_add_to_each_request() {
    let model = Taught::playing(vec![whole()], |provider| {
        *provider = toml::from_str(&format!(
            "base_url = '{}'
             key_env = ['K']
             auth = 'api-key'
             temperature = 0.7
             top_p = 0.9
             reasoning_effort = 'low'
             max_output_tokens = 90
             query = {{ 'api-version' = '2026 1' }}
             extra_headers = {{ 'X-Team' = 'books' }}
             extra_body = {{ top_k = 40, stream_options = {{ continuous = true }} }}",
            provider.base_url.clone().unwrap()
        ))
        .unwrap();
    });
    model.call().await.unwrap();
    let request = model.server.request();
    assert!(request.head.starts_with("post /v1/chat/completions?api-version=2026+1 "), "{}", request.head);
    assert!(request.head.contains("api-key: sk-hunter2") && request.head.contains("x-team: books"), "{}", request.head);
    assert!(!request.head.contains("authorization"), "{}", request.head);
    let body = request.body;
    assert_eq!((&body["temperature"], &body["top_p"]), (&0.7.into(), &0.9.into()));
    assert_eq!(
        (&body["reasoning_effort"], &body["top_k"], &body["max_tokens"]),
        (&"low".into(), &40.into(), &90.into())
    );
    assert_eq!(body["stream_options"], serde_json::json!({"include_usage": true, "continuous": true}));
}
