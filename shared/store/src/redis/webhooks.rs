//! Webhooks and notices. All their keys share a hash tag of their own, so that a script sees them as one.

use std::time::Duration;

use async_trait::async_trait;

use super::{
    Clock, MAX_CAS_ATTEMPTS, Redis, contended, keys, pause_before,
    scripts::{self, Call},
};
use crate::{Notice, StoreError, Webhook, WebhookChange, Webhooks, record};

#[async_trait]
impl Webhooks for Redis {
    async fn add_webhook(&self, webhook: &Webhook) -> Result<(), StoreError> {
        let mut put = redis::pipe();
        put.cmd("HSET").arg(keys::WEBHOOKS).arg(&webhook.id).arg(record::encode(webhook)).ignore();
        self.servers.connections.query(&put).await
    }

    async fn webhook(&self, id: &str) -> Result<Option<Webhook>, StoreError> {
        let stored = self.field(keys::WEBHOOKS.to_owned(), id).await?;
        stored.map(|json| record::decode("webhook", &String::from_utf8_lossy(&json))).transpose()
    }

    async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        let mut ask = redis::pipe();
        ask.cmd("HVALS").arg(keys::WEBHOOKS);
        let (records,): (Vec<String>,) = self.servers.connections.query(&ask).await?;
        records.iter().map(|json| record::decode("webhook", json)).collect()
    }

    async fn change_webhook(&self, id: &str, change: &WebhookChange) -> Result<Option<Webhook>, StoreError> {
        for attempt in 0..MAX_CAS_ATTEMPTS {
            pause_before(attempt).await;
            let Some(before) = self.field(keys::WEBHOOKS.to_owned(), id).await? else { return Ok(None) };
            let webhook: Webhook = record::decode("webhook", &String::from_utf8_lossy(&before))?;
            let changed = webhook.changed(change);
            let args = vec![id.as_bytes().to_vec(), before, record::encode(&changed).into_bytes()];
            let call = Call { script: &scripts::REPLACE_FIELD, keys: vec![keys::WEBHOOKS.to_owned()], args };
            if self.servers.connections.script::<u8>(&call).await? == 1 {
                return Ok(Some(changed));
            }
        }
        Err(contended("the webhook"))
    }

    async fn remove_webhook(&self, id: &str) -> Result<bool, StoreError> {
        let mut remove = redis::pipe();
        remove.cmd("HDEL").arg(keys::WEBHOOKS).arg(id);
        let (removed,): (u8,) = self.servers.connections.query(&remove).await?;
        Ok(removed == 1)
    }

    async fn add_notices(&self, notices: &[Notice], due_in: Duration) -> Result<(), StoreError> {
        if notices.is_empty() {
            return Ok(());
        }
        let records = notices.iter().flat_map(|notice| [notice.id.clone(), record::encode(notice)]);
        let args = [self.given_time(), millis(due_in)].into_iter().chain(records).map(String::into_bytes).collect();
        let keys = vec![keys::NOTICES.to_owned(), keys::DUE_NOTICES.to_owned()];
        self.servers.connections.script(&Call { script: &scripts::ADD_NOTICES, keys, args }).await
    }

    async fn notice(&self, id: &str) -> Result<Option<Notice>, StoreError> {
        let stored = self.field(keys::NOTICES.to_owned(), id).await?;
        stored.map(|json| record::decode("notice", &String::from_utf8_lossy(&json))).transpose()
    }

    async fn dead_notices(&self, webhook: &str) -> Result<Vec<Notice>, StoreError> {
        let mut ask = redis::pipe();
        ask.cmd("SMEMBERS").arg(keys::dead_notices(webhook));
        let (ids,): (Vec<String>,) = self.servers.connections.query(&ask).await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut ask = redis::pipe();
        ask.cmd("HMGET").arg(keys::NOTICES).arg(&ids);
        let (records,): (Vec<Option<String>>,) = self.servers.connections.query(&ask).await?;
        records.iter().flatten().map(|json| record::decode("notice", json)).collect()
    }

    async fn replace_notice(&self, notice: &Notice, due_in: Duration) -> Result<bool, StoreError> {
        let is_dead = u8::from(notice.dead_at.is_some()).to_string();
        let args = [self.given_time(), millis(due_in), notice.id.clone(), record::encode(notice), is_dead];
        let args = args.map(String::into_bytes).to_vec();
        let call = Call { script: &scripts::REPLACE_NOTICE, keys: keys_of(notice), args };
        Ok(self.servers.connections.script::<u8>(&call).await? == 1)
    }

    async fn remove_notice(&self, notice: &Notice) -> Result<bool, StoreError> {
        let [notices, due, dead] = <[String; 3]>::try_from(keys_of(notice)).expect("a notice has three keys");
        let mut remove = redis::pipe();
        remove.atomic().cmd("HDEL").arg(notices).arg(&notice.id);
        remove.cmd("ZREM").arg(due).arg(&notice.id).ignore().cmd("SREM").arg(dead).arg(&notice.id).ignore();
        let (removed,): (u8,) = self.servers.connections.query(&remove).await?;
        Ok(removed == 1)
    }

    async fn take_due_notices(&self, limit: u32, again_in: Duration) -> Result<Vec<String>, StoreError> {
        let args = [self.given_time(), millis(again_in), limit.to_string()].map(String::into_bytes).to_vec();
        let keys = vec![keys::DUE_NOTICES.to_owned()];
        self.servers.connections.script(&Call { script: &scripts::TAKE_DUE_NOTICES, keys, args }).await
    }
}

impl Redis {
    /// Returns the time if a test gives it. Otherwise a script asks the server.
    pub(super) fn given_time(&self) -> String {
        match &self.servers.clock {
            Clock::Own => String::new(),
            Clock::Given(tell) => tell().0.to_string(),
        }
    }
}

/// Returns the keys that a notice is named in.
fn keys_of(notice: &Notice) -> Vec<String> {
    vec![keys::NOTICES.to_owned(), keys::DUE_NOTICES.to_owned(), keys::dead_notices(&notice.webhook)]
}

fn millis(time: Duration) -> String {
    time.as_millis().to_string()
}
