//! A private Redis Cluster.

use super::Redis;
use crate::port::Port;

/// Three masters and a replica of each. They end with this value, at the latest with the process.
pub struct RedisCluster {
    nodes: Vec<Redis>,
    /// The ports on which the nodes speak with one another.
    _buses: Vec<Port>,
}

impl RedisCluster {
    /// Starts a cluster and waits until it serves and can stand the loss of a master.
    #[must_use]
    #[track_caller]
    pub fn start() -> Self {
        let buses: Vec<_> = (0..6).map(|_| Port::claim()).collect();
        let nodes: Vec<_> = buses.iter().map(|bus| node(bus.number())).collect();
        let cluster = Self { nodes, _buses: buses };
        let addresses: Vec<_> = cluster.nodes.iter().map(Redis::address).collect();
        let mut create = vec!["--cluster", "create"];
        create.extend(addresses.iter().map(String::as_str));
        create.extend(["--cluster-replicas", "1", "--cluster-yes"]);
        cluster.nodes[0].cli(&create);
        cluster.wait_until_whole();
        cluster
    }

    /// Returns `redis+cluster://127.0.0.1:PORT,127.0.0.1:PORT,...` with all nodes.
    #[must_use]
    pub fn url(&self) -> String {
        let addresses: Vec<_> = self.nodes.iter().map(Redis::address).collect();
        format!("redis+cluster://{}", addresses.join(","))
    }

    /// Returns the nodes.
    #[must_use]
    pub fn nodes(&self) -> &[Redis] {
        &self.nodes
    }

    /// Kills a master, waits until its replica serves in its place, and has it come back as that one's replica.
    #[track_caller]
    pub fn kill_a_master(&self) {
        self.wait_until_whole();
        let is_master = |node: &&Redis| node.replication("role").as_deref() == Some("master");
        let killed = self.nodes.iter().find(is_master).expect("a whole cluster has masters");
        killed.kill();
        for node in self.nodes.iter().filter(|node| node.port() != killed.port()) {
            node.guardian
                .wait_until("see the replica take over", || serves(node) && !masters(node).contains(&killed.address()));
        }
        killed.start_again();
        self.wait_until_whole();
    }

    /// Waits until every node knows three masters and all replicas are in step.
    #[track_caller]
    fn wait_until_whole(&self) {
        for node in &self.nodes {
            node.guardian.wait_until("join the cluster", || {
                let in_step = match node.replication("role").as_deref() {
                    Some("master") => node.replication("connected_slaves").as_deref() == Some("1"),
                    _ => node.replication("master_link_status").as_deref() == Some("up"),
                };
                in_step && serves(node) && masters(node).len() == 3
            });
        }
    }
}

#[track_caller]
fn node(bus: u16) -> Redis {
    // Two seconds without an answer are the end of a node: long enough on a busy machine, short enough for a test.
    let settings = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-port", &bus.to_string()];
    Redis::start_with(&settings)
}

fn serves(node: &Redis) -> bool {
    node.cli(&["CLUSTER", "INFO"]).lines().any(|line| line.trim() == "cluster_state:ok")
}

/// Returns the addresses of the masters that serve, as one node sees them.
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
