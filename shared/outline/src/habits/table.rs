//! Chapters as rows of a table.

use super::{
    super::{
        labels::{label, number},
        page::{Line, Page, bold},
    },
    Found, head, mdbook,
};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Number,
    Title,
    Part,
    Words,
    Points,
    /// How far the work on the chapter is, which says nothing of it.
    State,
    /// A text that needs no name before it.
    Text,
    /// A text of which the column's name says what it is, such as who tells the chapter.
    Named,
}

/// Turns the rows of a table that counts them into chapters. Returns whether there is one.
pub(super) fn read_counted(page: &mut Page, found: &mut Found) -> bool {
    let header = page.lines.iter().find(|line| line.text.contains('|'));
    header.is_some_and(|line| columns(&cells(&line.text)).contains(&Column::Number)) && read(page, found)
}

/// Turns the rows of the first table into chapters. Returns whether there is one.
pub(super) fn read(page: &mut Page, found: &mut Found) -> bool {
    let code = page.code();
    let is_row = |at: usize| !code[at] && page.lines[at].text.contains('|');
    let Some(header) =
        (0..page.lines.len().saturating_sub(1)).find(|&at| is_row(at) && is_delimiter(&page.lines[at + 1].text))
    else {
        return false;
    };
    let end = (header + 2..page.lines.len()).find(|&at| !is_row(at)).unwrap_or(page.lines.len());
    let names = cells(&page.lines[header].text);
    let columns = columns(&names);
    if end < header + 4 || !columns.contains(&Column::Title) {
        return false;
    }
    let mut rows = Vec::new();
    let mut part = String::new();
    for line in &page.lines[header + 2..end] {
        let cells = cells(&line.text);
        let mut push = |text: String| rows.push(Line { number: line.number, text });
        row(&columns, &names, &cells, &mut part, &mut push);
    }
    if columns.contains(&Column::State) {
        let note = "the column of the table that tells the state of the work is left out";
        found.notes.add(page.lines[header].number, note);
    }
    page.lines.splice(header..end, rows);
    head::read(page, header, found);
    true
}

fn row(columns: &[Column], names: &[String], cells: &[String], part: &mut String, push: &mut impl FnMut(String)) {
    let all = |column: Column| {
        columns
            .iter()
            .zip(cells)
            .filter(move |(found, cell)| **found == column && !cell.is_empty())
            .map(|(_, cell)| cell.as_str())
    };
    let Some(title) = all(Column::Title).next() else { return };
    let named =
        names.iter().zip(columns).find(|(_, column)| **column == Column::Part).map_or("", |(name, _)| bare(name));
    // "II" in a column "Act" is "Act II".
    let name = all(Column::Part).next().map(|cell| match number(cell) {
        Some(_) => format!("{named} {cell}"),
        None => cell.to_owned(),
    });
    if let Some(name) = name.filter(|name| name != part) {
        push(format!("# {name} {{part}}"));
        *part = name;
    }
    let words = all(Column::Words).find_map(super::super::values::counted_words);
    let words = words.map_or(String::new(), |count| format!(", words={count}"));
    let title = mdbook::link(title).or_else(|| bold(title)).unwrap_or(title);
    push(format!("## {title} {{chapter{words}}}"));
    let is_number = |cell: &&str| number(cell).is_some() || label(cell).is_some();
    let named = names
        .iter()
        .zip(columns)
        .zip(cells)
        .filter(|((_, column), cell)| **column == Column::Named && !cell.is_empty());
    let named: Vec<String> = named.map(|((name, _), cell)| with_name(bare(name), cell)).collect();
    let texts = all(Column::Number).filter(|cell| !is_number(cell)).chain(all(Column::Text));
    for text in texts.map(str::to_owned).chain(named) {
        push(text);
        push(String::new());
    }
    for cell in all(Column::Points) {
        let points =
            cell.split("<br>").flat_map(|piece| piece.split("<br/>")).flat_map(|piece| piece.split([';', '•']));
        points.map(str::trim).filter(|point| !point.is_empty()).for_each(|point| push(format!("- {point}")));
    }
}

/// Returns a cell with the name of its column before it. A sentence needs none.
fn with_name(name: &str, cell: &str) -> String {
    let is_plain = cell.ends_with(['.', '!', '?', '…', '。']) || name.is_empty() || cell.contains(": ");
    if is_plain { cell.to_owned() } else { format!("{name}: {cell}") }
}

fn bare(name: &str) -> &str {
    name.trim_matches(['*', '_', ' '])
}

/// Returns whether one of these names of columns is that of the titles of chapters.
pub(super) fn names_titles(header: &[String]) -> bool {
    header.len() >= 2 && columns(header).contains(&Column::Title)
}

/// The names of columns.
const NAMES: [(Column, &[&str]); 7] = [
    (Column::Number, &["#", "no", "no.", "nr", "nr.", "number", "n°", "№", "week", "woche"]),
    (Column::Title, &["title", "chapter title", "titel", "titre", "título", "titolo"]),
    (
        Column::Part,
        &["part", "teil", "partie", "parte", "section", "act", "akt", "acte", "acto", "atto", "module", "unit", "book"],
    ),
    (
        Column::Words,
        &[
            "words",
            "word count",
            "est. words",
            "estimated words",
            "target words",
            "target word count",
            "est. word count",
            "length",
            "target length",
            "wörter",
            "umfang",
            "mots",
            "palabras",
            "parole",
        ],
    ),
    (
        Column::State,
        &["status", "state", "done", "progress", "draft", "deadline", "due", "erledigt", "statut", "estado"],
    ),
    (
        Column::Text,
        &[
            "summary",
            "about",
            "description",
            "synopsis",
            "overview",
            "what happens",
            "plot",
            "notes",
            "beschreibung",
            "zusammenfassung",
            "résumé",
            "resumen",
            "descripción",
            "riassunto",
        ],
    ),
    (
        Column::Points,
        &[
            "points",
            "key points",
            "topics",
            "key topics",
            "key ideas",
            "ideas",
            "key concepts",
            "concepts",
            "content",
            "contents",
            "inhalt",
            "themen",
            "sections",
        ],
    ),
];

/// The names of a column that has the titles where no other is called so.
const CHAPTERS: [&str; 12] = [
    "ch",
    "ch.",
    "chapter",
    "chapters",
    "kapitel",
    "chapitre",
    "capítulo",
    "capitolo",
    "topic",
    "lesson",
    "name",
    "thema",
];

fn columns(header: &[String]) -> Vec<Column> {
    let header: Vec<String> = header.iter().map(|text| text.trim_matches(['*', '_']).to_lowercase()).collect();
    let is_named = |names: &[&str], text: &str| {
        names.iter().any(|name| text.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
    };
    let column = |text: &String| {
        let known = NAMES.iter().find(|(_, names)| is_named(names, text));
        known.map_or(Column::Named, |(column, _)| *column)
    };
    let mut columns: Vec<Column> = header.iter().map(column).collect();
    let is_chapter = |at: &usize| columns[*at] == Column::Named && is_named(&CHAPTERS, &header[*at]);
    if let Some(at) = (0..header.len()).find(is_chapter) {
        columns[at] = if columns.contains(&Column::Title) { Column::Number } else { Column::Title };
    }
    columns
}

fn cells(row: &str) -> Vec<String> {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let row = row.strip_suffix('|').unwrap_or(row);
    row.replace("\\|", "\u{1}").split('|').map(|cell| cell.trim().replace('\u{1}', "|")).collect()
}

fn is_delimiter(row: &str) -> bool {
    let row = row.trim();
    row.contains('|') && row.contains("--") && row.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_chapters() {
        let text = "# Salt\n\n| # | Chapter | About | Key points | Words |\n|---|---|---|---|---|\n\
                    | 1 | The Sea | Ponds. | sun; wind | 1,200 |\n| 2 | **The Mine** | | halls | 3k |";
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        assert!(read(&mut page, &mut found));
        let expected = "# Salt\n\n## The Sea {chapter, words=1200}\nPonds.\n\n- sun\n- wind\n## The Mine {chapter, words=3000}\n- halls";
        assert_eq!(page.text(), expected);
    }

    #[test]
    fn columns_keep_their_names_where_these_say_something() {
        let text = "# Salt\n\n| Chapter | Act | POV | Title | Status |\n|---|---|---|---|---|\n\
                    | 1 | I | Ann | Sea | draft |\n| 2 | II | She waits. | Mine | idea |";
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        assert!(read(&mut page, &mut found));
        let expected =
            "# Salt\n\n# Act I {part}\n## Sea {chapter}\nPOV: Ann\n\n# Act II {part}\n## Mine {chapter}\nShe waits.\n";
        assert_eq!(page.text(), expected);
        assert_eq!(found.notes.0.len(), 1);
    }

    #[test]
    fn a_table_of_something_else_is_no_outline() {
        let text = "# Salt\n\n| Item | Weight |\n|---|---|\n| a | 1 |\n| b | 2 |";
        assert!(!read(&mut Page::new(text, 1), &mut Found::default()));
    }
}
