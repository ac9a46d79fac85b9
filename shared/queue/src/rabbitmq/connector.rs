//! Connecting to the broker, and what its refusals mean.

use std::{fmt, fs, path::Path, time::Duration};

use lapin::{
    Connection, ConnectionProperties, ErrorKind,
    protocol::{AMQPErrorKind, AMQPHardError, AMQPSoftError},
    runtime,
    tcp::{OwnedIdentity, OwnedTLSConfig},
    uri::{AMQPUri, SASLMechanism},
};

use super::{
    super::{Access, QueueError},
    short_string,
};

/// How often each side sends a heartbeat, in seconds. A connection counts as lost after two that are missing.
const HEARTBEAT_SECONDS: u16 = 10;

/// The largest frame of the publishing connection, in bytes. All headers travel in one frame, and those of a dead letter
/// are bounded. The client keeps room for 32 frames each way: with a broker's usual 128 KiB that is 8 MiB for each
/// connection. The consuming connection accepts what the broker offers, since other programs' messages may have larger
/// headers.
const PUBLISHING_FRAME_MAX: u32 = 73_728;

/// What a connection is for. The broker may block a connection that publishes, so consumers have one of their own.
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

/// Makes connections to one broker. It holds the password, so it is never printed.
pub(super) struct Connector {
    uri: AMQPUri,
    tls: OwnedTLSConfig,
    /// The broker's URL with the password masked.
    broker: String,
    timeout: Duration,
}

impl Connector {
    pub(super) fn new(access: &Access) -> Result<Self, QueueError> {
        let broker = access.url.to_string();
        // The parser's own message may quote the password.
        let malformed = |_| QueueError::MalformedUrl(broker.clone());
        let mut uri: AMQPUri = access.url.expose().parse().map_err(malformed)?;
        // The secret of the RabbitMQ Cluster Operator ends in a slash, and means the vhost `/`. No vhost has an empty name.
        if uri.vhost.is_empty() {
            "/".clone_into(&mut uri.vhost);
        }
        short_string::check("name of the vhost", &uri.vhost)?;
        uri.query.heartbeat.get_or_insert(HEARTBEAT_SECONDS);
        Ok(Self { uri, tls: tls(access)?, broker, timeout: access.timeout })
    }

    /// Returns the user that the broker knows this program as; `None` where a certificate and not the URL decides it.
    pub(super) fn user(&self) -> Option<&str> {
        let external = matches!(self.uri.query.auth_mechanism, Some(SASLMechanism::External));
        (!external).then_some(self.uri.authority.userinfo.username.as_str())
    }

    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(super) fn unreachable(&self, cause: impl Into<String>) -> QueueError {
        QueueError::Unreachable { broker: self.broker.clone(), cause: cause.into() }
    }

    /// Connects once. The broker lists the connection under a name that contains the purpose.
    pub(super) async fn connect(&self, purpose: Purpose) -> Result<Connection, QueueError> {
        let mut uri = self.uri.clone();
        if purpose == Purpose::Publishing {
            uri.query.frame_max.get_or_insert(PUBLISHING_FRAME_MAX);
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

    /// Returns what a failure to connect means to an operator.
    fn explain(&self, error: &lapin::Error) -> QueueError {
        let ErrorKind::ProtocolError(refusal) = error.kind() else { return self.unreachable(error.to_string()) };
        match refusal.kind() {
            AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED) => {
                QueueError::LoginRefused { broker: self.broker.clone() }
            }
            AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED) => QueueError::VhostRefused {
                broker: self.broker.clone(),
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
        _ => return Err(QueueError::IncompleteIdentity),
    };
    Ok(OwnedTLSConfig { identity, cert_chain })
}

fn read(path: &Path) -> Result<String, QueueError> {
    fs::read_to_string(path).map_err(|cause| QueueError::File { path: path.to_owned(), cause })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_ends_in_a_slash_names_the_default_vhost() {
        for (path, vhost) in [("", "/"), ("/", "/"), ("/%2F", "/"), ("/books", "books")] {
            let connector = Connector::new(&Access::new(&format!("amqp://user:pass@broker:5672{path}"))).unwrap();
            assert_eq!(connector.uri.vhost, vhost, "{path}");
        }
    }
}
