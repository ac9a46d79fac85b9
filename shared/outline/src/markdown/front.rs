//! The front matter of a Markdown outline, Hugo's in TOML and in JSON, and Pandoc's title block.

mod loose;
mod toml;

use super::super::{
    fault::{Fault, Faults, Problem},
    fields::{self, Meta},
    yaml,
};

/// A Markdown outline without its front matter.
pub(super) struct Front<'a> {
    pub(super) meta: Meta,
    pub(super) body: &'a str,
    /// The line in which the body begins.
    pub(super) line: usize,
}

impl<'a> Front<'a> {
    pub(super) fn of(source: &'a str, faults: &mut Faults) -> Result<Self, Problem> {
        let mut lines = lines(source).skip_while(|line| line.text.is_empty());
        let opening = match lines.next() {
            Some(line) if line.text == "{" => {
                let json = Self::json(source, &line, &mut lines, faults);
                return Ok(json.unwrap_or(Self { meta: Meta::default(), body: source, line: 1 }));
            }
            Some(line) if line.text == "---" || line.text == "+++" => line,
            Some(line) if line.text.starts_with("% ") => return Ok(Self::title_block(source, line.start, line.number)),
            _ => return Ok(Self { meta: Meta::default(), body: source, line: 1 }),
        };
        let is_toml = opening.text == "+++";
        let closes = |line: &Line<'_>| if is_toml { line.text == "+++" } else { matches!(line.text, "---" | "...") };
        let Some(closing) = lines.find(closes) else {
            return Err(Problem::new(opening.number, Fault::UnclosedFrontMatter));
        };
        let typed = &source[opening.end..closing.start];
        let first = opening.number + 1;
        let root = if is_toml {
            yaml::read(&toml::as_yaml(typed), first)
        } else {
            // A text with a colon needs quotation marks, which writers forget.
            let retry = |problem| loose::quoted(typed).and_then(|text| yaml::read(&text, first).ok()).ok_or(problem);
            yaml::read(typed, first).or_else(retry)
        };
        let meta = root.map(|root| fields::front_matter(root, faults)).unwrap_or_else(|problem| {
            faults.add(problem.line, problem.fault);
            Meta::default()
        });
        Ok(Self { meta, body: &source[closing.end..], line: closing.number + 1 })
    }

    /// Reads Hugo's front matter in JSON; `None` where the brace opens something else.
    fn json(
        source: &'a str,
        opening: &Line<'_>,
        lines: &mut impl Iterator<Item = Line<'a>>,
        faults: &mut Faults,
    ) -> Option<Self> {
        let closing = lines.find(|line| line.text == "}")?;
        // All of JSON is YAML too.
        let root = yaml::read(&source[opening.start..closing.end], opening.number).ok()?;
        let meta = fields::front_matter(root, faults);
        Some(Self { meta, body: &source[closing.end..], line: closing.number + 1 })
    }

    /// Reads Pandoc's title block: `% Title`, `% Authors`, `% Date`.
    fn title_block(source: &'a str, start: usize, line: usize) -> Self {
        let mut meta = Meta::default();
        let mut end = start;
        let mut count = 0;
        for field in source[start..].split_inclusive('\n').take(3) {
            let Some(text) = field.strip_prefix('%') else { break };
            meta.title_line(count, line + count, text.trim());
            end += field.len();
            count += 1;
        }
        Self { meta, body: &source[end..], line: line + count }
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
