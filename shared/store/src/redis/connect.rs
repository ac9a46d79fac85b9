//! Connections, which are pooled, and dropped once they cannot be trusted.

use std::time::Duration;

use deadpool::{
    Runtime,
    managed::{Object, Pool, PoolError, TimeoutType},
};
use redis::{Cmd, ErrorKind, FromRedisValue, Pipeline, RedisError, RedisResult, ServerErrorKind, Value};

use super::{
    address::Address,
    link::{Answered, CONNECT, Link, OfMaster, Servers},
    scripts::Call,
};
use crate::{Access, StoreError};

/// The error of a server whose key has another type than the command expects.
const WRONG_TYPE: &str = "WRONGTYPE";

/// A pool of connections to one server, to the master that sentinels name, or to a cluster.
pub(super) struct Connections {
    pool: Pool<Servers>,
    timeout: Duration,
}

/// A connection that nobody else uses at the same time.
pub(super) struct Connection {
    object: Option<Object<Servers>>,
    pool: Pool<Servers>,
    timeout: Duration,
}

impl Connections {
    /// Prepares the pool, but makes no connection yet.
    pub(super) fn new(access: &Access) -> Result<Self, StoreError> {
        let address = Address::parse(access.url.expose());
        let address = address.map_err(|flaw| access.unusable(format!("its address {flaw}")))?;
        let servers = Servers::new(address, access).map_err(|error| access.unusable(error.to_string()))?;
        let pool = Pool::builder(servers)
            .max_size(access.connections as usize)
            .wait_timeout(Some(access.timeout + CONNECT))
            .create_timeout(Some(CONNECT))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| access.unusable(error.to_string()))?;
        Ok(Self { pool, timeout: access.timeout })
    }

    /// Waits for a free connection.
    pub(super) async fn get(&self) -> Result<Connection, StoreError> {
        let mut connection = Connection { object: None, pool: self.pool.clone(), timeout: self.timeout };
        connection.link().await?;
        Ok(connection)
    }

    /// Runs commands on keys of one hash tag in one round trip.
    pub(super) async fn query<T: FromRedisValue>(&self, commands: &Pipeline) -> Result<T, StoreError> {
        self.get().await?.query(commands).await
    }

    /// Runs commands concurrently, each on keys of one hash tag.
    pub(super) async fn each<T: FromRedisValue>(&self, commands: &[Cmd]) -> Result<Vec<T>, StoreError> {
        self.get().await?.each(commands).await
    }

    /// Does the same with commands that read, each of which may meet a key of another type than it should have.
    pub(super) async fn each_readable<T: FromRedisValue>(
        &self,
        commands: &[Cmd],
    ) -> Result<Vec<Result<T, StoreError>>, StoreError> {
        self.get().await?.each_readable(commands).await
    }

    /// Sends a command to every master.
    pub(super) async fn masters(&self, command: &Cmd) -> Result<Vec<OfMaster<Value>>, StoreError> {
        self.get().await?.run(|mut link| async move { link.masters(command).await }).await
    }

    /// Runs a script.
    pub(super) async fn script<T: FromRedisValue>(&self, call: &Call<'_>) -> Result<T, StoreError> {
        self.get().await?.script(call).await
    }
}

impl Connection {
    /// Runs commands on keys of one hash tag in one round trip.
    pub(super) async fn query<T: FromRedisValue>(&mut self, commands: &Pipeline) -> Result<T, StoreError> {
        self.run(|mut link| async move { commands.query_async(&mut link).await }).await
    }

    /// Runs commands concurrently, each on keys of one hash tag.
    pub(super) async fn each<T: FromRedisValue>(&mut self, commands: &[Cmd]) -> Result<Vec<T>, StoreError> {
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        let run = |mut link: Link| async move { link.spread(commands).await?.into_iter().collect() };
        let answers: Vec<Value> = self.run(run).await?;
        let answers = answers.into_iter().map(redis::from_redis_value);
        answers.collect::<Result<_, _>>().map_err(|error| StoreError::Failed(error.to_string()))
    }

    async fn each_readable<T: FromRedisValue>(
        &mut self,
        commands: &[Cmd],
    ) -> Result<Vec<Result<T, StoreError>>, StoreError> {
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        let run = |mut link: Link| async move {
            let answers = link.spread(commands).await?.into_iter();
            let kept = answers.map(|answer| match answer {
                Err(error) if error.code() != Some(WRONG_TYPE) => Err(error),
                answer => Ok(answer),
            });
            kept.collect::<RedisResult<Vec<_>>>()
        };
        let answers = self.run(run).await?.into_iter();
        let unreadable = |error: RedisError| StoreError::Unreadable { what: "key", cause: error.to_string() };
        let read = |value| redis::from_redis_value(value).map_err(|error| StoreError::Failed(error.to_string()));
        Ok(answers.map(|answer| answer.map_err(unreadable).and_then(read)).collect())
    }

    /// Runs a script.
    pub(super) async fn script<T: FromRedisValue>(&mut self, call: &Call<'_>) -> Result<T, StoreError> {
        self.script_with(call, &[]).await.map(|answered| answered.answer)
    }

    /// Runs a script and, in the same round trip if possible, commands after it.
    pub(super) async fn script_with<T: FromRedisValue>(
        &mut self,
        call: &Call<'_>,
        following: &[Cmd],
    ) -> Result<Answered<T>, StoreError> {
        self.run(|mut link| async move { call.run(&mut link, following).await }).await
    }

    /// Sends a command to the master of each key, on this connection or not at all. The command asks about writes that
    /// were made on this connection.
    pub(super) async fn masters_of<T: FromRedisValue>(
        &mut self,
        keys: &[&str],
        command: &Cmd,
    ) -> Result<Vec<T>, StoreError> {
        let link = self.link().await?;
        match link.masters_of(keys, command).await {
            Ok(answers) => Ok(answers),
            Err(error) => {
                self.drop_link();
                Err(failed(&error, self.timeout))
            }
        }
    }

    /// Returns how long to wait for an answer.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    async fn run<T, F>(&mut self, what: impl Fn(Link) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = RedisResult<T>>,
    {
        loop {
            let link = self.link().await?;
            match what(link).await {
                Ok(value) => return Ok(value),
                Err(error) if self.was_stale(&error) => {}
                Err(error) => return Err(failed(&error, self.timeout)),
            }
        }
    }

    async fn link(&mut self) -> Result<Link, StoreError> {
        if self.object.is_none() {
            // Boxed, since the future that makes a new connection is large and rarely needed.
            let object = Box::pin(self.pool.get()).await;
            self.object = Some(object.map_err(|error| unconnected(error, self.timeout))?);
        }
        Ok((**self.object.as_ref().expect("it was filled in the lines above")).clone())
    }

    /// Drops a connection that cannot be trusted; returns whether to send the command again, which is safe for every command.
    /// Only a failure on a pooled connection is worth a second try. A restarted server has closed all its connections, and a
    /// server that is no longer the master refuses commands. Both show only when a pooled connection is next used.
    fn was_stale(&mut self, error: &RedisError) -> bool {
        if !error.is_io_error() && !error.is_unrecoverable_error() && !demoted(error) {
            return false;
        }
        let stale = self.drop_link() && !error.is_timeout();
        if stale {
            self.pool.retain(|_, _| false);
        }
        stale
    }

    /// Drops the connection for good; returns whether it came from the pool.
    fn drop_link(&mut self) -> bool {
        self.object.take().is_some_and(|object| {
            let pooled = Object::metrics(&object).recycle_count > 0;
            drop(Object::take(object));
            pooled
        })
    }
}

/// Returns whether a server reports that it is no longer the master.
fn demoted(error: &RedisError) -> bool {
    use ServerErrorKind::{MasterDown, ReadOnly};
    matches!(error.kind(), ErrorKind::Server(ReadOnly | MasterDown))
}

/// How servers and the proxies before them say that they do not have a command. The protocol has no code for it.
const UNAVAILABLE: [&str; 5] = ["unknown command", "not available", "not allowed", "not supported", "unsupported"];

/// Returns whether a server does not allow a command: to this user, or, as managed servers say it, to anyone.
fn is_forbidden(error: &RedisError) -> bool {
    match error.kind() {
        ErrorKind::Server(ServerErrorKind::NoPerm) => true,
        ErrorKind::Server(ServerErrorKind::ResponseError) => {
            let said = error.detail().unwrap_or_default().to_lowercase();
            UNAVAILABLE.iter().any(|unavailable| said.contains(unavailable))
        }
        _ => false,
    }
}

fn failed(error: &RedisError, timeout: Duration) -> StoreError {
    use ServerErrorKind::{Ask, BusyLoading, ClusterDown, MasterDown, Moved, ReadOnly, TryAgain};
    if error.kind() == ErrorKind::AuthenticationFailed {
        return StoreError::LoginRefused(error.to_string());
    }
    if is_forbidden(error) {
        return StoreError::NotAllowed(error.to_string());
    }
    StoreError::Failed(match error.kind() {
        _ if error.is_timeout() => format!("no answer came within {timeout:?}; the command may have run"),
        ErrorKind::Server(Ask | BusyLoading | ClusterDown | MasterDown | Moved | ReadOnly | TryAgain) => {
            format!("it is starting or changing its master, and will be back: {error}")
        }
        _ => error.to_string(),
    })
}

fn unconnected(error: PoolError<RedisError>, timeout: Duration) -> StoreError {
    StoreError::Failed(match error {
        PoolError::Backend(error) => return failed(&error, timeout),
        PoolError::Timeout(TimeoutType::Create) => format!("no connection could be made within {CONNECT:?}"),
        PoolError::Timeout(_) => format!("no connection became free within {:?}", timeout + CONNECT),
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forbids(answer: &str) -> bool {
        let refusal = redis::parse_redis_value(format!("-{answer}\r\n").as_bytes()).and_then(Value::extract_error);
        matches!(failed(&refusal.unwrap_err(), CONNECT), StoreError::NotAllowed(_))
    }

    #[test]
    fn a_command_that_a_server_does_not_have_is_not_allowed_however_it_says_so() {
        for answer in [
            "ERR unknown command 'CONFIG', with args beginning with: 'GET' 'save' ",
            "ERR Command is not available: 'WAIT'. See the documentation",
            "ERR unsupported command 'WAITAOF'",
            "ERR command 'CONFIG' is not allowed",
            "NOPERM this user has no permissions to run the 'info' command",
        ] {
            assert!(forbids(answer), "{answer}");
        }
    }

    #[test]
    fn a_server_that_has_a_command_and_fails_it_does_not_forbid_it() {
        for answer in [
            "OOM command not allowed when used memory > 'maxmemory'.",
            "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
            "READONLY You can't write against a read only replica.",
            "ERR WAIT cannot be used with replica instances.",
        ] {
            assert!(!forbids(answer), "{answer}");
        }
    }
}
