//! The text of a chapter that is not finished: the sections that are written so far, under their headings.

use serde::Deserialize;

/// As much of a brief as is read here.
#[derive(Deserialize)]
struct Brief {
    sections: Vec<BriefSection>,
}

#[derive(Deserialize)]
struct BriefSection {
    /// Empty where the section is the whole chapter, which has a title already.
    heading: String,
}

/// The sections that are written of a chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnfinishedChapter {
    /// The sections as Markdown.
    pub(crate) text: String,
    /// How many sections are written.
    pub(crate) written: usize,
}

/// Returns the headings of the sections that a brief lays out; `None` where the brief cannot be read.
pub(crate) fn headings(brief: &str) -> Option<Vec<String>> {
    let brief: Brief = serde_json::from_str(brief).ok()?;
    Some(brief.sections.into_iter().map(|section| section.heading).collect())
}

/// Joins the sections that are written of a chapter. `section` returns the text of a part after the brief.
pub(crate) fn unfinished<'a>(headings: &[String], section: impl Fn(u16) -> Option<&'a str>) -> UnfinishedChapter {
    let written = (1..).zip(headings).filter_map(|(number, heading)| Some((heading, section(number)?)));
    let texts: Vec<String> = written.map(|(heading, text)| format!("## {heading}\n\n{}\n", text.trim())).collect();
    UnfinishedChapter { text: texts.join("\n"), written: texts.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRIEF: &str = r#"{"sections": [{"heading": "Salt"}, {"heading": "Iron"}, {"heading": "Tin"}]}"#;

    #[test]
    fn a_chapter_that_is_not_finished_has_its_written_sections_in_order() {
        let section = |number| [(3, "It is soft.\n"), (1, "It is white.")].into_iter().find(|(n, _)| *n == number);
        let headings = headings(BRIEF).unwrap();
        let chapter = unfinished(&headings, |number| section(number).map(|(_, text)| text));
        assert_eq!(chapter.text, "## Salt\n\nIt is white.\n\n## Tin\n\nIt is soft.\n");
        assert_eq!((chapter.written, headings.len()), (2, 3));
    }

    #[test]
    fn a_chapter_without_a_brief_has_no_sections() {
        assert_eq!(headings("It is white."), None);
    }
}
