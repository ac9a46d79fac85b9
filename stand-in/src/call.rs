//! One model call: admitted, read, befallen by a fault or not, answered.

mod continuation;
mod door;

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{extract::Request, response::Response};

pub(crate) use door::admit;

use crate::{
    answer::{answer, mutter},
    ask::{Ask, Finish, Reply, Usage},
    contract::Contract,
    delivery::{self, Delivery},
    dialect::{self, Dialect},
    draw::Source,
    faults::{Fault, Spoiled, Subject, spoil},
    server::Server,
    stats::InFlight,
    tokens,
};

/// Serves one call.
pub(crate) async fn serve(server: &Arc<Server>, dialect: &'static dyn Dialect, request: Request) -> Response {
    let attempt = door::attempt(request.headers());
    let ask = match door::ask(server, dialect, request).await {
        Ok(ask) => ask,
        Err(refusal) => {
            server.counts.reject();
            return dialect::refusal(dialect, &refusal);
        }
    };
    server.record(|| ask.conversation.text());
    let call = Call::new(server, ask, attempt);
    let in_flight = server.counts.begin(call.subject.clone(), call.fault);
    if let Some(turnstile) = &server.settings.turnstile {
        turnstile.pass(&call.subject).await;
    }
    if let Some(refusal) = call.fault.and_then(door::turned_away) {
        return dialect::refusal(dialect, &refusal);
    }
    let stream = call.ask.stream;
    let delivery = call.deliver(server, dialect, in_flight);
    if stream { delivery::stream(delivery) } else { delivery::whole(delivery).await }
}

/// A call that was let in.
struct Call {
    ask: Ask,
    contract: Option<Contract>,
    subject: Subject,
    fault: Option<Fault>,
    /// What the text and the pace are drawn from.
    source: Source,
}

impl Call {
    fn new(server: &Server, ask: Ask, attempt: u32) -> Self {
        let contract = match Contract::of(ask.conversation.request()) {
            Some(Ok(contract)) => Some(contract),
            Some(Err(error)) => {
                tracing::warn!(%error, "a contract cannot be read; the call is answered as a chat");
                None
            }
            None => None,
        };
        let subject = Subject {
            task: contract.as_ref().map_or("chat", Contract::task),
            chapter: contract.as_ref().and_then(Contract::chapter),
            section: contract.as_ref().and_then(Contract::section),
            attempt,
        };
        let source = Source { seed: server.settings.seed, prompt: ask.conversation.request_digest(), attempt };
        let whole_prompt = Source { prompt: ask.conversation.digest(), ..source };
        let fault = server.injector.choose(&subject, &whole_prompt);
        Self { ask, contract, subject, fault, source }
    }

    fn deliver(self, server: &Server, dialect: &'static dyn Dialect, in_flight: InFlight) -> Delivery {
        let mut pace = server.settings.timing.pace(&mut self.source.draw("timing"));
        if self.fault == Some(Fault::Drip) {
            pace.tokens_per_second = Some(1.0);
        }
        let wants_json = self.contract.as_ref().is_some_and(Contract::wants_json);
        let mut draw = self.source.draw("spoil");
        let Spoiled { text, finish, mishap } = spoil(self.text(), self.fault, wants_json, &mut draw);
        let reply = self.reply(server, text, finish);
        pace.first_token += pace.duration(reply.hidden_reasoning());
        Delivery {
            dialect,
            reply,
            pace,
            mishap,
            checkpoints: self.ask.checkpoints,
            cache: Arc::clone(&server.cache),
            in_flight,
            shutdown: server.shutdown.clone(),
        }
    }

    /// Returns the text, or what is left of it behind what the assistant has already written.
    fn text(&self) -> String {
        let request = self.ask.conversation.request();
        let skip_point = self.fault == Some(Fault::SkipPoint);
        let draw = self.source.draw("text");
        let full = answer(request, self.contract.as_ref(), skip_point, draw);
        match self.ask.conversation.written() {
            written if written.is_empty() => full,
            written => continuation::rest(&full, &written).to_owned(),
        }
    }

    /// Makes the reply, reasoning first, within the tokens allowed.
    fn reply(&self, server: &Server, mut text: String, mut finish: Finish) -> Reply {
        let mut reasoning = 0;
        let mut thinking = String::new();
        let allowed = self.ask.max_tokens.unwrap_or(u64::MAX);
        if let Some(wanted) = self.ask.reasoning {
            let mut draw = self.source.draw("reasoning");
            let taken = (wanted.budget as f64 * (0.25 + 0.75 * draw.unit())) as u64;
            reasoning = taken.min(allowed);
            if wanted.shown {
                thinking = mutter(self.ask.conversation.request(), reasoning, draw);
                reasoning = tokens::count(&thinking);
            }
        }
        let kept = tokens::first(&text, allowed - reasoning).len();
        if kept < text.len() {
            text.truncate(kept);
            finish = Finish::Length;
        }
        let checkpoints = &self.ask.checkpoints;
        let usage = Usage {
            input: self.ask.input,
            cached: server.cache.cached(checkpoints),
            written: server.cache.uncached(checkpoints),
            output: reasoning + tokens::count(&text),
            reasoning,
        };
        let created = SystemTime::now().duration_since(UNIX_EPOCH);
        Reply {
            id: format!("standin{:012}", server.next_reply()),
            model: self.ask.model.clone(),
            created: created.map_or(0, |since| since.as_secs()),
            include_usage: self.ask.include_usage,
            thinking,
            text,
            finish,
            usage,
        }
    }
}
