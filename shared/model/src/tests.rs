//! The port's promises, kept in each dialect. A new dialect is added here as one more module.

mod openai {
    use crate::{
        conformance::{INPUT, OUTPUT, Wire},
        fake::{finish, piece, usage},
    };

    fn events(events: &[String]) -> String {
        events.iter().map(|data| format!("data: {data}\n\n")).collect()
    }

    const WIRE: Wire = Wire {
        provider: "openai",
        content_type: "text/event-stream",
        pieces: |pieces| events(&pieces.iter().map(|text| piece(text)).collect::<Vec<_>>()),
        end: |reason| {
            let reason = if reason == crate::Finish::Stop { "stop" } else { "length" };
            events(&[finish(reason), usage(INPUT, OUTPUT), "[DONE]".to_owned()])
        },
    };

    crate::conformance_tests!(WIRE);
}

mod anthropic {
    use serde_json::{Value, json};

    use crate::conformance::{INPUT, OUTPUT, Wire};

    fn event(data: &Value) -> String {
        format!("data: {data}\n\n")
    }

    const WIRE: Wire = Wire {
        provider: "anthropic",
        content_type: "text/event-stream",
        pieces: |pieces| {
            let start =
                json!({"type": "message_start", "message": {"usage": {"input_tokens": INPUT, "output_tokens": 1}}});
            let piece = |text: &&str| {
                event(&json!({"type": "content_block_delta", "delta": {"type": "text_delta", "text": text}}))
            };
            event(&start) + &pieces.iter().map(piece).collect::<String>()
        },
        end: |reason| {
            let reason = if reason == crate::Finish::Stop { "end_turn" } else { "max_tokens" };
            let delta =
                json!({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": OUTPUT}});
            event(&delta) + &event(&json!({"type": "message_stop"}))
        },
    };

    crate::conformance_tests!(WIRE);
}

mod ollama {
    use serde_json::json;

    use crate::conformance::{INPUT, OUTPUT, Wire};

    const WIRE: Wire = Wire {
        provider: "ollama",
        content_type: "application/x-ndjson",
        pieces: |pieces| {
            pieces.iter().map(|text| format!("{}\n", json!({"message": {"content": text}, "done": false}))).collect()
        },
        end: |reason| {
            let reason = if reason == crate::Finish::Stop { "stop" } else { "length" };
            let last = json!({"message": {"content": ""}, "done": true, "done_reason": reason, "prompt_eval_count": INPUT, "eval_count": OUTPUT});
            format!("{last}\n")
        },
    };

    crate::conformance_tests!(WIRE);
}

#[test]
fn every_promise_is_listed() {
    let suite = include_str!("conformance.rs");
    let promises = suite.lines().filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next());
    for promise in promises {
        assert!(suite.lines().any(|line| line.trim() == promise), "conformance_tests! does not list {promise}");
    }
}
