//! Uploads: files of a tenant that its submissions may name.
//!
//! An upload lies in a folder of its tenant and of the day on which it came. So what nobody has named can be removed by its age,
//! and no tenant finds the uploads of another. A book gets a file of its own.

use std::ops::RangeInclusive;

use bindery_domain::{Digest, Moment};

use super::{Files, FilesError};

/// For how many days an upload can be named, beside the day on which it came.
pub const UPLOAD_DAYS: u64 = 7;

/// How the names of the folders begin.
const PREFIX: &str = "uploads";

const DAY_MS: u64 = 86_400_000;

fn day(now: Moment) -> u64 {
    now.0 / DAY_MS
}

/// Returns the days whose uploads can still be named.
fn days(now: Moment) -> RangeInclusive<u64> {
    day(now).saturating_sub(UPLOAD_DAYS)..=day(now)
}

fn folder(tenant: &str, day: u64) -> String {
    format!("{PREFIX}-{day}-{}", Digest::of(tenant))
}

/// Returns the day of a folder; `None` where it holds no uploads.
fn day_of(folder: &str) -> Option<u64> {
    let (day, _) = folder.strip_prefix(PREFIX)?.strip_prefix('-')?.split_once('-')?;
    day.parse().ok()
}

impl<'a> dyn Files + 'a {
    /// Stores an upload of a tenant, and returns its digest. To store it again is harmless.
    pub async fn put_upload(&self, tenant: &str, bytes: Vec<u8>, now: Moment) -> Result<Digest, FilesError> {
        let (digest, folder) = (Digest::of(&bytes), folder(tenant, day(now)));
        self.write(&format!("{folder}/{digest}"), bytes).await?;
        self.settle(&folder).await?;
        Ok(digest)
    }

    /// Reads an upload of a tenant; `None` where there is none, or none any more.
    pub async fn upload(&self, tenant: &str, digest: &Digest, now: Moment) -> Result<Option<Vec<u8>>, FilesError> {
        for day in days(now).rev() {
            let read = self.read(&format!("{}/{digest}", folder(tenant, day))).await?;
            if let Some(bytes) = read.filter(|bytes| Digest::of(bytes) == *digest) {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }

    /// Removes the uploads that can no longer be named. Returns how many folders of them there were.
    pub async fn remove_old_uploads(&self, now: Moment) -> Result<usize, FilesError> {
        let folders = self.folders().await?;
        let old = |folder: &&String| day_of(folder).is_some_and(|day| day < *days(now).start());
        let old: Vec<&String> = folders.iter().filter(old).collect();
        for folder in &old {
            self.remove(folder).await?;
        }
        Ok(old.len())
    }
}
