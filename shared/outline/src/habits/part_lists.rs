//! Parts as headings or bold lines over lists of their chapters, as chat models write them.

use super::{
    super::{
        labels::{Called, label},
        page::{Page, bold, heading, is_rule, item},
    },
    Found, Role, head, list,
};

/// The longest line that can be a part's, in bytes.
const LONGEST: usize = 160;

/// What a line is that stands in no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Part,
    /// A piece with a role, such as an introduction.
    Piece,
}

/// Turns parts over lists into headings, and the items of the lists into chapters. Returns whether there are any.
pub(super) fn read(page: &mut Page, found: &mut Found) -> bool {
    let code = page.code();
    let marks: Vec<(usize, Kind, String)> =
        (0..page.lines.len()).filter(|&at| !code[at]).filter_map(|at| mark(page, at)).collect();
    let parts = || marks.iter().filter(|(_, kind, _)| *kind == Kind::Part);
    let over_list =
        |at: usize| page.next_text(at + 1).is_some_and(|next| next <= at + 2 && item(&page.lines[next].text).is_some());
    let lists = parts().filter(|(at, ..)| over_list(*at)).count();
    let is_other_chapter = |at: usize| {
        let text = &page.lines[at].text;
        let title = title(text);
        item(text).is_none()
            && !code[at]
            && label(title).is_some_and(|label| matches!(label.called, Called::Chapter | Called::Lesson))
    };
    if lists == 0 || lists < parts().count() || (0..page.lines.len()).any(is_other_chapter) {
        return false;
    }
    let called =
        |at: usize| item(&page.lines[at].text).and_then(|item| label(title(item.text))).map(|label| label.called);
    let is_labelled = (0..page.lines.len()).any(|at| matches!(called(at), Some(Called::Chapter | Called::Lesson)));
    // Without labels, the points of a chapter that is called "Part 1" would be taken for chapters.
    let is_counted = |(at, _, title): &&(usize, Kind, String)| {
        let next = page.next_text(at + 1).and_then(|next| item(&page.lines[next].text));
        let is_part = label(title).is_some_and(|label| label.called == Called::Part);
        let counts = next.is_some_and(|item| item.marker.starts_with(|c: char| c.is_ascii_digit()));
        is_part && (counts || heading(&page.lines[*at].text).is_none())
    };
    if !is_labelled && (lists < 2 || !parts().all(|part| is_counted(&part))) {
        return false;
    }
    let begin = marks[0].0;
    // From the last to the first, so that the places of those before stay.
    for (index, (at, kind, title)) in marks.iter().enumerate().rev() {
        let end = marks.get(index + 1).map_or(page.lines.len(), |(at, ..)| *at);
        if *kind == Kind::Part {
            let mut below = Page { lines: page.lines[at + 1..end].to_vec() };
            list::rewrite(&mut below, 1);
            page.lines.splice(at + 1..end, below.lines);
        }
        page.lines[*at].text = match kind {
            Kind::Part => format!("# {title} {{part}}"),
            Kind::Piece => format!("## {title} {{chapter}}"),
        };
    }
    for at in begin..page.lines.len() {
        if is_rule(&page.lines[at].text) {
            page.clear(at);
        }
    }
    list::plain_bullets(page, begin);
    head::read(page, begin, found);
    true
}

fn mark(page: &Page, at: usize) -> Option<(usize, Kind, String)> {
    let line = &page.lines[at].text;
    if item(line).is_some() || line.starts_with("    ") || line.len() > LONGEST {
        return None;
    }
    let title = title(line);
    let is_part = label(title).is_some_and(|label| matches!(label.called, Called::Part | Called::Unit));
    let is_piece = Role::of_title(title).is_some() && (page.is_apart(at) || heading(line).is_some());
    let kind = if is_part { Kind::Part } else { is_piece.then_some(Kind::Piece)? };
    Some((at, kind, title.trim_end_matches([':', '：']).to_owned()))
}

/// Returns the words of a line, a heading or a bold line.
fn title(line: &str) -> &str {
    let text = heading(line).map_or(line.trim(), |(_, text)| text);
    bold(text).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(text: &str) -> Option<String> {
        crate::habits::converted(read, text)
    }

    #[test]
    fn parts_stand_over_lists_of_their_chapters() {
        let text = "# Wax\n\n**Part I: Bees**\n\n*   **Chapter 1: Queens**\n    *   eggs\n*   **Chapter 2: Drones**\n\n**Part II: Combs**\n\n* **Chapter 3: Cells**\n\n**Conclusion**\n\n* thanks";
        let expected = "# Wax\n\n# Part I: Bees {part}\n\n## Chapter 1: Queens {chapter}\n- eggs\n## Chapter 2: Drones {chapter}\n\n\
                        # Part II: Combs {part}\n\n## Chapter 3: Cells {chapter}\n\n## Conclusion {chapter}\n\n* thanks";
        assert_eq!(converted(text).unwrap(), expected);
        let headings = "# Wax\n\n## Part One\n1. Queens\n2. Drones\n\n## Part Two\n3. Cells";
        let expected = "# Wax\n\n# Part One {part}\n## Queens {chapter}\n## Drones {chapter}\n\n# Part Two {part}\n## Cells {chapter}";
        assert_eq!(converted(headings).unwrap(), expected);
    }

    #[test]
    fn parts_over_headings_of_chapters_are_left_to_others() {
        for text in [
            "## Part I\n\n- about\n\n### Chapter 1\n\n- a",
            "**Part I**\n\nBees.\n\n**Chapter 1: Queens**",
            "- Part 1\n  - a",
        ] {
            assert_eq!(converted(text), None, "{text}");
        }
    }
}
