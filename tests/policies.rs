//! What may each role reach, by the network policies that a cluster receives?

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::{Manifests, Peer, Port, may_connect};

const ALL: &[&str] = &["dispatcher", "worker", "assembler", "api", "doctor"];
const FILES: &[&str] = &["dispatcher", "assembler", "api", "doctor"];
const MODELS: &[&str] = &["dispatcher", "worker", "doctor"];
const DOCTOR: &[&str] = &["doctor"];
const NONE: &[&str] = &[];

/// The components that open something, and one that opens nothing.
const COMPONENTS: [&str; 7] = [
    "cpu-limits",
    "eks-pod-identity",
    "gke-metadata-server",
    "more-egress",
    "names-of-cloud-dns",
    "names-on-node",
    "servers-in-cluster",
];

const fn tcp(number: u64) -> Port {
    Port { protocol: "TCP", number }
}

const fn udp(number: u64) -> Port {
    Port { protocol: "UDP", number }
}

/// A place that a role may want to reach.
struct Row {
    place: &'static str,
    to: Peer,
    port: Port,
    /// The roles that reach it in the production overlay.
    alone: &'static [&'static str],
    with: Option<Opened>,
}

/// A component that lets more roles reach a place.
struct Opened {
    component: &'static str,
    /// The roles that reach it then.
    roles: &'static [&'static str],
}

fn row(place: &'static str, to: &Peer, port: Port, alone: &'static [&'static str]) -> Row {
    Row { place, to: to.clone(), port, alone, with: None }
}

impl Row {
    fn with(self, component: &'static str, roles: &'static [&'static str]) -> Self {
        Self { with: Some(Opened { component, roles }), ..self }
    }
}

/// What each role of the production overlay may reach.
fn table() -> Vec<Row> {
    let outside = Peer::address("203.0.113.7");
    let outside_6 = Peer::address("2001:db8::7");
    let metadata = Peer::address("169.254.169.254");
    let names = Peer::elsewhere("kube-system", json!({"k8s-app": "kube-dns"}));
    let names_of_node = Peer::elsewhere("kube-system", json!({"k8s-app": "node-local-dns"}));
    let broker = Peer::elsewhere("rabbitmq", json!({"app.kubernetes.io/component": "rabbitmq"}));
    let store = Peer::elsewhere("redis", json!({"app.kubernetes.io/name": "redis"}));
    let neighbour = Peer::Pod { namespace: None, labels: json!({"app": "shop"}), ports: json!(null) };
    let in_cluster = |app| Peer::elsewhere("servers", json!({"app": app}));
    vec![
        row("a model server or a bucket", &outside, tcp(443), ALL),
        row("a model server over IPv6", &outside_6, tcp(443), ALL),
        row("a broker with TLS", &outside, tcp(5671), ALL),
        row("a broker without TLS", &outside, tcp(5672), NONE),
        row("a broker's management API", &outside, tcp(15671), DOCTOR),
        row("Memorystore", &outside, tcp(6378), ALL),
        row("ElastiCache", &outside, tcp(6379), ALL),
        row("Azure Cache", &outside, tcp(6380), ALL),
        row("a page without TLS", &outside, tcp(80), NONE),
        row("another machine's shell", &outside, tcp(22), NONE),
        row("the name server of the cluster", &names, udp(53), ALL),
        row("the name server by TCP", &names, tcp(53), ALL),
        row("another port of the name server", &names, tcp(9153), NONE),
        row("the cache of names on a node", &Peer::address("169.254.20.10"), udp(53), NONE).with("names-on-node", ALL),
        row("the pod of that cache", &names_of_node, udp(53), NONE).with("names-on-node", ALL),
        row("Cloud DNS", &metadata, udp(53), NONE).with("names-of-cloud-dns", ALL),
        row("the metadata server", &metadata, tcp(80), NONE).with("gke-metadata-server", FILES),
        row("GKE's metadata server", &Peer::address("169.254.169.252"), tcp(988), NONE)
            .with("gke-metadata-server", FILES),
        row("EKS Pod Identity", &Peer::address("169.254.170.23"), tcp(80), NONE).with("eks-pod-identity", FILES),
        row("EKS Pod Identity over IPv6", &Peer::address("fd00:ec2::23"), tcp(80), NONE)
            .with("eks-pod-identity", FILES),
        row("a metadata server over IPv6", &Peer::address("fd00:ec2::254"), tcp(80), NONE),
        row("a broker in the cluster", &broker, tcp(5672), NONE).with("servers-in-cluster", ALL),
        row("its management API", &broker, tcp(15672), NONE).with("servers-in-cluster", DOCTOR),
        row("a store in the cluster", &store, tcp(6379), NONE).with("servers-in-cluster", ALL),
        row("a store with TLS in the cluster", &store, tcp(6380), NONE).with("servers-in-cluster", ALL),
        row("a sentinel in the cluster", &store, tcp(26379), NONE).with("servers-in-cluster", ALL),
        row("a MinIO in the cluster", &in_cluster("minio"), tcp(9000), NONE).with("more-egress", FILES),
        row("a MinIO in a private network", &Peer::address("10.0.3.7"), tcp(9000), NONE).with("more-egress", FILES),
        row("a MinIO at a public address", &outside, tcp(9000), NONE),
        row("vLLM in the cluster", &in_cluster("vllm"), tcp(8000), NONE).with("more-egress", MODELS),
        row("Ollama in a private network", &Peer::address("192.168.1.20"), tcp(11434), NONE)
            .with("more-egress", MODELS),
        row("a collector of traces", &in_cluster("collector"), tcp(4318), NONE).with("more-egress", ALL),
        row("another port in the cluster", &store, tcp(8080), NONE),
        row("a neighbour in the same namespace", &neighbour, tcp(8080), NONE),
    ]
}

/// Returns which roles reach a place.
fn reached(manifests: &Manifests, row: &Row) -> BTreeSet<&'static str> {
    let role = |role: &str| Peer::of(manifests, "app.kubernetes.io/component", role);
    ALL.iter().copied().filter(|one| may_connect(manifests, &role(one), &row.to, row.port)).collect()
}

#[test]
fn each_role_reaches_what_the_table_says_and_no_more() {
    let alone = Manifests::of("production");
    for row in table() {
        assert_eq!(reached(&alone, &row), row.alone.iter().copied().collect(), "{}", row.place);
    }
    for component in COMPONENTS {
        let manifests = Manifests::with_component("production", component);
        for row in table() {
            let more = row.with.as_ref().filter(|opened| opened.component == component);
            let expected = more.map_or(row.alone, |opened| opened.roles).iter().copied().collect();
            assert_eq!(reached(&manifests, &row), expected, "{} with {component}", row.place);
        }
    }
}

/// Returns a pod of another namespace.
fn from(namespace: &'static str) -> Peer {
    Peer::elsewhere(namespace, json!({"app": "any"}))
}

#[test]
fn nobody_but_prometheus_reaches_a_role() {
    for overlay in ["demo", "production"] {
        let manifests = Manifests::of(overlay);
        let worker = Peer::of(&manifests, "app.kubernetes.io/component", "worker");
        assert!(may_connect(&manifests, &from("monitoring"), &worker, tcp(9464)), "{overlay}");
        assert!(!may_connect(&manifests, &from("monitoring"), &worker, tcp(22)), "{overlay}");
        assert!(!may_connect(&manifests, &from("default"), &worker, tcp(9464)), "{overlay}");
        assert!(!may_connect(&manifests, &worker, &worker, tcp(9464)), "{overlay}");
    }
}

#[test]
fn only_the_proxy_calls_the_api_and_only_on_its_own_port() {
    for overlay in ["demo", "production"] {
        let manifests = Manifests::of(overlay);
        let role = |role| Peer::of(&manifests, "app.kubernetes.io/component", role);
        let (api, worker) = (role("api"), role("worker"));
        let neighbour = Peer::Pod { namespace: None, labels: json!({"app": "shop"}), ports: json!(null) };
        let calls = |from: &Peer, port| may_connect(&manifests, from, &api, tcp(port));
        assert!(calls(&from("ingress-nginx"), 8080), "{overlay}");
        assert!(!calls(&from("ingress-nginx"), 9464), "{overlay}: the metrics are not for callers");
        assert!(!may_connect(&manifests, &from("ingress-nginx"), &worker, tcp(8080)), "{overlay}");
        assert!(calls(&from("monitoring"), 9464) && !calls(&from("monitoring"), 8080), "{overlay}");
        for stranger in [&from("default"), &worker, &api, &neighbour, &Peer::address("203.0.113.7")] {
            assert!(!calls(stranger, 8080), "{overlay}");
        }
    }
}

#[test]
fn a_neighbour_in_the_same_namespace_is_not_cut_off() {
    let manifests = Manifests::of("production");
    let neighbour = Peer::Pod { namespace: None, labels: json!({"app": "shop"}), ports: json!(null) };
    assert!(may_connect(&manifests, &neighbour, &Peer::address("203.0.113.7"), tcp(80)));
    assert!(may_connect(&manifests, &Peer::elsewhere("default", json!({})), &neighbour, tcp(8080)));
}

#[test]
fn the_servers_of_the_demo_are_reached_by_the_roles_and_by_who_watches_them() {
    let demo = Manifests::of("demo");
    let server = |name| Peer::of(&demo, "app.kubernetes.io/name", name);
    let servers = [("rabbitmq", tcp(5672)), ("redis", tcp(6379)), ("stand-in", tcp(8901))];
    for role in ALL {
        let role = Peer::of(&demo, "app.kubernetes.io/component", role);
        for (name, port) in servers {
            assert!(may_connect(&demo, &role, &server(name), port), "{name}");
        }
    }
    let keda = Peer::elsewhere("keda", json!({"app": "keda-operator"}));
    let doctor = Peer::of(&demo, "app.kubernetes.io/component", "doctor");
    let worker = Peer::of(&demo, "app.kubernetes.io/component", "worker");
    let management = |from: &Peer| may_connect(&demo, from, &server("rabbitmq"), tcp(15672));
    assert_eq!([&keda, &doctor, &worker].map(management), [true, true, false]);
    assert!(!may_connect(&demo, &keda, &server("redis"), tcp(6379)));
    assert!(!may_connect(&demo, &server("redis"), &Peer::address("203.0.113.7"), tcp(443)), "a server connects out");
}
