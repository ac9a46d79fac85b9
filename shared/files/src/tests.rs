//! The adapters behind [`connect`].

use std::{collections::BTreeMap, time::Duration};

use bindery_test_servers::{Key, Objects};

use super::*;

pub(super) fn access(url: &str) -> Access {
    Access {
        url: url.into(),
        endpoint: None,
        region: "us-east-1".into(),
        path_style: true,
        credentials: Credentials::Environment(BTreeMap::new()),
        ca_file: None,
        timeout: Duration::from_secs(10),
    }
}

/// Returns how to reach a server's bucket, or a prefix in it, with a key that the server accepts.
pub(super) fn access_to(server: &Objects, prefix: &str) -> Access {
    let Key { id, secret } = server.key();
    Access {
        endpoint: Some(server.endpoint().as_str().into()),
        credentials: key(id, secret),
        ..access(&format!("{}{prefix}", server.url()))
    }
}

pub(super) fn key(id: &str, secret: &str) -> Credentials {
    let variables = [("AWS_ACCESS_KEY_ID", id), ("AWS_SECRET_ACCESS_KEY", secret)];
    Credentials::Environment(variables.map(|(name, value)| (name.to_owned(), value.to_owned().into())).into())
}

#[tokio::test]
async fn a_folder_keeps_every_promise() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("deep/files");
    let files = connect(&access(&format!("file:{}", folder.display()))).unwrap();
    conformance::run(&files).await;
    assert_eq!(files.url("book/1.md"), format!("file://{}/book/1.md", folder.display()));
}

#[tokio::test]
async fn a_bucket_keeps_every_promise() {
    let server = Objects::start_with_key();
    let files = connect(&access_to(&server, "/deep/files")).unwrap();
    conformance::run(&files).await;
    assert_eq!(files.url("book/1.md"), "s3://books/deep/files/book/1.md");
}

#[test]
fn a_url_that_names_no_store_is_answered_with_those_that_do() {
    let error = connect(&access("ftp://host/books")).err().unwrap().to_string();
    assert!(error.contains("file:FOLDER") && error.contains("s3://BUCKET"), "{error}");
}
