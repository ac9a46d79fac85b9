//! The keys with which callers prove who they are.

use bindery_domain::{Digest, Moment, UnknownFields};
use serde::{Deserialize, Serialize};

/// A key as the store keeps it. The secret itself is kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// The id of the key, which is no secret.
    pub id: String,
    /// The SHA-256 of its secret.
    pub secret: Digest,
    /// The tenant whose books its holder sees; `None` for an operator, who sees those of all tenants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// What its holder may do.
    pub scopes: Vec<KeyScope>,
    /// A note on its holder, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// When it was made.
    pub added_at: Moment,
    /// When it ends; `None` where it does not end by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Moment>,
    /// When it was revoked; `None` where it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Moment>,
    /// Fields that a later version has added.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

/// What the holder of a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyScope {
    /// Look at books, their texts, files and events.
    Read,
    /// Order books, cancel, delete and redrive them, and have chapters written again.
    Write,
    /// Approve the plans of books.
    Approve,
    /// Hold books and lift the hold.
    Operate,
}

impl KeyScope {
    /// All scopes.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Approve, Self::Operate];

    /// Returns the name of the scope.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Approve => "approve",
            Self::Operate => "operate",
        }
    }
}

impl AccessKey {
    /// Returns whether the key counts at a time.
    pub fn counts_at(&self, now: Moment) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_counts_until_it_expires_or_is_revoked() {
        let key = AccessKey {
            id: "a".into(),
            secret: Digest::of("secret"),
            tenant: Some("press".into()),
            scopes: vec![KeyScope::Read],
            note: String::new(),
            added_at: Moment(1),
            expires_at: Some(Moment(10)),
            revoked_at: None,
            unknown: UnknownFields::default(),
        };
        assert!(key.counts_at(Moment(9)) && !key.counts_at(Moment(10)));
        let revoked = AccessKey { revoked_at: Some(Moment(5)), expires_at: None, ..key };
        assert!(!revoked.counts_at(Moment(6)));
    }
}
