//! Marks of notes that no note belongs to.

use std::ops::Range;

pub(super) fn marks(source: &str) -> Vec<Range<usize>> {
    let starts = source.match_indices("[^").map(|(start, _)| start);
    let note = |start: usize| {
        Some(start..start + source[start..].find([']', '\n']).filter(|end| source[start + end..].starts_with(']'))? + 1)
    };
    let dangles = |mark: &Range<usize>| {
        let entry = format!("{}:", &source[mark.clone()]);
        !source.contains(&entry)
    };
    starts.filter_map(note).filter(dangles).collect()
}
