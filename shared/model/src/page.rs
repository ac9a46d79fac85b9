//! Reads what a page for people says: a proxy sends one where a model's answer or error should stand.

/// Returns whether a body is a page.
pub(crate) fn is_page(body: &str) -> bool {
    body.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').starts_with('<')
}

/// Returns the words of a page: its title, or else its text.
pub(crate) fn words(page: &str) -> String {
    let title = element(page, "title").map(text).filter(|title| !title.is_empty());
    title.unwrap_or_else(|| text(element(page, "body").unwrap_or(page)))
}

/// Returns the content of the first element with this name.
fn element<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    // Only ASCII letters change, so that the positions stay.
    let lower = page.to_ascii_lowercase();
    let tag = lower.find(&format!("<{name}"))?;
    let from = tag + lower[tag..].find('>')? + 1;
    let to = lower[from..].find(&format!("</{name}")).map_or(page.len(), |length| from + length);
    Some(&page[from..to])
}

/// Returns the text of a piece of a page, without its tags.
fn text(markup: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for c in markup.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                text.push(' ');
            }
            _ if !in_tag => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_told_by_its_title_or_else_by_its_text() {
        assert!(is_page("\u{feff}\n<!DOCTYPE html><p>Hello"));
        assert!(!is_page(r#"{"message": "<p>"}"#));
        assert_eq!(words("<HTML><Title>\nOne  moment\n</TITLE><body>Ray 1</body>"), "One moment");
        assert_eq!(words("<html><body class='x'><h1>Bad</h1><p>gate\nway</p></body></html>"), "Bad gate way");
        assert_eq!(words("<title></title><p>Go away"), "Go away");
        assert_eq!(words("<"), "");
    }
}
