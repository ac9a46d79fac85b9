//! The store's webhooks and notices: how long it takes, and how many notices are given up.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bindery_store::{Notice, Store, StoreError, Webhook, WebhookChange, Webhooks};

use super::store::timed;
use crate::{Metrics, metrics::NO_LABELS};

/// Measures the use of the webhooks of the store behind it.
pub(super) struct MeasuredWebhooks {
    pub(super) store: Arc<dyn Store>,
    pub(super) metrics: Arc<Metrics>,
}

impl MeasuredWebhooks {
    async fn timed<T>(
        &self,
        operation: &str,
        answer: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        timed(&self.metrics, operation, answer).await
    }
}

#[async_trait]
impl Webhooks for MeasuredWebhooks {
    async fn add_webhook(&self, webhook: &Webhook) -> Result<(), StoreError> {
        self.timed("add_webhook", self.store.webhooks().add_webhook(webhook)).await
    }

    async fn webhook(&self, id: &str) -> Result<Option<Webhook>, StoreError> {
        self.timed("webhook", self.store.webhooks().webhook(id)).await
    }

    async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        self.timed("webhooks", self.store.webhooks().webhooks()).await
    }

    async fn change_webhook(&self, id: &str, change: &WebhookChange) -> Result<Option<Webhook>, StoreError> {
        self.timed("change_webhook", self.store.webhooks().change_webhook(id, change)).await
    }

    async fn remove_webhook(&self, id: &str) -> Result<bool, StoreError> {
        self.timed("remove_webhook", self.store.webhooks().remove_webhook(id)).await
    }

    async fn add_notices(&self, notices: &[Notice], due_in: Duration) -> Result<(), StoreError> {
        self.timed("add_notices", self.store.webhooks().add_notices(notices, due_in)).await
    }

    async fn notice(&self, id: &str) -> Result<Option<Notice>, StoreError> {
        self.timed("notice", self.store.webhooks().notice(id)).await
    }

    async fn dead_notices(&self, webhook: &str) -> Result<Vec<Notice>, StoreError> {
        self.timed("dead_notices", self.store.webhooks().dead_notices(webhook)).await
    }

    async fn replace_notice(&self, notice: &Notice, due_in: Duration) -> Result<bool, StoreError> {
        let replaced = self.timed("replace_notice", self.store.webhooks().replace_notice(notice, due_in)).await?;
        if replaced && notice.dead_at.is_some() {
            self.metrics.dead_notices.with_label_values(NO_LABELS).inc();
        }
        Ok(replaced)
    }

    async fn remove_notice(&self, notice: &Notice) -> Result<bool, StoreError> {
        self.timed("remove_notice", self.store.webhooks().remove_notice(notice)).await
    }

    async fn take_due_notices(&self, limit: u32, again_in: Duration) -> Result<Vec<String>, StoreError> {
        self.timed("take_due_notices", self.store.webhooks().take_due_notices(limit, again_in)).await
    }
}
