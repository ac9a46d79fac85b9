//! Takes away harmless faults of a good text, so that no try is lost over them.

mod escapes;
mod fence;
mod heading;
mod html;
mod object;
mod reasoning;
mod turns;
mod wrapper;

use bindery_text::{clean::line_feeds, markdown};

pub(crate) use heading::same_heading;

use super::meta_talk::frame;

/// Returns `text` without what stands around it and does not belong to the book.
///
/// Around the whole, that is reasoning, the marks of a chat, a fence, tags or an object. At the ends, it is presentations,
/// offers, notes and rules. Byte order marks, carriage returns and repeated headings go too, and escapes are undone. The text's own headings are moved
/// to begin at level 3 and to descend by one.
///
/// Control characters are dropped where the text is stored.
pub fn tidy(text: &str, heading: &str, chapter_title: &str) -> String {
    /// Each round may uncover something that the next one takes away.
    const ROUNDS: usize = 32;

    let mut text = line_feeds(text.trim_start_matches('\u{feff}')).into_owned();
    for _ in 0..ROUNDS {
        let tidied = once(&text, heading, chapter_title);
        if tidied == text {
            break;
        }
        text = tidied;
    }
    text
}

fn once(text: &str, heading: &str, chapter_title: &str) -> String {
    let steps: [fn(&str) -> Option<String>; 6] =
        [reasoning::strip, turns::strip, wrapper::strip, escapes::undo, html::unwrap_paragraphs, strip_frames];
    let mut text = trim(text).to_owned();
    for step in steps {
        text = step(&text).unwrap_or(text);
    }
    let inner = strip_rules(fence::strip(trim(&text)));
    heading::lower(trim(heading::strip(trim(inner), heading, chapter_title)))
}

/// Trims blank lines and trailing space. The first line keeps its indentation where it is code.
fn trim(text: &str) -> &str {
    let text = text.trim_end();
    let blank = text.len() - text.trim_start().len();
    let start = text[..blank].rfind('\n').map_or(0, |newline| newline + 1);
    let text = &text[start..];
    if text.starts_with("    ") || text.starts_with('\t') { text } else { text.trim_start() }
}

/// Cuts away what presents the text above it, or offers something below it.
fn strip_frames(text: &str) -> Option<String> {
    let blocks = markdown::blocks(text);
    let ranges =
        [frame::above(text, &blocks), frame::below(text, &blocks)].into_iter().flatten().filter_map(|it| it.range);
    ranges.map(|range| format!("{}{}", &text[..range.start], &text[range.end..])).find(|rest| has_words(rest))
}

/// Returns whether there is a text, so that what was cut away was around it.
fn has_words(text: &str) -> bool {
    const LEAST: usize = 2;

    let is_word = |word: &&str| word.chars().any(char::is_alphanumeric);
    text.split_whitespace().filter(is_word).nth(LEAST - 1).is_some()
        || text.chars().filter(|char| char.is_alphanumeric()).count() >= 12
}

/// Takes away thematic breaks at both ends. One below the last paragraph would make it a heading.
fn strip_rules(text: &str) -> &str {
    let text = text.rsplit_once('\n').filter(|(_, last)| is_rule(last)).map_or(text, |(before, _)| before);
    text.split_once('\n').filter(|(first, _)| is_rule(first)).map_or(text, |(_, after)| after)
}

fn is_rule(line: &str) -> bool {
    let line: String = line.chars().filter(|char| !char.is_whitespace()).collect();
    let sign = line.chars().next();
    line.len() >= 3 && matches!(sign, Some('-' | '*' | '_')) && line.chars().all(|char| Some(char) == sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tidied(text: &str) -> String {
        tidy(text, "The Turn of the Tide", "Harbours")
    }

    #[test]
    fn a_repeated_heading_is_dropped_however_it_is_written() {
        for first in [
            "# The Turn of the Tide",
            "## The turn of the tide ##",
            "**The Turn of the Tide**",
            "**The Turn of the Tide:**",
            "The Turn of the Tide",
            "### 2.1 The Turn of the Tide",
            "## Section 3: The Turn of the Tide",
            "# Harbours\n\n## The Turn of the Tide",
            "# Chapter 4: Harbours",
            "The Turn of the Tide\n====================",
            "---\n\n## The Turn of the Tide\n\n---",
        ] {
            assert_eq!(tidied(&format!("{first}\n\nIt turned.")), "It turned.", "{first}");
        }
        assert_eq!(tidy("第三章：潮汐\n\n水退了。", "潮汐", ""), "水退了。");
    }

    #[test]
    fn a_first_sentence_that_only_begins_like_the_heading_stays() {
        for text in ["The turn of the tide came at six.", "2 boats left.", "Harbours, all of them, silt up."] {
            assert_eq!(tidied(text), text);
        }
    }

    #[test]
    fn a_fence_around_the_whole_answer_is_dropped() {
        for (text, expected) in [
            ("```markdown\nIt turned.\n```", "It turned."),
            ("```\nIt turned.\n```\n", "It turned."),
            ("````md\nRun:\n\n```sh\nmake\n```\n````", "Run:\n\n```sh\nmake\n```"),
            ("```markdown\nRun:\n\n```sh\nmake\n```\n\nDone.\n```", "Run:\n\n```sh\nmake\n```\n\nDone."),
        ] {
            assert_eq!(tidied(text), expected);
        }
    }

    #[test]
    fn a_fence_that_is_part_of_the_text_stays() {
        for text in [
            "```sh\nmake\n```",
            "```\na\n```\n\nThen:\n\n```\nb\n```",
            "```markdown\n# One\n```\n\nThen:\n\n```markdown\n# Two\n```",
            "Text.\n\n```\nb\n```",
        ] {
            assert_eq!(tidied(text), text);
        }
    }

    #[test]
    fn inner_headings_begin_at_level_three_and_leave_no_level_out() {
        let text = "Text.\n\n# A\n\na\n\n### B\n\nb\n\n## C\n\nc\n\nD *d*\n---\n\nd\n\n```\n# no heading\n```";
        let expected = "Text.\n\n### A\n\na\n\n#### B\n\nb\n\n#### C\n\nc\n\n#### D *d*\n\nd\n\n```\n# no heading\n```";
        assert_eq!(tidied(text), expected);
        assert_eq!(tidied("##### A\n\na"), "### A\n\na");
    }

    #[test]
    fn line_ends_marks_and_rules_at_the_ends_are_dropped() {
        assert_eq!(tidied("\u{feff}\n\nIt turned.\r\nIt rose.\n\n* * *\n\n"), "It turned.\nIt rose.");
        assert_eq!(tidied("It turned.\n---"), "It turned.");
        assert_eq!(tidied("    indented code\n\nText."), "    indented code\n\nText.");
    }

    proptest::proptest! {
        #[test]
        fn tidying_twice_changes_nothing_more(text in r"([a-zA `#*_>~=\-\n\u{7ae0}第]|```|\n# |\n## |Harbours|---\n){0,40}") {
            let once = tidied(&text);
            proptest::prop_assert_eq!(tidied(&once), once);
        }
    }
}
