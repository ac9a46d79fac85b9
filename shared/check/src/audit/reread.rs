//! Reading a mended section again by the checks that need no other section.

use super::{Expected, Finding, FindingKind, audit};
use crate::manuscript::{ChapterSource, SectionSource};

/// Returns what a section's new text has wrong that its old text had not.
pub fn introduced(language: &str, chapter: u32, before: &str, after: &str, expected: &Expected<'_>) -> Vec<Finding> {
    let old = alone(language, chapter, before, expected);
    let is_old = |finding: &Finding| old.iter().any(|old| old.kind == finding.kind && old.quote == finding.quote);
    let mut new = alone(language, chapter, after, expected);
    new.retain(|finding| !is_old(finding));
    new
}

/// Audits a section by itself.
fn alone(language: &str, chapter: u32, text: &str, expected: &Expected<'_>) -> Vec<Finding> {
    let section = SectionSource { heading: "", text };
    let source = ChapterSource { number: chapter, title: "", sections: vec![section] };
    let expected = Expected { stated: &[], chapters: &[], ..*expected };
    let mut found = audit(language, &[source], &expected);
    found.retain(|finding| needs_no_other(finding.kind));
    found
}

fn needs_no_other(kind: FindingKind) -> bool {
    use FindingKind::{Banned, Citation, Contradiction, Early, Language, Leak, Name, Spelling};
    matches!(kind, Banned | Citation | Contradiction | Early | Language | Leak | Name | Spelling)
}
