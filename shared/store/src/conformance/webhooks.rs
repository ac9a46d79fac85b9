//! What a store promises about webhooks and their notices.

use bindery_domain::UnknownFields;

use super::*;
use crate::{Disabled, Notice, SigningSecret, Webhook, WebhookChange};

const MINUTE: Duration = Duration::from_secs(60);

fn webhook(id: &str) -> Webhook {
    Webhook {
        id: id.to_owned(),
        tenant: "press".to_owned(),
        url: "https://press.example/hook".to_owned(),
        events: vec!["completed".to_owned()],
        named_only: false,
        secret: SigningSecret("whsec_AAAA".to_owned()),
        former: None,
        added_at: Moment(1_000),
        disabled: None,
        unknown: UnknownFields::default(),
    }
}

fn notice(id: &str, webhook: &str) -> Notice {
    Notice {
        id: id.to_owned(),
        webhook: webhook.to_owned(),
        book: request("r", 1).book_id(),
        event: "completed".to_owned(),
        body: "{\"title\":\"Bücher\"}".to_owned(),
        begun_at: Moment(1_000),
        attempts: 0,
        failure: String::new(),
        dead_at: None,
        unknown: UnknownFields::default(),
    }
}

/// A webhook is known to all processes, and no change of it is lost or brings it back.
pub async fn a_webhook_is_changed_by_all_processes_until_it_is_removed(bench: &Bench) {
    let (mine, other) = (bench.store.webhooks(), bench.again().await);
    let theirs = other.webhooks();
    assert_eq!(mine.webhook("a").await.unwrap(), None);
    for id in ["a", "b"] {
        mine.add_webhook(&webhook(id)).await.unwrap();
    }
    let gone = Disabled { at: Moment(5), reason: "it is gone".to_owned() };
    let rotate = WebhookChange::Rotate(SigningSecret("whsec_BBBB".to_owned()), Moment(9_000));
    let disable = WebhookChange::Disable(gone.clone());
    let (disabled, rotated) = tokio::join!(mine.change_webhook("a", &disable), theirs.change_webhook("a", &rotate));
    assert!(disabled.unwrap().is_some() && rotated.unwrap().is_some());
    let changed = theirs.webhook("a").await.unwrap().unwrap();
    assert_eq!(changed.disabled, Some(gone));
    assert_eq!(changed.secrets_at(Moment(8_999)), ["whsec_BBBB", "whsec_AAAA"]);
    let enabled = mine.change_webhook("a", &WebhookChange::Enable).await.unwrap();
    assert_eq!(enabled, Some(Webhook { disabled: None, ..changed }));
    assert!(theirs.remove_webhook("a").await.unwrap() && !mine.remove_webhook("a").await.unwrap());
    assert_eq!(mine.change_webhook("a", &WebhookChange::Enable).await.unwrap(), None);
    assert_eq!(mine.webhooks().await.unwrap(), [webhook("b")]);
}

/// A notice is due again and again until it is removed, and is not stored a second time meanwhile.
pub async fn a_notice_is_due_until_it_is_removed(bench: &Bench) {
    let other = bench.again().await;
    let (mine, theirs) = (bench.store.webhooks(), other.webhooks());
    mine.add_notices(&[notice("a", "w"), notice("b", "w")], MINUTE).await.unwrap();
    assert_eq!(theirs.notice("a").await.unwrap(), Some(notice("a", "w")));
    assert!(theirs.take_due_notices(10, MINUTE).await.unwrap().is_empty(), "a minute is not over");
    let failed = Notice { attempts: 1, failure: "it answered 500".to_owned(), ..notice("a", "w") };
    assert!(mine.replace_notice(&failed, 3 * MINUTE).await.unwrap());
    mine.add_notices(&[notice("a", "w")], Duration::ZERO).await.unwrap();
    assert_eq!(theirs.notice("a").await.unwrap(), Some(failed.clone()), "it stays as it is");
    bench.pass(MINUTE);
    assert_eq!(theirs.take_due_notices(10, MINUTE).await.unwrap(), ["b"]);
    assert!(mine.take_due_notices(10, MINUTE).await.unwrap().is_empty(), "another process has taken it");
    bench.pass(2 * MINUTE);
    assert_eq!(mine.take_due_notices(1, MINUTE).await.unwrap(), ["b"], "the earliest comes first");
    assert_eq!(mine.take_due_notices(10, MINUTE).await.unwrap(), ["a"]);
    assert!(mine.remove_notice(&failed).await.unwrap());
    assert!(!theirs.replace_notice(&failed, MINUTE).await.unwrap(), "it stays removed");
    assert!(!theirs.remove_notice(&failed).await.unwrap());
    bench.pass(10 * MINUTE);
    assert_eq!(theirs.take_due_notices(10, MINUTE).await.unwrap(), ["b"]);
    assert!(bench.store.books().await.unwrap().is_empty(), "a notice is no book");
}

/// A dead notice is listed for its webhook until it is sent again or removed.
pub async fn a_dead_notice_is_listed_for_its_webhook(bench: &Bench) {
    let store = bench.store.webhooks();
    store.add_notices(&[notice("a", "w"), notice("b", "w"), notice("c", "v")], MINUTE).await.unwrap();
    assert!(store.dead_notices("w").await.unwrap().is_empty());
    let dead = |id, webhook| Notice { dead_at: Some(Moment(7)), ..notice(id, webhook) };
    for dead in [dead("a", "w"), dead("b", "w"), dead("c", "v")] {
        store.replace_notice(&dead, 2 * MINUTE).await.unwrap();
    }
    bench.pass(MINUTE);
    assert!(store.take_due_notices(10, MINUTE).await.unwrap().is_empty());
    store.replace_notice(&notice("a", "w"), Duration::ZERO).await.unwrap();
    assert_eq!(store.dead_notices("w").await.unwrap(), [dead("b", "w")]);
    assert_eq!(store.take_due_notices(10, MINUTE).await.unwrap(), ["a"]);
    store.remove_notice(&dead("b", "w")).await.unwrap();
    assert!(store.dead_notices("w").await.unwrap().is_empty());
    assert_eq!(store.dead_notices("v").await.unwrap(), [dead("c", "v")]);
}
