//! The values in force as TOML, each that is not the default with its origin.

use std::fmt::Write;

use toml::{Table, Value};

use super::{
    Config,
    origin::{Origin, Origins},
};

/// Renders a configuration. Secrets are masked by how their types serialise.
pub(super) fn render(config: &Config) -> String {
    let table = Table::try_from(config).expect("every setting has a form in TOML");
    let mut text = String::new();
    section(&mut text, "", &table, &config.origins);
    text
}

fn section(text: &mut String, name: &str, table: &Table, origins: &Origins) {
    let (tables, values): (Vec<_>, Vec<_>) = table.iter().partition(|(_, value)| value.is_table());
    if !values.is_empty() {
        let gap = if text.is_empty() { "" } else { "\n" };
        writeln!(text, "{gap}[{name}]").expect("a string takes all that is written");
    }
    for (key, value) in values {
        line(text, key, value, &origins.of(&dotted(name, key)));
    }
    for (key, value) in tables {
        if let Value::Table(inner) = value {
            section(text, &dotted(name, key), inner, origins);
        }
    }
}

fn line(text: &mut String, key: &str, value: &Value, origin: &Origin) {
    let comment = match origin {
        Origin::Default => String::new(),
        // A path may hold anything, and a comment ends with its line.
        set => format!("  # {}", set.to_string().replace(char::is_control, "?")),
    };
    writeln!(text, "{key} = {value}{comment}").expect("a string takes all that is written");
}

fn dotted(section: &str, key: &str) -> String {
    if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") }
}
