//! The text of a chapter that is not finished: the sections that are written so far, under their headings.

use crate::brief::Brief;

/// A chapter that is not finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnfinishedChapter {
    /// The sections that are written, as Markdown.
    pub text: String,
    /// How many sections are written.
    pub written: usize,
    /// How many sections the chapter has.
    pub sections: usize,
}

/// Joins the sections that are written of a chapter. `brief` is the text of part 0, and `section` returns the text of a later
/// part. A brief that cannot be read has no sections, so that `None` is returned.
pub fn unfinished<'a>(brief: &str, section: impl Fn(u16) -> Option<&'a str>) -> Option<UnfinishedChapter> {
    let brief: Brief = serde_json::from_str(brief).ok()?;
    let headings = brief.sections.iter().map(|section| section.heading.as_str());
    let written = (1..).zip(headings).filter_map(|(number, heading)| Some((heading, section(number)?)));
    let texts: Vec<String> = written.map(|(heading, text)| format!("## {heading}\n\n{}\n", text.trim())).collect();
    Some(UnfinishedChapter { text: texts.join("\n"), written: texts.len(), sections: brief.sections.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRIEF: &str = r#"{"sections": [{"heading": "Salt"}, {"heading": "Iron"}, {"heading": "Tin"}]}"#;

    #[test]
    fn a_chapter_that_is_not_finished_has_its_written_sections_in_order() {
        let section = |number| [(3, "It is soft.\n"), (1, "It is white.")].into_iter().find(|(n, _)| *n == number);
        let chapter = unfinished(BRIEF, |number| section(number).map(|(_, text)| text)).unwrap();
        assert_eq!(chapter.text, "## Salt\n\nIt is white.\n\n## Tin\n\nIt is soft.\n");
        assert_eq!((chapter.written, chapter.sections), (2, 3));
    }

    #[test]
    fn a_chapter_without_a_brief_has_no_sections() {
        assert_eq!(unfinished("It is white.", |_| None), None);
    }
}
