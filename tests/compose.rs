//! Does deploy/compose.yaml describe a whole fleet, and do its parts fit each other and the program?

use std::{collections::BTreeMap, fs, process::Command, time::Duration};

use bindery_config::{Config, Sources};
use serde_json::{Value, json};

use crate::support::{Manifests, Running, containers};

const ROLES: [&str; 4] = ["dispatcher", "worker", "assembler", "api"];

/// The port on which every process serves its metrics and probes.
const ADMIN_PORT: u16 = 9464;

/// The port on which the API answers its callers.
const API_PORT: u16 = 8080;

fn file(path: &str) -> String {
    fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Returns the services as Compose understands them if no variable is set.
fn services() -> BTreeMap<String, Value> {
    let compose = std::env::var_os("BINDERY_COMPOSE").expect("BINDERY_COMPOSE is Docker Compose: run tests/run");
    let mut command = Command::new(compose);
    command.env_clear().env("HOME", "/nowhere").current_dir(env!("CARGO_MANIFEST_DIR"));
    command.args(["--file", "deploy/compose.yaml", "--profile", "*", "config", "--format", "json"]);
    let config: Value = serde_json::from_str(&Running::start(command).end().exits(0).stdout).unwrap();
    serde_json::from_value(config["services"].clone()).unwrap()
}

fn image(service: &Value) -> &str {
    service["image"].as_str().unwrap()
}

#[test]
fn compose_has_every_role_and_server_and_needs_no_key() {
    let services = services();
    for role in ROLES {
        assert_eq!(services[role]["command"], json!(["serve", role]));
        let environment = serde_json::from_value(services[role]["environment"].clone()).unwrap();
        let config = Config::load(&Sources { environment, ..Sources::default() }).unwrap();
        assert_eq!(config.model.name_or_stand_in(), "stand-in:prose");
        let stand_in = config.models().providers["stand-in"].base_url.as_ref().unwrap().to_string();
        for url in [config.queue.url.expose(), config.store.url.expose(), &stand_in] {
            let host = url.rsplit(['@', '/']).find(|part| part.contains(':')).unwrap().split(':').next().unwrap();
            assert!(services.contains_key(host), "{url} names no service");
        }
    }
    for server in ["prometheus", "grafana", "stand-in"] {
        assert!(services.contains_key(server), "{server} is missing");
    }
}

#[test]
fn workers_can_be_scaled_and_no_port_is_open_to_other_machines() {
    let services = services();
    let worker = &services["worker"];
    assert!(worker["ports"].is_null() && worker["container_name"].is_null() && worker["hostname"].is_null());
    for (name, service) in &services {
        for port in service["ports"].as_array().into_iter().flatten() {
            assert_eq!(port["host_ip"], "127.0.0.1", "{name} is open to other machines");
        }
        let version = image(service).rsplit('/').next().unwrap().split_once(':');
        assert!(version.is_some_and(|(_, version)| version != "latest"), "the version of {name} is not fixed");
    }
}

#[test]
fn a_role_runs_without_privileges_and_has_time_to_drain() {
    let services = services();
    for role in ROLES {
        let service = &services[role];
        assert_eq!((&service["read_only"], &service["cap_drop"]), (&json!(true), &json!(["ALL"])), "{role}");
        let grace = Config::default().serve.grace;
        assert!(seconds(service["stop_grace_period"].as_str().unwrap()) >= grace + Duration::from_secs(30), "{role}");
        for server in ["rabbitmq", "redis"] {
            assert_eq!(service["depends_on"][server]["condition"], "service_healthy", "{role}");
        }
    }
}

/// Reads a duration as Compose writes it, like `5m30s`.
fn seconds(time: &str) -> Duration {
    let (minutes, rest) = time.split_once('m').unwrap_or(("0", time));
    let seconds = rest.strip_suffix('s').unwrap_or("0");
    Duration::from_secs(minutes.parse::<u64>().unwrap() * 60 + seconds.parse::<u64>().unwrap())
}

#[test]
fn the_store_writes_to_disk_and_evicts_nothing() {
    let services = services();
    let demo = Manifests::of("demo");
    let pod = containers(demo.find("StatefulSet", "redis")).next().unwrap();
    for arguments in [&services["redis"]["command"], &pod["args"]] {
        let arguments: Vec<String> = serde_json::from_value(arguments.clone()).unwrap();
        let has = |name: &str, value: &str| arguments.windows(2).any(|pair| pair == [name, value]);
        assert!(has("--appendonly", "yes") && has("--maxmemory-policy", "noeviction"), "{arguments:?}");
    }
}

#[test]
fn compose_and_kubernetes_run_the_same_servers() {
    let services = services();
    let demo = Manifests::of("demo");
    for server in ["rabbitmq", "redis"] {
        let pod = containers(demo.find("StatefulSet", server)).next().unwrap();
        assert_eq!(image(&services[server]), image(pod));
    }
    for overlay in ["demo", "production"] {
        let manifests = Manifests::of(overlay);
        let roles = manifests.kind("Deployment").flat_map(containers);
        let version = format!(":{}", env!("CARGO_PKG_VERSION"));
        assert!(roles.map(image).all(|image| image.ends_with(&version)), "{overlay} runs another version");
    }
}

#[test]
fn metrics_and_probes_are_requested_on_the_port_that_serves_them() {
    let port = ADMIN_PORT.to_string();
    assert!(file("deploy/Dockerfile").contains(&format!("EXPOSE {API_PORT} {port}\n")));
    assert!(file("deploy/Dockerfile").contains(&format!("BINDERY_SERVE__ADMIN=0.0.0.0:{port} ")));
    assert!(file("deploy/prometheus/prometheus.yml").contains(&format!("port: {port}\n")));
    assert!(file("deploy/kubernetes/base/settings.env").contains(&format!("BINDERY_SERVE__ADMIN=0.0.0.0:{port}\n")));
    let manifests = Manifests::of("production");
    for role in ROLES {
        let deployment = manifests.find("Deployment", &format!("bindery-{role}"));
        let pod = containers(deployment).next().unwrap();
        let metrics = json!({"name": "metrics", "containerPort": ADMIN_PORT});
        let api = json!({"name": "api", "containerPort": API_PORT});
        let (ports, readiness) = match role {
            "api" => (json!([api, metrics]), json!({"path": "/", "port": "api"})),
            _ => (json!([metrics]), json!({"path": "/readyz", "port": "metrics"})),
        };
        assert_eq!((&pod["ports"], &pod["readinessProbe"]["httpGet"]), (&ports, &readiness), "{role}");
        for probe in ["startupProbe", "livenessProbe"] {
            assert_eq!(pod[probe]["httpGet"]["port"], "metrics", "{role}");
        }
    }
}

#[test]
fn callers_reach_the_api_on_the_port_that_it_serves() {
    let address = format!("BINDERY_API__ADDRESS=0.0.0.0:{API_PORT}\n");
    for path in ["deploy/Dockerfile", "deploy/kubernetes/base/settings.env"] {
        assert!(file(path).contains(&address), "{path}");
    }
    let published = &services()["api"]["ports"][0];
    assert_eq!((&published["target"], &published["published"]), (&json!(API_PORT), &json!(API_PORT.to_string())));
    let manifests = Manifests::of("production");
    let service = manifests.find("Service", "bindery-api");
    assert_eq!(service["spec"]["ports"], json!([{"name": "http", "port": 80, "targetPort": "api"}]));
    let scraped = file("deploy/prometheus/prometheus.yml");
    assert!(scraped.contains(&format!("names: [{}]\n", ROLES.join(", "))), "Prometheus does not know every role");
}
