//! Streams a reply as server-sent events.

use std::time::Duration;

use axum::body::Bytes;
use futures_util::stream::{Stream, unfold};
use tokio::{
    task::yield_now,
    time::{Instant, sleep, sleep_until},
};

use super::{BodyChunk, ConnectionBroken, Delivery, mid_reply_error};
use crate::{
    faults::{Disruption, Interruption},
    tokens,
};

/// The time between two writes to a stream. Each one costs a write to the socket.
const WRITE_INTERVAL: Duration = Duration::from_millis(50);
/// The time between two signs of life on a silent stream.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_millis(500);
/// How long a stream shows signs of life before its first token.
const KEPT_ALIVE: Duration = Duration::from_secs(4);
/// The tokens of an event where the stream has no pace.
const UNPACED_EVENT_TOKENS: u64 = 32;

/// Returns the events of a stream.
pub(super) fn events(delivery: Delivery) -> impl Stream<Item = BodyChunk> + Send + 'static {
    let stream = EventStream {
        stage: Stage::Waiting,
        started: Instant::now(),
        released_tokens: 0,
        sent_reasoning: 0,
        sent_text: 0,
        has_blank_lines: delivery.disruption != Some(Disruption::NoBlankLines),
        has_plain_pings: delivery.disruption == Some(Disruption::PlainPings),
        delivery,
    };
    unfold(stream, |mut stream| async move {
        let piece = stream.next().await?;
        Some((piece, stream))
    })
}

struct EventStream {
    delivery: Delivery,
    stage: Stage,
    /// When the first token was sent; before that, when the call arrived.
    started: Instant,
    /// How many tokens the pace has released so far.
    released_tokens: u64,
    /// How many bytes of the reasoning were sent.
    sent_reasoning: usize,
    /// How many bytes of the text were sent.
    sent_text: usize,
    has_blank_lines: bool,
    has_plain_pings: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing has been sent yet.
    Waiting,
    /// The shown reasoning is sent, and then the text.
    Sending,
    /// Nothing more is sent, except signs of life.
    Silent,
    /// The connection is to be broken.
    Breaking,
    /// The stream has ended.
    Ended,
}

impl EventStream {
    async fn next(&mut self) -> Option<BodyChunk> {
        if self.stage == Stage::Ended {
            return None;
        }
        let shutdown = self.delivery.shutdown.clone();
        tokio::select! {
            biased;
            () = shutdown.cancelled() => {
                self.stage = Stage::Ended;
                Some(Err(ConnectionBroken))
            }
            piece = self.advance() => Some(piece),
        }
    }

    async fn advance(&mut self) -> BodyChunk {
        let mut out = Vec::new();
        match self.stage {
            Stage::Waiting if self.is_only_alive() => self.keep_alive(&mut out).await,
            Stage::Waiting => {
                sleep(self.delivery.pace.first_token).await;
                self.delivery.begin();
                self.started = Instant::now();
                self.stage = Stage::Sending;
                self.ping(": still here", &mut out);
                self.delivery.dialect.start_stream(&self.delivery.reply, &mut out);
                if self.delivery.disruption == Some(Disruption::EarlyFinish) {
                    self.delivery.dialect.finish_early(&self.delivery.reply, &mut out);
                }
                self.send_due(&mut out);
            }
            Stage::Sending => {
                self.wait_for_tokens().await;
                self.send_due(&mut out);
            }
            Stage::Silent => self.keep_alive(&mut out).await,
            Stage::Breaking | Stage::Ended => {
                // When a body fails, hyper drops what it has not flushed, so it must flush first.
                yield_now().await;
                self.stage = Stage::Ended;
                return Err(ConnectionBroken);
            }
        }
        Ok(Bytes::from(if self.has_blank_lines { out } else { without_blank_lines(&out) }))
    }

    /// Sends a word as the data of an event, where the stream has such signs of life.
    fn ping(&self, word: &str, out: &mut Vec<u8>) {
        if self.has_plain_pings {
            out.extend_from_slice(format!("data: {word}\n\n").as_bytes());
        }
    }

    /// Returns whether the stream shows signs of life in place of its first token.
    fn is_only_alive(&self) -> bool {
        match self.delivery.disruption {
            Some(Disruption::Hang) => true,
            Some(Disruption::KeepAlives) => self.started.elapsed() < KEPT_ALIVE,
            _ => false,
        }
    }

    async fn keep_alive(&self, out: &mut Vec<u8>) {
        sleep(KEEP_ALIVE_INTERVAL).await;
        self.delivery.dialect.keep_alive(out);
    }

    async fn wait_for_tokens(&self) {
        if let Some(rate) = self.delivery.pace.tokens_per_second {
            let next_token = Duration::from_secs_f64(self.released_tokens as f64 / rate);
            let next_write = self.started.elapsed() + WRITE_INTERVAL;
            sleep_until(self.started + next_token.max(next_write)).await;
        }
    }

    /// Sends the tokens that are due, and ends the stream after the last ones.
    fn send_due(&mut self, out: &mut Vec<u8>) {
        let Some(rate) = self.delivery.pace.tokens_per_second else {
            while self.stage == Stage::Sending {
                self.send(UNPACED_EVENT_TOKENS, out);
            }
            return;
        };
        let due = (self.started.elapsed().as_secs_f64() * rate) as u64 + 1;
        let tokens = due - self.released_tokens;
        self.released_tokens = due;
        if tokens > 0 {
            self.send(tokens, out);
        }
    }

    /// Sends up to this many tokens as one event.
    fn send(&mut self, tokens: u64, out: &mut Vec<u8>) {
        let delivery = &self.delivery;
        let reply = &delivery.reply;
        let reasoning = tokens::prefix(&reply.shown_reasoning[self.sent_reasoning..], tokens);
        if !reasoning.is_empty() {
            delivery.dialect.stream_reasoning(reply, reasoning, out);
            delivery.in_flight.count_output(tokens::count(reasoning));
            self.sent_reasoning += reasoning.len();
            if self.sent_reasoning == reply.shown_reasoning.len() {
                delivery.dialect.end_reasoning(reply, out);
            }
            return;
        }
        let end = match delivery.disruption {
            Some(Disruption::Interrupted { at, .. }) => at,
            _ => reply.text.len(),
        };
        let text = tokens::prefix(&reply.text[self.sent_text..end], tokens);
        if !text.is_empty() {
            delivery.dialect.stream_text(reply, text, out);
            delivery.in_flight.count_output(tokens::count(text));
            self.sent_text += text.len();
            self.ping("ping", out);
        }
        if self.sent_text == end {
            self.end(out);
        }
    }

    /// Ends the stream, or interrupts it.
    fn end(&mut self, out: &mut Vec<u8>) {
        let disruption = self.delivery.disruption.take();
        let Some(Disruption::Interrupted { by, .. }) = disruption else {
            let delivery = &self.delivery;
            delivery.dialect.end_reply(&delivery.reply, out);
            if disruption != Some(Disruption::NoTerminalEvent) {
                delivery.dialect.end_stream(out);
            }
            delivery.in_flight.count_output(delivery.reply.hidden_reasoning());
            delivery.in_flight.complete();
            self.stage = Stage::Ended;
            return;
        };
        self.stage = match by {
            Interruption::Stall => Stage::Silent,
            Interruption::Reset => Stage::Breaking,
            Interruption::Cut => Stage::Ended,
            Interruption::Error => {
                self.delivery.dialect.stream_error(&mid_reply_error(), out);
                Stage::Ended
            }
            Interruption::NumericError => {
                self.delivery.dialect.stream_status("503", out);
                Stage::Ended
            }
            Interruption::Garbage => {
                out.extend_from_slice(b"data: {\"id\": \"stand-in\", <<< not JSON\n\n");
                Stage::Sending
            }
        };
    }
}

/// Returns events with one line end in place of two. JSON escapes those within texts.
fn without_blank_lines(events: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(events.len());
    for byte in events {
        if *byte != b'\n' || lines.last() != Some(&b'\n') {
            lines.push(*byte);
        }
    }
    lines
}
