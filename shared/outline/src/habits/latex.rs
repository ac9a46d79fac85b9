//! LaTeX: `\part{}`, `\chapter{}`, `\section{}`, and lists of `\item`.

use super::{super::page::Page, Found, Role};

/// Turns the commands of a LaTeX document into headings and lists, and drops the others.
pub(super) fn read(page: &mut Page, found: &mut Found) {
    if !page.lines.iter().any(|line| is_sign(&line.text)) {
        return;
    }
    let has_chapters = page.lines.iter().any(|line| line.text.contains("\\chapter"));
    let mut matter = None;
    let mut depth = 0_usize;
    for line in &mut page.lines {
        let text = line.text.split(" %").next().unwrap_or_default().trim().to_owned();
        let command = text
            .strip_prefix('\\')
            .map(|rest| rest.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default());
        let words = argument(&text).unwrap_or_default();
        let Some(command) = command else {
            line.text = if text.starts_with('%') { String::new() } else { plain(&text) };
            continue;
        };
        line.text = match command {
            "title" => {
                found.title = Some(plain(words));
                String::new()
            }
            "author" => {
                found.authors.extend(words.split("\\and").map(|name| plain(name.trim())));
                String::new()
            }
            "part" => format!("# {} {{part}}", plain(words)),
            "chapter" => {
                let role = if text.starts_with("\\chapter*") { Some(matter.unwrap_or("front_matter")) } else { matter };
                chapter(&plain(words), role)
            }
            "section" if !has_chapters => chapter(&plain(words), matter),
            "section" => format!("### {}", plain(words)),
            "subsection" if !has_chapters => format!("### {}", plain(words)),
            "subsection" | "subsubsection" => format!("#### {}", plain(words)),
            "item" => format!("{}- {}", "  ".repeat(depth.saturating_sub(1)), plain(text["\\item".len()..].trim())),
            "begin" | "end" => {
                let is_list = matches!(words, "itemize" | "enumerate");
                depth = if command == "begin" {
                    depth + usize::from(is_list)
                } else {
                    depth.saturating_sub(usize::from(is_list))
                };
                String::new()
            }
            "frontmatter" | "mainmatter" | "backmatter" | "appendix" => {
                matter = match command {
                    "frontmatter" => Some("front_matter"),
                    "backmatter" => Some("back_matter"),
                    "appendix" => Some("appendix"),
                    _ => None,
                };
                String::new()
            }
            "textbf" | "emph" | "textit" | "LaTeX" => plain(&text),
            _ => String::new(),
        };
    }
    found.is_untitled |= found.title.is_none();
}

fn is_sign(text: &str) -> bool {
    ["\\documentclass", "\\chapter{", "\\chapter*{"].iter().any(|sign| text.trim_start().starts_with(sign))
}

fn chapter(title: &str, role: Option<&str>) -> String {
    match role.filter(|_| Role::of_title(title).is_none()) {
        Some(role) => format!("## {title} {{chapter, role={role}, no-part}}"),
        None if role.is_some() => format!("## {title} {{chapter, no-part}}"),
        None => format!("## {title} {{chapter}}"),
    }
}

/// Returns what stands between the first brace and the one that closes it.
fn argument(text: &str) -> Option<&str> {
    let start = text.find('{')? + 1;
    let mut depth = 1_usize;
    for (at, c) in text[start..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(&text[start..start + at]);
        }
    }
    None
}

/// Returns a text with the emphasis of Markdown in place of that of LaTeX.
fn plain(text: &str) -> String {
    let mut text =
        text.replace("---", "—").replace("--", "–").replace("\\&", "&").replace("\\%", "%").replace('~', " ");
    for (command, mark) in [("\\emph{", "*"), ("\\textit{", "*"), ("\\textbf{", "**")] {
        while let Some(start) = text.find(command) {
            let Some(inside) = argument(&text[start..]).map(str::to_owned) else { break };
            let end = start + command.len() + inside.len() + 1;
            text.replace_range(start..end, &format!("{mark}{inside}{mark}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_of_a_book_are_headings() {
        let text = "\\documentclass{book} % a book\n\\title{Wax}\n\\author{Bo Fox \\and Ann Lee}\n\\begin{document}\n\\frontmatter\n\\chapter{Preface}\n\\mainmatter\n\\part{Bees}\n\\chapter{The \\emph{Queen}}\nShe rules.\n\\section{Eggs}\n\\begin{itemize}\n\\item white\n\\end{itemize}\n\\backmatter\n\\chapter*{Glossary}\n\\end{document}";
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        read(&mut page, &mut found);
        let lines: Vec<&str> =
            page.lines.iter().map(|line| line.text.as_str()).filter(|line| !line.is_empty()).collect();
        let expected = [
            "## Preface {chapter, no-part}",
            "# Bees {part}",
            "## The *Queen* {chapter}",
            "She rules.",
            "### Eggs",
            "- white",
            "## Glossary {chapter, no-part}",
        ];
        assert_eq!(lines, expected);
        assert_eq!(
            (found.title.as_deref(), found.authors),
            (Some("Wax"), vec!["Bo Fox".to_owned(), "Ann Lee".to_owned()])
        );
    }
}
