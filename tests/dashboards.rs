//! Does every panel show data of a fleet with failing calls, and does each alert have a page that says what to do?

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use bindery_test_servers::{Prometheus, Target};
use serde_json::{Value, json};

use crate::{
    api::Served,
    support::{Fleet, Probes, Route, three_chapters},
};

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rules() -> PathBuf {
    repository().join("deploy/prometheus/bindery.rules.yml")
}

/// A dashboard of Grafana.
struct Dashboard {
    /// The name of its file.
    file: String,
    json: Value,
}

/// Returns all dashboards.
fn dashboards() -> Vec<Dashboard> {
    let files = fs::read_dir(repository().join("deploy/grafana/dashboards")).unwrap();
    let read = |path: PathBuf| {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        Dashboard { file, json: serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap() }
    };
    files.map(|file| read(file.unwrap().path())).collect()
}

fn array<'a>(value: &'a Value, field: &str) -> &'a Vec<Value> {
    value[field].as_array().unwrap()
}

/// A query of a panel.
struct Query {
    /// The panel, for a person.
    panel: String,
    expression: String,
    /// Whether each result is a line, and not a row of a heatmap.
    lines: bool,
}

/// Returns all queries of all panels.
fn queries() -> Vec<Query> {
    let mut queries = Vec::new();
    for Dashboard { file, json } in &dashboards() {
        for panel in array(json, "panels") {
            for target in array(panel, "targets") {
                let lines = panel["type"] != "heatmap";
                let panel = format!("{file}: {}", panel["title"].as_str().unwrap());
                let expression = target["expr"].as_str().unwrap().to_owned();
                queries.push(Query { panel, expression, lines });
            }
        }
    }
    queries
}

/// The units of Grafana that panels use. Any other unit is a word that is shown after the value.
const UNITS: [&str; 5] = ["bool_yes_no", "bytes", "currencyUSD", "percentunit", "s"];

/// The most lines that a panel may show.
const LINES: usize = 12;

/// Where the pages of the runbook are found, for this version of the program.
const PAGES: &str = concat!("https://github.com/bindery/bindery/blob/v", env!("CARGO_PKG_VERSION"), "/");

/// What a cluster tells of its workers and of KEDA, in place of kube-state-metrics and KEDA.
const CLUSTER: &str = r#"
  - name: cluster
    rules:
      - record: kube_horizontalpodautoscaler_status_current_replicas
        expr: vector(3)
        labels: { namespace: production, cell: eu, horizontalpodautoscaler: keda-hpa-bindery-worker }
      - record: kube_horizontalpodautoscaler_spec_max_replicas
        expr: vector(8)
        labels: { namespace: production, cell: eu, horizontalpodautoscaler: keda-hpa-bindery-worker }
      - record: kube_horizontalpodautoscaler_status_current_replicas
        expr: vector(2)
        labels: { namespace: production, cell: eu, horizontalpodautoscaler: keda-hpa-bindery-api }
      - record: kube_horizontalpodautoscaler_spec_max_replicas
        expr: vector(6)
        labels: { namespace: production, cell: eu, horizontalpodautoscaler: keda-hpa-bindery-api }
      - record: keda_scaled_object_errors_total
        expr: vector(0)
        labels: { namespace: production, cell: eu, scaledObject: bindery-worker }
      - record: keda_scaled_object_errors_total
        expr: vector(1)
        labels: { namespace: keda, cell: eu, exported_namespace: production, scaledObject: bindery-worker }
"#;

/// Returns the factor of a rate per second in this unit; `None` where the unit is not one of rates.
fn factor(unit: &str) -> Option<&'static str> {
    match unit {
        "currencyUSD" => Some("3600 * "),
        // A core is a second of processor time per second.
        "suffix:cores" => Some(""),
        _ if unit.ends_with("/min") => Some("60 * "),
        _ if unit.ends_with("/s") => Some(""),
        _ => None,
    }
}

/// Returns whether the result of a query is a rate, and neither a share nor a duration.
fn is_rate(query: &str) -> bool {
    let counts = query.contains("rate(") || query.contains("increase(");
    counts && !query.contains(" / ") && !query.starts_with("histogram_quantile(")
}

/// Returns the names of our metrics in a text.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let plain = |word: &str| {
        let histogram = ["_bucket", "_sum", "_count"].iter().find_map(|end| word.strip_suffix(end));
        histogram.unwrap_or(word).to_owned()
    };
    words.filter(|word| word.starts_with("bindery_") || word.starts_with("process_")).map(plain).collect()
}

#[test]
fn every_panel_has_a_question_as_title_a_description_and_a_unit() {
    for Dashboard { file, json } in dashboards() {
        for panel in array(&json, "panels") {
            let title = panel["title"].as_str().unwrap();
            assert!(title.ends_with('?'), "{file}: {title}");
            assert!(panel["description"].as_str().is_some_and(|said| said.ends_with('.')), "{file}: {title}");
            let unit = panel["fieldConfig"]["defaults"]["unit"].as_str().unwrap();
            let ours = unit.strip_prefix("suffix:").is_some_and(|word| word.trim() == word && !word.is_empty());
            assert!(ours || UNITS.contains(&unit), "{file}: {title}: {unit}");
            for target in array(panel, "targets") {
                let query = target["expr"].as_str().unwrap();
                if panel["type"] == "heatmap" {
                    assert!(unit == "s" && query.starts_with("sum by (le) (increase("), "{file}: {title}: {query}");
                    continue;
                }
                let query =
                    query.strip_prefix("topk(").and_then(|rest| rest.split_once(", ")).map_or(query, |cut| cut.1);
                let rate = factor(unit).is_some_and(|factor| query.starts_with(&format!("{factor}sum")));
                assert_eq!(rate, is_rate(query), "{file}: {title}: {query} in {unit}");
            }
        }
        let mut places: Vec<_> = array(&json, "panels").iter().map(|panel| panel["gridPos"].to_string()).collect();
        places.sort();
        let panels = places.len();
        places.dedup();
        assert_eq!(places.len(), panels, "{file}: two panels have the same position");
    }
}

#[test]
fn every_dashboard_begins_with_the_name_of_the_program_and_shows_one_fleet() {
    for Dashboard { file, json } in dashboards() {
        assert!(json["title"].as_str().unwrap().starts_with("Bindery: "), "{file}");
        let variables: Vec<_> = array(&json["templating"], "list").iter().map(|one| &one["name"]).collect();
        assert_eq!(variables, ["source", "namespace", "cell", "role", "instance", "logs", "traces"], "{file}");
        assert!(json["annotations"].to_string().contains("bindery_build_info"), "{file} shows no deploys");
    }
    for Query { panel, expression, .. } in queries() {
        let fleets = expression.matches("namespace=\"$namespace\"").count();
        // Alerts and figures of a cluster that name no cell may concern any.
        let cells = ["cell=\"$cell\"", "cell=~\"|$cell\""].map(|cell| expression.matches(cell).count());
        assert!(fleets > 0 && fleets == cells[0] + cells[1], "{panel}: {expression}");
    }
}

#[test]
fn every_page_that_a_panel_leads_to_is_there() {
    let mut pages = 0;
    for Dashboard { file, json } in dashboards() {
        for panel in array(&json, "panels") {
            let titles: Vec<_> = array(panel, "links").iter().map(|link| &link["title"]).collect();
            assert!(titles.ends_with(&[&json!("Logs"), &json!("Traces")]), "{file}: {titles:?}");
            for link in array(panel, "links").iter().filter(|link| link["title"] == "What to do") {
                let page = link["url"].as_str().unwrap().strip_prefix(PAGES).unwrap_or_else(|| panic!("{link}"));
                assert!(repository().join(page).is_file(), "{file}: {page}");
                pages += 1;
            }
        }
    }
    assert!(pages > 20, "{pages} panels have a page");
}

#[test]
fn every_dashboard_fits_the_types_of_grafana() {
    let folder = repository().join("deploy/grafana/dashboards");
    let check = |files: &[PathBuf]| {
        let mut command = Command::new("node");
        command.arg(repository().join("tests/grafana/check.mjs")).args(files).output().unwrap()
    };
    let files: Vec<_> = dashboards().iter().map(|dashboard| folder.join(&dashboard.file)).collect();
    let found = check(&files);
    let said = String::from_utf8_lossy(&found.stdout).into_owned() + &String::from_utf8_lossy(&found.stderr);
    assert!(found.status.success(), "{said}");
    let broken = tempfile::tempdir().unwrap().path().with_extension("json");
    fs::write(&broken, fs::read_to_string(&files[0]).unwrap().replace("\"showPoints\"", "\"showPoint\"")).unwrap();
    assert!(!check(std::slice::from_ref(&broken)).status.success(), "a misspelt field is not found");
    fs::remove_file(broken).unwrap();
}

#[test]
fn a_grafana_on_kubernetes_gets_every_dashboard_unchanged() {
    let kustomize = std::env::var_os("BINDERY_KUSTOMIZE").expect("BINDERY_KUSTOMIZE is Kustomize: run tests/run");
    let rendered = Command::new(kustomize).arg("build").arg(repository().join("deploy/grafana")).output().unwrap();
    assert!(rendered.status.success(), "{}", String::from_utf8_lossy(&rendered.stderr));
    let maps: Vec<Value> = serde_saphyr::from_multiple(&String::from_utf8(rendered.stdout).unwrap()).unwrap();
    let mut given = BTreeMap::new();
    for map in &maps {
        assert_eq!((&map["kind"], &map["metadata"]["labels"]["grafana_dashboard"]), (&json!("ConfigMap"), &json!("1")));
        given.extend(map["data"].as_object().unwrap().clone());
    }
    let entry = |Dashboard { file, .. }: Dashboard| {
        let path = repository().join("deploy/grafana/dashboards").join(&file);
        (format!("bindery-{file}"), json!(fs::read_to_string(path).unwrap()))
    };
    assert_eq!(given, dashboards().into_iter().map(entry).collect::<BTreeMap<_, _>>());
}

#[test]
fn panels_and_alerts_use_only_documented_metrics() {
    let documented = named(&fs::read_to_string(repository().join("docs/metrics.md")).unwrap());
    let unknown = |text: &str| named(text).difference(&documented).cloned().collect::<Vec<_>>();
    for Query { panel, expression, .. } in queries() {
        assert_eq!(unknown(&expression), [""; 0], "{panel}");
    }
    assert_eq!(unknown(&fs::read_to_string(rules()).unwrap()), [""; 0], "alerts");
}

#[test]
fn alerts_pass_their_tests_in_both_directions_and_have_a_page() {
    let [tests, over_a_week] =
        ["bindery.rules", "a-week"].map(|name| repository().join(format!("tests/prometheus/{name}.test.yml")));
    for (command, files) in [("check", vec![rules()]), ("test", vec![tests.clone(), over_a_week])] {
        let ran =
            Command::new("promtool").args([command, "rules"]).args(files).output().expect("promtool is installed");
        let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{said}");
    }
    let (rules, tests) = (fs::read_to_string(rules()).unwrap(), fs::read_to_string(tests).unwrap());
    let of = |key: &str| -> Vec<String> {
        let values = rules.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix(key));
        values.map(|value| value.trim().to_owned()).collect()
    };
    let (alerts, pages) = (of("alert:"), of("runbook_url:"));
    assert_eq!(alerts.len(), pages.len());
    for (alert, page) in alerts.iter().zip(pages) {
        let page = page.strip_prefix(PAGES).unwrap_or_else(|| panic!("{page} does not begin with {PAGES}"));
        let page = fs::read_to_string(repository().join(page)).unwrap_or_else(|error| panic!("{page}: {error}"));
        assert!(page.contains(&format!("`{alert}`")), "its page does not name {alert}");
        let silent = tests.contains(&format!("alertname: {alert}, exp_alerts: []"));
        let fires = tests.contains(&format!("alertname: {alert}\n"));
        assert!(silent && fires, "{alert} is not tested both ways");
    }
}

#[test]
fn prometheus_accepts_the_configuration_of_compose() {
    let file = repository().join("deploy/prometheus/prometheus.yml");
    let ran = Command::new("promtool").args(["check", "config"]).arg(file).output().expect("promtool is installed");
    let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && said.contains("rules found"), "{said}");
}

#[test]
fn every_panel_shows_data_of_a_fleet_with_failing_calls() {
    let fleet = Fleet::with_faults("overloaded=0.1,empty=0.05,rate_limited=0.05".parse().unwrap());
    let (served, api) = Served::beside(fleet);
    let (fleet, caller) = (&served.fleet, served.keyed(&["--tenant", "press"]));
    let _events = caller.listen("/v1/events", None);
    let watched = [["dispatcher"], ["worker"], ["assembler"]].map(|roles| (roles[0], fleet.serve_watched(&roles)));
    // Another fleet, which has nothing to do.
    let idle = Fleet::new();
    let (_staging, staging) = idle.serve_watched(&["dispatcher"]);
    let mut targets: Vec<_> =
        watched.iter().map(|(role, (_, probes))| target(role, ("production", "eu"), probes)).collect();
    targets.push(target("api", ("production", "eu"), &api));
    // The idle fleet is seen twice: in the other cell of the same namespace, and in another namespace.
    targets.extend([("production", "us"), ("staging", "")].map(|fleet| target("dispatcher", fleet, &staging)));
    let with_cluster = fleet.path("rules.yml");
    fs::write(&with_cluster, fs::read_to_string(rules()).unwrap() + CLUSTER).unwrap();
    let prometheus = Prometheus::start(&targets, &with_cluster);
    let write = || fleet.finishes(&fleet.order(three_chapters()));
    write();
    // A rate needs two samples, so a second book follows.
    prometheus.waits_for("the first book", |seen| count(&seen.query("bindery_book_seconds_count > 0")) > 0);
    fleet.publish(Route::SUBMISSION, b"not JSON at all");
    write();
    caller.get("/v1/books").is(200);
    served.caller.get("/v1/books").is(401);
    for Query { panel, expression, lines } in queries() {
        let query = |fleet| filled_in(&expression, fleet);
        let production = query(("production", "eu"));
        prometheus.waits_for(&format!("{panel}: {production}"), |seen| count(&seen.query(&production)) > 0);
        assert!(!lines || count(&prometheus.query(&production)) <= LINES, "{panel} shows too many lines");
        for fleet in [("nowhere", "eu"), ("production", "nowhere")] {
            let other = prometheus.query(&query(fleet));
            let other = other.as_array().unwrap().iter().filter(|one| one["value"][1] != "0").count();
            assert_eq!(other, 0, "{panel} shows data of a fleet that is not chosen");
        }
    }
    what_is_chosen_at_the_top_is_offered(&prometheus);
    deploys_are_marked(&prometheus);
    prometheus.waits_for("the alert for dead letters", |seen| seen.firing() == ["BinderyDeadLetters"]);
    fleet.run(&["dead", "purge", "--yes"]).exits(0);
    fleet.queues("dead", 0);
    prometheus.waits_for("the alert to end", |seen| !seen.firing().contains(&"BinderyDeadLetters".to_owned()));
}

/// Returns a query as Grafana sends it for a fleet, with all roles and all processes.
fn filled_in(expression: &str, (namespace, cell): (&str, &str)) -> String {
    let fleet = expression.replace("$namespace", namespace).replace("$cell", cell);
    fleet.replace("$role", ".*").replace("$instance", ".*").replace("$__rate_interval", "1m")
}

fn target<'a>(role: &'a str, (namespace, cell): (&'a str, &'a str), probes: &Probes) -> Target<'a> {
    Target { role, namespace, cell, port: probes.address().port() }
}

/// Checks that each variable of each dashboard offers what there is, and no more.
fn what_is_chosen_at_the_top_is_offered(prometheus: &Prometheus) {
    for Dashboard { file, json } in dashboards() {
        let offered = |name: &str, fleet| {
            let variable = array(&json["templating"], "list").iter().find(|one| one["name"] == name).unwrap();
            let query = filled_in(variable["query"]["query"].as_str().unwrap(), fleet);
            let values = query.strip_prefix("label_values(").and_then(|rest| rest.strip_suffix(")"));
            let (selector, label) = values.unwrap_or_else(|| panic!("{file}: {query}")).rsplit_once(", ").unwrap();
            assert_eq!(label, name, "{file}");
            prometheus.label_values(label, selector)
        };
        let (eu, us) = (("production", "eu"), ("production", "us"));
        assert_eq!(offered("namespace", eu), ["production", "staging"], "{file}");
        assert_eq!(offered("cell", eu), ["eu", "us"], "{file}");
        assert_eq!(offered("cell", ("staging", "")), [""; 0], "{file}");
        assert_eq!(offered("role", eu), ["api", "assembler", "dispatcher", "worker"], "{file}");
        assert_eq!(offered("role", us), ["dispatcher"], "{file}");
        assert_eq!((offered("instance", eu).len(), offered("instance", us).len()), (4, 1), "{file}");
    }
}

/// Checks that the first processes of a version were marked when they began to run, for the chosen fleet alone.
fn deploys_are_marked(prometheus: &Prometheus) {
    for Dashboard { file, json } in dashboards() {
        let annotation = array(&json["annotations"], "list").iter().find(|one| one["name"] == "Deploys").unwrap();
        let marked = |fleet| {
            let expression = filled_in(annotation["expr"].as_str().unwrap(), fleet);
            prometheus.query(&format!("count_over_time(({expression})[1h:1s])"))
        };
        let versions = marked(("production", "eu"));
        assert_eq!(versions.as_array().unwrap().len(), 1, "{file}");
        assert_eq!(versions[0]["metric"], json!({"version": env!("CARGO_PKG_VERSION")}), "{file}");
        assert_eq!(count(&marked(("production", "nowhere"))), 0, "{file}");
    }
}

fn count(result: &Value) -> usize {
    result.as_array().map_or(0, Vec::len)
}
