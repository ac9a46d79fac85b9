//! Spaces that do not break, which word processors put after numbers and signs.

use super::super::page::Page;

/// Replaces such a space behind the sign of a heading or of a list, and before it, since Markdown sees no heading there.
pub(super) fn clean(page: &mut Page) {
    let code = page.code();
    for (line, code) in page.lines.iter_mut().zip(code) {
        if code || !line.text.contains(HARD) {
            continue;
        }
        let text = line.text.trim_start_matches([' ', '\t', HARD]);
        let indent = line.text[..line.text.len() - text.len()].replace(HARD, " ");
        let sign = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || "#-*+.)".contains(c)).len();
        let (sign, rest) = text.split_at(sign);
        let is_number = sign.ends_with(|c: char| c.is_ascii_digit());
        let has_text = !rest.trim_matches([' ', '\t', HARD]).is_empty();
        if !sign.is_empty() && !is_number && has_text && rest.starts_with(HARD) {
            line.text = format!("{indent}{sign} {}", rest.trim_start_matches([' ', HARD]));
        }
    }
}

const HARD: char = '\u{a0}';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_behind_a_sign_is_a_plain_one() {
        let text = "#\u{a0}Salt\n\u{a0}\u{a0}-\u{a0}sea\u{a0}salt\n1.\u{a0}\u{a0}Mine\n10\u{a0}kg\n```\n-\u{a0}a\n```";
        let mut page = Page::new(text, 1);
        clean(&mut page);
        assert_eq!(page.text(), "# Salt\n  - sea\u{a0}salt\n1. Mine\n10\u{a0}kg\n```\n-\u{a0}a\n```");
    }
}
