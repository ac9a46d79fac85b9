//! What the proxy does to connections, seen from both ends.

use std::{
    io::{self, ErrorKind, Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use bindery_test_servers::Proxy;

const PATIENCE: Duration = Duration::from_secs(20);

/// Starts a server that sends back what it is sent, and returns its port.
fn echo() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let connection = connection.unwrap();
            thread::spawn(move || {
                // A connection that is reset ends the copy; the client is who looks at that.
                io::copy(&mut &connection, &mut &connection).and_then(|_| connection.shutdown(Shutdown::Write))
            });
        }
    });
    port
}

fn connect(proxy: &Proxy) -> TcpStream {
    let connection = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    connection
}

#[track_caller]
fn echoes(mut connection: &TcpStream, text: &[u8]) {
    connection.write_all(text).unwrap();
    let mut back = vec![0; text.len()];
    connection.read_exact(&mut back).unwrap();
    assert_eq!(back, text);
}

/// Reads to the end, and returns what came and how it ended.
fn rest(mut connection: &TcpStream) -> (Vec<u8>, Option<ErrorKind>) {
    let mut read = Vec::new();
    let ended = connection.read_to_end(&mut read);
    (read, ended.err().map(|error| error.kind()))
}

/// Returns whether nothing comes for a moment.
fn is_silent(mut connection: &TcpStream) -> bool {
    connection.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let read = connection.read(&mut [0; 16]);
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    read.is_err_and(|error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
}

#[test]
fn it_passes_large_texts_both_ways_and_an_orderly_end() {
    let proxy = Proxy::start(echo());
    let connection = connect(&proxy);
    let text: Vec<u8> = (0..3_000_000_u32).map(|at| at.to_le_bytes()[1]).collect();
    let (mut sending, sent) = (connection.try_clone().unwrap(), text.clone());
    thread::spawn(move || sending.write_all(&sent).and_then(|()| sending.shutdown(Shutdown::Write)));
    assert!(rest(&connection) == (text, None), "the text was changed or did not end in order");
    assert_eq!(proxy.accepted(), 1);
}

#[test]
fn a_cut_resets_what_is_connected_and_refuses_what_comes_until_it_passes_again() {
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
fn a_blackhole_keeps_connections_accepts_new_ones_and_answers_nothing_until_it_passes_again() {
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
fn a_delay_holds_each_way_and_does_not_slow_down_what_follows() {
    let proxy = Proxy::start(echo());
    let connection = connect(&proxy);
    let delay = Duration::from_millis(60);
    proxy.delay(delay);
    let start = Instant::now();
    echoes(&connection, b"there and back");
    assert!(start.elapsed() >= delay * 2, "it came back after {:?}", start.elapsed());
    // Twenty times what is read at once: one after the other, their delays would add up to seconds.
    echoes(&connection, &[7; 320 * 1024]);
    assert!(start.elapsed() < delay * 20, "the delays add up to {:?}", start.elapsed());
}

#[test]
fn a_cut_after_so_many_bytes_falls_on_that_byte_and_lets_new_connections_pass() {
    let proxy = Proxy::start(echo());
    let mut connection = connect(&proxy);
    echoes(&connection, b"before");
    // Ten bytes go there, seven of them come back.
    proxy.cut_after(17);
    connection.write_all(b"0123456789").unwrap();
    assert_eq!(rest(&connection), (b"0123456".to_vec(), Some(ErrorKind::ConnectionReset)));
    echoes(&connect(&proxy), b"after");
}

#[test]
fn a_target_that_is_down_is_a_reset() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let proxy = Proxy::start(free);
    assert_eq!(rest(&connect(&proxy)), (vec![], Some(ErrorKind::ConnectionReset)));
}
