//! One text on its way: through the breaker, with a permit, out of the allowance, as often as it takes.

use std::time::Duration;

use bindery_domain::{Micros, backoff};
use tokio::time::{Instant, sleep};

use super::{Answer, CallFailure, Caller, Spending};
use crate::{
    Allowance, Call, CallError, Completion, Fault, Finish, OnText, Permit, Price, Reservation, Spent,
    breaker::{Blocked, Ticket},
    continuation::ContinuedText,
};

/// The making of one text.
pub(super) struct CallLoop<'a> {
    caller: &'a Caller,
    age: u64,
    allowance: &'a Allowance,
    spent: Spending,
    /// How long the provider has already been waited for.
    waited: Duration,
}

impl<'a> CallLoop<'a> {
    pub(super) fn new(caller: &'a Caller, age: u64, allowance: &'a Allowance) -> Self {
        Self { caller, age, allowance, spent: Spending::default(), waited: Duration::ZERO }
    }

    /// Makes the call, and as many further ones as a text needs that reaches its limit.
    pub(super) async fn run(mut self, call: &Call, progress: &mut OnText<'_>) -> Result<Answer, CallFailure> {
        let mut call = call.clone();
        let mut written = ContinuedText::default();
        if let Some(text) = call.continued.take() {
            written.add(&text);
        }
        let mut first_token = None;
        for continuation in 0..=self.caller.settings.continuations {
            call.continued = Some(written.text().to_owned()).filter(|text| !text.is_empty());
            let completion = match self.once(&mut call, progress).await {
                // The beginning is paid for: what broke its continuation costs the continuation alone.
                Err(CallFailure::Failed { error, .. }) if continuation > 0 && error.passes() => {
                    sleep(backoff(continuation)).await;
                    continue;
                }
                completion => completion?,
            };
            let first_token = *first_token.get_or_insert(completion.first_token);
            if completion.finish == Finish::Stop {
                return Ok(self.answer(written.finish(&completion.text), first_token));
            }
            if completion.text.trim().is_empty() {
                return Err(self.truncated("all tokens went into reasoning: raise reasoning_tokens"));
            }
            written.add(&completion.text);
        }
        Err(self.truncated("it reached its limit and could not be continued to its end"))
    }

    fn answer(&self, text: String, first_token: Duration) -> Answer {
        Answer { text, spent: self.spent, first_token }
    }

    fn truncated(&self, how: &str) -> CallFailure {
        CallFailure::Failed { error: CallError::Truncated(how.to_owned()), spent: self.spent }
    }

    /// Makes one model call, waiting out the rate limits and the outages that can be waited out.
    async fn once(&mut self, call: &mut Call, progress: &mut OnText<'_>) -> Result<Completion, CallFailure> {
        loop {
            let (permit, ticket) = self.admit().await?;
            let reservation = self.reserve(call)?;
            let outcome = self.send(call, &ticket, progress).await;
            drop(permit);
            let fault = match outcome {
                Ok(completion) => {
                    ticket.answered();
                    self.settle(reservation, Spent::Known(completion.usage));
                    return Ok(completion);
                }
                Err(fault) => fault,
            };
            self.settle(reservation, fault.spent);
            let waits = ticket.failed(&fault.error, Instant::now());
            let spent = self.spent;
            match fault.error {
                error @ (CallError::BadKey(_) | CallError::OutOfMoney(_)) => {
                    return Err(CallFailure::Held {
                        until: self.caller.line.breaker.probe_after(),
                        reason: error.to_string(),
                        spent,
                    });
                }
                error if !waits => return Err(CallFailure::Failed { error, spent }),
                CallError::Overloaded { retry_after: None, .. } | CallError::Connection(_) => {
                    // Were it the same attempt again, a server that draws by attempts would fail it for ever.
                    call.attempt += 1;
                    self.spent.lost += 1;
                }
                _ => {}
            }
        }
    }

    async fn send(&mut self, call: &Call, ticket: &Ticket, progress: &mut OnText<'_>) -> Result<Completion, Fault> {
        let running = self.caller.counters.run();
        let started = Instant::now();
        let mut begun = false;
        let mut heard = |piece: &str| {
            if !std::mem::replace(&mut begun, true) {
                ticket.flows();
            }
            running.heard(piece);
            progress(piece);
        };
        let outcome = self.caller.line.model.complete(call, &mut heard).await;
        self.spent.calls += 1;
        self.spent.elapsed += started.elapsed();
        if outcome.is_ok() {
            running.answered();
        }
        outcome
    }

    /// Waits until the provider lets the call through and a permit is free. No permit is held while the
    /// provider is waited for.
    async fn admit(&mut self) -> Result<(Permit, Ticket), CallFailure> {
        let line = &self.caller.line;
        let _waiting = self.caller.counters.wait();
        loop {
            if let Some(blocked) = line.breaker.blocked(Instant::now()) {
                self.blocked(blocked).await?;
                continue;
            }
            let permit = line.permits.acquire(self.age).await;
            match line.breaker.enter(Instant::now()) {
                Ok(ticket) => return Ok((permit, ticket)),
                Err(blocked) => {
                    drop(permit);
                    self.blocked(blocked).await?;
                }
            }
        }
    }

    /// Waits out a pause, or gives up where that takes longer than the slot is kept.
    async fn blocked(&mut self, blocked: Blocked) -> Result<(), CallFailure> {
        let spent = self.spent;
        match blocked {
            Blocked::Held { reason, until } => Err(CallFailure::Held { until, reason, spent }),
            Blocked::Paused { reason, until } if self.waited + until > self.caller.settings.park_after => {
                Err(CallFailure::Wait { until, reason, spent })
            }
            Blocked::Paused { until, .. } => {
                self.waited += until;
                sleep(until).await;
                Ok(())
            }
        }
    }

    /// Sets aside what the call may cost. A model without a price is never called on a limited allowance.
    fn reserve(&self, call: &Call) -> Result<Reservation, CallFailure> {
        let line = &self.caller.line;
        let output = u64::from(call.max_tokens) + u64::from(line.model.reasoning_room());
        let worst = line.price.map(|price| price.worst(call.estimated_input(), output));
        let reservation = match worst {
            None if self.allowance.limited() => None,
            worst => self.allowance.reserve(worst.unwrap_or(Micros::ZERO)),
        };
        let spent = self.spent;
        reservation.ok_or(CallFailure::Budget { worst, spent })
    }

    fn settle(&mut self, reservation: Reservation, spent: Spent) {
        let cost = match spent {
            Spent::Nothing => Micros::ZERO,
            Spent::Known(usage) => {
                self.spent.usage += usage;
                let price = self.caller.line.price.unwrap_or(Price::FREE);
                price.cost(&usage)
            }
            Spent::Unknown => reservation.amount(),
        };
        self.spent.cost += cost;
        reservation.settle(cost);
    }
}
