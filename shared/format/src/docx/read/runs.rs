//! Runs of a document as pieces of a line.

use std::collections::HashMap;

use roxmltree::Node;

use super::{OFFICE, Package, WORD, child, value};
use crate::document::{Inline, Place, Style, Target};

/// The styles of text, the outermost first.
const NESTING: [Style; 8] = [
    Style::Strong,
    Style::Emphasis,
    Style::Struck,
    Style::Underlined,
    Style::Marked,
    Style::Subscript,
    Style::Superscript,
    Style::Key,
];

/// Reads the runs of one chapter.
pub(super) struct Runs<'p> {
    pub(super) package: &'p Package,
    /// The index of each footnote that was met, by its id.
    pub(super) notes: HashMap<String, usize>,
    /// The ids of the footnotes, in the order of their first references.
    pub(super) order: Vec<String>,
    pub(super) foreign_pictures: usize,
}

/// A run of text.
#[derive(Clone)]
struct Run {
    styles: Vec<Style>,
    piece: Inline,
}

impl Runs<'_> {
    /// Returns the line of a paragraph.
    pub(super) fn line(&mut self, paragraph: Node<'_, '_>) -> Vec<Inline> {
        let mut runs = Vec::new();
        self.collect(paragraph, &mut runs);
        nested(&runs, 0)
    }

    /// Collects runs, without what was deleted and what only marks a place.
    fn collect(&mut self, parent: Node<'_, '_>, runs: &mut Vec<Run>) {
        let mut field: Option<Field> = None;
        for node in parent.children().filter(Node::is_element) {
            if let Some(open) = &mut field {
                if open.takes(node) {
                    continue;
                }
                let note = open.note();
                field = None;
                if let Some(note) = note {
                    runs.push(Run { styles: Vec::new(), piece: self.note(&note) });
                }
                continue;
            }
            match node.tag_name().name() {
                "r" if is_field_start(node) => field = Some(Field::default()),
                "r" => self.run(node, runs),
                "hyperlink" => {
                    let mut inside = Vec::new();
                    self.collect(node, &mut inside);
                    let text = nested(&inside, 0);
                    runs.push(Run { styles: Vec::new(), piece: self.link(node, text) });
                }
                "ins" | "smartTag" | "sdt" | "sdtContent" | "moveTo" => self.collect(node, runs),
                _ => {}
            }
        }
    }

    fn link(&self, node: Node<'_, '_>, text: Vec<Inline>) -> Inline {
        let outside = node.attribute((OFFICE, "id")).and_then(|id| self.package.relations.get(id));
        let inside = node.attribute((WORD, "anchor")).and_then(place);
        let to = match (outside, inside) {
            (Some(url), _) => Target::Outside(url.clone()),
            (None, Some(place)) => Target::Inside(place),
            (None, None) => return Inline::Styled { style: Style::Underlined, text },
        };
        Inline::Link { to, title: String::new(), text }
    }

    fn run(&mut self, run: Node<'_, '_>, runs: &mut Vec<Run>) {
        let properties = child(run, "rPr");
        let name = properties.and_then(|found| child(found, "rStyle")).and_then(value);
        let name = name.and_then(|id| self.package.styles.get(id).map_or(Some(id), |name| Some(name.as_str())));
        let name = name.unwrap_or_default().to_lowercase();
        let mut styles = properties.map(|found| styles(found, &name)).unwrap_or_default();
        if name == "key" {
            styles.push(Style::Key);
        }
        for node in run.children().filter(Node::is_element) {
            let piece = match node.tag_name().name() {
                "t" => {
                    let text = node.text().unwrap_or_default().to_owned();
                    match name.as_str() {
                        "code" => Inline::Code { text },
                        "math" => Inline::Formula { tex: text, display: false },
                        _ => {
                            spaced(&text, &styles, runs);
                            continue;
                        }
                    }
                }
                "br" | "cr" => Inline::Break,
                "tab" => Inline::text(" "),
                "noBreakHyphen" => Inline::text("\u{2011}"),
                "footnoteReference" => match node.attribute((WORD, "id")) {
                    Some(id) => self.note(id),
                    None => continue,
                },
                "drawing" => match self.picture(node) {
                    Some(picture) => picture,
                    None => continue,
                },
                "ruby" => self.ruby(node),
                _ => continue,
            };
            let styles = if matches!(piece, Inline::Code { .. }) { styles.clone() } else { Vec::new() };
            runs.push(Run { styles, piece });
        }
    }

    fn note(&mut self, id: &str) -> Inline {
        let next = self.order.len();
        let note = *self.notes.entry(id.to_owned()).or_insert(next);
        if note == next {
            self.order.push(id.to_owned());
        }
        Inline::Note { note }
    }

    fn picture(&mut self, drawing: Node<'_, '_>) -> Option<Inline> {
        let named = |name: &str| drawing.descendants().find(|node| node.tag_name().name() == name);
        let alt = named("docPr").and_then(|node| node.attribute("descr")).unwrap_or_default().to_owned();
        let target = named("blip").and_then(|node| node.attribute((OFFICE, "embed")));
        let target = target.and_then(|id| self.package.relations.get(id));
        let number = target.and_then(|target| {
            target.rsplit('/').next()?.strip_prefix("picture-")?.split('.').next()?.parse::<usize>().ok()
        });
        match number.and_then(|number| number.checked_sub(1)) {
            Some(picture) => Some(Inline::Picture { picture, alt }),
            None => {
                self.foreign_pictures += 1;
                None
            }
        }
    }

    fn ruby(&mut self, ruby: Node<'_, '_>) -> Inline {
        let mut part = |name: &str| child(ruby, name).map(|node| self.line(node)).unwrap_or_default();
        let reading = crate::document::plain_text(&part("rt"));
        Inline::Ruby { base: part("rubyBase"), reading }
    }
}

/// Adds a text. Spaces at the ends of styled text lose the style, for a style shows nothing there.
fn spaced(text: &str, styles: &[Style], runs: &mut Vec<Run>) {
    let inner = text.trim_matches(' ');
    let start = text.len() - text.trim_start_matches(' ').len();
    let pieces = match inner.is_empty() {
        true => [(text, false), ("", true), ("", false)],
        false => [(&text[..start], false), (inner, true), (&text[start + inner.len()..], false)],
    };
    for (piece, is_styled) in pieces.into_iter().filter(|(piece, _)| !piece.is_empty()) {
        let styles = if is_styled { styles.to_vec() } else { Vec::new() };
        runs.push(Run { styles, piece: Inline::text(piece) });
    }
}

fn styles(properties: Node<'_, '_>, name: &str) -> Vec<Style> {
    if name == "footnotereference" {
        return Vec::new();
    }
    let is_on = |name: &str| {
        child(properties, name).is_some_and(|property| !matches!(value(property), Some("0" | "false" | "none")))
    };
    let raised = child(properties, "vertAlign").and_then(value);
    let mut styles = Vec::new();
    let found = [
        (Style::Strong, is_on("b")),
        (Style::Emphasis, is_on("i")),
        (Style::Struck, is_on("strike")),
        (Style::Underlined, is_on("u") && name != "hyperlink"),
        (Style::Marked, is_on("highlight")),
        (Style::Subscript, raised == Some("subscript")),
        (Style::Superscript, raised == Some("superscript")),
    ];
    styles.extend(found.into_iter().filter(|(_, is_on)| *is_on).map(|(style, _)| style));
    styles
}

/// Nests runs: neighbours that share a style stand in one element of it.
fn nested(runs: &[Run], depth: usize) -> Vec<Inline> {
    let mut line: Vec<Inline> = Vec::new();
    let Some(style) = NESTING.get(depth) else {
        for run in runs {
            match (line.last_mut(), &run.piece) {
                (Some(Inline::Text { text }), Inline::Text { text: more }) => text.push_str(more),
                (Some(Inline::Code { text }), Inline::Code { text: more }) => text.push_str(more),
                (Some(Inline::Formula { tex, .. }), Inline::Formula { tex: more, .. }) => tex.push_str(more),
                (_, piece) => line.push(piece.clone()),
            }
        }
        return line;
    };
    for group in runs.chunk_by(|one, other| one.styles.contains(style) == other.styles.contains(style)) {
        let inside = nested(group, depth + 1);
        if group[0].styles.contains(style) {
            line.push(Inline::Styled { style: *style, text: inside });
        } else {
            line.extend(inside);
        }
    }
    line
}

/// A field whose end was not met yet.
#[derive(Default)]
struct Field {
    code: String,
    depth: usize,
}

impl Field {
    /// Takes a run of the field, and returns whether the field goes on.
    fn takes(&mut self, node: Node<'_, '_>) -> bool {
        for part in node.descendants() {
            match part.tag_name().name() {
                "instrText" => self.code.push_str(part.text().unwrap_or_default()),
                "fldChar" => match part.attribute((WORD, "fldCharType")) {
                    Some("begin") => self.depth += 1,
                    Some("end") if self.depth == 0 => return false,
                    Some("end") => self.depth -= 1,
                    _ => {}
                },
                _ => {}
            }
        }
        true
    }

    /// Returns the footnote that the field refers to.
    fn note(&self) -> Option<String> {
        self.code.split_whitespace().find_map(|word| word.strip_prefix("_note")).map(str::to_owned)
    }
}

fn is_field_start(run: Node<'_, '_>) -> bool {
    let start = child(run, "fldChar").and_then(|node| node.attribute((WORD, "fldCharType")));
    start == Some("begin")
}

/// Returns the place that a bookmark marks. Its chapter is a number here, not an index.
fn place(bookmark: &str) -> Option<Place> {
    let rest = bookmark.strip_prefix("chapter-")?;
    match rest.split_once("-heading-") {
        None => Some(Place { chapter: rest.parse().ok()?, heading: None }),
        Some((chapter, heading)) => {
            let heading: usize = heading.parse().ok()?;
            Some(Place { chapter: chapter.parse().ok()?, heading: heading.checked_sub(1) })
        }
    }
}
