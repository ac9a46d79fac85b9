//! Would a cluster accept the manifests of deploy/kubernetes, and do they fit the program?

mod guide;
mod scaling;

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    process::{Command, Stdio},
    time::Duration,
};

use bindery_config::{Config, Sources};
use serde_json::{Value, json};

use crate::support::{Manifests, containers, each_object, pod, template};

/// The components that the production overlay names.
const NAMED: [&str; 3] = ["files-key", "model-keys", "outside"];

/// The components that it offers.
const COMPONENTS: [&str; 12] = [
    "api-ingress",
    "cpu-limits",
    "eks-pod-identity",
    "external-secrets",
    "files-on-volume",
    "gke-metadata-server",
    "more-egress",
    "names-of-cloud-dns",
    "names-on-node",
    "private-authority",
    "rabbitmq-operator",
    "servers-in-cluster",
];

const OVERLAYS: [&str; 2] = ["demo", "production"];
const ROLES: [&str; 4] = ["dispatcher", "worker", "assembler", "api"];

/// The oldest and the newest Kubernetes that must accept the manifests.
const KUBERNETES: [&str; 2] = ["1.30", "1.37"];

const RULES: &str = include_str!("../deploy/prometheus/bindery.rules.yml");

/// The command that renews the manifest of the alerts.
const RENEW: &str = "BINDERY_BLESS=1 cargo test --test system a_cluster_gets_the_alerts";

/// Returns the problems that the schemas of Kubernetes and of the custom resources find in these manifests.
pub(crate) fn problems(manifests: &[Value]) -> Vec<String> {
    let python = std::env::var_os("BINDERY_PYTHON").expect("BINDERY_PYTHON has kubernetes-validate: run tests/run");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kubernetes");
    let mut command = Command::new(python);
    command.arg(format!("{folder}/validate.py")).arg(format!("{folder}/crds")).args(KUBERNETES);
    let mut validator = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = validator.stdin.take().unwrap();
    for manifest in manifests {
        // A JSON value is a YAML document.
        writeln!(stdin, "---\n{manifest}").unwrap();
    }
    drop(stdin);
    let output = validator.wait_with_output().unwrap();
    let problems: Vec<_> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(output.status.code(), Some(i32::from(!problems.is_empty())), "the validator broke");
    problems
}

/// Returns the configuration of a process that has only the settings of these manifests.
fn config(manifests: &Manifests) -> Config {
    Config::load(&Sources { environment: manifests.settings(), ..Sources::default() }).unwrap()
}

#[test]
fn the_oldest_and_the_newest_kubernetes_accept_every_manifest() {
    for overlay in OVERLAYS {
        let manifests = Manifests::of(overlay);
        assert!(manifests.0.len() > 12, "{overlay} is {} manifests", manifests.0.len());
        assert_eq!(problems(&manifests.0), [""; 0], "{overlay}");
    }
}

#[test]
fn every_component_fits_the_production_overlay_and_is_offered_there() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/kubernetes");
    let files = fs::read_dir(format!("{folder}/components")).unwrap();
    let there: BTreeSet<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(there, COMPONENTS.into_iter().chain(NAMED).map(str::to_owned).collect());
    let overlay = fs::read_to_string(format!("{folder}/overlays/production/kustomization.yaml")).unwrap();
    let alone = Manifests::of("production");
    for component in COMPONENTS {
        assert!(overlay.contains(&format!("#  - ../../components/{component}\n")), "{component} is not offered");
        let manifests = Manifests::with_component("production", component);
        assert_eq!(problems(&manifests.0), [""; 0], "{component}");
        assert_ne!(manifests.0, alone.0, "{component} changes nothing");
    }
}

/// Returns manifests as text, in an order that does not depend on how they were put together.
fn ordered(manifests: &Manifests) -> Vec<String> {
    let mut texts: Vec<_> = manifests.0.iter().map(|manifest| unordered(manifest).to_string()).collect();
    texts.sort();
    texts
}

/// Returns a value whose lists are sorted.
fn unordered(value: &Value) -> Value {
    match value {
        Value::Array(values) => {
            let mut values: Vec<_> = values.iter().map(unordered).collect();
            values.sort_by_key(Value::to_string);
            Value::Array(values)
        }
        Value::Object(object) => object.iter().map(|(field, value)| (field.clone(), unordered(value))).collect(),
        other => other.clone(),
    }
}

#[test]
fn all_components_fit_together_in_either_order() {
    let mut components = COMPONENTS;
    let one_way = Manifests::with_components("production", &components);
    components.reverse();
    let other_way = Manifests::with_components("production", &components);
    assert_eq!(problems(&one_way.0), [""; 0]);
    assert_eq!(ordered(&one_way), ordered(&other_way));
    let given = &one_way.find("TriggerAuthentication", "bindery-broker")["spec"]["secretTargetRef"];
    let given: BTreeSet<_> = given.as_array().unwrap().iter().map(|one| one["parameter"].as_str().unwrap()).collect();
    assert_eq!(given, BTreeSet::from(["ca", "password", "tls", "username"]), "KEDA lacks a part of its access");
}

#[test]
fn fields_that_a_cluster_would_refuse_or_ignore_are_found() {
    let broken = |kind: &'static str, pointer: &str, value: Value| {
        let mut manifest = Manifests::of("demo").kind(kind).next().unwrap().clone();
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        manifest.pointer_mut(parent).unwrap()[field] = value;
        manifest
    };
    let all = [
        broken("Deployment", "/spec/replica", json!(2)),
        broken("Deployment", "/spec/template/spec/containers/0/securityContext/readOnlyRootFileSystem", json!(true)),
        broken("StatefulSet", "/spec/replicas", json!("two")),
        broken("PodDisruptionBudget", "/apiVersion", json!("policy/v1beta1")),
        broken("NetworkPolicy", "/spec/egres", json!([])),
        broken("Service", "/kind", json!("Servise")),
        broken("ScaledObject", "/spec/triggers", Value::Null),
        broken("ScaledObject", "/spec/pollInterval", json!(15)),
        broken("CronJob", "/spec/jobTemplate/spec/backoffLimits", json!(0)),
        broken("TriggerAuthentication", "/spec/secretTargetRef/0/secret", json!("bindery-broker")),
        broken("ServiceMonitor", "/spec/endpoints/0/interval", json!("often")),
        broken("PrometheusRule", "/spec/groups/0/rules/0/for", json!("a while")),
        broken("PrometheusRule", "/spec/groups/0/rules/0/expr", Value::Null),
    ];
    for manifest in all {
        assert!(!problems(std::slice::from_ref(&manifest)).is_empty(), "no problem is found in {manifest:#}");
    }
}

#[test]
fn every_pod_meets_the_restricted_standard_and_writes_only_to_volumes() {
    for overlay in OVERLAYS {
        let manifests = Manifests::of(overlay);
        for workload in manifests.workloads() {
            let name = &workload["metadata"]["name"];
            let security = &pod(workload)["securityContext"];
            assert_eq!(security["runAsNonRoot"], true, "{name}");
            assert!(security["runAsUser"].as_u64().is_some_and(|user| user > 0), "{name}");
            assert_eq!(security["seccompProfile"]["type"], "RuntimeDefault", "{name}");
            assert_eq!(pod(workload)["automountServiceAccountToken"], false, "{name}");
            let mut seen = 0;
            for container in containers(workload) {
                let security = &container["securityContext"];
                assert_eq!(security["allowPrivilegeEscalation"], false, "{name}");
                assert_eq!(security["readOnlyRootFilesystem"], true, "{name}");
                assert_eq!(security["capabilities"], json!({"drop": ["ALL"]}), "{name}");
                assert!(container["resources"]["requests"]["cpu"].is_string(), "{name}");
                assert!(container["resources"]["limits"]["memory"].is_string(), "{name}");
                let probed = container["livenessProbe"].is_object() && container["readinessProbe"].is_object();
                assert!(probed || workload["kind"] == "CronJob", "{name}");
                let image = container["image"].as_str().unwrap();
                assert!(image.rsplit('/').next().unwrap().contains(':') && !image.ends_with(":latest"), "{image}");
                seen += 1;
            }
            assert_eq!(seen, 1, "{name}");
        }
    }
}

#[test]
fn each_role_has_a_deployment_and_a_disruption_budget_and_is_spread_over_nodes() {
    for overlay in OVERLAYS {
        let manifests = Manifests::of(overlay);
        for role in ROLES {
            let deployment = manifests.find("Deployment", &format!("bindery-{role}"));
            assert_eq!(containers(deployment).next().unwrap()["args"], json!(["serve", role]));
            let budget = manifests.find("PodDisruptionBudget", &format!("bindery-{role}"));
            assert_eq!(budget["spec"]["selector"], deployment["spec"]["selector"], "{role}");
            let spread = pod(deployment)["topologySpreadConstraints"].as_array().unwrap();
            assert!(spread.iter().all(|spread| spread["labelSelector"] == deployment["spec"]["selector"]), "{role}");
            assert_eq!(spread.len(), 2, "{role}");
        }
    }
}

#[test]
fn every_selector_matches_a_pod_and_every_reference_leads_to_a_manifest() {
    for overlay in OVERLAYS {
        let manifests = Manifests::of(overlay);
        let labels = |workload: &Value| template(workload)["metadata"]["labels"].clone();
        let meets = |selector: &Value, labels: &Value| {
            selector.as_object().unwrap().iter().all(|(label, value)| &labels[label] == value)
        };
        let any_pod = |selector: &Value| manifests.workloads().any(|workload| meets(selector, &labels(workload)));
        for service in manifests.kind("Service") {
            assert!(any_pod(&service["spec"]["selector"]), "{service:#}");
        }
        for policy in manifests.kind("NetworkPolicy") {
            let selector = &policy["spec"]["podSelector"]["matchLabels"];
            let named = &policy["spec"]["podSelector"]["matchExpressions"][0]["values"];
            assert!(if selector.is_null() { named.is_array() } else { any_pod(selector) }, "{policy:#}");
            for peer in peers(policy).filter(|peer| !peer["podSelector"].is_null()) {
                let labels = &peer["podSelector"]["matchLabels"];
                if peer["namespaceSelector"].is_null() {
                    assert!(any_pod(labels), "{peer:#}");
                } else {
                    assert!(labels.is_null(), "pods of another namespace do not bear the labels added here: {peer:#}");
                }
            }
        }
        for monitor in manifests.kind("ServiceMonitor") {
            let selector = &monitor["spec"]["selector"]["matchLabels"];
            let service = manifests.kind("Service").find(|service| meets(selector, &service["metadata"]["labels"]));
            let ports = service.unwrap()["spec"]["ports"].as_array().unwrap();
            let port = &monitor["spec"]["endpoints"][0]["port"];
            assert!(ports.iter().any(|there| &there["name"] == port), "{monitor:#}");
        }
        let missing: BTreeSet<&str> =
            referred(&manifests).iter().filter(|one| !one.is_in(&manifests)).map(|one| one.name).collect();
        let outside: &[&str] = match overlay {
            "production" => &["bindery-broker", "bindery-files-key", "bindery-model-keys", "bindery-store"],
            _ => &[],
        };
        assert_eq!(missing.into_iter().collect::<Vec<_>>(), outside, "{overlay}");
    }
}

/// Returns the peers that a policy allows in either direction.
fn peers(policy: &Value) -> impl Iterator<Item = &Value> {
    let rules = ["ingress", "egress"].into_iter().filter_map(|way| policy["spec"][way].as_array()).flatten();
    rules.flat_map(|rule| ["from", "to"].into_iter().filter_map(|way| rule[way].as_array()).flatten())
}

/// A manifest that a pod or a trigger refers to.
struct Referred<'a> {
    kind: &'static str,
    name: &'a str,
    /// The key of a secret, if the reference names one.
    key: Option<&'a str>,
}

impl Referred<'_> {
    fn is_in(&self, manifests: &Manifests) -> bool {
        let mut named = manifests.kind(self.kind).filter(|manifest| manifest["metadata"]["name"] == self.name);
        named.next().is_some_and(|found| self.key.is_none_or(|key| found["data"][key].is_string()))
    }
}

fn referred(manifests: &Manifests) -> Vec<Referred<'_>> {
    let mut all = Vec::new();
    for manifest in &manifests.0 {
        each_object(manifest, &mut |object| {
            all.extend(object.iter().flat_map(|(field, value)| references(field, value)));
        });
    }
    all
}

/// Returns the manifests that a field refers to.
fn references<'a>(field: &str, value: &'a Value) -> Vec<Referred<'a>> {
    let to = |kind, name: &'a Value| Referred { kind, name: name.as_str().unwrap(), key: value["key"].as_str() };
    match field {
        "secretRef" | "secretKeyRef" => vec![to("Secret", &value["name"])],
        "configMapRef" => vec![to("ConfigMap", &value["name"])],
        "persistentVolumeClaim" => vec![to("PersistentVolumeClaim", &value["claimName"])],
        "serviceAccountName" => vec![to("ServiceAccount", value)],
        "authenticationRef" => vec![to("TriggerAuthentication", &value["name"])],
        "scaleTargetRef" => vec![to("Deployment", &value["name"])],
        "secretTargetRef" => value.as_array().unwrap().iter().flat_map(|one| references("secretKeyRef", one)).collect(),
        _ => Vec::new(),
    }
}

/// Returns the manifest with the alerts for the Prometheus of a cluster.
fn alerts() -> String {
    let (remark, groups) = RULES.split_once("groups:").unwrap();
    let indented = |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") };
    let groups: String = format!("groups:{groups}").lines().map(indented).collect();
    format!(
        "{remark}# Made from deploy/prometheus/bindery.rules.yml: {RENEW}\n\
         apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: bindery\nspec:\n{groups}"
    )
}

#[test]
fn a_cluster_gets_the_alerts_that_are_tested() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/kubernetes/base/alerts.yaml");
    if std::env::var_os("BINDERY_BLESS").is_some() {
        fs::write(path, alerts()).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), alerts(), "renew it: {RENEW}");
    let shipped: Value = serde_saphyr::from_str(RULES).unwrap();
    for overlay in OVERLAYS {
        let manifests = Manifests::of(overlay);
        assert_eq!(manifests.find("PrometheusRule", "bindery")["spec"], shipped, "{overlay}");
    }
}

#[test]
fn a_private_authority_reaches_every_role_and_keda() {
    let manifests = Manifests::with_component("production", "private-authority");
    assert_eq!(problems(&manifests.0), [""; 0]);
    let named = |list: &Value, name: &str| list.as_array().unwrap().iter().find(|one| one["name"] == name).cloned();
    let mut settings = manifests.settings();
    let workloads = ROLES.map(|role| manifests.find("Deployment", &format!("bindery-{role}")));
    for deployment in workloads.into_iter().chain([manifests.find("CronJob", "bindery-doctor")]) {
        let role = &deployment["metadata"]["name"];
        let container = containers(deployment).next().unwrap();
        let mount = named(&container["volumeMounts"], "authority").unwrap();
        let secret = &named(&pod(deployment)["volumes"], "authority").unwrap()["secret"];
        assert_eq!(secret["secretName"], "bindery-authority");
        let file = format!("{}/{}", mount["mountPath"].as_str().unwrap(), secret["items"][0]["path"].as_str().unwrap());
        for setting in ["BINDERY_QUEUE__CA_FILE", "BINDERY_STORE__CA_FILE"] {
            assert_eq!(named(&container["env"], setting).unwrap()["value"], file.as_str(), "{role}");
            settings.insert(setting.to_owned(), file.clone());
        }
    }
    let config = Config::load(&Sources { environment: settings, ..Sources::default() }).unwrap();
    assert!(config.queue.access().ca_file.is_some() && config.store.ca_file.is_some());
    let keda = manifests.find("TriggerAuthentication", "bindery-broker")["spec"]["secretTargetRef"].as_array().unwrap();
    let guide = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/kubernetes.md")).unwrap();
    let command = guide.split("kubectl ").find(|line| line.contains("secret generic bindery-authority ")).unwrap();
    for (parameter, key) in [("tls", "tls"), ("ca", "ca.crt")] {
        let given = keda.iter().find(|one| one["parameter"] == parameter).unwrap();
        assert_eq!((&given["name"], &given["key"]), (&json!("bindery-authority"), &json!(key)));
        assert!(command.contains(key), "the guide does not put {key} into the secret");
    }
}

#[test]
fn the_settings_are_valid_and_a_pod_has_the_time_to_drain() {
    for overlay in OVERLAYS {
        let manifests = Manifests::of(overlay);
        let grace = config(&manifests).serve.grace;
        for role in ROLES {
            let deployment = manifests.find("Deployment", &format!("bindery-{role}"));
            let given = Duration::from_secs(pod(deployment)["terminationGracePeriodSeconds"].as_u64().unwrap());
            assert!(given >= grace + Duration::from_secs(30), "{role} of {overlay} has {given:?} for {grace:?}");
            let hung = &containers(deployment).next().unwrap()["livenessProbe"]["terminationGracePeriodSeconds"];
            assert_eq!(hung, 20, "{role} of {overlay} would keep a process that hangs");
        }
    }
}
