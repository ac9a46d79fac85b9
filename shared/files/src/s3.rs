//! Files in an object storage that speaks S3.

pub(super) mod bucket;
pub(super) mod credentials;
mod explain;
mod setup;
#[cfg(test)]
mod tests;

use std::ops::Range;

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use object_store::{ObjectStore, ObjectStoreExt as _, aws::AmazonS3, path::Path};

use self::{bucket::BucketUrl, setup::SetupError};
use super::{Access, Files, FilesError};

/// A bucket, or the names under a prefix in it.
pub(super) struct S3 {
    client: AmazonS3,
    bucket: String,
    prefix: Path,
}

impl S3 {
    pub(super) fn open(access: &Access) -> Result<Self, FilesError> {
        Self::set_up(access)
            .map_err(|error| FilesError::Unusable { place: access.url.to_string(), cause: error.to_string() })
    }

    fn set_up(access: &Access) -> Result<Self, SetupError> {
        let BucketUrl { bucket, prefix } = BucketUrl::parse(access.url.expose())?;
        let client = setup::client(access, bucket)?;
        Ok(Self { client, bucket: bucket.to_owned(), prefix: Path::parse(prefix)? })
    }

    fn path(&self, name: &str) -> Path {
        name.split('/').fold(self.prefix.clone(), |path, part| path.join(part))
    }

    fn failed(&self, name: &str, error: &object_store::Error) -> FilesError {
        FilesError::Failed { url: self.url(name), cause: explain::cause(&self.bucket, error) }
    }
}

#[async_trait]
impl Files for S3 {
    async fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), FilesError> {
        let put = self.client.put(&self.path(name), bytes.into()).await;
        put.map(drop).map_err(|error| self.failed(name, &error))
    }

    /// A server stores an object whole or not at all, and confirms it once it is safe.
    async fn settle(&self, _folder: &str) -> Result<(), FilesError> {
        Ok(())
    }

    async fn folders(&self) -> Result<Vec<String>, FilesError> {
        let listed = self.client.list_with_delimiter(Some(&self.prefix)).await;
        let listed = listed.map_err(|error| self.failed("", &error))?;
        let name = |path: &Path| path.filename().map(str::to_owned);
        Ok(listed.common_prefixes.iter().filter_map(name).collect())
    }

    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, FilesError> {
        let read = async { self.client.get(&self.path(name)).await?.bytes().await };
        match read.await {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if explain::is_missing(&error) => Ok(None),
            Err(error) => Err(self.failed(name, &error)),
        }
    }

    async fn read_range(&self, name: &str, range: Range<u64>) -> Result<Option<Vec<u8>>, FilesError> {
        match self.client.get_range(&self.path(name), range).await {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if explain::is_missing(&error) => Ok(None),
            Err(error) => Err(self.failed(name, &error)),
        }
    }

    async fn remove(&self, folder: &str) -> Result<(), FilesError> {
        let prefix = self.path(folder);
        let remove = async {
            let objects: Vec<_> = self.client.list(Some(&prefix)).try_collect().await?;
            for object in objects {
                // Some servers cannot delete several objects with one request.
                self.client.delete(&object.location).await?;
            }
            Ok(())
        };
        remove.await.map_err(|error| self.failed(folder, &error))
    }

    fn url(&self, name: &str) -> String {
        format!("s3://{}/{}", self.bucket, self.path(name))
    }
}
