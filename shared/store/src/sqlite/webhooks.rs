//! Webhooks and notices, as rows with their records.

use std::time::Duration;

use async_trait::async_trait;
use bindery_domain::Moment;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::de::DeserializeOwned;

use super::Sqlite;
use crate::{
    Notice, StoreError, Webhook, WebhookChange, Webhooks,
    record::{decode, encode},
};

#[async_trait]
impl Webhooks for Sqlite {
    async fn add_webhook(&self, webhook: &Webhook) -> Result<(), StoreError> {
        let webhook = webhook.clone();
        self.run(move |db| put(db, &webhook)).await
    }

    async fn webhook(&self, id: &str) -> Result<Option<Webhook>, StoreError> {
        let id = id.to_owned();
        self.run(move |db| one(db, &id)).await
    }

    async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        self.run(|db| {
            let mut query = db.prepare_cached("SELECT record FROM webhooks")?;
            read_all(query.query_map([], text)?, "webhook")
        })
        .await
    }

    async fn change_webhook(&self, id: &str, change: &WebhookChange) -> Result<Option<Webhook>, StoreError> {
        let (id, change) = (id.to_owned(), change.clone());
        self.run(move |db| {
            let Some(webhook) = one(db, &id)? else { return Ok(None) };
            let changed = webhook.changed(&change);
            put(db, &changed)?;
            Ok(Some(changed))
        })
        .await
    }

    async fn remove_webhook(&self, id: &str) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.run(move |db| Ok(db.prepare_cached("DELETE FROM webhooks WHERE id = ?1")?.execute([id])? > 0)).await
    }

    async fn add_notices(&self, notices: &[Notice], due_in: Duration) -> Result<(), StoreError> {
        let (notices, due) = (notices.to_vec(), self.clock.now() + due_in);
        self.run(move |db| {
            let mut add = db.prepare_cached(
                "INSERT OR IGNORE INTO notices (id, webhook, due, dead, record) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for notice in &notices {
                add.execute(params![notice.id, notice.webhook, time(due), notice.dead_at.is_some(), encode(notice)])?;
            }
            Ok(())
        })
        .await
    }

    async fn notice(&self, id: &str) -> Result<Option<Notice>, StoreError> {
        let id = id.to_owned();
        self.run(move |db| {
            let mut query = db.prepare_cached("SELECT record FROM notices WHERE id = ?1")?;
            let stored = query.query_row([id], text).optional()?;
            stored.map(|json| decode("notice", &json)).transpose()
        })
        .await
    }

    async fn dead_notices(&self, webhook: &str) -> Result<Vec<Notice>, StoreError> {
        let webhook = webhook.to_owned();
        self.run(move |db| {
            let mut query = db.prepare_cached("SELECT record FROM notices WHERE webhook = ?1 AND dead = 1")?;
            read_all(query.query_map([webhook], text)?, "notice")
        })
        .await
    }

    async fn replace_notice(&self, notice: &Notice, due_in: Duration) -> Result<bool, StoreError> {
        let (notice, due) = (notice.clone(), self.clock.now() + due_in);
        self.run(move |db| {
            let mut replace = db.prepare_cached("UPDATE notices SET due = ?2, dead = ?3, record = ?4 WHERE id = ?1")?;
            let written = params![notice.id, time(due), notice.dead_at.is_some(), encode(&notice)];
            Ok(replace.execute(written)? > 0)
        })
        .await
    }

    async fn remove_notice(&self, notice: &Notice) -> Result<bool, StoreError> {
        let id = notice.id.clone();
        self.run(move |db| Ok(db.prepare_cached("DELETE FROM notices WHERE id = ?1")?.execute([id])? > 0)).await
    }

    async fn take_due_notices(&self, limit: u32, again_in: Duration) -> Result<Vec<String>, StoreError> {
        let now = self.clock.now();
        self.run(move |db| {
            let mut query = db.prepare_cached("SELECT id FROM notices WHERE due <= ?1 ORDER BY due LIMIT ?2")?;
            let due = query.query_map(params![time(now), limit], text)?.collect::<Result<Vec<_>, _>>()?;
            let mut put_off = db.prepare_cached("UPDATE notices SET due = ?2 WHERE id = ?1")?;
            for id in &due {
                put_off.execute(params![id, time(now + again_in)])?;
            }
            Ok(due)
        })
        .await
    }
}

fn put(db: &Connection, webhook: &Webhook) -> Result<(), StoreError> {
    let mut put = db.prepare_cached("INSERT OR REPLACE INTO webhooks (id, record) VALUES (?1, ?2)")?;
    put.execute(params![webhook.id, encode(webhook)])?;
    Ok(())
}

fn one(db: &Connection, id: &str) -> Result<Option<Webhook>, StoreError> {
    let mut query = db.prepare_cached("SELECT record FROM webhooks WHERE id = ?1")?;
    let stored = query.query_row([id], text).optional()?;
    stored.map(|json| decode("webhook", &json)).transpose()
}

fn read_all<T: DeserializeOwned>(
    rows: impl Iterator<Item = rusqlite::Result<String>>,
    what: &'static str,
) -> Result<Vec<T>, StoreError> {
    rows.map(|row| decode(what, &row?)).collect()
}

fn text(row: &Row<'_>) -> rusqlite::Result<String> {
    row.get(0)
}

fn time(moment: Moment) -> i64 {
    moment.0.cast_signed()
}
