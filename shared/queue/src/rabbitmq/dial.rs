//! How a connection is made, and what it means when it is not.

use std::{fmt, fs, path::Path, time::Duration};

use lapin::{
    Connection, ConnectionProperties, ErrorKind,
    protocol::{AMQPErrorKind, AMQPHardError, AMQPSoftError},
    runtime,
    tcp::{OwnedIdentity, OwnedTLSConfig},
    uri::AMQPUri,
};

use super::super::{Access, QueueError};

/// How often each side says that it is alive, in seconds; after two silences a connection counts as lost.
const HEARTBEAT: u16 = 10;

/// The largest frame of the connection that publishes, in bytes: headers travel in one frame, and those of a dead letter
/// are bounded. The client keeps room for 32 frames each way, which with a broker's usual 128 KiB is 8 MiB for each
/// connection. The one that consumes takes what the broker offers, since others' messages may have larger headers.
const OWN_FRAME: u32 = 73_728;

/// What a connection is for. The broker may block those that publish, so those that consume have their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Publishing,
    Consuming,
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Publishing => "publishing",
            Self::Consuming => "consuming",
        })
    }
}

/// All that is needed to connect. It holds the password, so it is never shown.
pub(super) struct Dial {
    uri: AMQPUri,
    tls: OwnedTLSConfig,
    /// The broker's address with the password masked.
    place: String,
    timeout: Duration,
}

impl Dial {
    pub(super) fn new(access: &Access) -> Result<Self, QueueError> {
        let place = access.url.to_string();
        // What the parser says may quote the password.
        let malformed = |_| QueueError::Malformed(place.clone());
        let mut uri: AMQPUri = access.url.expose().parse().map_err(malformed)?;
        uri.query.heartbeat.get_or_insert(HEARTBEAT);
        Ok(Self { uri, tls: tls(access)?, place, timeout: access.timeout })
    }

    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Says that the broker cannot be reached.
    pub(super) fn unreachable(&self, cause: impl Into<String>) -> QueueError {
        QueueError::Unreachable { place: self.place.clone(), cause: cause.into() }
    }

    /// Connects once; `purpose` is part of the name under which the broker lists the connection.
    pub(super) async fn connect(&self, purpose: Purpose) -> Result<Connection, QueueError> {
        let mut uri = self.uri.clone();
        if purpose == Purpose::Publishing {
            uri.query.frame_max.get_or_insert(OWN_FRAME);
        }
        let name = format!("bindery {} {purpose}", std::process::id());
        let properties = ConnectionProperties::default().with_connection_name(name.into());
        let runtime = runtime::default_runtime().map_err(|error| self.explain(&error))?;
        let connecting = Connection::connect_uri_with_config(uri, properties, self.tls.clone(), runtime);
        match tokio::time::timeout(self.timeout, connecting).await {
            Ok(connected) => connected.map_err(|error| self.explain(&error)),
            Err(_) => Err(self.unreachable(format!("no answer within {} s", self.timeout.as_secs_f64()))),
        }
    }

    fn explain(&self, error: &lapin::Error) -> QueueError {
        let ErrorKind::ProtocolError(refusal) = error.kind() else { return self.unreachable(error.to_string()) };
        match refusal.kind() {
            AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED) => QueueError::LoginRefused { place: self.place.clone() },
            AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED) => QueueError::VhostRefused {
                place: self.place.clone(),
                vhost: self.uri.vhost.clone(),
                cause: refusal.get_message().to_string(),
            },
            _ => self.unreachable(error.to_string()),
        }
    }
}

fn tls(access: &Access) -> Result<OwnedTLSConfig, QueueError> {
    let cert_chain = access.ca_file.as_deref().map(read).transpose()?;
    let identity = match (&access.cert_file, &access.key_file) {
        (Some(pem), Some(key)) => Some(OwnedIdentity::PKCS8 { pem: read(pem)?.into(), key: read(key)?.into() }),
        (None, None) => None,
        _ => return Err(QueueError::HalfAnIdentity),
    };
    Ok(OwnedTLSConfig { identity, cert_chain })
}

fn read(path: &Path) -> Result<String, QueueError> {
    fs::read_to_string(path).map_err(|cause| QueueError::File { path: path.to_owned(), cause })
}
