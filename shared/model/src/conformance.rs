//! The conformance suite of the port: one function for each promise that every model keeps, whatever dialect its server
//! speaks. Each plays a server of that dialect, and panics if the promise is broken.
//!
//! [`conformance_tests!`](crate::conformance_tests) makes a test of each for one dialect.

#![expect(clippy::unwrap_used, reason = "all of this is part of a test, which clippy cannot tell")]

use std::time::Duration;

use bindery_domain::ModelName;

use crate::{
    CallError, CallErrorKind, Completion, Finish, UsedTokens, connect,
    fake::{FakeServer, Step, call, json_response, response},
};

/// The tokens that [`Wire::end`] reports.
pub const INPUT: u64 = 70;
/// The output tokens that [`Wire::end`] reports.
pub const OUTPUT: u64 = 5;

/// What a server of one dialect sends.
pub struct Wire {
    /// The provider whose servers speak the dialect, as the default settings name it.
    pub provider: &'static str,
    /// The content type of a stream.
    pub content_type: &'static str,
    /// Returns a stream up to its last piece of text.
    pub pieces: fn(&[&str]) -> String,
    /// Returns the rest of a stream, with its reason and the usage of [`INPUT`] and [`OUTPUT`] tokens.
    pub end: fn(Finish) -> String,
}

/// Makes a test of every promise for one dialect.
///
/// The argument is an expression for a [`Wire`](crate::conformance::Wire). The tests need tokio with the features
/// `macros` and `rt`.
#[macro_export]
macro_rules! conformance_tests {
    ($wire:expr) => {
        $crate::conformance_tests! { $wire =>
            text_arrives_whole_and_in_its_pieces
            text_at_its_limit_says_so
            stream_without_an_end_is_no_text
            silent_server_is_left_and_its_prompt_is_charged
            call_carries_its_whole_prompt_and_the_number_of_its_try
            busy_server_says_when_to_come_back
            broken_server_costs_nothing
            wrong_key_is_known_as_such
        }
    };
    ($wire:expr => $($promise:ident)*) => {
        $(
            #[tokio::test]
            async fn $promise() {
                $crate::conformance::$promise(&$wire).await;
            }
        )*
    };
}

impl Wire {
    fn stream(&self, body: &str) -> Vec<Step> {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {}\r\nconnection: close\r\n\r\n", self.content_type);
        vec![Step::Send(head + body)]
    }

    /// Makes a call to a server.
    async fn call(&self, server: &FakeServer) -> Called {
        let mut settings = server.settings(self.provider);
        settings.providers[self.provider].base_url = Some(self.address(server).try_into().unwrap());
        settings.timers.first_token = SHORT;
        settings.timers.first_token_slow = SHORT;
        let name: ModelName = format!("{}:some-model", self.provider).parse().unwrap();
        let model = connect(&name, &settings, &|_| Some("sk-hunter2".to_owned())).unwrap();
        let mut pieces = Vec::new();
        let outcome = model.complete(&call(), &mut |piece| pieces.push(piece.to_owned())).await;
        Called { outcome, pieces }
    }

    /// Returns the error of a call whose server plays this script.
    async fn failure(&self, script: Vec<Step>) -> CallError {
        self.call(&FakeServer::answering([script])).await.outcome.unwrap_err()
    }

    fn address(&self, server: &FakeServer) -> String {
        let path = if self.provider == "ollama" { "" } else { "/v1" };
        format!("http://127.0.0.1:{}{path}", server.port())
    }
}

/// The timer of the first token.
const SHORT: Duration = Duration::from_millis(400);

/// What a call brought.
struct Called {
    outcome: Result<Completion, CallError>,
    /// The pieces of text as they arrived.
    pieces: Vec<String>,
}

/// A text arrives piece by piece, and whole in the end, with the usage that the server reports.
pub async fn text_arrives_whole_and_in_its_pieces(wire: &Wire) {
    let body = (wire.pieces)(&["One ", "two."]) + &(wire.end)(Finish::Stop);
    let called = wire.call(&FakeServer::answering([wire.stream(&body)])).await;
    let completion = called.outcome.unwrap();
    assert_eq!((completion.text.as_str(), completion.finish), ("One two.", Finish::Stop));
    assert_eq!((completion.usage.input, completion.usage.output), (INPUT, OUTPUT));
    assert_eq!(called.pieces, ["One ", "two."]);
    assert!(completion.first_token <= completion.elapsed);
}

/// A text that reached its limit says so.
pub async fn text_at_its_limit_says_so(wire: &Wire) {
    let body = (wire.pieces)(&["One "]) + &(wire.end)(Finish::Length);
    let completion = wire.call(&FakeServer::answering([wire.stream(&body)])).await.outcome.unwrap();
    assert_eq!((completion.text.as_str(), completion.finish), ("One ", Finish::Length));
}

/// A stream that ends without its reason is no text, and may have used all that it was allowed.
pub async fn stream_without_an_end_is_no_text(wire: &Wire) {
    let error = wire.failure(wire.stream(&(wire.pieces)(&["Half a"]))).await;
    assert!(matches!(error.kind, CallErrorKind::Truncated(_)), "{error:?}");
}

/// A server that sends no token is left, and its prompt is charged.
pub async fn silent_server_is_left_and_its_prompt_is_charged(wire: &Wire) {
    let error = wire.failure(vec![Step::Stall]).await;
    assert!(matches!(error.kind, CallErrorKind::Connection(_)), "{error:?}");
    assert_eq!(error.used, UsedTokens::Prompt);
}

/// A call carries the book part first, then the slice and the request, and the number of its try as a header.
pub async fn call_carries_its_whole_prompt_and_the_number_of_its_try(wire: &Wire) {
    let body = (wire.pieces)(&["Whole."]) + &(wire.end)(Finish::Stop);
    let server = FakeServer::answering([wire.stream(&body)]);
    wire.call(&server).await.outcome.unwrap();
    let request = server.request();
    assert!(request.head.contains("x-bindery-try: 3"), "{}", request.head);
    let body = request.body.to_string();
    let places = ["the book", "the chapter", "the section"].map(|part| body.find(part));
    assert!(places.iter().all(Option::is_some), "{body}");
    assert_eq!(request.body["stream"], true);
}

/// A server with too many calls says when to come back, and the call costs nothing.
pub async fn busy_server_says_when_to_come_back(wire: &Wire) {
    let error = wire.failure(response(429, "retry-after: 7\r\n", "{}")).await;
    let CallErrorKind::RateLimited { retry_after, .. } = error.kind else { panic!("{error:?}") };
    assert_eq!(retry_after, Some(Duration::from_secs(7)));
    assert_eq!(error.used, UsedTokens::Nothing);
}

/// A broken server is overloaded for the moment, and the call costs nothing.
pub async fn broken_server_costs_nothing(wire: &Wire) {
    let error = wire.failure(json_response(500, "{}")).await;
    assert!(matches!(error.kind, CallErrorKind::Overloaded { status: 500, .. }), "{error:?}");
    assert_eq!(error.used, UsedTokens::Nothing);
}

/// A wrong key is known as such.
pub async fn wrong_key_is_known_as_such(wire: &Wire) {
    let error = wire.failure(json_response(401, r#"{"error":{"message":"no such key"}}"#)).await;
    assert!(matches!(error.kind, CallErrorKind::BadKey(_)), "{error:?}");
}
