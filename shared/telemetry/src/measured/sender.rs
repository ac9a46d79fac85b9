//! Calls of webhooks, by how they ended.

use std::sync::Arc;

use async_trait::async_trait;
use bindery_webhook::{Call, SendError, Sender};

use crate::Metrics;

/// Counts the calls of the sender behind it.
pub(super) struct MeasuredSender {
    pub(super) sender: Arc<dyn Sender>,
    pub(super) metrics: Arc<Metrics>,
}

#[async_trait]
impl Sender for MeasuredSender {
    async fn send(&self, call: &Call) -> Result<(), SendError> {
        let sent = self.sender.send(call).await;
        let outcome = sent.as_ref().map_or_else(SendError::name, |()| "taken");
        self.metrics.webhook_calls.with_label_values(&[outcome]).inc();
        sent
    }
}
