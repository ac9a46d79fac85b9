//! The ends of lines in a paragraph: which of them its writer meant.

/// The longest line of a stanza, in characters.
const LONGEST_LINE: usize = 70;

/// Returns whether the lines of a paragraph are to stay. They do where most of them end although the next word would have
/// fitted, as in verse, or where each begins with a capital letter. A
/// text that was wrapped at some width has no such line.
pub(super) fn are_meant(paragraph: &str) -> bool {
    let paragraph = paragraph.replace("&nbsp;", " ");
    let lines: Vec<&str> = paragraph.lines().map(bare).filter(|line| !line.is_empty()).collect();
    let width = |line: &str| line.chars().count();
    let widest = lines.iter().map(|line| width(line)).max().unwrap_or_default();
    if lines.len() < 2 || widest > LONGEST_LINE {
        return false;
    }
    let first_word = |line: &str| line.split_whitespace().next().map_or(0, width);
    let meant = lines.windows(2).filter(|pair| width(pair[0]) + 1 + first_word(pair[1]) <= widest).count();
    let all_capital = lines.len() > 2 && lines.iter().all(|line| line.starts_with(char::is_uppercase));
    (meant * 2 >= lines.len() - 1 && meant > 0) || all_capital
}

/// Returns a line without the marks of the quotes and the space around it.
fn bare(line: &str) -> &str {
    line.trim_start_matches(['>', ' ', '\t']).trim_end()
}

/// Returns whether a line's end between two characters is no space: both belong to a script without spaces.
pub(super) fn joins(before: Option<char>, after: Option<char>) -> bool {
    [before, after].iter().all(|c| c.is_some_and(is_written_without_spaces))
}

/// Returns whether the character is a letter or mark of Chinese or Japanese.
fn is_written_without_spaces(c: char) -> bool {
    matches!(c, '\u{3001}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF01}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFD}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_a_stanza_are_meant() {
        assert!(are_meant("The gulls are loud,\nthe boats are not,\nand nobody on the quay replies\nto either."));
        assert!(are_meant("> one\n> and another line"));
    }

    #[test]
    fn the_lines_of_wrapped_prose_are_not() {
        let wrapped = "When the boats came in that evening, nobody had\nthe heart to count them. The harbour master shut\n\
                       his book and went home.";
        assert!(!are_meant(wrapped));
        assert!(!are_meant("One sentence stands alone."));
        assert!(!are_meant("潮は満ち、\n潮は引く。"));
    }
}
