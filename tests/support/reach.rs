//! What the pods of rendered manifests may connect to, by the rules of Kubernetes' NetworkPolicies.

use std::net::IpAddr;

use serde_json::Value;

use super::{Manifests, containers};

/// A pod or an address that takes part in a connection.
#[derive(Clone)]
pub(crate) enum Peer {
    /// An address outside the cluster, or one that each node serves.
    Address(IpAddr),
    /// A pod. `namespace` is `None` in the namespace of the manifests.
    Pod { namespace: Option<&'static str>, labels: Value, ports: Value },
}

impl Peer {
    pub(crate) fn address(text: &str) -> Self {
        Self::Address(text.parse().unwrap())
    }

    /// Returns a pod of another namespace.
    pub(crate) fn elsewhere(namespace: &'static str, labels: Value) -> Self {
        Self::Pod { namespace: Some(namespace), labels, ports: Value::Null }
    }

    /// Returns a pod of a workload, which is named by its value of a label.
    #[track_caller]
    pub(crate) fn of(manifests: &Manifests, label: &str, value: &str) -> Self {
        let mut templates = manifests.0.iter().filter_map(|manifest| {
            let spec = &manifest["spec"];
            let template = ["/template", "/jobTemplate/spec/template"].iter().find_map(|at| spec.pointer(at))?;
            (template["metadata"]["labels"][label] == value).then_some(template)
        });
        let template = templates.next().unwrap_or_else(|| panic!("no pod has the label {label}: {value}"));
        let ports = containers(&serde_json::json!({"spec": {"template": template}})).next().unwrap()["ports"].clone();
        Self::Pod { namespace: None, labels: template["metadata"]["labels"].clone(), ports }
    }

    /// Returns whether a policy of the manifests selects this peer for a direction.
    fn is_selected(&self, policy: &Value, direction: &str) -> bool {
        let Self::Pod { namespace: None, labels, .. } = self else { return false };
        policy["spec"]["policyTypes"].as_array().unwrap().iter().any(|one| one == direction)
            && selects(&policy["spec"]["podSelector"], labels)
    }

    /// Returns whether an entry of `from` or `to` is about this peer.
    fn is_meant(&self, entry: &Value) -> bool {
        match self {
            Self::Address(address) => entry.get("ipBlock").is_some_and(|block| is_in_block(*address, block)),
            Self::Pod { namespace, labels, .. } => {
                let (spaces, pods) = (entry.get("namespaceSelector"), entry.get("podSelector"));
                let there = match (spaces, namespace) {
                    (None, own) => own.is_none() && pods.is_some(),
                    (Some(spaces), other) => {
                        let name = other.unwrap_or("bindery");
                        selects(spaces, &serde_json::json!({"kubernetes.io/metadata.name": name}))
                    }
                };
                there && pods.is_none_or(|pods| selects(pods, labels))
            }
        }
    }

    /// Returns the number of a port that a rule gives as a number or by its name at this peer.
    fn port(&self, port: &Value) -> Option<u64> {
        let Self::Pod { ports, .. } = self else { return port.as_u64() };
        let named = || ports.as_array()?.iter().find(|one| one["name"] == *port)?["containerPort"].as_u64();
        port.as_u64().or_else(named)
    }
}

/// A port that a peer listens at.
#[derive(Clone, Copy)]
pub(crate) struct Port {
    pub(crate) protocol: &'static str,
    pub(crate) number: u64,
}

/// Returns whether the policies let `from` connect to a port of `to`.
pub(crate) fn may_connect(manifests: &Manifests, from: &Peer, to: &Peer, port: Port) -> bool {
    let out = is_allowed(manifests, "Egress", from, to, |ports| to_port(to, ports, port));
    out && is_allowed(manifests, "Ingress", to, from, |ports| to_port(to, ports, port))
}

/// Returns whether a peer that policies select is allowed a connection with another one by one of them.
fn is_allowed(manifests: &Manifests, way: &str, own: &Peer, other: &Peer, ports: impl Fn(&Value) -> bool) -> bool {
    let (rules, side) = if way == "Egress" { ("egress", "to") } else { ("ingress", "from") };
    let policies: Vec<_> = manifests.kind("NetworkPolicy").filter(|policy| own.is_selected(policy, way)).collect();
    let mut rules = policies.iter().filter_map(|policy| policy["spec"][rules].as_array()).flatten();
    let meant = |rule: &Value| rule[side].as_array().is_none_or(|all| all.iter().any(|entry| other.is_meant(entry)));
    policies.is_empty() || rules.any(|rule| meant(rule) && ports(&rule["ports"]))
}

fn to_port(to: &Peer, ports: &Value, port: Port) -> bool {
    let Some(ports) = ports.as_array() else { return true };
    ports.iter().any(|one| {
        let Some(first) = to.port(&one["port"]) else { return false };
        let last = one["endPort"].as_u64().unwrap_or(first);
        one["protocol"].as_str().unwrap_or("TCP") == port.protocol && (first..=last).contains(&port.number)
    })
}

fn selects(selector: &Value, labels: &Value) -> bool {
    let mut equal = selector["matchLabels"].as_object().into_iter().flatten();
    let equal = equal.all(|(label, value)| labels[label] == *value);
    let mut expressions = selector["matchExpressions"].as_array().into_iter().flatten();
    equal
        && expressions.all(|one| {
            assert_eq!(one["operator"], "In", "this test knows no other operator");
            let value = &labels[one["key"].as_str().unwrap()];
            one["values"].as_array().unwrap().contains(value)
        })
}

fn is_in_block(address: IpAddr, block: &Value) -> bool {
    let mut except = block["except"].as_array().into_iter().flatten();
    is_in(address, &block["cidr"]) && !except.any(|range| is_in(address, range))
}

fn is_in(address: IpAddr, range: &Value) -> bool {
    let (base, length) = range.as_str().unwrap().split_once('/').unwrap();
    let (base, length): (IpAddr, u32) = (base.parse().unwrap(), length.parse().unwrap());
    let leading = |address: IpAddr| match address {
        IpAddr::V4(four) => u64::from(u32::from(four)).checked_shr(32 - length).map_or(0, u128::from),
        IpAddr::V6(six) => u128::from(six).checked_shr(128 - length).unwrap_or(0),
    };
    address.is_ipv4() == base.is_ipv4() && leading(address) == leading(base)
}
