//! The calls for one text: through the breaker, with a permit, from the allowance, and as many as it takes.

use std::time::Duration;

use bindery_domain::{Micros, backoff};
use tokio::time::{Instant, sleep};

use super::{Answer, CallFailure, ModelCaller, Spending, warming::PrefixUse};
use crate::{
    Allowance, Call, CallError, CallErrorKind, Completion, Finish, OnText, Price, UsedTokens,
    allowance::Reservation,
    breaker::{AdmittedCall, Blocked, PROBE_RECHECK},
    continuation::ContinuedText,
    permits::Permit,
};

/// The making of one text.
pub(super) struct CallLoop<'a> {
    caller: &'a ModelCaller,
    age: u64,
    allowance: &'a Allowance,
    spent: Spending,
    /// How long the text has already waited for the provider.
    waited: Duration,
}

impl<'a> CallLoop<'a> {
    pub(super) fn new(caller: &'a ModelCaller, age: u64, allowance: &'a Allowance) -> Self {
        Self { caller, age, allowance, spent: Spending::default(), waited: Duration::ZERO }
    }

    /// Makes the call, and further ones while the text reaches its limit.
    pub(super) async fn run(mut self, call: &Call, progress: &mut OnText<'_>) -> Result<Answer, CallFailure> {
        let mut call = call.clone();
        let mut written = ContinuedText::default();
        if let Some(text) = call.continued.take() {
            written.add(&text);
        }
        let mut first_token = None;
        for continuation in 0..=self.caller.settings.continuations {
            self.spent.continuations += u16::from(continuation > 0);
            call.continued = Some(written.text().to_owned()).filter(|text| !text.is_empty());
            let completion = match self.call_model(&mut call, progress).await {
                // The beginning is paid for, so only the continuation that broke is made again.
                Err(CallFailure::Failed { error, .. }) if continuation > 0 && error.is_transient() => {
                    sleep(backoff(continuation)).await;
                    continue;
                }
                completion => completion?,
            };
            let first_token = *first_token.get_or_insert(completion.first_token);
            if completion.finish == Finish::Stop {
                let text = written.finish(&completion.text);
                return Ok(Answer { text, spent: self.spent, first_token });
            }
            if completion.text.trim().is_empty() {
                let error = CallErrorKind::NoRoom("it wrote no text: raise reasoning_tokens".to_owned());
                return Err(CallFailure::Failed { error, spent: self.spent });
            }
            written.add(&completion.text);
            if written.repeats_itself() {
                return Err(self.truncated("it repeats itself and reached its limit so"));
            }
        }
        Err(self.truncated("it reached its limit and could not be continued to its end"))
    }

    fn truncated(&self, detail: &str) -> CallFailure {
        CallFailure::Failed { error: CallErrorKind::Truncated(detail.to_owned()), spent: self.spent }
    }

    /// Makes one model call, and makes it again after the rate limits and outages that it can wait out.
    async fn call_model(&mut self, call: &mut Call, progress: &mut OnText<'_>) -> Result<Completion, CallFailure> {
        loop {
            let prefix = self.warm(&call.prefix).await;
            let (permit, admitted) = self.wait_for_permit().await?;
            let reservation = self.reserve(call)?;
            let outcome = self.send(call, &admitted, prefix.as_ref(), progress).await;
            drop((permit, prefix));
            let CallError { kind, used } = match outcome {
                Ok(completion) => {
                    admitted.succeeded();
                    self.settle(call, reservation, UsedTokens::Known(completion.usage), completion.cost);
                    return Ok(completion);
                }
                Err(error) => error,
            };
            self.settle(call, reservation, used, None);
            let is_providers_fault = admitted.failed(&kind, Instant::now());
            let spent = self.spent;
            match kind {
                CallErrorKind::BadKey(_) | CallErrorKind::OutOfMoney(_) => {
                    let wait = self.caller.guards.breaker.probe_after();
                    return Err(CallFailure::Held { wait, reason: kind.to_string(), spent });
                }
                error if !is_providers_fault => return Err(CallFailure::Failed { error, spent }),
                CallErrorKind::Overloaded { retry_after: None, .. }
                | CallErrorKind::Connection(_)
                | CallErrorKind::DeadConnection(_) => {
                    // A server that draws its faults by attempt would fail the same attempt for ever.
                    call.attempt += 1;
                    self.spent.lost += 1;
                }
                _ => {}
            }
        }
    }

    async fn send(
        &mut self,
        call: &Call,
        admitted: &AdmittedCall,
        prefix: Option<&PrefixUse>,
        progress: &mut OnText<'_>,
    ) -> Result<Completion, CallError> {
        let running = self.caller.counters.run();
        let started = Instant::now();
        let mut has_begun = false;
        let mut on_text = |piece: &str| {
            if !std::mem::replace(&mut has_begun, true) {
                admitted.text_began();
                if let Some(prefix) = prefix {
                    prefix.answer_began();
                }
            }
            if !piece.is_empty() {
                running.count_text(piece);
                progress(piece);
            }
        };
        let outcome = self.caller.model.complete(call, &mut on_text).await;
        self.spent.calls += 1;
        self.spent.elapsed += started.elapsed();
        if outcome.is_ok() {
            running.answered();
        }
        outcome
    }

    /// Waits until the server has cached the prefix, or until this call is the one that has it cached. That takes no longer
    /// than another call's first token.
    async fn warm(&self, prefix: &str) -> Option<PrefixUse> {
        let _waiting = self.caller.counters.wait();
        self.caller.warming.as_ref()?.enter(prefix).await
    }

    /// Waits until a permit is free and the breaker admits the call. The call holds no permit while it waits for the
    /// provider.
    async fn wait_for_permit(&mut self) -> Result<(Permit, AdmittedCall), CallFailure> {
        let guards = &self.caller.guards;
        let _waiting = self.caller.counters.wait();
        loop {
            if let Some(blocked) = guards.breaker.blocked(Instant::now()) {
                self.wait_out(blocked).await?;
                continue;
            }
            let permit = guards.permits.acquire(self.age).await;
            match guards.breaker.admit(Instant::now()) {
                Ok(admitted) => return Ok((permit, admitted)),
                Err(blocked) => {
                    drop(permit);
                    self.wait_out(blocked).await?;
                }
            }
        }
    }

    /// Waits out a backoff, or fails where that takes longer than the slot is kept.
    async fn wait_out(&mut self, blocked: Blocked) -> Result<(), CallFailure> {
        let spent = self.spent;
        match blocked {
            Blocked::Held { reason, wait } => Err(CallFailure::Held { wait, reason, spent }),
            Blocked::Probing { reason } => {
                let left = self.caller.settings.park_after.saturating_sub(self.waited);
                if left.is_zero() {
                    return Err(CallFailure::Held { wait: PROBE_RECHECK, reason, spent });
                }
                let started = Instant::now();
                self.caller.guards.breaker.probe_ended(left).await;
                self.waited += started.elapsed();
                Ok(())
            }
            Blocked::BackingOff { reason, wait } if self.waited + wait > self.caller.settings.park_after => {
                Err(CallFailure::Wait { wait, reason, spent })
            }
            Blocked::BackingOff { wait, .. } => {
                self.waited += wait;
                sleep(wait).await;
                Ok(())
            }
        }
    }

    /// Sets aside what the call may cost. A model without a price is never called on a limited allowance.
    fn reserve(&self, call: &Call) -> Result<Reservation, CallFailure> {
        let caller = self.caller;
        let output = u64::from(caller.model.output_limit(call.max_tokens));
        let worst = caller.price.map(|price| price.worst(call.estimated_input(), output));
        let reservation = match worst {
            None if self.allowance.is_limited() => None,
            worst => self.allowance.reserve(worst.unwrap_or(Micros::ZERO)),
        };
        let spent = self.spent;
        reservation.ok_or(CallFailure::Budget { worst, spent })
    }

    /// Spends what a call has cost: what the provider says, or else what its tokens cost.
    fn settle(&mut self, call: &Call, reservation: Reservation, used: UsedTokens, told: Option<Micros>) {
        let price = self.caller.price.unwrap_or(Price::FREE);
        let cost = match used {
            UsedTokens::Nothing => Micros::ZERO,
            UsedTokens::Known(usage) => {
                self.spent.usage += usage;
                told.unwrap_or_else(|| price.cost(&usage))
            }
            UsedTokens::Prompt => price.worst(call.estimated_input(), 0),
            UsedTokens::Unknown => reservation.amount(),
        };
        self.spent.cost += cost;
        reservation.settle(cost);
    }
}
