//! The division of a chapter: every point in one section, every heading its own, lengths that add up.

use std::{collections::HashSet, ops::Range};

use bindery_context::{Point, Slice, answer::AnswerFault};
use bindery_text::sentence;

use super::{Brief, BriefSection};

/// Divides a chapter by rule: its points in order, as evenly as they go. A section that has no point gets its share of the author's
/// words, or else goes on with the point before it.
pub(super) fn divided(slice: &Slice, language: &str) -> Brief {
    let in_section = |id: &String| slice.all_fixed().any(|section| section.points.contains(id));
    let free: Vec<&Point> = slice.owns.iter().filter(|point| !in_section(&point.id)).collect();
    let count = if slice.fixed.is_empty() { count_by_rule(slice, free.len()) } else { slice.fixed.len() };
    let mut sections: Vec<BriefSection> = (0..count).map(|position| by_rule(slice, &free, position, count)).collect();
    assign_points(&mut sections, slice);
    name_by_points(&mut sections, slice);
    tell_by_rule(&mut sections, slice, language);
    scale_lengths(&mut sections, told_length(slice));
    sections.extend(practice(slice));
    Brief { sections }
}

/// Returns into how many sections a chapter is divided by rule. They are as many as its points, as long as none of them is more
/// than half as long again as it should be.
fn count_by_rule(slice: &Slice, points: usize) -> usize {
    let asked = slice.told_sections() as usize;
    points.clamp((2 * asked).div_ceil(3), asked)
}

/// Returns a section with its share of the points that are in no section yet, and with what its author said of it.
fn by_rule(slice: &Slice, free: &[&Point], position: usize, count: usize) -> BriefSection {
    let fixed = slice.fixed.get(position).cloned().unwrap_or_default();
    let points = free[share(position, free.len(), count)].iter().map(|point| point.id.clone()).collect();
    BriefSection { heading: fixed.heading, points, beats: told_by_author(&fixed.summary), ..BriefSection::default() }
}

/// Returns what an author wrote of a section, as its one step.
fn told_by_author(summary: &str) -> Vec<String> {
    Some(summary.to_owned()).filter(|summary| !summary.trim().is_empty()).into_iter().collect()
}

/// Returns which of `items` the section at this position has. Where there are too few, the sections that go on with an item
/// follow the one that has it.
fn share(position: usize, items: usize, count: usize) -> Range<usize> {
    let start = |position: usize| (position * items).div_ceil(count);
    start(position)..start(position + 1)
}

/// Names each section after its first point, unless its author named it. A section stays without a heading where it has no
/// point of its own, or where its point is too long for one. Half a sentence is worse than none.
fn name_by_points(sections: &mut [BriefSection], slice: &Slice) {
    if !slice.fixed.is_empty() || sections.len() == 1 {
        return;
    }
    let mut seen = HashSet::from([slice.title.trim().to_lowercase()]);
    for section in sections {
        let first = section.points.first().and_then(|id| slice.point(id));
        let heading = first.and_then(|point| short_heading(&point.text));
        section.heading = heading.filter(|heading| seen.insert(heading.to_lowercase())).unwrap_or_default();
    }
}

/// Gives the sections steps where they have no points, and says where each of them begins and ends.
fn tell_by_rule(sections: &mut [BriefSection], slice: &Slice, language: &str) {
    let count = sections.len();
    if count < 2 {
        return;
    }
    let sentences: Vec<&str> =
        sentence::ranges(&slice.summary, language).into_iter().map(|range| slice.summary[range].trim()).collect();
    let mut before = None::<String>;
    for (position, section) in sections.iter_mut().enumerate() {
        let is_empty = section.points.is_empty() && section.beats.is_empty();
        if is_empty && slice.owns.is_empty() {
            let own = &sentences[share(position, sentences.len(), count)];
            section.beats = own.iter().map(|sentence| (*sentence).to_owned()).collect();
        } else if is_empty && let Some(point) = &before {
            section.beats = vec![format!("what follows from the point [{point}], which is not told again")];
        }
        let named = |id: &String| format!("with the point [{id}]");
        if position > 0 {
            section.begins = section.points.first().map(named).unwrap_or_default();
        }
        section.ends = section.points.last().map(named).unwrap_or_default();
        before = section.points.last().cloned().or(before);
    }
}

/// Returns the exercises and quizzes at the end of a chapter, as sections.
fn practice(slice: &Slice) -> impl Iterator<Item = BriefSection> {
    slice.practice.iter().map(|fixed| BriefSection {
        heading: fixed.heading.clone(),
        points: fixed.points.clone(),
        length: slice.practice_length(),
        beats: told_by_author(&fixed.summary),
        ..BriefSection::default()
    })
}

/// Returns whether a point belongs to the exercises and quizzes at the end of a chapter.
pub(super) fn is_practised(slice: &Slice, id: &String) -> bool {
    slice.practice.iter().any(|section| section.points.contains(id))
}

/// Returns the length of a chapter without the exercises and quizzes at its end.
pub(super) fn told_length(slice: &Slice) -> u32 {
    let practice = u32::try_from(slice.practice.len()).unwrap_or(u32::MAX);
    slice.length.saturating_sub(slice.practice_length().saturating_mul(practice))
}

/// Returns the beginning of a point as a heading, up to where its first thought ends; `None` where that is too long.
fn short_heading(point: &str) -> Option<String> {
    const MAX_WORDS: usize = 10;
    const MIN_CHARS: usize = 4;
    // The marks that end a thought, and those that end a part of one.
    const MARKS: [&[&str]; 2] = [&[". ", ": ", "; ", " – ", " — ", " (", "。", "：", "；"], &[", ", "、", "，"]];

    let flat = point.split_whitespace().collect::<Vec<_>>().join(" ");
    let upto = |marks: &&[&str]| {
        let end = marks.iter().filter_map(|mark| flat.find(mark)).min().unwrap_or(flat.len());
        flat[..end].trim_end_matches(['.', ',', ';', ':', '。', '、'])
    };
    let fits = |heading: &&str| {
        let chars = heading.chars().count();
        heading.split(' ').count() <= MAX_WORDS && (MIN_CHARS..=MAX_HEADING_CHARS / 2).contains(&chars)
    };
    MARKS.iter().map(upto).find(fits).map(str::to_owned)
}

/// Fits an answer to its chapter. A wrong number of sections or a wrong heading is an error; points and lengths are
/// corrected.
pub(crate) fn fit(brief: Brief, slice: &Slice) -> Result<Brief, AnswerFault> {
    let mut sections = brief.sections;
    let asked = slice.told_sections();
    if sections.len() != asked as usize {
        let given = sections.len();
        return Err(AnswerFault::new(format!("the brief has {given} sections, {asked} were asked")));
    }
    for (section, fixed) in sections.iter_mut().zip(&slice.fixed) {
        section.heading.clone_from(&fixed.heading);
    }
    check_headings(&mut sections, slice)?;
    assign_points(&mut sections, slice);
    scale_lengths(&mut sections, told_length(slice));
    sections.extend(practice(slice));
    Ok(Brief { sections })
}

/// The most characters of a heading.
const MAX_HEADING_CHARS: usize = 160;

fn check_headings(sections: &mut [BriefSection], slice: &Slice) -> Result<(), AnswerFault> {
    let mut seen = HashSet::from([slice.title.trim().to_lowercase()]);
    let alone = sections.len() == 1;
    for section in sections {
        let flat = section.heading.split_whitespace().collect::<Vec<_>>().join(" ");
        section.heading = flat.trim_start_matches('#').trim().to_owned();
        let heading = &section.heading;
        if heading.is_empty() || heading.chars().count() > MAX_HEADING_CHARS {
            let chars = heading.chars().count();
            return Err(AnswerFault::new(format!("a section's heading has {chars} characters")));
        }
        if !seen.insert(heading.to_lowercase()) && slice.fixed.is_empty() && !alone {
            return Err(AnswerFault::new(format!("two headings of the chapter are alike: {heading}")));
        }
    }
    Ok(())
}

/// Gives every point of the chapter to exactly one section. That is the one the author chose, or else the first in the brief that
/// has it. A point that no section has goes to the one with the fewest points.
fn assign_points(sections: &mut [BriefSection], slice: &Slice) {
    let told = slice.owns.iter().filter(|point| !is_practised(slice, &point.id));
    let mut free: HashSet<String> = told.map(|point| point.id.clone()).collect();
    let mut fixed: Vec<Vec<String>> = slice.fixed.iter().map(|section| section.points.clone()).collect();
    fixed.resize(sections.len(), Vec::new());
    for (section, fixed) in sections.iter_mut().zip(fixed) {
        let asked = std::mem::replace(&mut section.points, fixed);
        section.points.retain(|id| free.remove(id));
        let fixed_elsewhere = |id: &String| slice.fixed.iter().any(|other| other.points.contains(id));
        section.points.extend(asked.into_iter().filter(|id| !fixed_elsewhere(id) && free.remove(id)));
    }
    for point in slice.owns.iter().filter(|point| free.contains(&point.id)) {
        if let Some(poorest) = sections.iter_mut().min_by_key(|section| section.points.len()) {
            poorest.points.push(point.id.clone());
        }
    }
}

/// Scales the lengths so that they add up. A section gets at least half of an equal share.
fn scale_lengths(sections: &mut [BriefSection], length: u32) {
    let share = length / u32::try_from(sections.len()).unwrap_or(1).max(1);
    let wish = |section: &BriefSection| u64::from(section.length.clamp(share / 2, share.saturating_mul(2)).max(1));
    let wished: u64 = sections.iter().map(wish).sum();
    let mut left = length;
    let last = sections.len().saturating_sub(1);
    for (position, section) in sections.iter_mut().enumerate() {
        let scaled = u64::from(length) * wish(section) / wished.max(1);
        let scaled = u32::try_from(scaled).unwrap_or(share);
        section.length = if position == last { left } else { scaled };
        left = left.saturating_sub(section.length);
    }
}
