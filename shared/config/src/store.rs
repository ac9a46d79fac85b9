//! Settings of the store.

use std::{path::PathBuf, time::Duration};

use bindery_domain::{ServiceUrl, duration};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::problem::Problems;

/// Which store holds the truth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreSettings {
    /// The store's address; its scheme chooses the adapter.
    pub url: ServiceUrl,
    /// How long a server may take to answer.
    #[serde(with = "duration")]
    pub timeout: Duration,
    /// How many connections to a server each process keeps.
    pub connections: u32,
    /// The authority that a server's certificate must come from; unset, those this machine trusts.
    pub ca_file: Option<PathBuf>,
    /// How long after a book has settled its texts stay; unset, the adapter's own.
    pub retention: Option<Retention>,
}

/// How long something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    /// For ever.
    Forever,
    /// For so long.
    For(Duration),
}

/// Seconds in a day.
const DAY: u64 = 24 * 60 * 60;

/// The word for keeping something for ever.
const FOREVER: &str = "forever";

/// How long a server keeps texts, whose memory they take. A file keeps them: they are on its owner's disk, and what is
/// rewritten or bound anew needs them.
const ON_A_SERVER: Duration = Duration::from_secs(30 * DAY);

impl StoreSettings {
    /// Returns how long after a book has settled its texts stay; none for ever.
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
        problems.lasts("store.timeout", self.timeout, Duration::from_millis(100)..=Duration::from_secs(60));
        problems.within("store.connections", self.connections, 1..=256);
        if let Some(Retention::For(time)) = self.retention {
            problems.lasts("store.retention", time, Duration::from_secs(1)..=Duration::from_secs(3_650 * DAY));
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
