//! Files in an object storage that speaks S3.

pub(super) mod credentials;
mod explain;

#[cfg(test)]
mod tests;

use std::{fs, path::Path as FilePath, sync::Arc, time::Duration};

use async_trait::async_trait;
use bindery_domain::ServiceUrl;
use futures_util::TryStreamExt as _;
use object_store::{
    BackoffConfig, Certificate, ClientOptions, ObjectStore, ObjectStoreExt as _, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};

use super::{Access, Files, FilesError};

/// How often a request is repeated that the server could not serve; what must wait longer comes back as a whole.
const RETRIES: usize = 3;

/// The pauses before a request is repeated: from the first to the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(2));

/// To connect: a server that does not answer within this is not there.
const CONNECT: Duration = Duration::from_secs(5);

/// What readers who fetch a file over HTTP are told it is.
const MEDIA_TYPES: [(&str, &str); 3] =
    [("md", "text/markdown; charset=utf-8"), ("html", "text/html; charset=utf-8"), ("epub", "application/epub+zip")];

/// A bucket, or what lies in it under a prefix.
pub(super) struct S3 {
    client: Arc<AmazonS3>,
    bucket: String,
    prefix: Path,
}

impl S3 {
    pub(super) fn open(access: &Access) -> Result<Self, FilesError> {
        let unusable = |cause: String| FilesError::Unusable { place: access.url.to_string(), cause };
        let (bucket, prefix) = bucket(access.url.expose()).map_err(|cause| unusable(cause.to_owned()))?;
        let retry = RetryConfig {
            backoff: BackoffConfig { init_backoff: PAUSES.0, max_backoff: PAUSES.1, ..BackoffConfig::default() },
            max_retries: RETRIES,
            retry_timeout: access.timeout * 2,
        };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_region(&access.region)
            .with_virtual_hosted_style_request(!access.path_style)
            .with_client_options(client(access).map_err(&unusable)?)
            .with_retry(retry);
        if let Some(endpoint) = &access.endpoint {
            builder = builder.with_endpoint(address(endpoint, bucket, access.path_style));
        }
        let roles = access.endpoint.is_none();
        let builder = access.credentials.give(builder, roles).map_err(&unusable)?;
        let client = builder.build().map_err(|error| unusable(error.to_string()))?;
        let prefix = Path::parse(prefix).map_err(|error| unusable(error.to_string()))?;
        Ok(Self { client: Arc::new(client), bucket: bucket.to_owned(), prefix })
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

    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, FilesError> {
        let read = async { self.client.get(&self.path(name)).await?.bytes().await };
        match read.await {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if explain::is_missing(&error) => Ok(None),
            Err(error) => Err(self.failed(name, &error)),
        }
    }

    async fn remove(&self, folder: &str) -> Result<(), FilesError> {
        let prefix = self.path(folder);
        let remove = async {
            let found: Vec<_> = self.client.list(Some(&prefix)).try_collect().await?;
            for object in found {
                // One by one: not every server knows how to delete several at once.
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

/// Takes `s3://BUCKET/PREFIX` apart; or says what is wrong with it.
pub fn bucket(url: &str) -> Result<(&str, &str), &'static str> {
    let rest = url.strip_prefix("s3://").unwrap_or_default();
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    if bucket.is_empty() || !bucket.chars().all(plain) {
        return Err("must be `s3://BUCKET/PREFIX`, the bucket in lower-case letters, digits, dots and hyphens");
    }
    Ok((bucket, prefix.trim_matches('/')))
}

/// Returns the address that requests go to. The client takes it as it is: where the bucket is to stand in the host's
/// name, it is put there.
fn address(endpoint: &ServiceUrl, bucket: &str, path_style: bool) -> String {
    let endpoint = endpoint.expose();
    match endpoint.split_once("://") {
        Some((scheme, host)) if !path_style => format!("{scheme}://{bucket}.{host}"),
        _ => endpoint.to_owned(),
    }
}

fn client(access: &Access) -> Result<ClientOptions, String> {
    bindery_tls::use_ring();
    // Without encryption only where the address says so.
    let plain = access.endpoint.as_ref().is_some_and(|endpoint| endpoint.scheme() == "http");
    let mut options = ClientOptions::new()
        .with_connect_timeout(CONNECT.min(access.timeout))
        .with_timeout(access.timeout)
        .with_allow_http(plain);
    for (ending, media_type) in MEDIA_TYPES {
        options = options.with_content_type_for_suffix(ending, media_type);
    }
    for authority in access.ca_file.as_deref().map(authorities).transpose()?.into_iter().flatten() {
        options = options.with_root_certificate(authority);
    }
    Ok(options)
}

fn authorities(path: &FilePath) -> Result<Vec<Certificate>, String> {
    let cannot = |cause: String| format!("files.ca_file, {}: {cause}", path.display());
    let pem = fs::read(path).map_err(|error| cannot(error.to_string()))?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|error| cannot(error.to_string()))?;
    if found.is_empty() { Err(cannot("holds no certificate".to_owned())) } else { Ok(found) }
}
