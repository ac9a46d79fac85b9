//! Tables.

use pulldown_cmark::{Alignment, Tag, TagEnd};

use super::Writer;

/// The table being written.
pub(super) struct Table {
    alignments: Vec<Alignment>,
    column: usize,
    in_head: bool,
    has_body: bool,
}

/// Returns whether the tag is part of a table.
pub(super) fn is_part(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Table(_) | Tag::TableHead | Tag::TableRow | Tag::TableCell)
}

impl Writer<'_> {
    pub(super) fn start_table_part(&mut self, at: usize, tag: &Tag<'_>) {
        if let Tag::Table(alignments) = tag {
            self.table = Some(Table { alignments: alignments.clone(), column: 0, in_head: false, has_body: false });
            return self.out.push_str("<div class=\"table\"><table>\n");
        }
        let direction = self.direction_of(at);
        let table = self.table.as_mut().expect("the parts of a table stand in it");
        match tag {
            Tag::TableHead => {
                table.in_head = true;
                table.column = 0;
                self.out.push_str("<thead>\n<tr>\n");
            }
            Tag::TableRow => {
                table.column = 0;
                if !std::mem::replace(&mut table.has_body, true) {
                    self.out.push_str("<tbody>\n");
                }
                self.out.push_str("<tr>\n");
            }
            _ => {
                let cell = if table.in_head { "th scope=\"col\"" } else { "td" };
                let class = alignment_class(table.alignments.get(table.column));
                table.column += 1;
                self.out.push_str(&format!("<{cell}{class}{direction}>"));
            }
        }
    }

    pub(super) fn end_table_part(&mut self, end: TagEnd) {
        let table = self.table.as_mut().expect("the parts of a table stand in it");
        let closing = match end {
            TagEnd::TableHead => {
                table.in_head = false;
                "</tr>\n</thead>\n"
            }
            TagEnd::TableRow => "</tr>\n",
            TagEnd::TableCell if table.in_head => "</th>\n",
            TagEnd::TableCell => "</td>\n",
            _ if table.has_body => "</tbody>\n</table></div>\n",
            _ => "</table></div>\n",
        };
        self.out.push_str(closing);
    }
}

fn alignment_class(alignment: Option<&Alignment>) -> &'static str {
    match alignment {
        Some(Alignment::Left) => " class=\"left\"",
        Some(Alignment::Center) => " class=\"center\"",
        Some(Alignment::Right) => " class=\"right\"",
        Some(Alignment::None) | None => "",
    }
}
