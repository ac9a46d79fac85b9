//! The faults of the proxy, seen from both ends of a connection.

use std::{
    io::{self, ErrorKind, Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use bindery_test_servers::Proxy;

/// How long a test waits for data that must come.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Starts a server that sends back what it receives, and returns its port.
fn echo() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let connection = connection.unwrap();
            thread::spawn(move || {
                // A reset ends the copy with an error, which the client checks.
                io::copy(&mut &connection, &mut &connection).and_then(|_| connection.shutdown(Shutdown::Write))
            });
        }
    });
    port
}

fn connect(proxy: &Proxy) -> TcpStream {
    let connection = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).unwrap();
    connection.set_read_timeout(Some(TIMEOUT)).unwrap();
    connection
}

#[track_caller]
fn echoes(mut connection: &TcpStream, text: &[u8]) {
    connection.write_all(text).unwrap();
    let mut back = vec![0; text.len()];
    connection.read_exact(&mut back).unwrap();
    assert_eq!(back, text);
}

/// Reads to the end, and returns the data and the error that ended it; `None` after an orderly end.
fn rest(mut connection: &TcpStream) -> (Vec<u8>, Option<ErrorKind>) {
    let mut read = Vec::new();
    let ended = connection.read_to_end(&mut read);
    (read, ended.err().map(|error| error.kind()))
}

/// Waits a moment, and returns whether no data has come.
fn is_silent(mut connection: &TcpStream) -> bool {
    connection.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let read = connection.read(&mut [0; 16]);
    connection.set_read_timeout(Some(TIMEOUT)).unwrap();
    read.is_err_and(|error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
}

#[test]
fn large_texts_pass_both_ways_and_end_in_order() {
    let proxy = Proxy::start(echo());
    let connection = connect(&proxy);
    let text: Vec<u8> = (0..3_000_000_u32).map(|at| at.to_le_bytes()[1]).collect();
    let (mut sending, sent) = (connection.try_clone().unwrap(), text.clone());
    thread::spawn(move || sending.write_all(&sent).and_then(|()| sending.shutdown(Shutdown::Write)));
    assert!(rest(&connection) == (text, None), "the text was changed or did not end in order");
    assert_eq!(proxy.accepted(), 1);
}

#[test]
fn a_cut_resets_connections_and_refuses_new_ones_until_it_ends() {
    let proxy = Proxy::start(echo());
    let connections = [connect(&proxy), connect(&proxy)];
    for connection in &connections {
        echoes(connection, b"before");
    }
    proxy.cut();
    for connection in &connections {
        assert_eq!(rest(connection), (vec![], Some(ErrorKind::ConnectionReset)));
    }
    let refused = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port()));
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    proxy.pass();
    echoes(&connect(&proxy), b"after");
    assert_eq!(proxy.accepted(), 3);
}

#[test]
fn a_blackhole_holds_back_everything_on_old_and_new_connections_until_it_ends() {
    let proxy = Proxy::start(echo());
    let old = connect(&proxy);
    echoes(&old, b"before");
    proxy.blackhole();
    let new = connect(&proxy);
    for mut connection in [&old, &new] {
        connection.write_all(b"held").unwrap();
        assert!(is_silent(connection), "something came out of the blackhole");
    }
    proxy.pass();
    for mut connection in [&old, &new] {
        let mut held = [0; 4];
        connection.read_exact(&mut held).unwrap();
        assert_eq!(&held, b"held");
    }
}

#[test]
fn connections_in_a_blackhole_can_be_cut() {
    let proxy = Proxy::start(echo());
    let mut connection = connect(&proxy);
    proxy.blackhole();
    connection.write_all(b"held").unwrap();
    proxy.cut();
    assert_eq!(rest(&connection), (vec![], Some(ErrorKind::ConnectionReset)));
}

#[test]
fn a_delay_applies_to_each_direction_and_does_not_add_up() {
    let proxy = Proxy::start(echo());
    let connection = connect(&proxy);
    let delay = Duration::from_millis(60);
    proxy.delay(delay);
    let start = Instant::now();
    echoes(&connection, b"there and back");
    assert!(start.elapsed() >= delay * 2, "it came back after {:?}", start.elapsed());
    // Twenty times what is read at once: if their delays added up, they would take seconds.
    echoes(&connection, &[7; 320 * 1024]);
    assert!(start.elapsed() < delay * 20, "the delays add up to {:?}", start.elapsed());
}

#[test]
fn a_cut_after_some_bytes_resets_after_that_byte_and_lets_new_connections_pass() {
    let proxy = Proxy::start(echo());
    let mut connection = connect(&proxy);
    echoes(&connection, b"before");
    // Ten bytes pass to the server, and seven of them come back.
    proxy.cut_after(17);
    connection.write_all(b"0123456789").unwrap();
    assert_eq!(rest(&connection), (b"0123456".to_vec(), Some(ErrorKind::ConnectionReset)));
    echoes(&connect(&proxy), b"after");
}

#[test]
fn a_client_of_a_target_that_is_down_is_reset() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let proxy = Proxy::start(free);
    assert_eq!(rest(&connect(&proxy)), (vec![], Some(ErrorKind::ConnectionReset)));
}
