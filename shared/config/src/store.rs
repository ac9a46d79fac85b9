//! Settings of the store.

use std::{path::PathBuf, time::Duration};

use bindery_domain::{ServiceUrl, duration};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::problem::Problems;

/// The store that holds the truth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreSettings {
    /// The store's address; its scheme chooses the adapter.
    pub url: ServiceUrl,
    /// How long a server may take to answer.
    #[serde(with = "duration")]
    pub timeout: Duration,
    /// How many connections to a server each process keeps.
    pub connections: u32,
    /// The certificate authority of a server; unset, any that this machine trusts.
    pub ca_file: Option<PathBuf>,
    /// How long the texts of a book stay after it has settled; unset, it depends on the adapter.
    pub retention: Option<Retention>,
}

/// How long texts are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    /// For ever.
    Forever,
    /// For this time.
    For(Duration),
}

/// Seconds in a day.
const DAY: u64 = 24 * 60 * 60;

/// The word for [`Retention::Forever`].
const FOREVER: &str = "forever";

/// How long a server keeps texts, because they take its memory. A file keeps them for ever, for rewriting and binding
/// again.
const ON_A_SERVER: Duration = Duration::from_secs(30 * DAY);

impl StoreSettings {
    /// Returns how long the texts of a book stay after it has settled; `None` where they stay for ever.
    pub fn retention(&self) -> Option<Duration> {
        match self.retention {
            Some(Retention::For(time)) => Some(time),
            Some(Retention::Forever) => None,
            None => (self.url.scheme() != "sqlite").then_some(ON_A_SERVER),
        }
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        problems.check_url("store.url", &self.url, &bindery_store::SCHEMES);
        if let Some(flaw) =
            bindery_store::flaw(&self.url).filter(|_| bindery_store::SCHEMES.contains(&self.url.scheme()))
        {
            problems.add("store.url", flaw);
        }
        problems.check_duration("store.timeout", self.timeout, Duration::from_millis(100)..=Duration::from_secs(60));
        problems.check_range("store.connections", self.connections, 1..=256);
        if let Some(Retention::For(time)) = self.retention {
            problems.check_duration("store.retention", time, Duration::from_secs(1)..=Duration::from_secs(3_650 * DAY));
        }
    }
}

impl Serialize for Retention {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Forever => serializer.serialize_str(FOREVER),
            Self::For(time) => duration::serialize(time, serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Retention {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = String::deserialize(deserializer)?;
        if given == FOREVER {
            return Ok(Self::Forever);
        }
        duration::parse(&given).map(Self::For).ok_or_else(|| {
            D::Error::custom(format!("{given:?} is neither `{FOREVER}` nor a number and a unit, like 30d"))
        })
    }
}
