//! Does the number of processes follow the work, and do callers keep their answers meanwhile?

use std::fs;

use serde_json::{Value, json};

use super::OVERLAYS;
use crate::support::{Fleet, Manifests, containers, pod};

#[test]
fn workers_scale_by_the_slots_of_a_worker_with_the_same_settings() {
    for overlay in OVERLAYS {
        let manifests = Manifests::of(overlay);
        let scaled = manifests.find("ScaledObject", "bindery-worker");
        assert!(
            manifests.find("Deployment", "bindery-worker")["spec"]["replicas"].is_null(),
            "the deployment would set the number as well"
        );
        let mut fleet = Fleet::new();
        let mut settings = manifests.settings();
        settings.insert("BINDERY_SERVE__ADMIN".to_owned(), "127.0.0.1:0".to_owned());
        fleet.share(settings);
        fleet.keep_serving(&["worker"]);
        let spec = &scaled["spec"];
        let most = spec["maxReplicaCount"].as_u64().unwrap();
        assert!(spec["minReplicaCount"] == 0 && most > 0, "{overlay}");
        let down = &spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]["scaleDown"];
        let slowly = json!([{"type": "Pods", "value": 1, "periodSeconds": 60}]);
        assert_eq!((&down["stabilizationWindowSeconds"], &down["policies"]), (&json!(300), &slowly), "{overlay}");
        let triggers = spec["triggers"].as_array().unwrap();
        assert_eq!(triggers.len(), 2, "{overlay}");
        for trigger in triggers {
            let metadata = &trigger["metadata"];
            assert_eq!((&metadata["protocol"], &metadata["mode"]), (&json!("http"), &json!("QueueLength")));
            assert_eq!(metadata["excludeUnacknowledged"], "false", "messages that workers hold are not counted");
            // KEDA 2.17.0 refuses a fallback without it.
            assert_eq!((&trigger["metricType"], &metadata["timeout"]), (&json!("AverageValue"), &json!("10000")));
            let queue = metadata["queueName"].as_str().unwrap();
            let slots: u64 = metadata["value"].as_str().unwrap().parse().unwrap();
            assert_eq!(fleet.broker.prefetches(&fleet.vhost, queue), [slots], "{queue} of {overlay}");
        }
    }
}

#[test]
fn the_api_scales_by_what_callers_ask_of_it() {
    let documented = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/metrics.md")).unwrap();
    for overlay in OVERLAYS {
        let manifests = Manifests::of(overlay);
        let deployment = manifests.find("Deployment", "bindery-api");
        assert!(deployment["spec"]["replicas"].is_null(), "the deployment would set the number as well");
        let spec = &manifests.find("ScaledObject", "bindery-api")["spec"];
        let (least, most) = (spec["minReplicaCount"].as_u64().unwrap(), spec["maxReplicaCount"].as_u64().unwrap());
        assert!(0 < least && least < most, "{overlay}: nobody would answer, or nothing would scale");
        let namespace = deployment["metadata"]["namespace"].as_str().unwrap();
        let triggers = spec["triggers"].as_array().unwrap();
        let queries: Vec<&str> = triggers.iter().map(|trigger| text(&trigger["metadata"]["query"])).collect();
        for (query, metric) in queries.iter().zip(["bindery_api_requests_total", "bindery_api_streams_open"]) {
            assert!(
                query.starts_with("sum(") && query.contains(&format!("{metric}{{namespace=\"{namespace}\"}}")),
                "{query}"
            );
            assert!(documented.contains(&format!("`{metric}`")), "{metric} is no metric");
        }
        for trigger in triggers {
            assert_eq!((&trigger["type"], &trigger["metricType"]), (&json!("prometheus"), &json!("AverageValue")));
            assert_eq!(trigger["metadata"]["timeout"], "10000");
            assert_eq!(
                trigger["metadata"]["ignoreNullValues"], "false",
                "a Prometheus that scrapes nothing counts as no load"
            );
        }
    }
}

/// Requests a second that two keys may make of one process.
#[test]
fn a_process_of_the_api_is_meant_for_two_keys_at_their_limit() {
    let spec = Manifests::of("production").find("ScaledObject", "bindery-api")["spec"].clone();
    let a_minute = bindery_config::Config::default().api.requests_per_minute;
    assert_eq!(text(&spec["triggers"][0]["metadata"]["threshold"]), (2 * a_minute / 60).to_string());
}

#[test]
fn callers_are_sent_elsewhere_before_a_process_of_the_api_stops() {
    for overlay in OVERLAYS {
        let manifests = Manifests::of(overlay);
        let deployment = manifests.find("Deployment", "bindery-api");
        let container = containers(deployment).next().unwrap();
        let waits = container["lifecycle"]["preStop"]["sleep"]["seconds"].as_u64().unwrap();
        let given = pod(deployment)["terminationGracePeriodSeconds"].as_u64().unwrap();
        assert!(waits >= 5 && waits + 30 < given, "{overlay}");
        assert_eq!(manifests.find("Service", "bindery-api")["spec"]["ports"][0]["targetPort"], "api", "{overlay}");
    }
}

#[test]
fn the_ingress_leads_to_the_service_and_lets_events_pass() {
    let manifests = Manifests::with_component("production", "api-ingress");
    let ingress = manifests.find("Ingress", "bindery-api");
    let to = &ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"];
    assert_eq!(to, &json!({"name": "bindery-api", "port": {"name": "http"}}));
    assert_eq!(ingress["spec"]["tls"][0]["hosts"][0], ingress["spec"]["rules"][0]["host"]);
    let says = |name: &str| text(&ingress["metadata"]["annotations"][format!("nginx.ingress.kubernetes.io/{name}")]);
    assert_eq!(says("proxy-buffering"), "off");
    assert!(says("proxy-read-timeout").parse::<u32>().unwrap() > 60);
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}
