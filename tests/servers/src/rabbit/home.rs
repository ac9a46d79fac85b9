//! What a private broker is started from: a home with only the plugins it needs, and its settings.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    MEMORY_WATERMARK, Ports,
    management::{PASSWORD, USER},
};
use crate::certificates::Certificates;

/// The plugins that a broker is started with.
const PLUGINS: [&str; 4] =
    ["rabbitmq_management", "rabbitmq_management_agent", "rabbitmq_web_dispatch", "rabbitmq_prelaunch"];

/// Whether a broker counts what its management API tells of queues.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Statistics {
    Collected,
    SwitchedOff,
}

/// Prepares the folder and returns the command that starts a broker in it.
#[track_caller]
pub(super) fn command(
    folder: &Path,
    ports: &Ports,
    certificates: Option<&Certificates>,
    statistics: Statistics,
) -> Command {
    write(folder, "advanced.config", &settings(ports, certificates, statistics));
    write(folder, "enabled_plugins", "[rabbitmq_management].");
    let home = link_home(folder);
    let port = ports.erlang.number();
    let node = "bindery@localhost";
    // The node is named here, before the broker would do it, so it needs no port mapper: Erlang's tools are given its port.
    // The broker would start a port mapper within a minute, which would outlive it, so that is forbidden too.
    let erl = format!("-sname {node} -erl_epmd_port {port} -kernel inet_dist_use_interface {{127,0,0,1}}");
    let mut command = Command::new(home.join("sbin/rabbitmq-server"));
    command.env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", erl).env("ERL_AFLAGS", "-start_epmd false");
    command.env("RABBITMQ_NODENAME", node);
    command.env("RABBITMQ_SCRIPTS_DIR", home.join("sbin")).env("RABBITMQ_PLUGINS_DIR", home.join("plugins"));
    command.env("RABBITMQ_MNESIA_BASE", folder.join("data")).env("RABBITMQ_PID_FILE", folder.join("pid"));
    command.env("RABBITMQ_LOG_BASE", folder.join("logs")).env("RABBITMQ_LOGS", "-");
    command.env("RABBITMQ_ADVANCED_CONFIG_FILE", folder.join("advanced.config"));
    command.env("RABBITMQ_ENABLED_PLUGINS_FILE", folder.join("enabled_plugins"));
    // The settings of a broker that is installed on the machine must not be read.
    command.env("RABBITMQ_CONF_ENV_FILE", "/dev/null").env("RABBITMQ_CONFIG_FILE", folder.join("none"));
    command.env("RABBITMQ_CONFIG_FILES", folder.join("none/*.conf"));
    // Several brokers share the processors of a test machine, so none may bind its threads to them.
    command.env("RABBITMQ_SCHEDULER_BIND_TYPE", "u");
    // Under systemd the script becomes the broker instead of starting it and waiting.
    command.env("RUNNING_UNDER_SYSTEMD", "true");
    command
}

/// Returns the settings as Erlang terms, which the broker reads faster than its usual format.
fn settings(ports: &Ports, certificates: Option<&Certificates>, statistics: Statistics) -> String {
    let (amqp, management) = (ports.amqp.number(), ports.management.number());
    let amqp = format!(r#"[{{"127.0.0.1", {amqp}}}]"#);
    let listeners = certificates.map_or_else(
        || format!("{{tcp_listeners, {amqp}}}"),
        |certificates| format!("{{tcp_listeners, []}}, {{ssl_listeners, {amqp}}}, {}", ssl_options(certificates)),
    );
    let switched_off = statistics == Statistics::SwitchedOff;
    format!(
        r#"[
  {{rabbit, [
    {listeners},
    {{default_user, <<"{USER}">>}},
    {{default_pass, <<"{PASSWORD}">>}},
    {{vm_memory_high_watermark, {MEMORY_WATERMARK}}},
    {{collect_statistics_interval, 250}},
    {{quorum_tick_interval, 250}}
  ]}},
  {{rabbitmq_management_agent, [{{disable_metrics_collector, {switched_off}}}]}},
  {{rabbitmq_management, [
    {{tcp_config, [{{ip, "127.0.0.1"}}, {{port, {management}}}]}},
    {{sample_retention_policies, [{{global, [{{60, 1}}]}}, {{basic, [{{60, 1}}]}}, {{detailed, [{{60, 1}}]}}]}}
  ]}}
].
"#
    )
}

fn ssl_options(certificates: &Certificates) -> String {
    let Certificates { authority, server, server_key, .. } = certificates;
    format!(
        "{{ssl_options, [{{cacertfile, {authority:?}}}, {{certfile, {server:?}}}, {{keyfile, {server_key:?}}}, \
         {{verify, verify_peer}}, {{fail_if_no_peer_cert, true}}]}}"
    )
}

/// Makes a home of links to the installed one, without the plugins that are not needed. The broker searches all plugins
/// for every module it loads, which takes more than a second at each start.
#[track_caller]
fn link_home(folder: &Path) -> PathBuf {
    let installed = installed();
    let home = folder.join("home");
    let plugins = home.join("plugins");
    fs::create_dir_all(&plugins).expect("a private folder can be written");
    for name in entries(&installed.join("plugins")) {
        let plugin = name.split_once('-').map_or(name.as_str(), |(plugin, _)| plugin);
        if !plugin.starts_with("rabbitmq_") || PLUGINS.contains(&plugin) {
            link(&installed.join("plugins").join(&name), &plugins.join(&name));
        }
    }
    for part in ["escript", "sbin"] {
        link(&installed.join(part), &home.join(part));
    }
    home
}

/// Returns where RabbitMQ is installed. The programs in `/usr/sbin` cannot be used: they change to a user of their own.
#[track_caller]
fn installed() -> PathBuf {
    let base = Path::new("/usr/lib/rabbitmq/lib");
    let versions = entries(base).into_iter().filter(|name| name.starts_with("rabbitmq_server-"));
    let newest = versions.max().map(|name| base.join(name));
    newest.unwrap_or_else(|| panic!("RabbitMQ is not installed; type: sudo apt-get install rabbitmq-server"))
}

fn entries(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
}

fn link(to: &Path, at: &Path) {
    symlink(to, at).expect("a private folder can be written");
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).expect("a private folder can be written");
}
