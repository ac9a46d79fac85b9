//! Streams a reply as server-sent events.

use std::time::Duration;

use axum::body::Bytes;
use futures_util::stream::{Stream, unfold};
use tokio::{
    task::yield_now,
    time::{Instant, sleep, sleep_until},
};

use super::{Broken, Delivery, Piece, trouble};
use crate::{
    faults::{Interruption, Mishap},
    tokens,
};

/// How often a stream is fed: each feed costs a write to the socket.
const FEED: Duration = Duration::from_millis(50);
/// How often a silent stream says that it is alive.
const KEEP_ALIVE: Duration = Duration::from_millis(500);
/// The tokens of an event when nothing paces the stream.
const UNPACED_EVENT: u64 = 32;

/// Returns the events of a stream.
pub(super) fn events(delivery: Delivery) -> impl Stream<Item = Piece> + Send + 'static {
    let stream = EventStream { stage: Stage::Waiting, begun: Instant::now(), due: 0, thought: 0, spoken: 0, delivery };
    unfold(stream, |mut stream| async move {
        let piece = stream.next().await?;
        Some((piece, stream))
    })
}

struct EventStream {
    delivery: Delivery,
    stage: Stage,
    /// When the first token was sent.
    begun: Instant,
    /// How many tokens were let go so far.
    due: u64,
    /// How many bytes of the reasoning were sent.
    thought: usize,
    /// How many bytes of the text were sent.
    spoken: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing was sent.
    Waiting,
    /// Reasoning is sent as far as it is shown, then the text.
    Flowing,
    /// Nothing more is said.
    Silent,
    /// The connection is to be broken.
    Breaking,
    /// The stream has ended.
    Over,
}

impl EventStream {
    async fn next(&mut self) -> Option<Piece> {
        if self.stage == Stage::Over {
            return None;
        }
        let shutdown = self.delivery.shutdown.clone();
        tokio::select! {
            biased;
            () = shutdown.cancelled() => {
                self.stage = Stage::Over;
                Some(Err(Broken))
            }
            piece = self.advance() => Some(piece),
        }
    }

    async fn advance(&mut self) -> Piece {
        let mut out = Vec::new();
        match self.stage {
            Stage::Waiting if self.delivery.mishap == Some(Mishap::Hang) => {
                self.keep_alive(&mut out).await;
            }
            Stage::Waiting => {
                sleep(self.delivery.pace.first_token).await;
                self.delivery.begin();
                self.begun = Instant::now();
                self.stage = Stage::Flowing;
                self.delivery.dialect.open(&self.delivery.reply, &mut out);
                self.flow(&mut out);
            }
            Stage::Flowing => {
                self.wait_for_tokens().await;
                self.flow(&mut out);
            }
            Stage::Silent => self.keep_alive(&mut out).await,
            Stage::Breaking | Stage::Over => {
                // hyper drops what it has not flushed when a body fails: let it flush first.
                yield_now().await;
                self.stage = Stage::Over;
                return Err(Broken);
            }
        }
        Ok(Bytes::from(out))
    }

    async fn keep_alive(&self, out: &mut Vec<u8>) {
        sleep(KEEP_ALIVE).await;
        self.delivery.dialect.keep_alive(out);
    }

    async fn wait_for_tokens(&self) {
        if let Some(rate) = self.delivery.pace.tokens_per_second {
            let next_token = Duration::from_secs_f64(self.due as f64 / rate);
            let next_feed = self.begun.elapsed() + FEED;
            sleep_until(self.begun + next_token.max(next_feed)).await;
        }
    }

    /// Sends the tokens that are due, and ends the stream if they were the last.
    fn flow(&mut self, out: &mut Vec<u8>) {
        let Some(rate) = self.delivery.pace.tokens_per_second else {
            while self.stage == Stage::Flowing {
                self.send(UNPACED_EVENT, out);
            }
            return;
        };
        let due = (self.begun.elapsed().as_secs_f64() * rate) as u64 + 1;
        let tokens = due - self.due;
        self.due = due;
        if tokens > 0 {
            self.send(tokens, out);
        }
    }

    /// Sends up to this many tokens as one event.
    fn send(&mut self, tokens: u64, out: &mut Vec<u8>) {
        let delivery = &self.delivery;
        let reply = &delivery.reply;
        let thinking = tokens::first(&reply.thinking[self.thought..], tokens);
        if !thinking.is_empty() {
            delivery.dialect.think(reply, thinking, out);
            delivery.in_flight.sent(tokens::count(thinking));
            self.thought += thinking.len();
            if self.thought == reply.thinking.len() {
                delivery.dialect.turn_to_text(reply, out);
            }
            return;
        }
        let end = match delivery.mishap {
            Some(Mishap::At(at, _)) => at,
            _ => reply.text.len(),
        };
        let text = tokens::first(&reply.text[self.spoken..end], tokens);
        if !text.is_empty() {
            delivery.dialect.speak(reply, text, out);
            delivery.in_flight.sent(tokens::count(text));
            self.spoken += text.len();
        }
        if self.spoken == end {
            self.end(out);
        }
    }

    /// Ends the stream, or does what interrupts it here.
    fn end(&mut self, out: &mut Vec<u8>) {
        let Some(Mishap::At(_, interruption)) = self.delivery.mishap.take() else {
            let delivery = &self.delivery;
            delivery.dialect.close(&delivery.reply, out);
            delivery.in_flight.sent(delivery.reply.hidden_reasoning());
            delivery.in_flight.complete();
            self.stage = Stage::Over;
            return;
        };
        self.stage = match interruption {
            Interruption::Stall => Stage::Silent,
            Interruption::Reset => Stage::Breaking,
            Interruption::Cut => Stage::Over,
            Interruption::Error => {
                self.delivery.dialect.report(&trouble(), out);
                Stage::Over
            }
            Interruption::Garbage => {
                out.extend_from_slice(b"data: {\"id\": \"stand-in\", <<< not JSON\n\n");
                Stage::Flowing
            }
        };
    }
}
