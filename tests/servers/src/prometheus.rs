//! A private Prometheus.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    guardian::{Guardian, folder, installed},
    http,
    port::Port,
};

/// How long a condition may take to hold. It is longer than a few scrapes take on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A process that is scraped on a loopback port.
pub struct Target<'a> {
    /// The role of the process.
    pub role: &'a str,
    /// The namespace of its fleet.
    pub namespace: &'a str,
    /// What tells the fleet from others in the same namespace. It is empty where nothing does.
    pub cell: &'a str,
    /// The port that serves its metrics.
    pub port: u16,
}

/// A private Prometheus that scrapes its targets every second.
pub struct Prometheus {
    guardian: Guardian,
    port: Port,
}

impl Prometheus {
    /// Starts a server that scrapes these targets and evaluates these rules, and waits until it has scraped each target.
    #[must_use]
    #[track_caller]
    pub fn start(targets: &[Target<'_>], rules: &Path) -> Self {
        let (port, folder) = (Port::claim(), folder("prometheus"));
        fs::write(folder.join("prometheus.yml"), configuration(targets, rules)).expect("the folder can be written");
        let mut command = Command::new(installed("prometheus", "prometheus"));
        command.arg(format!("--config.file={}", folder.join("prometheus.yml").display()));
        command.arg(format!("--storage.tsdb.path={}", folder.join("data").display()));
        command.arg(format!("--web.listen-address=127.0.0.1:{}", port.number()));
        let prometheus = Self { guardian: Guardian::new("Prometheus", folder, &command), port };
        prometheus.guardian.start(|| prometheus.get("/-/ready").is_some());
        prometheus.waits_for("its targets", |prometheus| {
            prometheus.query("up == 1").as_array().is_some_and(|up| up.len() == targets.len())
        });
        prometheus
    }

    /// Returns the result of an instant query.
    #[track_caller]
    pub fn query(&self, expression: &str) -> Value {
        let path = format!("/api/v1/query?query={}", encoded(expression));
        let body = self.get(&path).unwrap_or_else(|| panic!("Prometheus refuses the query {expression}"));
        let answer: Value = serde_json::from_str(&body).expect("the answer is JSON");
        answer["data"]["result"].clone()
    }

    /// Returns the values that a label has in the series of a selector.
    #[track_caller]
    pub fn label_values(&self, label: &str, selector: &str) -> Vec<String> {
        let path = format!("/api/v1/label/{label}/values?match[]={}", encoded(selector));
        let body = self.get(&path).unwrap_or_else(|| panic!("Prometheus refuses the selector {selector}"));
        let answer: Value = serde_json::from_str(&body).expect("the answer is JSON");
        serde_json::from_value(answer["data"].clone()).expect("the values are text")
    }

    /// Returns the names of the alerts that fire.
    #[track_caller]
    pub fn firing(&self) -> Vec<String> {
        let alerts = self.query("ALERTS{alertstate=\"firing\"}");
        let names = alerts.as_array().expect("a vector").iter().map(|alert| &alert["metric"]["alertname"]);
        names.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Waits until a condition holds.
    #[track_caller]
    pub fn waits_for(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let until = Instant::now() + TIMEOUT;
        while !holds(self) {
            assert!(Instant::now() < until, "Prometheus has waited too long for {what}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn get(&self, path: &str) -> Option<String> {
        let answer = http::request(self.port.number(), "GET", path, "", "").ok()?;
        (answer.status == 200).then_some(answer.body)
    }
}

fn configuration(targets: &[Target<'_>], rules: &Path) -> String {
    let mut text = format!(
        "global: {{ scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }}\nrule_files: [{:?}]\nscrape_configs:\n  - job_name: bindery\n    static_configs:\n",
        rules.display().to_string()
    );
    for Target { role, namespace, cell, port } in targets {
        let labels = format!("role: {role}, namespace: {namespace}, cell: {cell:?}");
        let _ = writeln!(text, "      - {{ targets: [\"127.0.0.1:{port}\"], labels: {{ {labels} }} }}");
    }
    text
}

/// Escapes everything but letters and digits, for the query of a URL.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
