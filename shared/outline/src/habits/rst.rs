//! reStructuredText: titles with lines of signs below them, and perhaps above.

use super::{
    super::page::{Page, heading},
    Found,
};

/// Turns the titles of reStructuredText into headings, whose levels follow from the order in which their signs come.
pub(super) fn read(page: &mut Page, found: &mut Found) {
    let titles = titles(page);
    let is_directive = |text: &str| text.starts_with(".. ") && text.contains("::");
    let is_sign = titles.iter().any(|title| title.is_overlined || !matches!(title.sign, '=' | '-' | '*' | '_'));
    let has_directive = page.lines.iter().any(|line| is_directive(&line.text));
    if titles.is_empty() || !(is_sign || has_directive) || page.lines.iter().any(|line| heading(&line.text).is_some()) {
        return;
    }
    let mut styles: Vec<(char, bool)> = Vec::new();
    for title in &titles {
        let style = (title.sign, title.is_overlined);
        let level = styles.iter().position(|known| *known == style).unwrap_or_else(|| {
            styles.push(style);
            styles.len() - 1
        });
        let text = page.lines[title.at].text.trim().to_owned();
        page.lines[title.at].text = format!("{} {text}", "#".repeat((level + 1).min(6)));
        page.clear(title.at + 1);
        if title.is_overlined {
            page.clear(title.at - 1);
        }
    }
    let mut is_inside = false;
    for line in &mut page.lines {
        if is_directive(&line.text) {
            found.notes.add(line.number, format!("`{}` is left out", line.text.trim()));
            is_inside = true;
            line.text.clear();
        } else if is_inside && (line.text.trim().is_empty() || line.text.starts_with([' ', '\t'])) {
            line.text.clear();
        } else {
            is_inside = false;
        }
    }
}

struct Title {
    at: usize,
    sign: char,
    is_overlined: bool,
}

fn titles(page: &Page) -> Vec<Title> {
    // A line of tildes is no fence here.
    let has_fences = page.lines.iter().any(|line| line.text.starts_with("```"));
    let code = if has_fences { page.code() } else { vec![false; page.lines.len()] };
    let text = |at: usize| page.lines.get(at).map_or("", |line| line.text.trim_end());
    let title = |at: usize| {
        let words = text(at);
        let sign = sign(text(at + 1)).filter(|_| !words.is_empty() && sign(words).is_none() && !code[at])?;
        let above = at.checked_sub(1).map_or("", text);
        let is_overlined = self::sign(above) == Some(sign);
        let is_long = text(at + 1).chars().count() + 1 >= words.trim().chars().count();
        let is_title = is_long && (is_overlined || above.is_empty()) && (is_overlined || !words.starts_with(' '));
        is_title.then_some(Title { at, sign, is_overlined })
    };
    (0..page.lines.len()).filter_map(title).collect()
}

/// Returns the sign of which a line consists.
fn sign(line: &str) -> Option<char> {
    let sign = line.chars().next().filter(char::is_ascii_punctuation)?;
    (line.len() >= 3 && line.chars().all(|c| c == sign)).then_some(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(text: &str) -> String {
        let mut page = Page::new(text, 1);
        read(&mut page, &mut Found::default());
        let lines: Vec<&str> =
            page.lines.iter().map(|line| line.text.as_str()).filter(|line| !line.is_empty()).collect();
        lines.join("\n")
    }

    #[test]
    fn the_order_of_the_signs_gives_the_levels() {
        let text = "===\nWax\n===\n\nBees\n====\n\n- a\n\nQueens\n------\n\nCombs\n=====\n\n.. note::\n   x\n\nSix.";
        assert_eq!(converted(text), "# Wax\n## Bees\n- a\n### Queens\n## Combs\nSix.");
        assert_eq!(converted("Wax\n***\n\nBees\n~~~~\n\nCombs\n~~~~~"), "# Wax\n## Bees\n## Combs");
    }

    #[test]
    fn the_headings_of_markdown_stay() {
        for text in ["Wax\n===\nBees\n---", "Wax\n\n***\nBees"] {
            assert_eq!(converted(text), text.replace("\n\n", "\n"));
        }
    }
}
