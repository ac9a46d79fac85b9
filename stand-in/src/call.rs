//! Serves one call: lets it in, reads it, chooses a fault for it, and answers it.

mod admission;
mod continuation;

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{extract::Request, http::StatusCode, response::Response};

pub(crate) use admission::check_headers;

use crate::{
    answer::{Gap, answer, write_reasoning},
    contract::Contract,
    delivery::{self, Delivery},
    dialect::{self, Dialect},
    faults::{Fault, Spoiled, Subject, spoil},
    random::CallSeed,
    reply::{Finish, Reply, Usage},
    request::ModelRequest,
    schema::{Schemas, conform},
    server::Server,
    stats::InFlight,
    tokens,
};

/// Serves one call.
pub(crate) async fn serve(server: &Arc<Server>, dialect: &'static dyn Dialect, request: Request) -> Response {
    let attempt = admission::attempt(request.headers());
    let request = match admission::read(server, dialect, request).await {
        Ok(request) => request,
        Err(refusal) => {
            server.counts.reject();
            return dialect::refusal(dialect, &refusal);
        }
    };
    if let Some(refusal) = request.schema.as_ref().and(admission::refusal_of_schema(server)) {
        server.counts.reject();
        return dialect::refusal(dialect, &refusal);
    }
    server.record(|| request.conversation.text());
    let call = Call::new(server, request, attempt);
    let in_flight = server.counts.begin(call.subject.clone(), call.fault);
    if let Some(paused) = &server.settings.paused_chapters {
        paused.wait(&call.subject).await;
    }
    if let Some(refusal) = call.fault.and_then(admission::refusal_by) {
        return dialect::refusal(dialect, &refusal);
    }
    match call.fault {
        Some(Fault::HtmlPage) => return delivery::html_page(StatusCode::OK),
        Some(Fault::HtmlForbidden) => return delivery::html_page(StatusCode::FORBIDDEN),
        _ => {}
    }
    let stream = call.request.stream && call.fault != Some(Fault::WholeJson);
    let delivery = call.deliver(server, dialect, in_flight);
    if stream { delivery::stream(delivery) } else { delivery::whole(delivery).await }
}

/// A call that was let in.
struct Call {
    request: ModelRequest,
    contract: Option<Contract>,
    subject: Subject,
    fault: Option<Fault>,
    /// The seed of the text and of the pace.
    seed: CallSeed,
}

impl Call {
    fn new(server: &Server, request: ModelRequest, attempt: u32) -> Self {
        let contract = match Contract::find(request.conversation.request()) {
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
        let seed = CallSeed { server: server.settings.seed, prompt: request.conversation.request_digest(), attempt };
        let fault_seed = CallSeed { prompt: request.conversation.digest(), ..seed };
        let fault = server.injector.choose(&subject, &request.model, &fault_seed);
        Self { request, contract, subject, fault, seed }
    }

    fn deliver(self, server: &Server, dialect: &'static dyn Dialect, in_flight: InFlight) -> Delivery {
        let mut pace = server.settings.timing.pace(&mut self.seed.random("timing"));
        if self.fault == Some(Fault::Drip) {
            pace.tokens_per_second = Some(1.0);
        }
        let wants_json = self.contract.as_ref().is_some_and(Contract::wants_json);
        let mut random = self.seed.random("spoil");
        let held = self.request.schema.as_ref().filter(|_| server.settings.schemas == Schemas::Obeyed);
        let text = match held {
            Some(schema) => conform(&self.text(), schema),
            None => self.text(),
        };
        let fault = self.fault.filter(|fault| held.is_none() || !fault.changes_text());
        let Spoiled { text, finish, disruption } = spoil(text, fault, wants_json, &mut random);
        let reply = self.reply(server, text, finish);
        pace.first_token += pace.duration(reply.hidden_reasoning());
        Delivery {
            dialect,
            reply,
            pace,
            disruption,
            breakpoints: self.request.prompt.breakpoints,
            cache: Arc::clone(&server.cache),
            in_flight,
            shutdown: server.shutdown.clone(),
        }
    }

    /// Returns the text, or the rest of it where the assistant has already written a beginning.
    fn text(&self) -> String {
        let request = self.request.conversation.request();
        let gap = match self.fault {
            Some(Fault::SkipPoint) => Gap::PointAndLength,
            Some(Fault::LeaveOut) => Gap::Point,
            _ => Gap::None,
        };
        let random = self.seed.random("text");
        let contract = self.contract.as_ref().map(|contract| match self.fault {
            Some(Fault::OtherLanguage) => contract.clone().in_another_language(),
            Some(Fault::LongSummary) => contract.clone().longer(),
            _ => contract.clone(),
        });
        let contract = contract.map(|contract| contract.quoting(request));
        let full = answer(request, contract.as_ref(), gap, random);
        match self.request.conversation.begun_answer() {
            begun if begun.is_empty() => full,
            begun => continuation::rest(&full, &begun).to_owned(),
        }
    }

    /// Makes the reply within the allowed tokens, with the reasoning first.
    fn reply(&self, server: &Server, mut text: String, mut finish: Finish) -> Reply {
        let mut reasoning = 0;
        let mut shown_reasoning = String::new();
        let allowed = self.request.max_tokens.unwrap_or(u64::MAX);
        if let Some(settings) = self.request.reasoning {
            let mut random = self.seed.random("reasoning");
            let taken = (settings.budget as f64 * (0.25 + 0.75 * random.fraction())) as u64;
            reasoning = taken.min(allowed);
            if settings.is_shown {
                shown_reasoning = write_reasoning(self.request.conversation.request(), reasoning, random);
                reasoning = tokens::count(&shown_reasoning);
            }
        }
        let kept = tokens::prefix(&text, allowed - reasoning).len();
        if kept < text.len() {
            text.truncate(kept);
            finish = Finish::Length;
        }
        let breakpoints = &self.request.prompt.breakpoints;
        let usage = Usage {
            input: self.request.prompt.tokens,
            cached: server.cache.cached(breakpoints),
            written: server.cache.uncached(breakpoints),
            output: reasoning + tokens::count(&text),
            reasoning,
        };
        let created = SystemTime::now().duration_since(UNIX_EPOCH);
        Reply {
            id: format!("standin{:012}", server.next_reply()),
            model: self.request.model.clone(),
            created: created.map_or(0, |since| since.as_secs()),
            include_usage: self.request.include_usage,
            shown_reasoning,
            text,
            finish,
            usage,
        }
    }
}
