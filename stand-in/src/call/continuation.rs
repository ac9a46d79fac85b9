//! Continues a text that was cut.

/// Returns the rest of a text after the part that was already written.
///
/// Where a fault or a client changed the written part, its end is looked for in the text. Where that is not found either,
/// the rest is the whole text.
pub(super) fn rest<'t>(full: &'t str, written: &str) -> &'t str {
    const ANCHOR_CHARACTERS: usize = 40;
    let written_trimmed = written.trim_end();
    if let Some(rest) = full.strip_prefix(written).or_else(|| full.strip_prefix(written_trimmed)) {
        return rest;
    }
    let anchor = match written_trimmed.char_indices().rev().nth(ANCHOR_CHARACTERS - 1) {
        Some((at, _)) => &written_trimmed[at..],
        None => written_trimmed,
    };
    match full.find(anchor) {
        Some(at) => &full[at + anchor.len()..],
        None => full,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_continues_where_it_was_cut() {
        let full = "The first sentence is here. The second one goes on for a while, and a third ends it.";
        for cut in 1..full.len() {
            let (written, following) = full.split_at(cut);
            assert_eq!(rest(full, written), following);
            assert_eq!(rest(full, &format!("{written} \n")).trim_start(), following.trim_start());
        }
    }

    #[test]
    fn a_changed_beginning_is_found_by_its_end() {
        let full = "One two three four five six seven eight nine ten eleven twelve thirteen.";
        let written = format!("Here is your text:\n\n{}", &full[..60]);
        assert_eq!(rest(full, &written), &full[60..]);
        assert_eq!(rest(full, "Something else altogether, as long as the anchor is."), full);
    }
}
