//! Tables.

use super::{Writer, escaped};
use crate::document::{Align, Inline, plain_text};

impl Writer<'_> {
    pub(super) fn table(&mut self, columns: &[Align], head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) {
        self.out.push_str("<div class=\"table\"><table>\n<thead>\n");
        self.row(columns, head, Self::head_cell);
        self.out.push_str("</thead>\n");
        if !rows.is_empty() {
            self.out.push_str("<tbody>\n");
            rows.iter().for_each(|row| self.row(columns, row, |_| ("td".to_owned(), "td")));
            self.out.push_str("</tbody>\n");
        }
        self.out.push_str("</table></div>\n");
    }

    /// Returns the tags of a cell in the head. One without a text heads nothing. Screen readers do not read a formula as the name of
    /// a column, so such a cell has its source as the name.
    fn head_cell(cell: &[Inline]) -> (String, &'static str) {
        let said = cell.iter().any(|inline| !matches!(inline, Inline::Formula { .. }));
        match plain_text(cell) {
            text if text.is_empty() => ("td".to_owned(), "td"),
            _ if said => ("th scope=\"col\"".to_owned(), "th"),
            tex => (format!("th scope=\"col\" aria-label=\"{}\"", escaped(&tex)), "th"),
        }
    }

    fn row(&mut self, columns: &[Align], cells: &[Vec<Inline>], tags: fn(&[Inline]) -> (String, &'static str)) {
        self.out.push_str("<tr>\n");
        for (number, cell) in cells.iter().enumerate() {
            let (opening, closing) = tags(cell);
            let class = alignment_class(columns.get(number));
            let direction = self.cell_direction(cell);
            self.out.push_str(&format!("<{opening}{class}{direction}>"));
            self.inlines(cell);
            self.out.push_str(&format!("</{closing}>\n"));
        }
        self.out.push_str("</tr>\n");
    }
}

fn alignment_class(alignment: Option<&Align>) -> &'static str {
    match alignment {
        Some(Align::Left) => " class=\"left\"",
        Some(Align::Center) => " class=\"center\"",
        Some(Align::Right) => " class=\"right\"",
        Some(Align::Start) | None => "",
    }
}
