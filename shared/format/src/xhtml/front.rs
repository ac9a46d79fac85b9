//! The front matter: the lines of the title page, the notice and the contents list.

use bindery_outline::NumberedPart;

use super::{Medium, direction_attribute, escaped};
use crate::{
    book::{Book, Chapter},
    document::Place,
    publication::{self, FrontPage, TitleLine, TitleLineKind},
};

/// The level of the headings that a contents list shows below the chapters.
const LISTED_LEVEL: u8 = 2;

/// Returns the title page's heading and the lines below it.
pub(crate) fn title_lines(book: &Book<'_>) -> String {
    let manuscript = book.manuscript;
    let line = |element: &str, attributes: &str, text: &str| {
        let dir = direction_attribute(book.direction, [text].into_iter());
        format!("<{element}{attributes}{dir}>{}</{element}>\n", escaped(text))
    };
    let mut lines = line("h1", "", &manuscript.title);
    for TitleLine { kind, text } in publication::title_lines(manuscript) {
        let role = if kind == TitleLineKind::Subtitle { " role=\"doc-subtitle\"" } else { "" };
        lines.push_str(&line("p", &format!(" class=\"{}\"{role}", kind.class()), &text));
    }
    lines
}

/// Returns a page before the text, with a heading of this level.
pub(crate) fn front_page(book: &Book<'_>, page: &FrontPage, class: &str, level: u8) -> String {
    let paragraphs: String = page.paragraphs.iter().map(|text| paragraph(book, text)).collect();
    let heading = page.heading;
    format!("<section class=\"{class}\">\n<h{level}>{heading}</h{level}>\n{paragraphs}</section>\n")
}

fn paragraph(book: &Book<'_>, text: &str) -> String {
    let dir = direction_attribute(book.direction, [text].into_iter());
    let lines: Vec<String> = text.lines().map(|line| escaped(line).to_string()).collect();
    format!("<p{dir}>{}</p>\n", lines.join("<br/>\n"))
}

/// Returns the notice with its heading; `None` where the book has none.
pub(crate) fn notice(book: &Book<'_>) -> Option<String> {
    let notice = book.manuscript.notice.as_deref()?;
    let paragraphs: String = notice
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| {
            let dir = direction_attribute(book.direction, [paragraph].into_iter());
            format!("<p{dir}>{}</p>\n", escaped(paragraph))
        })
        .collect();
    let heading = book.terms.notice;
    Some(format!("<section class=\"notice\" role=\"doc-notice\">\n<h2>{heading}</h2>\n{paragraphs}</section>\n"))
}

/// Returns a list of links to the parts, the chapters and their sections; `None` where there are no chapters.
pub(crate) fn contents_list(book: &Book<'_>, medium: Medium) -> Option<String> {
    let mut items = String::new();
    let mut open: Option<usize> = None;
    for (index, chapter) in book.chapters.iter().enumerate() {
        if chapter.part != open {
            items.push_str(if open.is_some() { "</ol>\n</li>\n" } else { "" });
            open = chapter.part;
            items.extend(open.map(|part| {
                let label = book.parts[part].name.label();
                let dir = direction_attribute(book.direction, [label.as_str()].into_iter());
                let href = medium.part_href(book, part);
                format!("<li><a href=\"{}\"{dir}>{}</a>\n<ol>\n", escaped(&href), escaped(&label))
            }));
        }
        items.push_str(&contents_item(book, index, medium));
    }
    items.push_str(if open.is_some() { "</ol>\n</li>\n" } else { "" });
    (!items.is_empty()).then(|| format!("<ol>\n{items}</ol>\n"))
}

/// Returns the title of a part as a heading.
pub(crate) fn part_title(book: &Book<'_>, part: usize, level: u8) -> String {
    let NumberedPart { number, title } = &book.parts[part].name;
    let dir = direction_attribute(book.direction, [*title].into_iter());
    let number = number.as_deref();
    match title.is_empty() {
        true => format!("<h{level}{dir}>{}</h{level}>\n", escaped(number.unwrap_or_default())),
        false => format!(
            "<h{level}{dir}>{}<span class=\"title\">{}</span></h{level}>\n",
            self::number(number),
            escaped(title)
        ),
    }
}

/// Returns the learning goals of a lesson; nothing where it has none.
pub(super) fn goals(book: &Book<'_>, chapter: &Chapter<'_>) -> String {
    if chapter.goals.is_empty() {
        return String::new();
    }
    let goal = |goal: &String| {
        let dir = direction_attribute(book.direction, [goal.as_str()].into_iter());
        format!("<li{dir}>{}</li>\n", escaped(goal))
    };
    let goals: String = chapter.goals.iter().map(goal).collect();
    format!("<div class=\"goals\">\n<p><strong>{}</strong></p>\n<ul>\n{goals}</ul>\n</div>\n", book.terms.goals)
}

/// Returns the number before a title; nothing where there is none.
pub(super) fn number(number: Option<&str>) -> String {
    number.map(|number| format!("<span class=\"number\">{}</span> ", escaped(number))).unwrap_or_default()
}

fn contents_item(book: &Book<'_>, index: usize, medium: Medium) -> String {
    let chapter = &book.chapters[index];
    let link = |heading, text: &str| {
        let place = Place { chapter: index, heading };
        let dir = direction_attribute(book.direction, [text].into_iter());
        format!("<a href=\"{}\"{dir}>{}</a>", escaped(&medium.href(book, place)), escaped(text))
    };
    let sections: String = listed_headings(book, index)
        .map(|heading| format!("<li>{}</li>\n", link(Some(heading.index), heading.text)))
        .collect();
    let below = match sections.is_empty() {
        true => String::new(),
        false => format!("\n<ol>\n{sections}</ol>\n"),
    };
    format!("<li>{}{below}</li>\n", link(None, &chapter.label()))
}

/// A heading in a contents list.
pub(crate) struct ListedHeading<'b> {
    /// Its index in the chapter.
    pub(crate) index: usize,
    pub(crate) text: &'b str,
}

/// Returns the headings of a chapter that a contents list shows. Those in notes stand out of order and are left out, and so
/// are those without text, which nobody could choose.
pub(crate) fn listed_headings<'b>(book: &'b Book<'_>, chapter: usize) -> impl Iterator<Item = ListedHeading<'b>> {
    book.chapters[chapter]
        .headings
        .iter()
        .enumerate()
        .filter(|(_, heading)| heading.level == LISTED_LEVEL && !heading.in_note && !heading.text.is_empty())
        .map(|(index, heading)| ListedHeading { index, text: &heading.text })
}
