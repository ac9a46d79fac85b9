//! Tables.

use super::Writer;
use crate::document::{Align, Inline};

impl Writer<'_> {
    pub(super) fn table(&mut self, columns: &[Align], head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) {
        self.out.push_str("<div class=\"table\"><table>\n<thead>\n");
        self.row(columns, head, "th scope=\"col\"", "th");
        self.out.push_str("</thead>\n");
        if !rows.is_empty() {
            self.out.push_str("<tbody>\n");
            rows.iter().for_each(|row| self.row(columns, row, "td", "td"));
            self.out.push_str("</tbody>\n");
        }
        self.out.push_str("</table></div>\n");
    }

    fn row(&mut self, columns: &[Align], cells: &[Vec<Inline>], opening: &str, closing: &str) {
        self.out.push_str("<tr>\n");
        for (number, cell) in cells.iter().enumerate() {
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
