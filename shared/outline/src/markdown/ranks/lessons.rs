//! Headings beside lessons that are no lessons themselves: goals, takeaways, an exam.

use std::collections::HashMap;

use super::{
    super::{
        super::{goals, labels::Called},
        heading::plain,
        heads::Head,
    },
    Rank, matter,
};

/// Takes headings out of the chapters that stand beside them and are none: beside lessons and weeks all without a label and a role,
/// below parts those whose titles come back in other parts, such as "Key Takeaways".
///
/// Below a part they are sections of the lesson before them, or text of the part where none stands before them. Elsewhere they
/// belong to the description.
pub(super) fn part_from_chapters(heads: &[Head], ranks: &mut [Rank]) {
    let is_chapter = |at: usize| matches!(ranks[at], Rank::Chapter { .. });
    let called = |called: &[Called]| {
        (0..heads.len())
            .filter(|&at| is_chapter(at) && heads[at].called().is_some_and(|own| called.contains(&own)))
            .count()
    };
    let are_lessons = called(&[Called::Lesson, Called::Unit]) >= 2;
    let are_counted = are_lessons || called(&[Called::Chapter]) >= 2;
    let repeated = repeated(heads, ranks);
    if !are_counted && repeated.is_empty() {
        return;
    }
    let mut place = Place::default();
    for (at, head) in heads.iter().enumerate() {
        match ranks[at] {
            Rank::Part => place = Place { is_in_part: true, ..Place::default() },
            Rank::Chapter { ends_part } => {
                place.is_in_part &= !ends_part;
                let title = folded(head);
                let is_free =
                    head.called().is_none() && !head.has_role() && !head.attributes.chapter && !has_number(head);
                let is_apparatus = goals::is_title(&plain(&head.inline)) || repeated.contains_key(&title);
                let is_matter = matter::is_matter(&head.inline) && !place.is_in_part && are_counted;
                let is_repeated = place.is_in_part && is_apparatus;
                // After a lesson, a heading on its level is one of the chapters, unless it is about the course.
                let is_chapter = place.has_chapter && !place.is_in_part && !matter::is_about_course(&head.inline);
                let is_out = is_free && ((are_lessons && !ends_part && !is_chapter) || is_repeated || is_matter);
                place.is_out = is_out;
                place.has_chapter |= !is_out;
                if is_out {
                    ranks[at] = match (place.is_in_part, place.has_chapter) {
                        (true, true) => Rank::Section,
                        (true, false) => Rank::Text,
                        (false, _) => Rank::Matter,
                    };
                }
            }
            Rank::Section if place.is_out => ranks[at] = Rank::Text,
            _ => {}
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Place {
    is_in_part: bool,
    /// Whether a chapter stands before in the part.
    has_chapter: bool,
    /// Whether the last heading of this level was taken out.
    is_out: bool,
}

/// Returns the titles of unlabelled chapters that stand in two parts or more, and as often as there are parts.
fn repeated(heads: &[Head], ranks: &[Rank]) -> HashMap<String, usize> {
    let mut found: HashMap<String, usize> = HashMap::new();
    let parts = ranks.iter().filter(|rank| **rank == Rank::Part).count();
    if parts < 2 {
        return found;
    }
    for (head, rank) in heads.iter().zip(ranks) {
        if matches!(rank, Rank::Chapter { .. }) && head.called().is_none() && !head.has_role() {
            *found.entry(folded(head)).or_default() += 1;
        }
    }
    found.retain(|_, count| *count >= 2 && *count >= parts);
    if is_part_of_repeated(heads, ranks, &found) { HashMap::new() } else { found }
}

/// Returns whether a part has no chapters but those whose titles come back. Then they are chapters, such as those of a novel
/// that are named after who tells them.
fn is_part_of_repeated(heads: &[Head], ranks: &[Rank], repeated: &HashMap<String, usize>) -> bool {
    let ranked: Vec<(&Head, &Rank)> = heads.iter().zip(ranks).collect();
    ranked.chunk_by(|_, (_, rank)| **rank != Rank::Part).filter(|part| *part[0].1 == Rank::Part).any(|part| {
        let mut chapters = part.iter().filter(|(_, rank)| matches!(rank, Rank::Chapter { .. })).peekable();
        chapters.peek().is_some() && chapters.all(|(head, _)| repeated.contains_key(&folded(head)))
    })
}

fn has_number(head: &Head) -> bool {
    super::super::super::labels::label(&head.inline).is_some()
}

fn folded(head: &Head) -> String {
    plain(&head.inline).to_lowercase()
}
