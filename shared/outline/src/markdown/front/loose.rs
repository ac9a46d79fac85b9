//! Front matter whose texts lack the quotation marks that YAML asks for.

/// Returns YAML with quotation marks around the texts of lines that need them; `None` where no line does.
pub(super) fn quoted(yaml: &str) -> Option<String> {
    let mut has_changed = false;
    let lines: Vec<String> = yaml
        .lines()
        .map(|line| {
            let quoted = quoted_line(line);
            has_changed |= quoted.is_some();
            quoted.unwrap_or_else(|| line.to_owned())
        })
        .collect();
    has_changed.then(|| lines.join("\n"))
}

fn quoted_line(line: &str) -> Option<String> {
    let (key, value) = line.split_once(": ")?;
    let value = value.trim();
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    let is_placeholder = value.starts_with("{{");
    let is_text = is_placeholder || !value.starts_with(['"', '\'', '[', '{', '|', '>', '&', '#']);
    let needs =
        is_placeholder || value.contains(": ") || value.ends_with(':') || value.starts_with(['@', '`', '%', '*', '!']);
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
    (is_key && is_text && needs).then(|| format!("{key}: \"{escaped}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_need_quotation_marks_get_them() {
        let typed = "title: Wax: A \"Life\"\ntags: [a, b]\nby: @bo\nabstract: >\n  a: b\ndate: {{today}}";
        let expected =
            "title: \"Wax: A \\\"Life\\\"\"\ntags: [a, b]\nby: \"@bo\"\nabstract: >\n  a: b\ndate: \"{{today}}\"";
        assert_eq!(quoted(typed).as_deref(), Some(expected));
        for typed in ["tone: \"dry", "title: Wax", "a: [b", ""] {
            assert_eq!(quoted(typed), None, "{typed}");
        }
    }
}
