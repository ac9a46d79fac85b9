//! A private Redis Cluster.

use std::{iter, path::PathBuf, sync::Arc};

use super::{Redis, certified};
use crate::{certificates::Certificates, guardian::folder, port::Port};

/// Three masters, each with a replica. They end with this value, at the latest with the process.
pub struct RedisCluster {
    nodes: Vec<Redis>,
    /// The ports on which the nodes talk to each other.
    _buses: Vec<Port>,
}

/// The nodes that hold a key.
#[derive(Clone, Copy)]
pub struct Holders<'a> {
    /// The master.
    pub master: &'a Redis,
    /// The replica of the master.
    pub replica: &'a Redis,
}

impl RedisCluster {
    /// Starts a cluster and waits until it serves and can survive the loss of a master.
    #[must_use]
    #[track_caller]
    pub fn start() -> Self {
        Self::run(folder("redis"), None)
    }

    /// Starts a cluster that speaks only TLS, between its nodes too, with certificates of [`Self::certificates`].
    #[must_use]
    #[track_caller]
    pub fn start_tls() -> Self {
        let (home, certificates) = certified();
        Self::run(home, Some(&certificates))
    }

    #[track_caller]
    fn run(home: PathBuf, certificates: Option<&Arc<Certificates>>) -> Self {
        let buses: Vec<_> = (0..6).map(|_| Port::claim()).collect();
        let homes = iter::once(home).chain(iter::repeat_with(|| folder("redis")));
        let nodes: Vec<_> = buses.iter().zip(homes).map(|(bus, home)| node(home, bus.number(), certificates)).collect();
        let cluster = Self { nodes, _buses: buses };
        let addresses: Vec<_> = cluster.nodes.iter().map(Redis::address).collect();
        let mut create = vec!["--cluster", "create"];
        create.extend(addresses.iter().map(String::as_str));
        create.extend(["--cluster-replicas", "1", "--cluster-yes"]);
        cluster.nodes[0].cli(&create);
        cluster.wait_until_whole();
        cluster
    }

    /// Returns `redis+cluster://127.0.0.1:PORT,127.0.0.1:PORT,...` with all nodes; with TLS `rediss+cluster://...`.
    #[must_use]
    pub fn url(&self) -> String {
        let addresses: Vec<_> = self.nodes.iter().map(Redis::address).collect();
        format!("{}+cluster://{}", self.nodes[0].scheme(), addresses.join(","))
    }

    /// Returns the certificates; `None` without TLS.
    #[must_use]
    pub fn certificates(&self) -> Option<&Certificates> {
        self.nodes[0].certificates()
    }

    /// Returns the nodes.
    #[must_use]
    pub fn nodes(&self) -> &[Redis] {
        &self.nodes
    }

    /// Returns the nodes that are masters now.
    #[track_caller]
    pub fn masters(&self) -> Vec<&Redis> {
        let is_master = |node: &&Redis| node.replication("role").as_deref() == Some("master");
        self.nodes.iter().filter(is_master).collect()
    }

    /// Returns the nodes that hold a key now.
    #[track_caller]
    pub fn holders(&self, key: &str) -> Holders<'_> {
        let slot: u16 = self.nodes[0].cli(&["CLUSTER", "KEYSLOT", key]).parse().expect("a slot is a number");
        let nodes = self.nodes[0].cli(&["CLUSTER", "NODES"]);
        // The fields are: id, address@bus, flags, master, two times, epoch, link, slots.
        let lines: Vec<Vec<_>> = nodes.lines().map(|line| line.split(' ').collect()).collect();
        let has = |range: &&str| {
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            from.parse().ok().zip(to.parse().ok()).is_some_and(|(from, to): (u16, u16)| (from..=to).contains(&slot))
        };
        let master = lines.iter().find(|fields| fields[8..].iter().any(has)).expect("each slot has a master");
        let replica = lines.iter().find(|fields| fields[3] == master[0]).expect("each master has a replica");
        let node = |fields: &[&str]| {
            let address = fields[1].split('@').next().expect("a node has an address");
            self.nodes.iter().find(|node| node.address() == address).expect("all nodes are known")
        };
        Holders { master: node(master), replica: node(replica) }
    }

    /// Kills a master, waits until its replica serves in its place, and starts it again as a replica of the new master.
    #[track_caller]
    pub fn kill_a_master(&self) {
        self.wait_until_whole();
        let masters = self.masters();
        self.kill_master(masters.first().expect("a whole cluster has masters"));
    }

    /// Does the same with the given master.
    #[track_caller]
    pub fn kill_master(&self, killed: &Redis) {
        self.wait_until_whole();
        killed.kill();
        self.wait_until_replaced(killed);
        killed.start_again();
        self.wait_until_whole();
    }

    /// Freezes a master, waits until its replica serves in its place, and thaws it, so that it becomes a replica of the
    /// new master.
    #[track_caller]
    pub fn freeze_master(&self, frozen: &Redis) {
        self.wait_until_whole();
        frozen.process().freeze();
        self.wait_until_replaced(frozen);
        frozen.process().thaw();
        self.wait_until_whole();
    }

    #[track_caller]
    fn wait_until_replaced(&self, master: &Redis) {
        for node in self.nodes.iter().filter(|node| node.port() != master.port()) {
            node.guardian
                .wait_until("see the replica take over", || serves(node) && !holds_slots(node, &master.address()));
        }
    }

    /// Waits until every node knows three masters and their replicas, and all replicas are connected to their masters.
    #[track_caller]
    fn wait_until_whole(&self) {
        for node in &self.nodes {
            node.guardian.wait_until("join the cluster", || {
                let is_connected = match node.replication("role").as_deref() {
                    Some("master") => node.replication("connected_slaves").as_deref() == Some("1"),
                    _ => node.replication("master_link_status").as_deref() == Some("up"),
                };
                is_connected && serves(node) && masters(node).len() == 3 && replicas(node) == 3
            });
        }
    }
}

#[track_caller]
fn node(home: PathBuf, bus: u16, certificates: Option<&Arc<Certificates>>) -> Redis {
    // A node counts as dead after two seconds without an answer: long enough on a busy machine, short enough for a test.
    let bus = bus.to_string();
    let mut settings = vec!["--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-port", &bus];
    if certificates.is_some() {
        settings.extend(["--tls-cluster", "yes"]);
    }
    Redis::run_in(home, certificates, &settings)
}

fn serves(node: &Redis) -> bool {
    node.cli(&["CLUSTER", "INFO"]).lines().any(|line| line.trim() == "cluster_state:ok")
}

/// Returns the addresses of the masters that one node sees serving.
fn masters(node: &Redis) -> Vec<String> {
    let nodes = node.cli(&["CLUSTER", "NODES"]);
    let master = |line: &str| {
        // The fields are: id, address@bus, flags, master, two times, epoch, link, slots.
        let fields: Vec<_> = line.split(' ').collect();
        let (address, flags) = (fields.get(1)?.split('@').next()?, fields.get(2)?);
        let serves = flags.split(',').any(|flag| flag == "master") && !flags.contains("fail") && fields.len() > 8;
        serves.then(|| address.to_owned())
    };
    nodes.lines().filter_map(master).collect()
}

/// Returns whether one node sees the node at an address hold slots. A master that only does not answer still holds its
/// own, until its replica has been elected.
fn holds_slots(node: &Redis, address: &str) -> bool {
    let nodes = node.cli(&["CLUSTER", "NODES"]);
    let is_holder = |line: &str| {
        let fields: Vec<_> = line.split(' ').collect();
        fields.len() > 8 && fields[1].split('@').next() == Some(address)
    };
    nodes.lines().any(is_holder)
}

/// Returns how many replicas of known masters one node sees.
fn replicas(node: &Redis) -> usize {
    let nodes = node.cli(&["CLUSTER", "NODES"]);
    let lines: Vec<Vec<_>> = nodes.lines().map(|line| line.split(' ').collect()).collect();
    let follows = |fields: &&Vec<&str>| fields.len() > 3 && lines.iter().any(|master| master[0] == fields[3]);
    lines.iter().filter(follows).count()
}
