//! Connections: how one is made, pooled, and dropped once it cannot be trusted.

use std::{fs, time::Duration};

use deadpool::{
    Runtime,
    managed::{Manager, Metrics, Object, Pool, RecycleResult},
};
use redis::{
    AsyncConnectionConfig, Client, FromRedisValue, Pipeline, RedisError, Script, TlsCertificates,
    aio::MultiplexedConnection,
};
use rustls::crypto::aws_lc_rs;

use crate::store::{Access, StoreError};

/// How long connecting may take, name lookup and handshakes included.
const CONNECT: Duration = Duration::from_secs(5);

/// A pool of connections to one server.
pub(super) struct Connections {
    pool: Pool<Server>,
}

/// A connection that nobody else uses meanwhile.
pub(super) struct Connection {
    object: Option<Object<Server>>,
    pool: Pool<Server>,
}

struct Server {
    client: Client,
    config: AsyncConnectionConfig,
}

impl Manager for Server {
    type Type = MultiplexedConnection;
    type Error = RedisError;

    async fn create(&self) -> Result<MultiplexedConnection, RedisError> {
        self.client.get_multiplexed_async_connection_with_config(&self.config).await
    }

    /// Asks nothing: a connection on which a command failed is never given back.
    async fn recycle(&self, _connection: &mut MultiplexedConnection, _metrics: &Metrics) -> RecycleResult<RedisError> {
        Ok(())
    }
}

impl Connections {
    /// Prepares connections; none is made yet.
    pub(super) fn new(access: &Access) -> Result<Self, StoreError> {
        let client = client(access).map_err(|cause| access.unusable(cause))?;
        // The client's own limit of half a second is too short for a large book on a busy server.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(access.timeout));
        let pool = Pool::builder(Server { client, config })
            .max_size(access.connections as usize)
            .wait_timeout(Some(access.timeout + CONNECT))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| access.unusable(error.to_string()))?;
        Ok(Self { pool })
    }

    /// Waits for a connection that is free.
    pub(super) async fn get(&self) -> Result<Connection, StoreError> {
        let object = self.pool.get().await.map_err(|error| StoreError::Failed(error.to_string()))?;
        Ok(Connection { object: Some(object), pool: self.pool.clone() })
    }

    /// Runs commands in one round trip.
    pub(super) async fn query<T: FromRedisValue>(&self, commands: &Pipeline) -> Result<T, StoreError> {
        self.get().await?.query(commands).await
    }

    /// Runs a script.
    pub(super) async fn script<T: FromRedisValue>(&self, call: &Call<'_>) -> Result<T, StoreError> {
        self.get().await?.script(call).await
    }
}

/// A script with its keys and arguments.
pub(super) struct Call<'a> {
    pub(super) script: &'a Script,
    pub(super) keys: Vec<String>,
    pub(super) args: Vec<Vec<u8>>,
}

impl Connection {
    /// Runs commands in one round trip.
    pub(super) async fn query<T: FromRedisValue>(&mut self, commands: &Pipeline) -> Result<T, StoreError> {
        loop {
            let mut connection = self.connection().await?;
            let outcome = commands.query_async(&mut connection).await;
            if let Some(outcome) = self.judge(outcome) {
                return outcome;
            }
        }
    }

    /// Runs a script.
    pub(super) async fn script<T: FromRedisValue>(&mut self, call: &Call<'_>) -> Result<T, StoreError> {
        loop {
            let mut connection = self.connection().await?;
            let mut invocation = call.script.prepare_invoke();
            invocation.key(&call.keys);
            for arg in &call.args {
                invocation.arg(arg);
            }
            let outcome = invocation.invoke_async(&mut connection).await;
            if let Some(outcome) = self.judge(outcome) {
                return outcome;
            }
        }
    }

    async fn connection(&mut self) -> Result<MultiplexedConnection, StoreError> {
        if self.object.is_none() {
            let object = self.pool.get().await.map_err(|error| StoreError::Failed(error.to_string()))?;
            self.object = Some(object);
        }
        Ok((**self.object.as_ref().expect("it was filled in the lines above")).clone())
    }

    /// Drops a connection that cannot be trusted; none where the command is to be sent again. What had lain in the pool
    /// is used again only once: a server that was restarted has cut all connections, and says so at their next use. Every
    /// command may be repeated, whatever became of it.
    fn judge<T>(&mut self, outcome: Result<T, RedisError>) -> Option<Result<T, StoreError>> {
        let error = match outcome {
            Ok(value) => return Some(Ok(value)),
            Err(error) => error,
        };
        if error.is_io_error() || error.is_unrecoverable_error() {
            let stale = self.object.take().is_some_and(|object| {
                let used = Object::metrics(&object).recycle_count > 0;
                drop(Object::take(object));
                used
            });
            if stale && !error.is_timeout() {
                self.pool.retain(|_, _| false);
                return None;
            }
        }
        Some(Err(StoreError::Failed(error.to_string())))
    }
}

fn client(access: &Access) -> Result<Client, String> {
    let url = access.url.expose();
    if access.url.scheme() == "redis" {
        return Client::open(url).map_err(|error| error.to_string());
    }
    // A process has one provider; where another part of the program has chosen it already, that one stays.
    let _ = aws_lc_rs::default_provider().install_default();
    let authority = |path: &std::path::PathBuf| {
        fs::read(path).map_err(|error| format!("the file {} cannot be read: {error}", path.display()))
    };
    let root_cert = access.ca_file.as_ref().map(authority).transpose()?;
    Client::build_with_tls(url, TlsCertificates { client_tls: None, root_cert }).map_err(|error| error.to_string())
}
