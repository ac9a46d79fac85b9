//! An object storage that refuses, fails or is silent.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

use bindery_domain::BookId;
use bindery_test_servers::{Key, Objects};

use crate::{
    Access, Credentials, FilesError, connect,
    tests::{access, access_to, key},
};

/// Tries to store a file, and returns the error.
async fn error(access: &Access) -> String {
    let files = connect(access).unwrap();
    files.put(&BookId::of("tenant", "one"), "md", b"a book".to_vec()).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_bucket_that_is_missing_is_named() {
    let server = Objects::start();
    let access = Access { url: "s3://elsewhere/deep".into(), ..access_to(&server, "") };
    let error = error(&access).await;
    assert!(error.contains("the bucket `elsewhere` does not exist; make it, or correct files.url"), "{error}");
    let files = connect(&access).unwrap();
    let read = files.read("book/1.md").await.unwrap_err().to_string();
    assert!(read.contains("the bucket `elsewhere` does not exist"), "{read}");
}

#[tokio::test]
async fn a_wrong_key_is_reported_and_not_shown() {
    let server = Objects::start_with_key();
    let Key { id, secret } = server.key();
    for (id, secret, code) in
        [("AKIAWRONG", secret.as_str(), "InvalidAccessKeyId"), (id.as_str(), "hush-hush-hush", "SignatureDoesNotMatch")]
    {
        let error = error(&Access { credentials: key(id, secret), ..access_to(&server, "") }).await;
        assert!(error.contains(&format!("does not know the key ({code})")), "{error}");
        assert!(error.contains("files.credentials_file"), "{error}");
        assert!(!error.contains(id) && !error.contains(secret), "{error}");
    }
}

#[tokio::test]
async fn a_key_is_read_from_a_file() {
    let server = Objects::start_with_key();
    let Key { id, secret } = server.key();
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("credentials");
    std::fs::write(&path, format!("[default]\naws_access_key_id={id}\naws_secret_access_key={secret}\n")).unwrap();
    let files = connect(&Access { credentials: Credentials::File(path), ..access_to(&server, "") }).unwrap();
    files.probe("a test").await.unwrap();
}

#[tokio::test]
async fn a_server_of_a_private_authority_is_trusted_once_it_is_named() {
    let server = Objects::start_tls();
    let ca_file = server.certificates().map(|certificates| certificates.authority.clone());
    let trusted = error(&Access { ca_file, ..access_to(&server, "") }).await;
    assert!(trusted.contains("the bucket `books` does not exist"), "it was not reached: {trusted}");
    let unknown = error(&access_to(&server, "")).await;
    assert!(unknown.contains("cannot be reached"), "{unknown}");
}

#[tokio::test]
async fn a_server_that_is_down_is_reported_with_the_cause() {
    let server = Objects::start();
    server.kill();
    let error = error(&access_to(&server, "")).await;
    assert!(error.contains("cannot be reached") && error.contains("refused"), "{error}");
    assert!(error.starts_with("s3://books/"), "{error}");
    server.start_again();
    connect(&access_to(&server, "")).unwrap().probe("a test").await.unwrap();
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up_after_a_bounded_time() {
    let server = Objects::start();
    server.process().freeze();
    let begun = Instant::now();
    let error = error(&Access { timeout: Duration::from_secs(1), ..access_to(&server, "") }).await;
    assert!(error.contains("did not answer within files.timeout"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    server.process().thaw();
}

/// Starts a server that answers the first requests with a status and all others with success, and returns its port.
fn answering(first: usize, status: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for (nth, connection) in listener.incoming().enumerate() {
            let mut connection = connection.unwrap();
            // The whole request is one small packet on the loopback.
            let _read = connection.read(&mut [0; 65_536]).unwrap();
            let status = if nth < first { status } else { "200 OK" };
            let etag = "etag: \"x\"\r\n";
            write!(connection, "HTTP/1.1 {status}\r\n{etag}content-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        }
    });
    port
}

fn at(port: u16) -> Access {
    Access {
        endpoint: Some(format!("http://127.0.0.1:{port}").as_str().into()),
        credentials: key("any", "any"),
        timeout: Duration::from_secs(5),
        ..access("s3://books")
    }
}

#[tokio::test]
async fn a_server_that_is_overloaded_for_a_moment_is_asked_again() {
    let files = connect(&at(answering(2, "503 Slow Down"))).unwrap();
    files.write("book/1.md", vec![1]).await.unwrap();
}

#[tokio::test]
async fn a_server_that_stays_overloaded_is_reported_after_a_bounded_number_of_requests() {
    let error = error(&at(answering(usize::MAX, "503 Slow Down"))).await;
    assert!(error.contains("cannot serve it now (503)"), "{error}");
}

#[test]
fn a_server_without_a_key_is_refused_before_anything_is_sent() {
    let access = Access { credentials: Credentials::Environment([].into()), ..at(1) };
    let Err(FilesError::Unusable { cause, .. }) = connect(&access) else { panic!("no role gives a key for it") };
    assert!(cause.contains("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"), "{cause}");
}
