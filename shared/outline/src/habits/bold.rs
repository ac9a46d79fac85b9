//! Chapters as bold lines, as word processors export them and chat models write them.

use super::{
    super::{
        labels::{Called, label},
        page::{Page, bold, heading, is_rule, item},
        role::Role,
    },
    Found, head, list, names_chapter,
};

/// A bold line that may be a heading.
struct Candidate {
    at: usize,
    text: String,
}

/// Turns bold lines into headings. Returns whether there are any that can be chapters.
pub(super) fn read(page: &mut Page, found: &mut Found) -> bool {
    let candidates = candidates(page);
    let candidates = with_titles(page, candidates);
    let is_labelled = |candidate: &Candidate| label(&candidate.text).is_some();
    let is_titled = page.lines.iter().any(|line| heading(&line.text).is_some());
    let has_labels = candidates.iter().any(is_labelled);
    let names = |candidate: &Candidate| is_labelled(candidate) || names_chapter(&candidate.text);
    let last = last_of_chapters(&candidates, &names);
    let is_chapter =
        |candidate: &Candidate| names(candidate) || !has_labels || last.is_some_and(|last| candidate.at > last);
    let first = candidates.iter().position(is_chapter).unwrap_or(candidates.len());
    // The first bold line of a page without a title is its title.
    let title =
        usize::from(!is_titled && !has_labels && candidates.first().is_some_and(|first| !names_chapter(&first.text)));
    let chapters = &candidates[first.max(title).min(candidates.len())..];
    let count = chapters.iter().filter(|candidate| is_chapter(candidate)).count();
    if count < 2 && !chapters.iter().any(|chapter| names_chapter(&chapter.text)) {
        return false;
    }
    let Some(begin) = chapters.first().map(|chapter| chapter.at) else { return false };
    for candidate in chapters {
        let Candidate { at, text } = candidate;
        let called = label(text).map(|label| label.called);
        page.lines[*at].text = match called {
            Some(Called::Part) => format!("# {text} {{part}}"),
            _ if is_chapter(candidate) => format!("## {text} {{chapter}}"),
            _ => format!("### {text}"),
        };
    }
    for at in begin..page.lines.len() {
        if is_rule(&page.lines[at].text) {
            page.clear(at);
        }
    }
    list::number_sections(page, begin);
    head::read(page, begin, found);
    true
}

fn candidates(page: &Page) -> Vec<Candidate> {
    let code = page.code();
    let mut found: Vec<Candidate> = Vec::new();
    for at in (0..page.lines.len()).filter(|&at| !code[at]) {
        let line = &page.lines[at].text;
        let follows = at > 0 && (is_rule(&page.lines[at - 1].text) || item(&page.lines[at - 1].text).is_some());
        let follows_bold = found.last().is_some_and(|last| last.at + 1 == at);
        if line.starts_with("    ") || item(line).is_some() || !(page.is_apart(at) || follows || follows_bold) {
            continue;
        }
        let text = bold(line).map(str::to_owned).or_else(|| bold_label(line));
        found.extend(text.map(|text| Candidate { at, text }));
    }
    found
}

/// Puts the bold line below a label that stands alone behind it as its title.
fn with_titles(page: &mut Page, candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut titled: Vec<Candidate> = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let is_title = titled.last().is_some_and(|last| {
            let is_alone = label(&last.text).is_some_and(|label| label.title.is_empty());
            is_alone && page.next_text(last.at + 1) == Some(candidate.at) && !names_chapter(&candidate.text)
        });
        match titled.last_mut().filter(|_| is_title) {
            Some(last) => {
                last.text = format!("{}: {}", last.text.trim_end_matches(['.', ':', '-', ' ']), candidate.text);
                page.clear(candidate.at);
            }
            None => titled.push(candidate),
        }
    }
    titled
}

/// Returns the line of the last chapter that names itself, where no bold line between such chapters names a section. Then a bold
/// line after it is a chapter too.
fn last_of_chapters(candidates: &[Candidate], names: &impl Fn(&Candidate) -> bool) -> Option<usize> {
    let first = candidates.iter().position(names)?;
    let last = candidates.iter().rposition(names)?;
    (first < last && candidates[first..=last].iter().all(names)).then(|| candidates[last].at)
}

/// Returns the text of a line whose label alone is bold: `**Chapter 1:** Salt`.
fn bold_label(line: &str) -> Option<String> {
    let rest = line.trim().strip_prefix("**")?;
    let (inside, after) = rest.split_once("**")?;
    let is_label = label(inside.trim_end_matches([':', '.', ' '])).is_some_and(|label| label.title.is_empty())
        || Role::of_title(inside.trim_end_matches([':', '.', ' '])).is_some();
    let text =
        format!("{}{}", inside.trim_end(), if after.starts_with(' ') { after.to_owned() } else { format!(" {after}") });
    (is_label && !after.contains("**") && text.len() < 300).then(|| text.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(text: &str) -> (bool, String, Found) {
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        let read = read(&mut page, &mut found);
        (read, page.text(), found)
    }

    #[test]
    fn bold_lines_are_the_title_and_the_chapters() {
        let (read, text, _) = converted("**Salt**\n\n**Preface**\n\n**The Sea**\n\n- a\n\n**The Mine**");
        assert!(read);
        assert_eq!(text, "# Salt\n\n## Preface {chapter}\n\n## The Sea {chapter}\n\n- a\n\n## The Mine {chapter}");
    }

    #[test]
    fn where_chapters_have_labels_other_bold_lines_are_sections() {
        let (_, text, found) = converted("**Chapter 1:** Sea\n**Ponds**\n- a\n\n---\n**Chapter 2: Mine**");
        assert_eq!(text, "## Chapter 1: Sea {chapter}\n### Ponds\n- a\n\n\n## Chapter 2: Mine {chapter}");
        assert!(found.is_untitled);
    }

    #[test]
    fn a_label_has_its_title_in_the_next_line_and_the_last_chapter_needs_no_label() {
        let (_, text, _) = converted(
            "**PART ONE**\n**SEA**\n\n**Chapter 1**\n\n**Ponds**\n\n- a\n\n**Chapter 2: Boats**\n\n**The Shore**\n\nb",
        );
        let expected = "# PART ONE: SEA {part}\n\n\n## Chapter 1: Ponds {chapter}\n\n\n\n- a\n\n## Chapter 2: Boats {chapter}\n\n## The Shore {chapter}\n\nb";
        assert_eq!(text, expected);
    }

    #[test]
    fn bold_words_in_a_text_are_no_chapters() {
        for text in ["Salt is **white**.", "**Salt**\n\nA text.", "- **a**\n- **b**"] {
            assert!(!converted(text).0, "{text}");
        }
    }
}
