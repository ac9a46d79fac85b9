use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

use bindery_test_servers::Objects;

use crate::{
    Access, Credentials, FilesError,
    conformance::{book, key, of},
    connect,
};

/// Tries to store a file, and returns why it cannot be.
async fn refused(access: &Access) -> String {
    let files = connect(access).unwrap();
    files.put(&book("one"), "md", b"a book".to_vec()).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_bucket_that_is_missing_is_named() {
    let server = Objects::start();
    let access = Access { url: "s3://elsewhere/deep".into(), ..of(&server, "") };
    let told = refused(&access).await;
    assert!(told.contains("the bucket `elsewhere` does not exist; make it, or correct files.url"), "{told}");
    let files = connect(&access).unwrap();
    let read = files.read("book/1.md").await.unwrap_err().to_string();
    assert!(read.contains("the bucket `elsewhere` does not exist"), "{read}");
}

#[tokio::test]
async fn a_wrong_key_is_told_without_being_shown() {
    let server = Objects::start_with_key();
    let (id, secret) = server.key();
    for (id, secret, code) in
        [("AKIAWRONG", secret, "InvalidAccessKeyId"), (id, "hush-hush-hush", "SignatureDoesNotMatch")]
    {
        let told = refused(&Access { credentials: key(id, secret), ..of(&server, "") }).await;
        assert!(told.contains(&format!("does not know the key ({code})")), "{told}");
        assert!(told.contains("files.credentials_file"), "{told}");
        assert!(!told.contains(id) && !told.contains(secret), "{told}");
    }
}

#[tokio::test]
async fn a_key_is_read_from_a_file() {
    let server = Objects::start_with_key();
    let (id, secret) = server.key();
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("credentials");
    std::fs::write(&path, format!("[default]\naws_access_key_id={id}\naws_secret_access_key={secret}\n")).unwrap();
    let files = connect(&Access { credentials: Credentials::File(path), ..of(&server, "") }).unwrap();
    files.probe("a test").await.unwrap();
}

#[tokio::test]
async fn a_server_of_a_private_authority_is_trusted_once_it_is_named() {
    let server = Objects::start_tls();
    let ca_file = server.certificates().map(|certificates| certificates.authority.clone());
    let trusted = refused(&Access { ca_file, ..of(&server, "") }).await;
    assert!(trusted.contains("the bucket `books` does not exist"), "it was spoken to: {trusted}");
    let unknown = refused(&of(&server, "")).await;
    assert!(unknown.contains("cannot be reached"), "{unknown}");
}

#[tokio::test]
async fn a_server_that_is_down_is_told_with_its_cause() {
    let server = Objects::start();
    server.kill();
    let told = refused(&of(&server, "")).await;
    assert!(told.contains("cannot be reached") && told.contains("refused"), "{told}");
    assert!(told.starts_with("s3://books/"), "{told}");
    server.start_again();
    connect(&of(&server, "")).unwrap().probe("a test").await.unwrap();
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up_in_bounded_time() {
    let server = Objects::start();
    server.process().freeze();
    let begun = Instant::now();
    let told = refused(&Access { timeout: Duration::from_secs(1), ..of(&server, "") }).await;
    assert!(told.contains("did not answer within files.timeout"), "{told}");
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    server.process().thaw();
}

/// Answers so many requests with a status, and the others with success; returns its port.
fn answering(times: usize, status: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for (nth, connection) in listener.incoming().enumerate() {
            let mut connection = connection.unwrap();
            // The whole request is one small packet on the loopback.
            let _read = connection.read(&mut [0; 65_536]).unwrap();
            let status = if nth < times { status } else { "200 OK" };
            let etag = "etag: \"x\"\r\n";
            write!(connection, "HTTP/1.1 {status}\r\n{etag}content-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        }
    });
    port
}

fn at(port: u16) -> Access {
    let endpoint = Some(format!("http://127.0.0.1:{port}").as_str().into());
    Access {
        url: "s3://books".into(),
        endpoint,
        region: "us-east-1".into(),
        path_style: true,
        credentials: key("any", "any"),
        ca_file: None,
        timeout: Duration::from_secs(5),
    }
}

#[tokio::test]
async fn a_server_that_is_overloaded_for_a_moment_is_asked_again() {
    let files = connect(&at(answering(2, "503 Slow Down"))).unwrap();
    files.write("book/1.md", vec![1]).await.unwrap();
}

#[tokio::test]
async fn a_server_that_stays_overloaded_is_told_after_a_bounded_number_of_requests() {
    let told = refused(&at(answering(usize::MAX, "503 Slow Down"))).await;
    assert!(told.contains("cannot serve it now (503)"), "{told}");
}

#[test]
fn a_server_without_a_key_is_refused_before_anything_is_sent() {
    let access = Access { credentials: Credentials::Environment([].into()), ..at(1) };
    let Err(FilesError::Unusable { cause, .. }) = connect(&access) else { panic!("no role gives a key for it") };
    assert!(cause.contains("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"), "{cause}");
}

#[test]
fn a_bucket_stands_in_the_path_or_in_the_hosts_name() {
    let endpoint = "https://objects.example.com:9000".into();
    assert_eq!(super::address(&endpoint, "books", true), "https://objects.example.com:9000");
    assert_eq!(super::address(&endpoint, "books", false), "https://books.objects.example.com:9000");
}

#[test]
fn an_address_of_a_bucket_is_taken_apart_or_refused() {
    assert_eq!(super::bucket("s3://books"), Ok(("books", "")));
    assert_eq!(super::bucket("s3://books/of/ours/"), Ok(("books", "of/ours")));
    for wrong in ["s3:", "s3://", "s3:///books", "s3://key:secret@books", "s3://Books", "s3://books?x=1"] {
        assert!(super::bucket(wrong).is_err(), "{wrong}");
    }
}
