//! What models answer, whatever its bytes: each function reads it as a worker does, and panics where a promise about the
//! reading is broken. Fuzzers call them with bytes of their own making (`fuzz/`), the tests with those kept there.

#[cfg(test)]
#[path = "../../fuzz/corpus.rs"]
mod corpus;

use std::collections::BTreeSet;

use bindery_context::{Point, Slice, contract};

use crate::brief::{Brief, fit};

/// Takes a brief: whatever it says, every point stands in one section, and the lengths add up.
pub fn brief_answer(answer: &[u8]) {
    let owns = (1..=3).map(|n| Point { id: format!("1.{n}"), text: format!("Point {n}") }).collect();
    let slice = Slice { chapter: 1, title: "Knots".into(), owns, sections: 2, length: 1_400, ..Slice::default() };
    let Ok(brief) = contract::object::<Brief>(&String::from_utf8_lossy(answer)) else { return };
    let Ok(brief) = fit(brief, &slice) else { return };
    let points = || brief.sections.iter().flat_map(|section| &section.points);
    let owned: BTreeSet<_> = slice.owns.iter().map(|point| &point.id).collect();
    assert_eq!((points().count(), points().collect()), (slice.owns.len(), owned));
    assert_eq!(brief.sections.iter().map(|section| section.length).sum::<u32>(), slice.length);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_briefs_break_no_promise() {
        corpus::replay("brief_answer", brief_answer);
    }
}
