//! How a connection is made, and which server each command goes to.

use std::{fs, io, path::PathBuf, time::Duration};

use deadpool::managed::{Manager, Metrics, RecycleResult};
use futures_util::future;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionInfo, FromRedisValue, Pipeline, RedisConnectionInfo, RedisError,
    RedisFuture, RedisResult, TlsCertificates, TlsMode, Value,
    aio::{ConnectionLike, MultiplexedConnection},
    cluster::{ClusterClient, ClusterClientBuilder},
    cluster_async::ClusterConnection,
    cluster_routing::{MultipleNodeRoutingInfo, Route, RoutingInfo, SingleNodeRoutingInfo, SlotAddr},
    sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType},
};
use tokio::sync::Mutex;

use super::address::Address;
use crate::Access;

/// How long connecting may take, including name lookup, handshakes and the questions to sentinels.
pub(super) const CONNECT: Duration = Duration::from_secs(5);

/// How long connecting to one node of a cluster may take. The client waits for a node that is down twice: once because the
/// address names it and once because the other nodes name it.
const CONNECT_NODE: Duration = Duration::from_millis(1_500);

/// The pauses between two tries on a changing cluster, in milliseconds: the first and the longest.
const PAUSES: (u64, u64) = (20, 500);

/// The servers that connections are made to.
pub(super) struct Servers {
    way: Way,
    config: AsyncConnectionConfig,
}

/// Why no connection can be prepared.
#[derive(Debug, thiserror::Error)]
pub(super) enum SetupError {
    #[error("the file {path} cannot be read: {error}")]
    Certificate { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Client(#[from] RedisError),
}

enum Way {
    Server(Client),
    /// The sentinels are asked again for each connection, since the master changes.
    Sentinels(Mutex<SentinelClient>),
    Cluster(ClusterClient),
}

impl Servers {
    /// Prepares for connecting, but connects to nothing yet.
    pub(super) fn new(address: Address, access: &Access) -> Result<Self, SetupError> {
        let certificates = address.has_tls().then(|| certificates(access)).transpose()?;
        let way = Way::new(address, access, certificates)?;
        // The client's default limit of half a second is too short for a large book on a busy server.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(access.timeout));
        Ok(Self { way, config })
    }
}

impl Way {
    fn new(address: Address, access: &Access, certificates: Option<TlsCertificates>) -> RedisResult<Self> {
        match (address, certificates) {
            (Address::Server(server), None) => Client::open(server).map(Self::Server),
            (Address::Server(server), Some(certificates)) => {
                Client::build_with_tls(server, certificates).map(Self::Server)
            }
            (Address::Sentinels { sentinels, master, login }, certificates) => {
                let client = ask(&sentinels, &master, &login, certificates)?;
                Ok(Self::Sentinels(Mutex::new(client)))
            }
            (Address::Cluster(nodes), certificates) => {
                let (first, longest) = PAUSES;
                let mut builder = ClusterClientBuilder::new(nodes)
                    .connection_timeout(CONNECT_NODE)
                    .response_timeout(access.timeout)
                    .min_retry_wait(first)
                    .max_retry_wait(longest);
                if let Some(certificates) = certificates {
                    builder = builder.certs(certificates);
                }
                builder.build().map(Self::Cluster)
            }
        }
    }
}

/// Prepares for asking the sentinels which server is the master.
fn ask(
    sentinels: &[ConnectionInfo],
    master: &str,
    login: &RedisConnectionInfo,
    certificates: Option<TlsCertificates>,
) -> RedisResult<SentinelClient> {
    let places = sentinels.iter().map(|sentinel| sentinel.addr().clone());
    let mut builder = SentinelClientBuilder::new(places, master, SentinelServerType::Master)?;
    builder = builder.set_client_to_redis_db(login.db());
    if let Some(name) = login.username() {
        builder = builder.set_client_to_redis_username(name);
    }
    if let Some(password) = login.password() {
        builder = builder.set_client_to_redis_password(password);
    }
    let asking = sentinels.first().map(ConnectionInfo::redis_settings);
    if let Some(name) = asking.and_then(RedisConnectionInfo::username) {
        builder = builder.set_client_to_sentinel_username(name);
    }
    if let Some(password) = asking.and_then(RedisConnectionInfo::password) {
        builder = builder.set_client_to_sentinel_password(password);
    }
    if let Some(certificates) = certificates {
        builder = builder
            .set_client_to_redis_tls_mode(TlsMode::Secure)
            .set_client_to_redis_certificates(certificates.clone())
            .set_client_to_sentinel_certificates(certificates);
    }
    builder.build()
}

fn certificates(access: &Access) -> Result<TlsCertificates, SetupError> {
    bindery_tls::use_ring();
    let authority =
        |path: &PathBuf| fs::read(path).map_err(|error| SetupError::Certificate { path: path.clone(), error });
    let root_cert = access.ca_file.as_ref().map(authority).transpose()?;
    Ok(TlsCertificates { client_tls: None, root_cert })
}

impl Manager for Servers {
    type Type = Link;
    type Error = RedisError;

    async fn create(&self) -> RedisResult<Link> {
        let client = match &self.way {
            Way::Server(client) => client.clone(),
            Way::Sentinels(sentinels) => sentinels.lock().await.async_get_client().await?,
            Way::Cluster(client) => return client.get_async_connection().await.map(Link::Cluster),
        };
        client.get_multiplexed_async_connection_with_config(&self.config).await.map(Link::Server)
    }

    /// Checks nothing: a connection on which a command failed is never returned to the pool, and a master that sentinels
    /// demote closes all its connections.
    async fn recycle(&self, _link: &mut Link, _metrics: &Metrics) -> RecycleResult<RedisError> {
        Ok(())
    }
}

/// The answer to a command that others may have followed in the same round trip.
pub(super) struct Answered<T> {
    pub(super) answer: T,
    /// Whether the others were run.
    pub(super) followed: bool,
}

/// What one master answers.
pub(super) struct OfMaster<T> {
    /// The master's address; `None` where there is only one server.
    pub(super) node: Option<String>,
    pub(super) answer: T,
}

/// A connection to one server, or to all nodes of a cluster.
#[derive(Clone)]
pub(super) enum Link {
    Server(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Link {
    /// Runs commands concurrently on keys that may be on different nodes. Returns an answer or an error of each.
    pub(super) async fn spread(&mut self, commands: &[Cmd]) -> RedisResult<Vec<RedisResult<Value>>> {
        match self {
            Self::Server(server) => {
                let mut pipe = redis::pipe();
                for command in commands {
                    pipe.add_command(command.clone());
                }
                let answers = server.req_packed_commands(&pipe, 0, commands.len()).await?;
                Ok(answers.into_iter().map(Value::extract_error).collect())
            }
            Self::Cluster(cluster) => {
                let run = |command| {
                    let mut cluster = cluster.clone();
                    async move { cluster.req_packed_command(command).await.and_then(Value::extract_error) }
                };
                Ok(future::join_all(commands.iter().map(run)).await)
            }
        }
    }

    /// Runs a command and, in the same round trip, others after it. The others run only on a single server, since the nodes
    /// of a cluster keep no order.
    pub(super) async fn first(&mut self, command: Cmd, following: &[Cmd]) -> RedisResult<Answered<Value>> {
        let Self::Server(server) = self else {
            return Ok(Answered { answer: command.query_async(self).await?, followed: false });
        };
        let mut pipe = redis::pipe();
        pipe.add_command(command);
        for command in following {
            pipe.add_command(command.clone());
        }
        let mut answers = server.req_packed_commands(&pipe, 0, 1 + following.len()).await?.into_iter();
        let answer = answers.next().unwrap_or(Value::Nil).extract_error()?;
        Ok(Answered { answer, followed: answers.all(|answer| answer.extract_error().is_ok()) })
    }

    /// Sends a command to every master.
    pub(super) async fn masters(&mut self, command: &Cmd) -> RedisResult<Vec<OfMaster<Value>>> {
        match self {
            Self::Server(server) => Ok(vec![OfMaster { node: None, answer: command.query_async(server).await? }]),
            Self::Cluster(cluster) => {
                let all = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
                let answers: Vec<(String, Value)> =
                    redis::from_redis_value(cluster.route_command(command.clone(), all).await?)?;
                let read = |(node, answer): (String, Value)| {
                    Ok(OfMaster { node: Some(node), answer: answer.extract_error()? })
                };
                answers.into_iter().map(read).collect()
            }
        }
    }

    /// Sends a command to the master of each key, concurrently.
    pub(super) async fn masters_of<T: FromRedisValue>(&self, keys: &[&str], command: &Cmd) -> RedisResult<Vec<T>> {
        let ask = |key: &&str| {
            let route = Route::with_key(key, SlotAddr::Master);
            let mut link = self.clone();
            async move {
                let Self::Cluster(cluster) = &mut link else { return command.query_async(&mut link).await };
                let master = RoutingInfo::SingleNode(SingleNodeRoutingInfo::SpecificNode(route));
                Ok(redis::from_redis_value(cluster.route_command(command.clone(), master).await?.extract_error()?)?)
            }
        };
        future::try_join_all(keys.iter().map(ask)).await
    }
}

impl ConnectionLike for Link {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Server(server) => server.req_packed_command(command),
            Self::Cluster(cluster) => cluster.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        commands: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Server(server) => server.req_packed_commands(commands, offset, count),
            Self::Cluster(cluster) => cluster.req_packed_commands(commands, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Server(server) => server.get_db(),
            Self::Cluster(cluster) => cluster.get_db(),
        }
    }
}
