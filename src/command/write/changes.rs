//! The differences between the order that a book was begun with and a new one.

use std::collections::BTreeMap;

use bindery_ledger::{Book, Order};
use bindery_outline::Chapter;

/// Describes what changed and what the user can do.
pub(super) fn explain(book: &Book, old: &Order, new: &Order) -> String {
    let mut lines = vec![format!("the book \"{}\" ({}) was begun with other settings:", book.title, book.id)];
    lines.extend(changes(old, new).into_iter().map(|change| format!("  - {change}")));
    lines.push("Nothing was done. Run the command again with one of these:".to_owned());
    lines.push("  --continue   continue with the outline and the model that the book was begun with".to_owned());
    lines.push("  --anew       delete what was written and start again".to_owned());
    lines.push(format!("or write only what changed: bindery rewrite {} --from {:?}", book.id, book.request_id));
    lines.join("\n")
}

fn changes(old: &Order, new: &Order) -> Vec<String> {
    let mut changes = Vec::new();
    if old.model != new.model {
        changes.push(format!("the model was {} and is {}", old.model, new.model));
    } else if old.stages != new.stages {
        changes.push(format!("the models were {} and are {}", named(old), named(new)));
    }
    let (before, after) = (&old.outline.chapters, &new.outline.chapters);
    let kept = kept(old, new);
    for (position, chapter) in after.iter().enumerate() {
        let number = u32::try_from(position + 1).unwrap_or(u32::MAX);
        match kept.get(&number) {
            Some(from) if *from == number => {}
            Some(from) => changes.push(format!("chapter {from}, {}, is chapter {number} now", chapter.title)),
            None if before.iter().any(|other| other.title == chapter.title) => {
                changes.push(format!("chapter {number}, {}, changed", chapter.title));
            }
            None => changes.push(format!("chapter {number}, {}, is new", chapter.title)),
        }
    }
    let gone = before.iter().filter(|chapter| !after.iter().any(|other| other.title == chapter.title));
    changes.extend(gone.map(|chapter| format!("the chapter {} is gone", chapter.title)));
    if old.outline.front != new.outline.front
        || (&old.outline.title, &old.outline.description) != (&new.outline.title, &new.outline.description)
    {
        changes.push("the title, the description or the front matter changed".to_owned());
    }
    let parts = |order: &Order| -> Vec<Option<String>> {
        order.outline.chapters.iter().map(|chapter| chapter.part.clone()).collect()
    };
    if old.outline.parts != new.outline.parts || parts(old) != parts(new) {
        changes.push("the parts changed".to_owned());
    }
    if changes.is_empty() {
        changes.push("lengths, the date or the way it is planned changed".to_owned());
    }
    changes
}

/// Returns the models of an order, each once.
fn named(order: &Order) -> String {
    order.models().names().join(", ")
}

/// Finds the chapters whose outline has not changed: for each new number, the old one.
pub(crate) fn kept(old: &Order, new: &Order) -> BTreeMap<u32, u32> {
    let number = |position: usize| u32::try_from(position + 1).unwrap_or(u32::MAX);
    let same_lengths = old.chapter_length == new.chapter_length && old.section_length == new.section_length;
    // A part is a heading over chapters. A chapter that moves to another part has the same words.
    let apart = |chapter: &Chapter| Chapter { part: None, ..chapter.clone() };
    let old: Vec<Chapter> = old.outline.chapters.iter().map(apart).collect();
    let mut taken = vec![false; old.len()];
    let mut kept = BTreeMap::new();
    let chapters: Vec<Chapter> = new.outline.chapters.iter().map(apart).collect();
    let alike = |chapter: &Chapter, at: usize| old[at] == *chapter && (chapter.words.is_some() || same_lengths);
    // Chapters may be alike. Those that stand where they stood come first.
    for is_moved in [false, true] {
        for (position, chapter) in chapters.iter().enumerate() {
            if kept.contains_key(&number(position)) {
                continue;
            }
            let mut places = if is_moved { 0..old.len() } else { position..old.len().min(position + 1) };
            if let Some(from) = places.find(|&at| !taken[at] && alike(chapter, at)) {
                taken[from] = true;
                kept.insert(number(position), number(from));
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use bindery_domain::StageModels;
    use bindery_ledger::PlanMode;
    use bindery_outline::Outline;

    use super::*;

    fn order(titles: &[&str]) -> Order {
        let chapter = |title: &&str| Chapter { title: (*title).to_owned(), ..Chapter::default() };
        let outline =
            Outline { title: "T".into(), chapters: titles.iter().map(chapter).collect(), ..Outline::default() };
        Order {
            outline,
            topic: None,
            model: "stand-in:prose".into(),
            stages: StageModels::default(),
            chapter_length: 100,
            section_length: 50,
            plan: PlanMode::Compiled,
            date: "2026-01-01".into(),
        }
    }

    #[test]
    fn moved_changed_new_and_removed_chapters_are_named() {
        let old = order(&["A", "B", "C"]);
        let mut new = order(&["C", "B", "D"]);
        new.outline.chapters[1].summary = "now with a summary".into();
        let said = changes(&old, &new).join("\n");
        for line in
            ["chapter 3, C, is chapter 1 now", "chapter 2, B, changed", "chapter 3, D, is new", "the chapter A is gone"]
        {
            assert!(said.contains(line), "{line} is missing in\n{said}");
        }
        assert_eq!(kept(&old, &new), BTreeMap::from([(1, 3)]));
    }

    #[test]
    fn chapters_that_are_alike_keep_their_places() {
        let old = order(&["A", "Exercises", "B", "Exercises"]);
        let mut new = order(&["A", "Exercises", "B", "Exercises", "Exercises"]);
        new.outline.chapters[0].part = Some("One".into());
        assert_eq!(kept(&old, &new), BTreeMap::from([(1, 1), (2, 2), (3, 3), (4, 4)]));
    }
}
