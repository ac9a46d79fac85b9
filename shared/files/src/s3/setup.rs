//! The client of an object storage, from the settings.

use std::{fs, io, path::PathBuf, time::Duration};

use bindery_domain::ServiceUrl;
use object_store::{
    BackoffConfig, Certificate, ClientOptions, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
};

use super::{
    bucket::BucketUrlError,
    credentials::{KEY_ID, SECRET},
};
use crate::Access;

/// How often a request is repeated that the server could not serve. After that, the whole task is tried again later.
const RETRIES: usize = 3;

/// The pause before the first repetition.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// The longest pause before a repetition.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How long a server may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The media types with which a server answers those who fetch a file over HTTP, by the file's ending.
const MEDIA_TYPES: [(&str, &str); 6] = [
    ("md", "text/markdown; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("epub", "application/epub+zip"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("txt", "text/plain; charset=utf-8"),
    ("json", "application/json"),
];

/// The settings make no client.
#[derive(Debug, thiserror::Error)]
pub(super) enum SetupError {
    #[error(transparent)]
    Bucket(#[from] BucketUrlError),
    #[error("files.ca_file, {}: {error}", .path.display())]
    UnreadableAuthorities { path: PathBuf, error: io::Error },
    #[error("files.ca_file, {}: {error}", .path.display())]
    MalformedAuthorities { path: PathBuf, error: object_store::Error },
    #[error("files.ca_file, {}: holds no certificate", .0.display())]
    NoAuthorities(PathBuf),
    #[error("files.credentials_file, {}: {error}", .path.display())]
    UnreadableCredentials { path: PathBuf, error: io::Error },
    #[error(
        "{place} holds no whole key; set {KEY_ID} and {SECRET}, or name a file that holds them with files.credentials_file"
    )]
    NoKey { place: String },
    #[error(transparent)]
    Prefix(#[from] object_store::path::Error),
    #[error(transparent)]
    Client(#[from] object_store::Error),
}

/// Makes a client for a bucket.
pub(super) fn client(access: &Access, bucket: &str) -> Result<AmazonS3, SetupError> {
    bindery_tls::use_ring();
    let retry = RetryConfig {
        backoff: BackoffConfig { init_backoff: FIRST_PAUSE, max_backoff: LONGEST_PAUSE, ..BackoffConfig::default() },
        max_retries: RETRIES,
        retry_timeout: access.timeout * 2,
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(&access.region)
        .with_virtual_hosted_style_request(!access.path_style)
        .with_client_options(options(access)?)
        .with_retry(retry);
    if let Some(endpoint) = &access.endpoint {
        builder = builder.with_endpoint(address(endpoint, bucket, access.path_style));
    }
    let builder = access.credentials.configure(builder, access.endpoint.is_none())?;
    Ok(builder.build()?)
}

/// Returns the address that requests go to. The client adds no bucket to the name of the host.
fn address(endpoint: &ServiceUrl, bucket: &str, path_style: bool) -> String {
    let endpoint = endpoint.expose();
    match endpoint.split_once("://") {
        Some((scheme, host)) if !path_style => format!("{scheme}://{bucket}.{host}"),
        _ => endpoint.to_owned(),
    }
}

fn options(access: &Access) -> Result<ClientOptions, SetupError> {
    let unencrypted = access.endpoint.as_ref().is_some_and(|endpoint| endpoint.scheme() == "http");
    let mut options = ClientOptions::new()
        .with_connect_timeout(CONNECT_TIMEOUT.min(access.timeout))
        .with_timeout(access.timeout)
        .with_allow_http(unencrypted);
    for (ending, media_type) in MEDIA_TYPES {
        options = options.with_content_type_for_suffix(ending, media_type);
    }
    if let Some(path) = &access.ca_file {
        for authority in authorities(path.clone())? {
            options = options.with_root_certificate(authority);
        }
    }
    Ok(options)
}

fn authorities(path: PathBuf) -> Result<Vec<Certificate>, SetupError> {
    let pem = match fs::read(&path) {
        Ok(pem) => pem,
        Err(error) => return Err(SetupError::UnreadableAuthorities { path, error }),
    };
    match Certificate::from_pem_bundle(&pem) {
        Ok(authorities) if authorities.is_empty() => Err(SetupError::NoAuthorities(path)),
        Ok(authorities) => Ok(authorities),
        Err(error) => Err(SetupError::MalformedAuthorities { path, error }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_stands_in_the_path_or_in_the_name_of_the_host() {
        let endpoint = "https://objects.example.com:9000".into();
        assert_eq!(address(&endpoint, "books", true), "https://objects.example.com:9000");
        assert_eq!(address(&endpoint, "books", false), "https://books.objects.example.com:9000");
    }
}
