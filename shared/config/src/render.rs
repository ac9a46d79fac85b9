//! Renders the values in force as TOML. A value that is not the default has its source in a comment.

use std::fmt::Write;

use toml::{Table, Value};

use super::{
    Config,
    origin::{Origin, Origins},
    setting::is_open,
};

/// Renders a configuration. The types of secrets mask them.
pub(super) fn render(config: &Config) -> String {
    let table = Table::try_from(config).expect("every setting has a form in TOML");
    let mut text = String::new();
    section(&mut text, "", &table, &config.origins);
    text
}

fn section(text: &mut String, name: &str, table: &Table, origins: &Origins) {
    let (tables, values): (Vec<_>, Vec<_>) = table.iter().partition(|(key, value)| value.is_table() && !is_open(key));
    if !values.is_empty() {
        let gap = if text.is_empty() { "" } else { "\n" };
        writeln!(text, "{gap}[{name}]").expect("writing to a string succeeds");
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
        // A path may hold a line feed, with which the comment would end.
        origin => format!("  # {}", origin.to_string().replace(char::is_control, "?")),
    };
    writeln!(text, "{key} = {value}{comment}").expect("writing to a string succeeds");
}

fn dotted(section: &str, key: &str) -> String {
    if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") }
}
