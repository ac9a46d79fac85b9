//! Prose and key points, which are cut from the source as they were typed.

use std::ops::Range;

use bindery_text::clean::{clean, line_feeds};

use super::{
    super::{fault::Fault, goals, habits::cleaned},
    blocks::{Block, BlockKind, blocks},
    comments::without_comments,
    heading::inline_source,
};

/// The white space of Markdown, in which an ideographic space is text.
const BLANK: [char; 3] = [' ', '\t', '\n'];

/// A part of an outline: its text and its key points.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Prose {
    pub(crate) text: String,
    pub(crate) points: Vec<String>,
    /// The items of lists below a line such as "Goals:", a line each.
    pub(crate) goals: Vec<String>,
}

/// How the lists in a text are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lists {
    /// Their items are key points.
    ArePoints,
    /// They are part of the text, as in a description.
    Stay,
}

/// How often a value may be read until its text no longer changes. Nearly all values need one reading.
const ROUNDS: usize = 4;

/// Reads a value of YAML or JSON by the rules of a Markdown outline, so that the same words make the same outline in
/// every format.
///
/// Headings that would be a title, a chapter or a section become deeper ones, which are text.
pub(crate) fn read(text: &str, lists: Lists) -> Result<Prose, Fault> {
    let mut current = Prose { text: paragraphs(text), ..Prose::default() };
    for _ in 0..ROUNDS {
        let Prose { text, points, goals } = read_once(&current.text, lists)?;
        current.points.extend(points);
        current.goals.extend(goals);
        if text == current.text {
            return Ok(current);
        }
        current.text = text;
    }
    Err(Fault::Entangled)
}

fn read_once(text: &str, lists: Lists) -> Result<Prose, Fault> {
    let text = without_comments(text).map_err(|_| Fault::Entangled)?;
    let text = cleaned(&text);
    let blocks = blocks(&text).map_err(|unclosed| unclosed.fault)?;
    Ok(cut(&text, 0..text.len(), &blocks, lists))
}

/// Reads a key point that is a value of YAML or JSON like an item of a list.
pub(crate) fn point(text: &str) -> Result<String, Fault> {
    let mut current = unindented(&paragraphs(text));
    for _ in 0..ROUNDS {
        let Prose { points, .. } = read_once(&as_item(&current), Lists::ArePoints)?;
        let text = points.into_iter().next().unwrap_or_default();
        if text == current {
            return Ok(current);
        }
        current = text;
    }
    Err(Fault::Entangled)
}

/// Renders a key point as an item of a list.
pub(crate) fn as_item(point: &str) -> String {
    let mut lines = point.lines();
    let first = lines.next().unwrap_or_default();
    // A line of dashes alone would be a rule, not an item.
    let is_rule = first.chars().all(|c| matches!(c, '-' | ' ' | '\t'));
    let mut item = format!("{} {first}\n", if is_rule { '*' } else { '-' });
    for line in lines {
        if !line.is_empty() {
            item.push_str("  ");
        }
        item.push_str(line);
        item.push('\n');
    }
    item
}

/// Cuts a span of the source into text and key points.
pub(super) fn cut(source: &str, span: Range<usize>, blocks: &[Block], lists: Lists) -> Prose {
    let mut text = String::new();
    let mut points = Vec::new();
    let mut goals = Vec::new();
    let mut at = span.start;
    // A list below a deeper heading stays there. Points would say no more to what they belong.
    let deeper = blocks.iter().position(|block| matches!(block.kind, BlockKind::Heading(_))).unwrap_or(blocks.len());
    let stays = |index: usize| lists == Lists::Stay || index > deeper;
    let is_text = |(index, block): (usize, &Block)| match block.kind {
        BlockKind::Rule => false,
        BlockKind::List(_) => stays(index),
        BlockKind::Heading(_) | BlockKind::Prose => true,
    };
    let texts: Vec<usize> = blocks.iter().enumerate().filter(|found| is_text(*found)).map(|(index, _)| index).collect();
    let (first, last) = (texts.first().copied(), texts.last().copied());
    for (index, Block { range, kind }) in blocks.iter().enumerate() {
        let end = range.end.min(span.end);
        match kind {
            // A line across the page parts texts. At the beginning or the end of one it only stands before a heading.
            BlockKind::Rule if first.is_none_or(|first| index < first) || last.is_none_or(|last| index > last) => {
                text.push_str(&source[at..range.start]);
                at = end;
            }
            BlockKind::List(starts) if !stays(index) => {
                text.push_str(&source[at..range.start]);
                text.truncate(text.trim_end_matches(BLANK).len());
                text.push_str("\n\n");
                let ends = starts.iter().skip(1).chain([&end]);
                let items = starts.iter().zip(ends);
                let items = items.map(|(&start, &end)| item(source, start..end));
                if take_goals_label(&mut text) {
                    goals.extend(items.map(|goal| one_line(&goal)));
                } else {
                    points.extend(items);
                }
                at = end + blank_lines(&source[end..span.end]);
            }
            BlockKind::Heading(level) if *level <= 3 || (index == deeper && lists == Lists::ArePoints) => {
                text.push_str(&source[at..range.start]);
                if index == deeper && lists == Lists::ArePoints {
                    take_goals_label(&mut text);
                    text.truncate(text.trim_end_matches(BLANK).len());
                    text.push_str("\n\n");
                }
                if *level > 3 {
                    at = range.start;
                    continue;
                }
                text.push_str("#### ");
                text.push_str(&inline_source(&source[range.clone()]));
                text.push('\n');
                at = end;
            }
            _ => {}
        }
    }
    text.push_str(&source[at..span.end]);
    if lists == Lists::ArePoints {
        // Without goals below it, the line would take the next list.
        take_goals_label(&mut text);
    }
    points.retain(|point| !point.is_empty());
    goals.retain(|goal| !goal.is_empty());
    Prose { text: paragraphs(&text), points, goals }
}

/// Returns where the first heading of a text begins. Key points must stand before it.
pub(crate) fn first_heading(text: &str) -> Option<usize> {
    let blocks = blocks(text).ok()?;
    blocks.into_iter().find(|block| matches!(block.kind, BlockKind::Heading(_))).map(|block| block.range.start)
}

/// Takes away the last line of a text, if it announces learning goals. Returns whether it did.
fn take_goals_label(text: &mut String) -> bool {
    let end = text.trim_end_matches(BLANK).len();
    let start = text[..end].rfind('\n').map_or(0, |at| at + 1);
    let is_label = goals::is_label(&text[start..end]);
    if is_label {
        text.truncate(start);
    }
    is_label
}

/// Returns the content of a list item, without its marker and without the indentation of its further lines.
fn item(source: &str, range: Range<usize>) -> String {
    let line_start = source[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let slice = &source[line_start..range.end];
    let marked = slice.trim_start_matches([' ', '\t']);
    let digits = marked.bytes().take_while(u8::is_ascii_digit).count();
    let marker_end = slice.len() - marked.len() + digits + 1;
    let (first, rest) = slice[marker_end..].split_once('\n').unwrap_or((&slice[marker_end..], ""));
    let content = first.trim_start_matches([' ', '\t']);
    let marker_column = column(&slice[..marker_end]);
    let content_column = column(&slice[..slice[..marker_end].len() + first.len() - content.len()]);
    let gap = content_column - marker_column;
    // By CommonMark, an empty line after the marker counts as one column. Five or more columns count as one too, and
    // the rest of them makes the content code.
    let is_near = (1..=4).contains(&gap) && !content.is_empty();
    let width = if is_near { content_column } else { marker_column + 1 };
    let code = if is_near { 0 } else { gap.saturating_sub(1) };
    let mut text = " ".repeat(code) + content;
    for line in rest.lines() {
        text.push('\n');
        text.push_str(&dedented(line, width));
    }
    unindented(&paragraphs(&text))
}

/// Returns a point without the indentation of its first line, unless the indentation makes it code.
fn unindented(point: &str) -> String {
    let content = point.trim_start_matches(BLANK);
    let indentation = column(&point[..point.len() - content.len()]);
    let code = if indentation < 4 { 0 } else { indentation };
    " ".repeat(code) + content
}

/// Returns the column after `before`, with a tab stop every four columns.
fn column(before: &str) -> usize {
    before.chars().fold(0, |at, c| if c == '\t' { at + 4 - at % 4 } else { at + 1 })
}

/// Removes up to `width` columns of white space from the start of a line.
fn dedented(line: &str, width: usize) -> String {
    let mut columns = 0;
    for (at, c) in line.char_indices() {
        if columns >= width || !matches!(c, ' ' | '\t') {
            return " ".repeat(columns.saturating_sub(width)) + &line[at..];
        }
        columns = if c == '\t' { columns + 4 - columns % 4 } else { columns + 1 };
    }
    String::new()
}

/// Returns a text in its plainest form: with line feeds, without forbidden characters, without blank lines around it
/// and without white space in blank lines.
pub(crate) fn paragraphs(text: &str) -> String {
    let text = line_feeds(text);
    let text = clean(&text);
    let lines: Vec<&str> = text.lines().map(|line| if trimmed(line).is_empty() { "" } else { line }).collect();
    let lines = lines.join("\n");
    let lines = lines.trim_matches('\n');
    lines.trim_end_matches([' ', '\t']).to_owned()
}

/// Returns a text as one line with single spaces between its words.
pub(crate) fn one_line(text: &str) -> String {
    let text = clean(text);
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    words.join(" ").trim().to_owned()
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(BLANK)
}

/// Returns the length of the blank lines at the beginning of a text.
fn blank_lines(text: &str) -> usize {
    let content = text.trim_start_matches(BLANK);
    let blank = &text[..text.len() - content.len()];
    blank.rfind('\n').map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(text: &str) -> Vec<String> {
        read(text, Lists::ArePoints).unwrap().points
    }

    #[test]
    fn list_items_become_points_and_the_rest_stays_text() {
        let prose = read("One.\n\n- a\n- b\n\nTwo.\n* c\n1. d\n2) e\n", Lists::ArePoints).unwrap();
        assert_eq!(prose.text, "One.\n\nTwo.");
        assert_eq!(prose.points, ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn nested_lines_stay_in_their_point_without_its_indentation() {
        let text = "- a\n  lazy not\nlazy\n\n  para\n  - sub\n    - deep\n\n      code?\n- b\n";
        let first = "a\nlazy not\nlazy\n\npara\n- sub\n  - deep\n\n    code?";
        assert_eq!(points(text), [first, "b"]);
        assert_eq!(points("10. a\n    ```\n    x\n      y\n    ```"), ["a\n```\nx\n  y\n```"]);
        assert_eq!(points("-\ta\n\n\tb\n"), ["a\n\nb"]);
        assert_eq!(points("-\n  a\n"), ["a"]);
        assert_eq!(points("- \n- a\n-"), ["a"]);
    }

    #[test]
    fn quotations_code_tables_and_links_are_kept_as_typed() {
        let text = "> *q*\n> - not a point\n\n```rust\n- not one\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n\
                    [x]\n\n[x]: http://x.org \"t\"";
        let prose = read(text, Lists::ArePoints).unwrap();
        assert_eq!((prose.text.as_str(), prose.points.len()), (text, 0));
    }

    #[test]
    fn headings_inside_a_value_cannot_pass_for_chapters() {
        let prose = read("# a\nb\n\nc\n---\n#### d\n> # e", Lists::ArePoints).unwrap();
        assert_eq!(prose.text, "#### a\nb\n\n#### c\n#### d\n> # e");
    }

    #[test]
    fn a_rule_stays_only_between_texts() {
        assert_eq!(read("---\n\na\n\n---\n\nb\n\n- c\n\n* * *\n", Lists::ArePoints).unwrap().text, "a\n\n---\n\nb");
        assert_eq!(read("- c\n\n---\n", Lists::ArePoints).unwrap().text, "");
    }

    #[test]
    fn a_list_below_a_deeper_heading_stays_there() {
        let prose = read("a\n\n- b\n\n#### c\n- d\n#### e\n- f\n", Lists::ArePoints).unwrap();
        assert_eq!(
            (prose.text.as_str(), prose.points.as_slice()),
            ("a\n\n#### c\n- d\n#### e\n- f", &["b".to_owned()][..])
        );
    }

    #[test]
    fn a_description_keeps_its_lists() {
        assert_eq!(read("a\n\n- b\n", Lists::Stay).unwrap().text, "a\n\n- b");
    }

    #[test]
    fn one_line_keeps_the_space_of_other_scripts() {
        assert_eq!(one_line(" a\n\tb  c "), "a b c");
        assert_eq!(one_line("第一部　旅　"), "第一部　旅");
    }
}
