//! What a store promises about the keys of callers.

use bindery_domain::{Digest, UnknownFields};

use super::*;
use crate::{AccessKey, KeyScope};

fn key(id: &str) -> AccessKey {
    AccessKey {
        id: id.to_owned(),
        secret: Digest::of(id),
        tenant: Some("press".to_owned()),
        scopes: vec![KeyScope::Read, KeyScope::Approve],
        note: "the editors".to_owned(),
        added_at: Moment(1_000),
        expires_at: None,
        revoked_at: None,
        unknown: UnknownFields::default(),
    }
}

/// A key is known to all processes until it is replaced.
pub async fn a_key_is_known_to_all_processes_until_it_is_replaced(bench: &Bench) {
    let other = bench.again().await;
    assert_eq!(bench.store.key("a").await.unwrap(), None);
    for id in ["a", "b"] {
        bench.store.put_key(&key(id)).await.unwrap();
    }
    assert_eq!(other.key("a").await.unwrap(), Some(key("a")));
    let revoked = AccessKey { revoked_at: Some(Moment(2_000)), ..key("a") };
    other.put_key(&revoked).await.unwrap();
    assert_eq!(bench.store.key("a").await.unwrap(), Some(revoked.clone()));
    let mut all = bench.store.keys().await.unwrap();
    all.sort_by(|left, right| left.id.cmp(&right.id));
    assert_eq!(all, [revoked, key("b")]);
    assert!(bench.store.books().await.unwrap().is_empty(), "a key is no book");
}
