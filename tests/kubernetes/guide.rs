//! Do the commands and manifests of docs/kubernetes.md and docs/clusters.md fit each other and what a cluster accepts?

use std::fs;

use serde_json::{Value, json};

use super::{config, problems, referred};
use crate::support::{Manifests, pod};

/// Where the manifests of the guides come from.
const REMOTE: &str = "https://github.com/bindery/bindery//deploy/kubernetes";

const VERSION: &str = concat!("?ref=v", env!("CARGO_PKG_VERSION"), "\n");

fn page(name: &str) -> String {
    fs::read_to_string(format!("{}/docs/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Renders an overlay of a guide with the manifests of the working folder.
fn rendered(overlay: &str) -> Manifests {
    Manifests::of_overlay(|kubernetes| overlay.replace(REMOTE, kubernetes).replace(VERSION, "\n"))
}

#[test]
fn the_overlay_of_the_guide_renders_outside_the_repository_and_in_a_namespace_of_others() {
    let guide = page("kubernetes.md");
    let (_, overlay) = guide.split_once("# kustomization.yaml\n").unwrap();
    let (overlay, _) = overlay.split_once("```").unwrap();
    assert_eq!((overlay.matches(REMOTE).count(), overlay.matches(VERSION).count()), (5, 5), "{overlay}");
    let manifests = rendered(overlay);
    assert_eq!(problems(&manifests.0), [""; 0]);
    assert_eq!(manifests.kind("Namespace").count(), 0);
    assert!(manifests.0.iter().all(|manifest| manifest["metadata"]["namespace"] == "bindery"));
    assert_eq!(config(&manifests).files.url.to_string(), "s3://my-books/bound");
}

#[test]
fn the_patches_of_the_guide_give_roles_their_credentials_and_pods_their_place() {
    let guide = page("kubernetes.md");
    let patches = guide.split("```yaml\n").filter(|block| block.starts_with("patches:"));
    let patches: Vec<&str> = patches.map(|block| block.split_once("```").unwrap().0).collect();
    let patches = patches.join("").replace("\npatches:\n", "\n");
    let manifests = Manifests::of_overlay(|kubernetes| {
        format!("namespace: bindery\nresources: [{kubernetes}/overlays/production]\n{patches}")
    });
    assert_eq!(problems(&manifests.0), [""; 0]);
    let annotated = |role: &str| !manifests.find("ServiceAccount", role)["metadata"]["annotations"].is_null();
    assert_eq!(["bindery-dispatcher", "bindery-assembler", "bindery-worker"].map(annotated), [true, true, false]);
    let worker = pod(manifests.find("Deployment", "bindery-worker"));
    assert_eq!(worker["imagePullSecrets"], json!([{"name": "registry"}]));
    assert_eq!((&worker["priorityClassName"], &worker["nodeSelector"]), (&json!("books"), &json!({"pool": "workers"})));
}

#[test]
fn the_guide_says_how_to_make_each_secret_that_the_manifests_lack() {
    let guide = page("kubernetes.md");
    let manifests = Manifests::of("production");
    for secret in referred(&manifests).iter().filter(|one| one.kind == "Secret") {
        let command = guide.split("kubectl ").find(|line| line.contains(&format!("secret generic {} ", secret.name)));
        let command = command.unwrap_or_else(|| panic!("{} is not in the guide", secret.name));
        let key = secret.key.unwrap_or_default();
        assert!(command.contains(&format!("--from-literal={key}")), "{key} of {} is not in the guide", secret.name);
    }
}

/// Returns the blocks of a page in this language.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let begin = format!("```{language}\n");
    page.split(begin.as_str()).skip(1).map(|rest| rest.split_once("```").unwrap().0).collect()
}

#[test]
fn the_overlay_of_each_kind_of_cluster_renders_and_has_what_the_cluster_needs() {
    let page = page("clusters.md");
    let overlays: Vec<_> =
        blocks(&page, "yaml").into_iter().filter(|block| block.starts_with("# kustomization.yaml")).collect();
    let rendered: Vec<_> = overlays.iter().map(|overlay| rendered(overlay)).collect();
    for (manifests, overlay) in rendered.iter().zip(&overlays) {
        assert_eq!(problems(&manifests.0), [""; 0], "{overlay}");
        config(manifests);
        let secrets = referred(manifests);
        for secret in secrets.iter().filter(|one| one.kind == "Secret" && !one.name.ends_with("-default-user")) {
            assert!(page.contains(&format!("secret generic {}", secret.name)), "nobody makes {}", secret.name);
        }
    }
    let [gke, eks, k3s] = &rendered[..] else { panic!("{} overlays", rendered.len()) };
    let files = |manifests: &Manifests| config(manifests).files.url.to_string();
    assert_eq!([gke, eks, k3s].map(files), ["s3://my-books/bound", "s3://my-books/bound", "file:"]);
    let policies =
        |manifests: &Manifests, name: &str| manifests.kind("NetworkPolicy").any(|one| one["metadata"]["name"] == name);
    assert!(policies(gke, "bindery-names-on-node") && policies(gke, "bindery-names-of-cloud-dns"));
    assert!(policies(eks, "bindery-eks-pod-identity"));
    assert!(policies(k3s, "bindery-servers-in-cluster") && policies(k3s, "redis"));
    assert_eq!(k3s.kind("PersistentVolumeClaim").count(), 1);
}

#[test]
fn the_broker_of_the_guide_refuses_what_is_far_larger_than_a_submission() {
    let page = page("clusters.md");
    let cluster = blocks(&page, "yaml").into_iter().find(|block| block.contains("kind: RabbitmqCluster")).unwrap();
    let cluster: Value = serde_saphyr::from_str(cluster).unwrap();
    let settings = include_str!("../../deploy/rabbitmq/bindery.conf").lines().filter(|line| !line.starts_with('#'));
    let given = cluster["spec"]["rabbitmq"]["additionalConfig"].as_str().unwrap();
    assert_eq!(given.lines().collect::<Vec<_>>(), settings.collect::<Vec<_>>());
    assert_eq!(cluster["metadata"]["name"], "books", "the component `rabbitmq-operator` expects this name");
}

#[test]
fn prometheus_comes_first_and_is_told_to_watch_keda_and_bindery() {
    let guide = page("kubernetes.md");
    let at = |said: &str| guide.find(said).unwrap_or_else(|| panic!("the guide does not say {said}"));
    let (prometheus, keda) = (at("helm install prometheus "), at("helm install keda "));
    assert!(prometheus < keda, "KEDA's ServiceMonitor needs a definition that comes with the operator of Prometheus");
    for selector in ["serviceMonitorSelectorNilUsesHelmValues=false", "ruleSelectorNilUsesHelmValues=false"] {
        assert!((prometheus..keda).contains(&at(&format!("prometheus.prometheusSpec.{selector}"))), "{selector}");
    }
    assert!(
        at("prometheus.operator.enabled=true") > keda && at("prometheus.operator.serviceMonitor.enabled=true") > keda
    );
}
