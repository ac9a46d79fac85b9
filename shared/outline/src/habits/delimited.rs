//! Chapters as rows of a spreadsheet that was saved as a text, with a comma, a semicolon or a tab between its cells.

use super::{
    super::page::{Line, Page},
    Found, table,
};

/// Turns the rows into those of a table, and reads them. Returns whether there are any.
pub(super) fn read(page: &mut Page, found: &mut Found) -> bool {
    let Some(first) = page.next_text(0) else { return false };
    let header = page.lines[first].text.clone();
    let Some(mark) = [',', ';', '\t'].into_iter().find(|mark| table::names_titles(&cells(&header, *mark))) else {
        return false;
    };
    let count = cells(&header, mark).len();
    let lines: Vec<&Line> = page.lines[first..].iter().filter(|line| !line.text.trim().is_empty()).collect();
    if lines.len() < 3 || lines.iter().any(|line| cells(&line.text, mark).len() != count) {
        return false;
    }
    let row = |line: &Line| {
        let cells = cells(&line.text, mark).iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>();
        Line { number: line.number, text: format!("| {} |", cells.join(" | ")) }
    };
    let mut rows: Vec<Line> = lines.into_iter().map(row).collect();
    let rule = Line { number: rows[0].number, text: format!("|{}", "---|".repeat(count)) };
    rows.insert(1, rule);
    page.lines.splice(first.., rows);
    table::read(page, found)
}

/// Returns the cells of a row. A mark between quotation marks parts nothing.
fn cells(row: &str, mark: char) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut is_quoted = false;
    let mut chars = row.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // Within quotation marks, two of them stand for one.
            '"' if is_quoted && chars.next_if_eq(&'"').is_some() => cells.last_mut().expect("there is one").push('"'),
            '"' => is_quoted = !is_quoted,
            _ if c == mark && !is_quoted => cells.push(String::new()),
            _ => cells.last_mut().expect("there is one").push(c),
        }
    }
    cells.into_iter().map(|cell| cell.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_of_a_spreadsheet_are_chapters() {
        let text = "No,Title,Summary\n1,Sea,\"Ponds, and \"\"sun\"\".\"\n2,Mine,Halls.\n";
        let expected = "## Sea {chapter}\nPonds, and \"sun\".\n\n## Mine {chapter}\nHalls.\n";
        assert_eq!(crate::habits::converted(read, text).unwrap(), expected);
        let semicolons = "Titel;Wörter\nMeer;900\nBerg;800";
        assert!(crate::habits::converted(read, semicolons).unwrap().starts_with("## Meer {chapter, words=900}"));
    }

    #[test]
    fn a_text_with_commas_is_no_table() {
        for text in ["Title, and more\nSea, salt\nMine", "Sea,Salt\n1,2\n3,4", "Title,Text\nSea,a"] {
            assert_eq!(crate::habits::converted(read, text), None);
        }
    }
}
