//! Does the Helm chart render what the manifests of deploy/kubernetes render, and does it refuse values that cannot work?

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use bindery_config::{Config, Sources};
use serde_json::Value;

use crate::{
    kubernetes::problems,
    support::{Ended, Manifests, Running, containers, pod},
};

/// The values that do the same as each component.
const SAME: [(&str, &str); 12] = [
    ("api-ingress", "api.ingress.enabled=true"),
    ("cpu-limits", "pods.cpuLimit=\"2\""),
    ("eks-pod-identity", "network.eksPodIdentity=true"),
    ("external-secrets", "externalSecrets.enabled=true"),
    ("files-on-volume", "filesVolume.enabled=true"),
    ("gke-metadata-server", "network.gkeMetadataServer=true"),
    ("more-egress", "network.moreEgress=true"),
    ("names-of-cloud-dns", "network.namesOfCloudDns=true"),
    ("names-on-node", "network.namesOnNode=true"),
    ("private-authority", "secrets.authority=\"bindery-authority\""),
    ("rabbitmq-operator", "rabbitmqCluster=\"books\""),
    ("servers-in-cluster", "network.serversInCluster=true"),
];

fn chart() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/helm/bindery")
}

#[track_caller]
fn helm(arguments: &[&str]) -> Ended {
    let helm = std::env::var_os("BINDERY_HELM").expect("BINDERY_HELM is Helm: run tests/run");
    let mut command = Command::new(helm);
    command.args(&arguments[..1]).arg(chart()).args(&arguments[1..]);
    Running::start(command).end()
}

/// Renders the chart with these values.
#[track_caller]
fn rendered(values: &str) -> Manifests {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), values).unwrap();
    let path = file.path().to_str().unwrap();
    let rendered = helm(&["template", "--name-template", "any", "--namespace", "bindery", "--values", path]);
    Manifests(serde_saphyr::from_multiple(&rendered.exits(0).stdout).unwrap())
}

/// Returns the manifests by kind and name, without what only one of the two tools adds.
fn comparable(manifests: &Manifests) -> BTreeMap<String, Value> {
    let entry = |manifest: &Value| {
        let mut text = manifest.to_string();
        // Kustomize tells ConfigMaps apart by a digest in their name, the chart by a digest in an annotation.
        if let Some(at) = text.find("bindery-settings-") {
            let digest = text[at..at + "bindery-settings-".len() + 10].to_owned();
            text = text.replace(&digest, "bindery-settings");
        }
        let mut manifest: Value = serde_json::from_str(&text).unwrap();
        if let Some(labels) = manifest.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
            labels.retain(|label, _| label == "app.kubernetes.io/component");
        }
        if let Some(template) = manifest.pointer_mut("/spec/template/metadata").and_then(Value::as_object_mut) {
            template.remove("annotations");
        }
        let metadata = manifest["metadata"].as_object_mut().unwrap();
        metadata.retain(|_, value| value.as_object().is_none_or(|object| !object.is_empty()));
        let name = format!("{} {}", manifest["kind"], manifest["metadata"]["name"]);
        (name, manifest)
    };
    manifests.0.iter().filter(|manifest| !manifest.is_null() && manifest["kind"] != "Namespace").map(entry).collect()
}

#[track_caller]
fn are_alike(values: &str, manifests: &Manifests) {
    let (chart, manifests) = (comparable(&rendered(values)), comparable(manifests));
    let names = |of: &BTreeMap<String, Value>| of.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&chart), names(&manifests), "{values}");
    for (name, manifest) in manifests {
        assert_eq!(chart[&name], manifest, "{name} with {values}");
    }
}

/// Returns a value as YAML: `a.b=c` is `{a: {b: c}}`.
fn as_yaml(value: &str) -> String {
    let (path, value) = value.split_once('=').unwrap();
    path.rsplit('.').fold(value.to_owned(), |inner, key| format!("{{ {key}: {inner} }}"))
}

#[test]
fn the_chart_renders_what_the_production_overlay_renders() {
    are_alike("{}", &Manifests::of("production"));
}

#[test]
fn the_chart_has_a_value_for_each_component_that_renders_the_same() {
    for (component, value) in SAME {
        are_alike(&as_yaml(value), &Manifests::with_component("production", component));
    }
}

#[test]
fn helm_finds_no_fault_in_the_chart_and_it_has_the_version_of_the_program() {
    helm(&["lint", "--strict"]).exits(0);
    let chart: Value = serde_saphyr::from_str(&fs::read_to_string(chart().join("Chart.yaml")).unwrap()).unwrap();
    assert_eq!((&chart["version"], &chart["appVersion"]), (&env!("CARGO_PKG_VERSION").into(), &chart["version"]));
}

/// Values of every kind.
const EVERYTHING: &str = r#"
image: { digest: "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", pullPolicy: Always }
imagePullSecrets: [{ name: registry }]
settings:
  model: { name: "stand-in:prose", calls: 33 }
  book: { budget_usd: 2.5 }
  serve: { max_open_books: 1000000 }
  providers: { stand-in: { base_url: "http://models:8901/v1" } }
secrets: { filesKey: "", authority: bindery-authority }
rabbitmqCluster: books
externalSecrets: { enabled: true }
pods:
  annotations: { team: books }
  labels: { team: books }
  nodeSelector: { disk: fast }
  tolerations: [{ key: books, operator: Exists }]
  priorityClassName: high
  extraEnv: [{ name: HTTPS_PROXY, value: "http://proxy:3128" }]
  extraEnvFrom: [{ secretRef: { name: more } }]
  extraVolumes: [{ name: more, configMap: { name: more } }]
  extraVolumeMounts: [{ name: more, mountPath: /etc/more }]
  cpuLimit: "2"
worker: { maxReplicas: 20, nodeSelector: { pool: workers }, extraEnv: [{ name: ONE, value: more }] }
assembler: { image: "registry.example.com/bindery:with-pdf", serviceAccountAnnotations: { eks.amazonaws.com/role-arn: "arn:aws:iam::1:role/books" } }
api:
  requestsPerSecond: 90
  callers: [{ ipBlock: { cidr: 10.0.0.0/8 } }]
  serviceAnnotations: { cloud.google.com/neg: '{"ingress": true}' }
  ingress: { enabled: true, className: "", tlsSecret: "", host: books.example.org, annotations: {} }
network: { namesOnNode: true, eksPodIdentity: true, serversInCluster: true, extraEgress: [{ ports: [{ port: 4318 }] }] }
monitoring: { labels: { release: prometheus }, cell: eu, dashboards: true, prometheus: "http://thanos.metrics.svc:10902" }
"#;

#[test]
fn a_cluster_accepts_the_chart_with_values_of_every_kind() {
    let manifests = rendered(EVERYTHING);
    assert_eq!(problems(&manifests.0), [""; 0]);
    let config = Config::load(&Sources { environment: manifests.settings(), ..Sources::default() }).unwrap();
    assert_eq!(
        (config.serve.max_open_books, config.model.name.unwrap().to_string().as_str()),
        (1_000_000, "stand-in:prose")
    );
    let triggers = &manifests.find("ScaledObject", "bindery-worker")["spec"]["triggers"];
    assert_eq!(triggers[0]["metadata"]["value"], "17", "half of 33 calls, rounded up");
    let worker = manifests.find("Deployment", "bindery-worker");
    assert_eq!(pod(worker)["nodeSelector"], serde_json::json!({"disk": "fast", "pool": "workers"}));
    assert!(containers(worker).next().unwrap()["image"].as_str().unwrap().contains("/bindery@sha256:0123"));
    let assembler = containers(manifests.find("Deployment", "bindery-assembler")).next().unwrap();
    assert_eq!(assembler["image"], "registry.example.com/bindery:with-pdf");
    assert_eq!(manifests.kind("ConfigMap").count(), 6, "the settings and five dashboards");
    let triggers = &manifests.find("ScaledObject", "bindery-api")["spec"]["triggers"];
    assert_eq!(triggers[0]["metadata"]["threshold"], "90");
    assert_eq!(triggers[1]["metadata"]["serverAddress"], "http://thanos.metrics.svc:10902");
    for trigger in triggers.as_array().unwrap() {
        let query = trigger["metadata"]["query"].as_str().unwrap();
        assert!(query.contains("{namespace=\"bindery\",cell=\"eu\"}"), "{query} counts the fleets of other cells");
    }
    let ingress = &manifests.find("Ingress", "bindery-api")["spec"];
    assert!(ingress["tls"].is_null() && ingress["ingressClassName"].is_null(), "{ingress}");
}

#[test]
fn a_broker_of_the_operator_with_a_private_authority_is_the_same_in_the_chart() {
    let components = ["private-authority", "rabbitmq-operator"];
    let values = "{ rabbitmqCluster: books, secrets: { authority: bindery-authority } }";
    let find = |manifests: &Manifests| manifests.find("TriggerAuthentication", "bindery-broker")["spec"].clone();
    assert_eq!(find(&rendered(values)), find(&Manifests::with_components("production", &components)));
}

#[test]
fn a_pod_has_the_time_of_the_grace_and_listens_where_the_settings_say() {
    let manifests = rendered(
        "settings: { serve: { grace: 10min, admin: \"0.0.0.0:9000\" }, api: { address: \"[::]:80\" } }\n\
         pods: { extraVolumes: [{ name: more, emptyDir: {} }] }\nfilesVolume: { enabled: true, accessMode: ReadWriteMany, storageClassName: nfs }",
    );
    assert_eq!(problems(&manifests.0), [""; 0]);
    let api = manifests.find("Deployment", "bindery-api");
    assert_eq!(pod(api)["terminationGracePeriodSeconds"], 630);
    let ports = containers(api).next().unwrap()["ports"].clone();
    assert_eq!(
        ports,
        serde_json::json!([{"name": "api", "containerPort": 80}, {"name": "metrics", "containerPort": 9000}])
    );
    assert_eq!(pod(api)["volumes"].as_array().unwrap().len(), 2);
    assert_eq!(manifests.find("PersistentVolumeClaim", "bindery-files")["spec"]["storageClassName"], "nfs");
    let longer = rendered("pods: { terminationGracePeriodSeconds: 900 }");
    assert_eq!(pod(longer.find("Deployment", "bindery-worker"))["terminationGracePeriodSeconds"], 900);
}

#[test]
fn the_chart_refuses_a_pod_that_is_killed_while_it_drains_or_that_nobody_reaches() {
    for (values, said) in [
        (
            "{ settings: { serve: { grace: 10min } }, pods: { terminationGracePeriodSeconds: 330 } }",
            "needs at least 630",
        ),
        ("{ settings: { serve: { grace: a while } } }", "write a number with one of the units"),
        ("{ settings: { serve: { admin: \"127.0.0.1:9464\" } } }", "nobody reaches a pod at 127.0.0.1:9464"),
        ("{ settings: { api: { address: \"localhost:8080\" } } }", "nobody reaches a pod at localhost:8080"),
    ] {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), values).unwrap();
        let refused = helm(&["template", "--values", file.path().to_str().unwrap()]);
        assert!(refused.code != Some(0) && refused.stderr.contains(said), "{values}: {}", refused.stderr);
    }
}

#[test]
fn the_chart_leaves_out_the_api_where_nobody_calls_it() {
    let manifests = rendered("api: { enabled: false, ingress: { enabled: true } }");
    let left: Vec<_> = manifests.0.iter().filter(|one| one["metadata"]["name"] == "bindery-api").collect();
    assert!(left.is_empty(), "{left:#?}");
    assert_eq!(manifests.kind("Deployment").count(), 3);
}

#[test]
fn the_chart_refuses_values_that_cannot_work() {
    for value in [
        "worker.replicas=3",
        "api.minReplicas=0",
        "monitoring.prometheus=\"prometheus:9090\"",
        "secrets.broker=\"\"",
        "settings.model.calls=many",
        "image.digest=latest",
        "network.enabled=perhaps",
        "settings.model.Name=\"openai:gpt\"",
    ] {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), as_yaml(value)).unwrap();
        let refused = helm(&["template", "--values", file.path().to_str().unwrap()]);
        assert!(refused.stderr.contains("values don't meet the specifications of the schema"), "{value}");
    }
}

#[test]
fn what_is_said_after_an_installation_names_the_secrets_and_the_doctor() {
    let notes = fs::read_to_string(chart().join("templates/NOTES.txt")).unwrap();
    for said in [".Values.secrets.broker", ".Values.secrets.store", "cronjob/bindery-doctor"] {
        assert!(notes.contains(said), "{said}");
    }
}
