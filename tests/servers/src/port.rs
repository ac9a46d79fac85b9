//! Ports that no other test takes, even while their server is down.

use std::{
    net::{Ipv4Addr, TcpListener, UdpSocket},
    process,
    sync::atomic::{AtomicU16, Ordering},
};

/// Below the ports of outgoing connections, so that none of those takes a port while its server restarts.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// A loopback port that is claimed for as long as this value lives.
pub(crate) struct Port {
    number: u16,
    /// The claim: a UDP socket with the same number, which no server uses. All test processes see it, and the system
    /// closes it if the process is killed.
    _claim: UdpSocket,
}

impl Port {
    /// Claims a port on which nothing listens.
    pub(crate) fn claim() -> Self {
        static NEXT: AtomicU16 = AtomicU16::new(0);
        // Test processes start far apart, so that they seldom try the same ports.
        let first = process::id().wrapping_mul(37);
        let free = (0..COUNT).find_map(|_| {
            let next = first.wrapping_add(u32::from(NEXT.fetch_add(1, Ordering::Relaxed))) % u32::from(COUNT);
            let number = FIRST + u16::try_from(next).expect("the remainder is below the count");
            let claim = UdpSocket::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
            TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
            Some(Self { number, _claim: claim })
        });
        free.expect("one of 12,000 ports is free")
    }

    pub(crate) fn number(&self) -> u16 {
        self.number
    }
}
