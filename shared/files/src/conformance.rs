//! What every store of files must do. A new adapter is added to [`stores`] and nowhere else.

use std::{any::Any, collections::BTreeMap, sync::Arc, time::Duration};

use bindery_domain::BookId;
use bindery_test_servers::Objects;

use super::{Access, Credentials, Files, FilesError, connect};

/// A store of files, and what must outlive it.
struct Bench {
    files: Arc<dyn Files>,
    _home: Box<dyn Any + Send + Sync>,
}

/// The adapters under test, fresh and empty.
fn stores() -> Vec<Bench> {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file:{}", folder.path().join("deep/files").display());
    let folder = Bench { files: connect(&access(&url)).unwrap(), _home: Box::new(folder) };
    let server = Objects::start_with_key();
    let bucket = Bench { files: connect(&of(&server, "/deep/files")).unwrap(), _home: Box::new(server) };
    vec![folder, bucket]
}

fn access(url: &str) -> Access {
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

/// Reaches a server's bucket, or what lies in it under a prefix, with a key that the server takes.
pub(super) fn of(server: &Objects, prefix: &str) -> Access {
    let (id, secret) = server.key();
    Access {
        endpoint: Some(server.endpoint().as_str().into()),
        credentials: key(id, secret),
        ..access(&format!("{}{prefix}", server.url()))
    }
}

pub(super) fn key(id: &str, secret: &str) -> Credentials {
    let given = [("AWS_ACCESS_KEY_ID", id), ("AWS_SECRET_ACCESS_KEY", secret)];
    Credentials::Environment(given.map(|(name, value)| (name.to_owned(), value.to_owned().into())).into())
}

pub(super) fn book(name: &str) -> BookId {
    BookId::of("tenant", name)
}

#[tokio::test]
async fn a_stored_file_reads_back_under_its_digest_and_storing_it_again_changes_nothing() {
    for bench in stores() {
        let bytes = b"\0 a book \xFF".repeat(100_000);
        let file = bench.files.put(&book("one"), "epub", bytes.clone()).await.unwrap();
        assert_eq!((file.format.as_str(), file.bytes), ("epub", bytes.len() as u64));
        assert!(file.url.ends_with(&format!("/deep/files/{}/{}.epub", book("one"), file.digest)), "{}", file.url);
        assert_eq!(bench.files.put(&book("one"), "epub", bytes.clone()).await.unwrap(), file);
        assert_eq!(bench.files.get(&book("one"), &file).await.unwrap(), bytes);
    }
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    for bench in stores() {
        let file = bench.files.put(&book("one"), "md", Vec::new()).await.unwrap();
        assert_eq!(bench.files.get(&book("one"), &file).await.unwrap(), b"");
    }
}

#[tokio::test]
async fn a_damaged_file_is_told_and_mended_by_storing_it_again() {
    for bench in stores() {
        let file = bench.files.put(&book("one"), "md", b"a book".to_vec()).await.unwrap();
        bench.files.write(&format!("{}/{}.md", book("one"), file.digest), b"a b00k".to_vec()).await.unwrap();
        let told = bench.files.get(&book("one"), &file).await;
        assert!(matches!(told, Err(FilesError::Damaged { url }) if url == file.url));
        bench.files.put(&book("one"), "md", b"a book".to_vec()).await.unwrap();
        assert_eq!(bench.files.get(&book("one"), &file).await.unwrap(), b"a book");
    }
}

#[tokio::test]
async fn a_deleted_books_files_are_gone_and_another_books_are_not() {
    for bench in stores() {
        let bytes = b"the same bytes".to_vec();
        let mut kept = Vec::new();
        for name in ["one", "other"] {
            kept.push(bench.files.put(&book(name), "md", bytes.clone()).await.unwrap());
        }
        // What an earlier edition left is known to nobody but the store of files.
        bench.files.put(&book("one"), "md", b"of an earlier edition".to_vec()).await.unwrap();
        let [one, other] = &kept[..] else { panic!("two were stored") };
        bench.files.delete(&book("one")).await.unwrap();
        bench.files.delete(&book("one")).await.unwrap();
        let told = bench.files.get(&book("one"), one).await;
        assert!(matches!(told, Err(FilesError::Missing { stored, .. }) if stored == one.url));
        assert_eq!(bench.files.get(&book("other"), other).await.unwrap(), bytes);
    }
}

#[tokio::test]
async fn a_probe_leaves_nothing_behind() {
    for bench in stores() {
        bench.files.probe("a test").await.unwrap();
        let probed = format!("{}/{}.probe", BookId::of("probe", "a test"), bindery_domain::Digest::of("a test"));
        assert_eq!(bench.files.read(&probed).await.unwrap(), None);
    }
}

#[tokio::test]
async fn files_stored_at_once_under_one_name_are_whole() {
    for bench in stores() {
        let bytes = vec![7; 300_000];
        let (one, format) = (book("one"), "md");
        let puts = (0..8).map(|_| bench.files.put(&one, format, bytes.clone()));
        let stored = futures_util::future::join_all(puts).await;
        let file = stored[0].as_ref().unwrap();
        assert!(stored.iter().all(|put| put.as_ref().is_ok_and(|other| other == file)), "{stored:?}");
        assert_eq!(bench.files.get(&book("one"), file).await.unwrap(), bytes);
    }
}

#[test]
fn a_url_that_names_no_store_of_files_says_which_would() {
    let refused = connect(&access("ftp://host/books")).err().expect("no such store").to_string();
    assert!(refused.contains("file:FOLDER") && refused.contains("s3://BUCKET"), "{refused}");
}
