//! The rules for parts: each has a title, and chapters that stand next to each other.

use std::collections::{HashMap, HashSet, VecDeque};

use super::{
    super::{
        Outline, Part,
        fault::{Fault, Faults, shortened},
    },
    Lines, check_length,
};

/// Checks the parts, lists those that only chapters name, and brings the list into the order of the chapters.
pub(super) fn check(outline: &mut Outline, lines: &Lines, faults: &mut Faults) {
    release_closing_chapters(outline);
    check_titles(outline, lines, faults);
    check_chapters(outline, lines, faults);
    let mut listed: HashMap<String, VecDeque<Part>> = HashMap::new();
    for part in outline.parts.drain(..) {
        listed.entry(part.title.clone()).or_default().push_back(part);
    }
    let mut open: Option<&String> = None;
    for chapter in &outline.chapters {
        let before = std::mem::replace(&mut open, chapter.part.as_ref());
        let Some(title) = &chapter.part else { continue };
        if before != Some(title) {
            let part = listed.get_mut(title).and_then(VecDeque::pop_front);
            let part = part.unwrap_or_else(|| Part { title: title.clone(), ..Part::default() });
            outline.parts.push(part);
        }
    }
}

/// Takes the chapters that end the book out of its last part. A part of nothing else, like "Appendices", keeps them.
fn release_closing_chapters(outline: &mut Outline) {
    let mut whole = HashSet::new();
    for chapter in &outline.chapters {
        if !chapter.role().is_closing() {
            whole.extend(chapter.part.clone());
        }
    }
    for chapter in outline.chapters.iter_mut().rev().take_while(|chapter| chapter.role().is_closing()) {
        chapter.part.take_if(|part| whole.contains(part));
    }
}

fn check_titles(outline: &Outline, lines: &Lines, faults: &mut Faults) {
    let named: HashSet<&String> = outline.chapters.iter().filter_map(|chapter| chapter.part.as_ref()).collect();
    for (part, &line) in outline.parts.iter().zip(&lines.parts) {
        check_length("title", &part.title, line, faults);
        let title = shortened(&part.title);
        if part.title.is_empty() {
            faults.add(line, Fault::UntitledPart);
        } else if !named.contains(&part.title) {
            faults.add(line, Fault::EmptyPart { title });
        }
    }
}

fn check_chapters(outline: &Outline, lines: &Lines, faults: &mut Faults) {
    let mut begun: HashMap<&String, usize> = HashMap::new();
    // Several parts may have the same title, if each of them is listed.
    let listed = |title: &String| outline.parts.iter().filter(|part| part.title == *title).count();
    let mut current: Option<&String> = None;
    for (chapter, lines) in outline.chapters.iter().zip(&lines.chapters) {
        let part = chapter.part.as_ref();
        if part == current {
            continue;
        }
        current = part;
        let Some(title) = part else { continue };
        check_length("title", title, lines.line, faults);
        let count = begun.entry(title).or_default();
        *count += 1;
        if *count > listed(title).max(1) {
            faults.add(lines.line, Fault::TornPart { title: shortened(title) });
        }
    }
}
