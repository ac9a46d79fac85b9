//! Reads the outline as a writer types it.
//!
//! The parser finds the places of headings and lists, and every text is a slice of the source between them. So no word
//! of the writer is lost or changed.

mod blocks;
mod comments;
pub(super) mod heading;
pub(super) mod prose;

use blocks::{Block, Unclosed};
use heading::{Attributes, inline_source, plain, split_attributes, without_number};
use prose::{Lists, Prose, cut};

use super::{
    Chapter, FrontMatter, Section,
    check::{ChapterLines, Draft},
    fault::{Fault, Faults, Problem, shortened},
    fields,
    source::LineCounter,
    yaml,
};

/// Reads a Markdown outline. It adds the faults that it finds; the error is a fault after which it cannot go on.
pub(super) fn read(source: &str, faults: &mut Faults) -> Result<Draft, Problem> {
    let Parts { front, body, line } = Parts::of(source, faults)?;
    let text = comments::without_comments(body).map_err(|at| {
        let line = LineCounter::new(body, line).line_at(at);
        Problem::new(line, Fault::Entangled)
    })?;
    let mut lines = LineCounter::new(&text, line);
    let blocks =
        blocks::blocks(&text).map_err(|Unclosed { start, fault }| Problem::new(lines.line_at(start), fault))?;
    let mut draft = Draft::default();
    draft.outline.front = front;
    let mut reader = Reader { text: &text, lines, draft, faults };
    reader.read(&blocks);
    Ok(reader.draft)
}

/// The two parts of a Markdown outline.
struct Parts<'a> {
    front: FrontMatter,
    body: &'a str,
    /// The line in which the body begins.
    line: usize,
}

impl<'a> Parts<'a> {
    fn of(source: &'a str, faults: &mut Faults) -> Result<Self, Problem> {
        let mut lines = lines(source).skip_while(|line| line.text.is_empty());
        let Some(opening) = lines.next().filter(|line| line.text == "---") else {
            return Ok(Self { front: FrontMatter::default(), body: source, line: 1 });
        };
        let Some(closing) = lines.find(|line| matches!(line.text, "---" | "...")) else {
            return Err(Problem::new(opening.number, Fault::UnclosedFrontMatter));
        };
        let root = yaml::read(&source[opening.end..closing.start], opening.number + 1);
        let front = root.map(|root| fields::front_matter(root, faults)).unwrap_or_else(|problem| {
            faults.add(problem.line, problem.fault);
            FrontMatter::default()
        });
        Ok(Self { front, body: &source[closing.end..], line: closing.number + 1 })
    }
}

/// A line of the source, without the white space at its end.
struct Line<'a> {
    number: usize,
    start: usize,
    text: &'a str,
    end: usize,
}

fn lines(source: &str) -> impl Iterator<Item = Line<'_>> {
    let mut end = 0;
    source.split_inclusive('\n').zip(1..).map(move |(line, number)| {
        let start = end;
        end += line.len();
        let text = line.trim_end();
        Line { number, start, text, end }
    })
}

struct Reader<'a> {
    text: &'a str,
    lines: LineCounter<'a>,
    draft: Draft,
    faults: &'a mut Faults,
}

impl Reader<'_> {
    fn read(&mut self, blocks: &[Block]) {
        let is_outline = |block: &Block| block.outline_level().is_some();
        let mut rest = blocks;
        let before = rest.iter().position(is_outline).unwrap_or(rest.len());
        let start = rest.get(before).map_or(self.text.len(), |block| block.range.start);
        let blank = self.text[..start].len() - self.text[..start].trim_start().len();
        if blank < start {
            let line = self.lines.line_at(blank);
            self.faults.add(line, Fault::TextBeforeTitle);
        }
        rest = &rest[before..];
        while let Some((heading, after)) = rest.split_first() {
            let count = after.iter().position(is_outline).unwrap_or(after.len());
            let end = after.get(count).map_or(self.text.len(), |next| next.range.start);
            let below = Below { blocks: &after[..count], end };
            self.part(heading, &below);
            rest = &after[count..];
        }
    }

    /// Reads a heading and the blocks below it.
    fn part(&mut self, block: &Block, below: &Below<'_>) {
        let line = self.lines.line_at(block.range.start);
        let inline = inline_source(&self.text[block.range.clone()]);
        let span = block.range.end.min(below.end)..below.end;
        let cut = |lists| cut(self.text, span, below.blocks, lists);
        match block.outline_level() {
            Some(1) => {
                let prose = cut(Lists::Stay);
                self.title(line, &inline, prose);
            }
            Some(2) => {
                let prose = cut(Lists::ArePoints);
                self.chapter(line, &inline, prose);
            }
            _ => {
                let prose = cut(Lists::ArePoints);
                self.section(line, &inline, prose);
            }
        }
    }

    fn title(&mut self, line: usize, inline: &str, below: Prose) {
        let title = self.heading_without_attributes(line, inline);
        let Draft { outline, lines } = &mut self.draft;
        if lines.title.is_some() {
            let title = shortened(&title);
            return self.faults.add(line, Fault::SecondTitle { title });
        }
        if let Some(first) = lines.chapters.first() {
            self.faults.add(first.line, Fault::TextBeforeTitle);
        }
        lines.title = Some(line);
        outline.title = title;
        outline.description = below.text;
    }

    fn chapter(&mut self, line: usize, inline: &str, below: Prose) {
        let (inline, attributes) = split_attributes(inline);
        let attributes = attributes.map_or_else(|| Ok(Attributes::default()), Attributes::read);
        let Attributes { last, words } = attributes.unwrap_or_else(|fault| {
            self.faults.add(line, fault);
            Attributes::default()
        });
        let Draft { outline, lines } = &mut self.draft;
        let position = outline.chapters.len() + 1;
        outline.chapters.push(Chapter {
            title: plain(without_number(inline, position)),
            summary: below.text,
            points: below.points,
            sections: Vec::new(),
            words,
            last,
        });
        let sections = Vec::new();
        lines.chapters.push(ChapterLines { line: Some(line), sections });
    }

    fn section(&mut self, line: usize, inline: &str, below: Prose) {
        let heading = self.heading_without_attributes(line, inline);
        let Draft { outline, lines } = &mut self.draft;
        let parents = outline.chapters.last_mut().zip(lines.chapters.last_mut());
        let Some((chapter, lines)) = parents else {
            let heading = shortened(&heading);
            return self.faults.add(line, Fault::StraySection { heading });
        };
        let Prose { text: summary, points } = below;
        chapter.sections.push(Section { heading, summary, points });
        lines.sections.push(Some(line));
    }

    fn heading_without_attributes(&mut self, line: usize, inline: &str) -> String {
        if split_attributes(inline).1.is_some() {
            self.faults.add(line, Fault::MisplacedAttributes);
        }
        plain(inline)
    }
}

/// The blocks below a heading, up to the next heading.
struct Below<'a> {
    blocks: &'a [Block],
    end: usize,
}
