//! The division of a chapter: every point in one section, every heading its own, lengths that add up.

use std::collections::HashSet;

use bindery_context::{Point, Slice};

use super::{Brief, BriefSection};

/// Divides a chapter by rule: its points in order, in parts of equal length.
pub(super) fn divided(slice: &Slice) -> Brief {
    let count = slice.told_sections() as usize;
    let told: Vec<&Point> = slice.owns.iter().filter(|point| !is_practised(slice, &point.id)).collect();
    let share = told.len().div_ceil(count).max(1);
    let mut shares = told.chunks(share);
    let section = |position: usize| {
        let points = shares.next().unwrap_or_default();
        let heading = match slice.fixed.get(position) {
            Some(fixed) => fixed.heading.clone(),
            None if count == 1 => String::new(),
            None => points.first().map_or_else(String::new, |point| short_heading(&point.text)),
        };
        BriefSection {
            heading,
            points: points.iter().map(|point| point.id.clone()).collect(),
            ..BriefSection::default()
        }
    };
    let mut sections: Vec<BriefSection> = (0..count).map(section).collect();
    number_alike_headings(&mut sections, slice);
    assign_points(&mut sections, slice);
    scale_lengths(&mut sections, told_length(slice));
    sections.extend(practice(slice));
    Brief { sections }
}

/// Returns the exercises and quizzes at the end of a chapter, as sections.
fn practice(slice: &Slice) -> impl Iterator<Item = BriefSection> {
    slice.practice.iter().map(|fixed| BriefSection {
        heading: fixed.heading.clone(),
        points: fixed.points.clone(),
        length: slice.practice_length(),
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

/// Returns the beginning of a point as a heading.
fn short_heading(point: &str) -> String {
    const MAX_WORDS: usize = 10;

    let words: Vec<&str> = point.split_whitespace().collect();
    let beginning = words[..words.len().min(MAX_WORDS)].join(" ");
    let beginning: String = beginning.chars().take(MAX_HEADING_CHARS / 2).collect();
    beginning.trim_end_matches(['.', ',', ';', ':', '。', '、']).to_owned()
}

/// Gives a number to headings that are empty or stand twice. Numbers are the same in every language.
fn number_alike_headings(sections: &mut [BriefSection], slice: &Slice) {
    if !slice.fixed.is_empty() || sections.len() == 1 {
        return;
    }
    let mut seen = HashSet::from([slice.title.trim().to_lowercase()]);
    for (position, section) in sections.iter_mut().enumerate() {
        if section.heading.is_empty() || !seen.insert(section.heading.to_lowercase()) {
            section.heading = format!("{} {}", section.heading, position + 1).trim().to_owned();
            seen.insert(section.heading.to_lowercase());
        }
    }
}

/// Fits an answer to its chapter. A wrong number of sections or a wrong heading is an error; points and lengths are
/// corrected.
pub(crate) fn fit(brief: Brief, slice: &Slice) -> Result<Brief, String> {
    let mut sections = brief.sections;
    let asked = slice.told_sections();
    if sections.len() != asked as usize {
        return Err(format!("the brief has {} sections, {asked} were asked", sections.len()));
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

fn check_headings(sections: &mut [BriefSection], slice: &Slice) -> Result<(), String> {
    let mut seen = HashSet::from([slice.title.trim().to_lowercase()]);
    let alone = sections.len() == 1;
    for section in sections {
        let flat = section.heading.split_whitespace().collect::<Vec<_>>().join(" ");
        section.heading = flat.trim_start_matches('#').trim().to_owned();
        let heading = &section.heading;
        if heading.is_empty() || heading.chars().count() > MAX_HEADING_CHARS {
            return Err(format!("a section's heading has {} characters", heading.chars().count()));
        }
        if !seen.insert(heading.to_lowercase()) && slice.fixed.is_empty() && !alone {
            return Err(format!("two headings of the chapter are alike: {heading}"));
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
