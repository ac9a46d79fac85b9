//! Chapters as a list, a table or bold lines below one heading among others, such as "Chapter Outline" or "Schedule".

use super::{
    super::{
        labels::{Called, label, without_symbols},
        page::{Line, Page, bold, heading, item},
    },
    Found, list, read_page, table,
};

/// Headings that say that the chapters follow, and nothing else.
const CHAPTERS: [&str; 45] = [
    "chapters",
    "chapter list",
    "list of chapters",
    "chapter outline",
    "chapter outlines",
    "chapter-by-chapter outline",
    "chapter by chapter outline",
    "chapter-by-chapter breakdown",
    "chapter breakdown",
    "chapter overview",
    "chapter summaries",
    "chapter plan",
    "outline of chapters",
    "book outline",
    "detailed outline",
    "proposed outline",
    "full outline",
    "table of contents",
    "proposed table of contents",
    "toc",
    "kapitel",
    "kapitelübersicht",
    "kapitelstruktur",
    "kapitelliste",
    "die kapitel",
    "inhaltsverzeichnis",
    "table des matières",
    "chapitres",
    "liste des chapitres",
    "plan de l'ouvrage",
    "plan de l’ouvrage",
    "plan du livre",
    "capítulos",
    "lista de capítulos",
    "esquema de capítulos",
    "capitoli",
    "elenco dei capitoli",
    "hoofdstukken",
    "inhoudsopgave",
    "rozdziały",
    "spis treści",
    "оглавление",
    "главы",
    "章立て",
    "章节",
];

/// Headings that chapters may have too.
const LOOSE: [&str; 28] = [
    "outline",
    "structure",
    "book structure",
    "contents",
    "schedule",
    "weekly schedule",
    "class schedule",
    "course schedule",
    "course outline",
    "lesson plan",
    "syllabus",
    "gliederung",
    "aufbau",
    "inhalt",
    "zeitplan",
    "kursplan",
    "sommaire",
    "índice",
    "contenido",
    "estructura",
    "indice",
    "sommario",
    "inhoud",
    "содержание",
    "目次",
    "目录",
    "目錄",
    "목차",
];

/// Returns whether a heading only says that the chapters follow.
pub(in super::super) fn is_wrapper(text: &str) -> bool {
    let name = name(text);
    CHAPTERS.contains(&name.as_str()) || LOOSE.contains(&name.as_str())
}

fn is_certain(text: &str) -> bool {
    CHAPTERS.contains(&name(text).as_str())
}

fn name(text: &str) -> String {
    let text = bold(text).unwrap_or(text);
    without_symbols(text).trim_end_matches([':', '：']).trim().to_lowercase()
}

/// Turns what stands below such a heading into chapters, if it counts chapters or weeks, or if it is a list of chapters.
pub(super) fn read(page: &mut Page, found: &mut Found) {
    let code = page.code();
    let headings: Vec<usize> =
        (0..page.lines.len()).filter(|&at| !code[at] && heading(&page.lines[at].text).is_some()).collect();
    let text = |at: usize| heading(&page.lines[at].text).map_or("", |(_, text)| text);
    if headings.iter().any(|&at| is_counted(text(at))) {
        return;
    }
    let Some(index) = headings.iter().position(|&at| is_wrapper(text(at))) else { return };
    let start = headings[index] + 1;
    let end = headings.get(index + 1).copied().unwrap_or(page.lines.len());
    let mut below = Page { lines: page.lines[start..end].to_vec() };
    let words = |line: &Line| item(&line.text).map_or(line.text.trim(), |item| item.text).to_owned();
    let counted = below.lines.iter().map(words).filter(|text| is_counted(bold(text).unwrap_or(text))).count();
    // The title of the book stands above. What is found here about it is none of its own.
    let mut apart = Found::default();
    let is_list =
        || list::is_of_chapters(&below) && (is_certain(text(start - 1)) || !have_lists(page, &headings, index));
    let is_read = if counted >= 2 {
        read_page(&mut below, &mut apart)
    } else if is_list() {
        list::rewrite(&mut below, 2).is_some()
    } else {
        table::read_counted(&mut below, &mut apart)
    };
    if is_read {
        let name = text(start - 1);
        let note = format!("what stands below \"{name}\" is read as the chapters");
        found.notes.add(page.lines[start - 1].number, note);
        page.lines.splice(start..end, below.lines);
        page.clear(start - 1);
    }
}

/// Returns whether lists stand below the other headings of the same level, as below chapters.
fn have_lists(page: &Page, headings: &[usize], wrapper: usize) -> bool {
    let level = |at: usize| heading(&page.lines[at].text).map_or(0, |(level, _)| level);
    headings.iter().enumerate().any(|(index, &at)| {
        let end = headings.get(index + 1).copied().unwrap_or(page.lines.len());
        let has_list = page.lines[at + 1..end].iter().any(|line| item(&line.text).is_some());
        index != wrapper && level(at) == level(headings[wrapper]) && has_list
    })
}

/// Returns whether a text begins with a label such as "Chapter 1" or "Week 1".
fn is_counted(text: &str) -> bool {
    label(text).is_some_and(|label| matches!(label.called, Called::Chapter | Called::Lesson | Called::Unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(text: &str) -> String {
        let mut page = Page::new(text, 1);
        read(&mut page, &mut Found::default());
        page.text()
    }

    #[test]
    fn what_counts_chapters_below_one_heading_is_chapters() {
        let text =
            "# Salt\n\n## Audience\n\nCooks.\n\n## Chapter Outline\n\n- Chapter 1: Sea\n  - ponds\n- Chapter 2: Mine";
        let expected =
            "# Salt\n\n## Audience\n\nCooks.\n\n\n\n## Chapter 1: Sea {chapter}\n- ponds\n## Chapter 2: Mine {chapter}";
        assert_eq!(converted(text), expected);
        let table = "# Salt\n\n## About\n\n## Schedule\n\n| Week | Topic |\n|---|---|\n| 1 | Sea |\n| 2 | Mine |\n";
        assert_eq!(converted(table), "# Salt\n\n## About\n\n\n\n## Sea {chapter}\n## Mine {chapter}\n");
    }

    #[test]
    fn a_list_of_chapters_below_one_heading_needs_no_labels() {
        let text = "# Salz\n\n## Worum es geht\n\nSalz.\n\n## Kapitelübersicht\n\n1. Meer\n   - Becken\n2. Berg\n\n## Markt\n\n- Köche";
        let expected = "# Salz\n\n## Worum es geht\n\nSalz.\n\n\n\n## Meer {chapter}\n- Becken\n## Berg {chapter}\n\n## Markt\n\n- Köche";
        assert_eq!(converted(text), expected);
        let nested = "# Salt\n\n## Outline\n\n- Sea\n  - ponds\n- Mine\n\n## Readers\n\nCooks.";
        assert!(converted(nested).contains("\n## Sea {chapter}\n- ponds\n## Mine {chapter}\n"));
    }

    #[test]
    fn a_chapter_with_such_a_title_keeps_its_points() {
        for text in [
            "# Talks\n\n## Structure\n\n- a beginning\n- an end\n\n## Voice",
            "# Talks\n\n## Structure\n\n1. a beginning\n2. an end\n\n## Voice\n\n1. loud\n2. low",
        ] {
            assert_eq!(converted(text), text);
        }
    }
}
