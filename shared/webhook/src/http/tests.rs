use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::*;

const OPEN: AddressRules = AddressRules { allow_http: true, allow_private: true };
const TIMEOUT: Duration = Duration::from_secs(20);

/// Listens, gives one answer, and returns the request that it got.
async fn listen(answer: &'static str) -> (SocketAddr, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = request(&mut stream).await;
        stream.write_all(answer.as_bytes()).await.unwrap();
        request
    });
    (address, served)
}

/// Reads a request up to the end of the content that the tests send.
async fn request(stream: &mut TcpStream) -> String {
    let (mut request, mut piece) = (Vec::new(), [0; 1_024]);
    while !request.ends_with(b"{}") {
        let read = stream.read(&mut piece).await.unwrap();
        assert_ne!(read, 0, "the request ends with its content");
        request.extend_from_slice(&piece[..read]);
    }
    String::from_utf8(request).unwrap()
}

fn call(url: String) -> Call {
    Call { url, id: "msg_1".into(), timestamp: 7, body: "{}".into(), signatures: "v1,a v1,b".into() }
}

async fn send(rules: AddressRules, url: String) -> Result<(), SendError> {
    HttpSender::new(rules, TIMEOUT).unwrap().send(&call(url)).await
}

#[tokio::test]
async fn a_notice_is_posted_with_its_id_its_time_and_its_signatures() {
    let (address, served) = listen("HTTP/1.1 204 No Content\r\n\r\n").await;
    assert_eq!(send(OPEN, format!("http://localhost:{}/hook?a=b", address.port())).await, Ok(()));
    let request = served.await.unwrap();
    assert!(request.starts_with("POST /hook?a=b HTTP/1.1\r\n"), "{request}");
    for header in ["webhook-id: msg_1", "webhook-timestamp: 7", "webhook-signature: v1,a v1,b"] {
        assert!(request.contains(&format!("\r\n{header}\r\n")), "{header} is missing in {request}");
    }
}

#[tokio::test]
async fn the_status_tells_what_becomes_of_a_notice() {
    let refused = |status, seconds: Option<u64>| {
        Err(SendError::Refused { status, retry_after: seconds.map(Duration::from_secs) })
    };
    for (answer, expected) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", Ok(())),
        ("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n", Err(SendError::Gone)),
        ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", refused(404, None)),
        ("HTTP/1.1 503 Busy\r\nretry-after: 9\r\ncontent-length: 0\r\n\r\n", refused(503, Some(9))),
        ("HTTP/1.1 429 Slow\r\nretry-after: 999999\r\ncontent-length: 0\r\n\r\n", refused(429, Some(3_600))),
        // To follow it would call an address that nobody has looked at.
        ("HTTP/1.1 307 Moved\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n", refused(307, None)),
    ] {
        let (address, served) = listen(answer).await;
        assert_eq!(send(OPEN, format!("http://{address}/")).await, expected, "{answer}");
        served.await.unwrap();
    }
}

#[tokio::test]
async fn no_name_leads_to_a_private_address() {
    let strict = AddressRules { allow_http: true, allow_private: false };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    for host in ["localhost", "127.0.0.1", "[::ffff:127.0.0.1]", "2130706433"] {
        let sent = send(strict, format!("http://{host}:{port}/")).await;
        assert!(matches!(sent, Err(SendError::Forbidden(_))), "{host}: {sent:?}");
    }
    let called = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
    assert!(called.is_err(), "nobody has connected");
}

#[tokio::test]
async fn a_name_within_the_network_is_answered_like_one_that_does_not_exist() {
    let strict = AddressRules { allow_http: true, allow_private: false };
    let (inside, nowhere) = ("http://localhost:1/".to_owned(), "http://no-such-name.invalid:1/".to_owned());
    let told = send(strict, inside).await;
    assert!(matches!(told, Err(SendError::Forbidden(_))), "{told:?}");
    assert_eq!(send(strict, nowhere.clone()).await, told);
    // Whoever may call any address is told the cause.
    assert!(matches!(send(OPEN, nowhere).await, Err(SendError::Unreachable(_))));
}

#[test]
fn of_the_addresses_of_a_name_only_the_public_ones_are_called() {
    let resolver = Resolver { rules: AddressRules::default() };
    let addresses = ["10.0.0.1:0", "1.1.1.1:0", "[::1]:0"].map(|address| address.parse().unwrap());
    assert_eq!(resolver.allowed(addresses.into_iter()).unwrap(), ["1.1.1.1:0".parse().unwrap()]);
    assert!(resolver.allowed(addresses.into_iter().take(1)).is_err());
}

#[tokio::test]
async fn an_endpoint_that_never_answers_or_answers_for_ever_is_left_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let silent = HttpSender::new(OPEN, Duration::from_millis(200)).unwrap().send(&call(url.clone())).await;
    assert_eq!(silent, Err(SendError::Unreachable("it took too long".to_owned())));
    let endless = tokio::spawn(async move {
        // The connection of the call before is still in the queue of the listener.
        let _silent = listener.accept().await.unwrap();
        let (mut stream, _) = listener.accept().await.unwrap();
        request(&mut stream).await;
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let piece = [b'a'; 65_536];
        // The caller hangs up at last.
        while stream.write_all(&piece).await.is_ok() {}
    });
    assert_eq!(send(OPEN, url).await, Ok(()), "the status has told everything");
    endless.await.unwrap();
}

#[tokio::test]
async fn nobody_is_told_more_of_a_failure_than_its_cause() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let Err(SendError::Unreachable(cause)) = send(OPEN, format!("http://{address}/secret")).await else {
        panic!("nobody listens")
    };
    assert!(cause.contains("refused") && !cause.contains("secret"), "{cause}");
}
