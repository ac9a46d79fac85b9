//! The address of one server, of the sentinels that watch it, or of the nodes of a cluster.

use percent_encoding::percent_decode_str;
use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisConnectionInfo};

/// Where sentinels listen unless an address says otherwise.
const SENTINEL: u16 = 26_379;

/// The servers that an address names.
#[derive(Debug)]
pub(super) enum Address {
    /// One server.
    Server(ConnectionInfo),
    /// The server that the sentinels name as the master.
    Sentinels {
        /// How each sentinel is reached.
        sentinels: Vec<ConnectionInfo>,
        /// The sentinels' name for the master.
        master: String,
        /// The login and settings for the master.
        login: RedisConnectionInfo,
    },
    /// Some nodes of a cluster, which name the others.
    Cluster(Vec<ConnectionInfo>),
}

/// A fault of an address. No message quotes the address, since any piece of a broken one may be its password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Flaw {
    #[error(
        "is not `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`; what a password has of `/?#@,%` is percent-encoded"
    )]
    Server,
    #[error("names several hosts; write `redis+cluster://` or `redis+sentinel://` before them")]
    Several,
    #[error("has no HOST or HOST:PORT as number {0} of its hosts; what a password has of `/?#@,%` is percent-encoded")]
    Host(usize),
    #[error("names no master; write its name after the sentinels, as in `redis+sentinel://HOST:26379/MASTER`")]
    NoMaster,
    #[error("has more than hosts; a cluster has neither databases nor options, so write `redis+cluster://HOST,HOST`")]
    ClusterHasMore,
    #[error("has an option other than `db=NUMBER`, `sentinel_user=NAME` and `sentinel_password=PASSWORD`")]
    Option,
}

impl Address {
    /// Reads an address.
    pub(super) fn parse(url: &str) -> Result<Self, Flaw> {
        let (scheme, rest) = url.split_once("://").ok_or(Flaw::Server)?;
        match scheme.split_once('+') {
            Some((scheme, "sentinel")) => Self::sentinels(scheme, rest),
            Some((scheme, "cluster")) => Self::cluster(scheme, rest),
            _ => Self::server(url),
        }
    }

    /// Returns whether the connections are encrypted.
    pub(super) fn has_tls(&self) -> bool {
        let first = match self {
            Self::Server(server) => Some(server),
            Self::Sentinels { sentinels: hosts, .. } | Self::Cluster(hosts) => hosts.first(),
        };
        first.is_some_and(|info| matches!(info.addr(), ConnectionAddr::TcpTls { .. }))
    }

    fn server(url: &str) -> Result<Self, Flaw> {
        let hosts = url.rsplit_once('@').or(url.split_once("://")).map_or(url, |(_, hosts)| hosts);
        if hosts.split(['/', '?']).next().is_some_and(|hosts| hosts.contains(',')) {
            return Err(Flaw::Several);
        }
        url.into_connection_info().map(Self::Server).map_err(|_| Flaw::Server)
    }

    fn sentinels(scheme: &str, rest: &str) -> Result<Self, Flaw> {
        let (before, options) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, master) = before.split_once('/').ok_or(Flaw::NoMaster)?;
        let master = decoded(master).filter(|master| !master.is_empty() && !master.contains('/'));
        let master = master.ok_or(Flaw::NoMaster)?;
        let hosts = hosts(scheme, authority, SENTINEL)?;
        let mut login = hosts.first().ok_or(Flaw::Host(1))?.redis_settings().clone();
        let mut asking = RedisConnectionInfo::default();
        for option in options.split('&').filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=').ok_or(Flaw::Option)?;
            let value = decoded(value).ok_or(Flaw::Option)?;
            match name {
                "db" => login = login.set_db(value.parse().ok().filter(|db| *db >= 0).ok_or(Flaw::Option)?),
                "sentinel_user" => asking = asking.set_username(value),
                "sentinel_password" => asking = asking.set_password(value),
                _ => return Err(Flaw::Option),
            }
        }
        let sentinels = hosts.into_iter().map(|host| host.set_redis_settings(asking.clone())).collect();
        Ok(Self::Sentinels { sentinels, master, login })
    }

    fn cluster(scheme: &str, rest: &str) -> Result<Self, Flaw> {
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#']) {
            return Err(Flaw::ClusterHasMore);
        }
        hosts(scheme, authority, 6_379).map(Self::Cluster)
    }
}

/// Reads `[USER:PASSWORD@]HOST[:PORT],HOST[:PORT]`.
fn hosts(scheme: &str, authority: &str, port: u16) -> Result<Vec<ConnectionInfo>, Flaw> {
    let (login, hosts) = match authority.rsplit_once('@') {
        Some((login, hosts)) => (format!("{login}@"), hosts),
        None => (String::new(), authority),
    };
    let host = |(before, host): (usize, &str)| {
        // A colon within brackets belongs to an IPv6 address.
        let named = host.rsplit(']').next().is_some_and(|rest| rest.contains(':'));
        let host = if named || host.is_empty() { host.to_owned() } else { format!("{host}:{port}") };
        format!("{scheme}://{login}{host}").into_connection_info().map_err(|_| Flaw::Host(before + 1))
    };
    hosts.split(',').enumerate().map(host).collect()
}

fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(infos: &[ConnectionInfo]) -> Vec<String> {
        infos.iter().map(|info| info.addr().to_string()).collect()
    }

    fn login(info: &RedisConnectionInfo) -> (Option<&str>, Option<&str>, i64) {
        (info.username(), info.password(), info.db())
    }

    #[test]
    fn sentinels_and_their_master_have_separate_logins() {
        let url = "redis+sentinel://me:hu%2Csh@a,b:7000,[::1]/the%20books?db=3&sentinel_user=s&sentinel_password=p%26q";
        let Ok(Address::Sentinels { sentinels, master, login: server }) = Address::parse(url) else { panic!("{url}") };
        assert_eq!(places(&sentinels), ["a:26379", "b:7000", "::1:26379"]);
        assert!(sentinels.iter().all(|info| login(info.redis_settings()) == (Some("s"), Some("p&q"), 0)));
        assert_eq!((master.as_str(), login(&server)), ("the books", (Some("me"), Some("hu,sh"), 3)));
    }

    #[test]
    fn all_nodes_of_a_cluster_have_the_same_login() {
        let Ok(Address::Cluster(nodes)) = Address::parse("rediss+cluster://:hush@a,b:7000") else { panic!() };
        assert_eq!(places(&nodes), ["a:6379", "b:7000"]);
        assert!(nodes.iter().all(|info| login(info.redis_settings()) == (None, Some("hush"), 0)));
        assert!(Address::Cluster(nodes).has_tls());
        assert!(!Address::parse("redis+cluster://a").unwrap().has_tls());
    }

    #[test]
    fn the_error_of_a_broken_address_says_what_to_write_and_quotes_nothing() {
        for (url, flaw) in [
            ("redis://", Flaw::Server),
            ("redis://a/books", Flaw::Server),
            ("redis://:hush@a,b", Flaw::Several),
            ("redis://a:6379,b:6379/0", Flaw::Several),
            ("redis+cluster://", Flaw::Host(1)),
            ("redis+cluster://a,,c", Flaw::Host(2)),
            ("redis+cluster://a,b:port", Flaw::Host(2)),
            ("redis+cluster://a,b/1", Flaw::ClusterHasMore),
            ("redis+cluster://:hu/sh@a", Flaw::ClusterHasMore),
            ("redis+sentinel://a:26379", Flaw::NoMaster),
            ("redis+sentinel://a:26379/", Flaw::NoMaster),
            ("redis+sentinel:///books", Flaw::Host(1)),
            ("redis+sentinel://:hu/sh@a/books", Flaw::NoMaster),
            ("redis+sentinel://a/books?db=one", Flaw::Option),
            ("redis+sentinel://a/books?sentinel_password=hu&sh", Flaw::Option),
        ] {
            let found = Address::parse(url).err();
            assert_eq!(found, Some(flaw), "{url}");
            assert!(!flaw.to_string().contains("hu"), "{flaw}");
        }
    }
}
