//! Hugo's front matter in TOML, whose plain lines YAML can say as well.

/// Returns the lines of a TOML document as YAML. The lines keep their numbers.
pub(super) fn as_yaml(toml: &str) -> String {
    let mut is_in_list = false;
    let mut is_nested = false;
    let lines: Vec<String> = toml
        .lines()
        .map(|line| {
            let text = line.trim();
            if is_in_list {
                is_in_list = !text.ends_with(']');
                return format!("  {text}");
            }
            if let Some(table) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
                // Tables hold the settings of the site, of which none is a book's.
                is_nested = true;
                return format!("{}:", quoted_key(table));
            }
            let Some((key, value)) = text.split_once('=') else { return String::new() };
            let value = value.trim();
            is_in_list = value.starts_with('[') && !value.ends_with(']');
            format!("{}{}: {value}", if is_nested { "  " } else { "" }, quoted_key(key.trim()))
        })
        .collect();
    lines.join("\n")
}

fn quoted_key(key: &str) -> String {
    let key = key.trim_matches(['"', '\'', '[', ']', ' ']);
    format!("\"{key}\"")
}

#[cfg(test)]
mod tests {
    use super::super::super::super::{Kind, read};

    #[test]
    fn plain_lines_of_toml_are_read() {
        let text = "+++\ntitle = \"Wax\"\ndate = 2026-03-14\nkeywords = [\n  \"bees\",\n  'honey' ]\nauthor = 'Bo Fox'\n[params]\nlang = \"xx-none-of-it\"\n+++\n\n# Bees\n\n# Combs\n";
        let outline = read(text.as_bytes(), Kind::Markdown, None).unwrap().outline;
        assert_eq!((outline.title.as_str(), outline.chapters.len()), ("Wax", 2));
        assert_eq!(outline.front.date.as_deref(), Some("2026-03-14"));
        assert_eq!((outline.front.keywords.len(), outline.front.author.len(), outline.front.language), (2, 1, None));
    }
}
