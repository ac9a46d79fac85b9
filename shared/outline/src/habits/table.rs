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
    Text,
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
    let columns = columns(&cells(&page.lines[header].text));
    if end < header + 4 || !columns.contains(&Column::Title) {
        return false;
    }
    let mut rows = Vec::new();
    let mut part = String::new();
    for line in &page.lines[header + 2..end] {
        let cells = cells(&line.text);
        let mut push = |text: String| rows.push(Line { number: line.number, text });
        row(&columns, &cells, &mut part, &mut push);
    }
    page.lines.splice(header..end, rows);
    head::read(page, header, found);
    true
}

fn row(columns: &[Column], cells: &[String], part: &mut String, push: &mut impl FnMut(String)) {
    let all = |column: Column| {
        columns
            .iter()
            .zip(cells)
            .filter(move |(found, cell)| **found == column && !cell.is_empty())
            .map(|(_, cell)| cell.as_str())
    };
    let Some(title) = all(Column::Title).next() else { return };
    if let Some(name) = all(Column::Part).next().filter(|name| *name != part.as_str()) {
        name.clone_into(part);
        push(format!("# {name} {{part}}"));
    }
    let words = all(Column::Words).find_map(super::super::values::counted_words);
    let words = words.map_or(String::new(), |count| format!(", words={count}"));
    let title = mdbook::link(title).or_else(|| bold(title)).unwrap_or(title);
    push(format!("## {title} {{chapter{words}}}"));
    let is_number = |cell: &&str| number(cell).is_some() || label(cell).is_some();
    for text in all(Column::Number).filter(|cell| !is_number(cell)).chain(all(Column::Text)) {
        push(text.to_owned());
        push(String::new());
    }
    for cell in all(Column::Points) {
        let points =
            cell.split("<br>").flat_map(|piece| piece.split("<br/>")).flat_map(|piece| piece.split([';', '•']));
        points.map(str::trim).filter(|point| !point.is_empty()).for_each(|point| push(format!("- {point}")));
    }
}

/// The names of columns.
const NAMES: [(Column, &[&str]); 5] = [
    (Column::Number, &["#", "no", "no.", "nr", "nr.", "number", "n°", "№", "week", "woche"]),
    (Column::Title, &["title", "chapter title", "titel", "titre", "título", "titolo"]),
    (Column::Part, &["part", "teil", "partie", "parte", "section"]),
    (Column::Words, &["words", "word count", "length", "wörter", "mots", "palabras"]),
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
const CHAPTERS: [&str; 10] =
    ["chapter", "chapters", "kapitel", "chapitre", "capítulo", "capitolo", "topic", "lesson", "name", "thema"];

fn columns(header: &[String]) -> Vec<Column> {
    let header: Vec<String> = header.iter().map(|text| text.trim_matches(['*', '_']).to_lowercase()).collect();
    let is_named = |names: &[&str], text: &str| {
        names.iter().any(|name| text.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
    };
    let column = |text: &String| {
        let known = NAMES.iter().find(|(_, names)| is_named(names, text));
        known.map_or(Column::Text, |(column, _)| *column)
    };
    let mut columns: Vec<Column> = header.iter().map(column).collect();
    let is_chapter = |at: &usize| columns[*at] == Column::Text && is_named(&CHAPTERS, &header[*at]);
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
    fn a_table_of_something_else_is_no_outline() {
        let text = "# Salt\n\n| Item | Weight |\n|---|---|\n| a | 1 |\n| b | 2 |";
        assert!(!read(&mut Page::new(text, 1), &mut Found::default()));
    }
}
