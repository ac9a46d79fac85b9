//! The author's own numbers of chapters, which are dropped as a whole or not at all.

use super::{
    super::{
        labels::{self, Called, label, unmarked},
        role::{Role, is_around_chapters},
    },
    heading::plain,
    heads::Head,
    ranks::Rank,
};

/// The numbers before the titles of the chapters.
#[derive(Default)]
pub(super) struct Numbering {
    /// The number of each chapter, in order; `None` for one that has no label. It is empty where the numbers do not count the
    /// chapters.
    counted: Vec<Option<u32>>,
    /// Whether no mark stands between the numbers and the titles.
    is_unmarked: bool,
}

impl Numbering {
    /// Reads the numbers. They count the chapters if two or more have one, the first is 0 or 1, and they rise. A part
    /// may begin them anew. Some may be left out, as in 1, 2, 4. Numbers without a mark after them count only if all
    /// chapters have them, and none is left out.
    pub(super) fn of(ranked: &[(&Head, Rank)]) -> Self {
        if let Some(counted) = rising(ranked, marked) {
            return Self { counted, is_unmarked: false };
        }
        let number = |head: &Head| unmarked(&head.inline).map(|(number, _)| number);
        let counted = rising(ranked, number).filter(|counted| {
            let has_steps = |pair: &[Option<u32>]| pair[1] == pair[0].map(|last| last + 1) || pair[1] == Some(1);
            let numbered: Vec<Option<u32>> = counted.iter().copied().filter(Option::is_some).collect();
            let chapters = ranked.iter().filter(|(head, rank)| is_counted_rank(head, *rank)).count();
            let is_whole = numbered.len() == chapters && numbered.windows(2).all(has_steps);
            is_whole || is_run(counted)
        });
        Self { is_unmarked: counted.is_some(), counted: counted.unwrap_or_default() }
    }

    /// Returns the number before a title, if it counts the chapters. What stands before the first chapter may have the number 0.
    pub(super) fn of_title(&self, inline: &str) -> Option<u32> {
        number_of(inline).filter(|number| *number > 0 && !self.counted.is_empty() && !self.is_unmarked)
    }

    /// Returns a title without a number that has no mark after it, if such numbers count the chapters.
    pub(super) fn without_unmarked<'t>(&self, inline: &'t str) -> Option<&'t str> {
        unmarked(inline).filter(|_| self.is_unmarked).map(|(_, title)| title)
    }

    /// Returns the role of the chapter at an index, if it is one without a number among numbered ones: it stands before them, after
    /// them or between them.
    pub(super) fn role_of_uncounted(&self, index: usize) -> Option<Role> {
        let first = self.counted.iter().position(Option::is_some)?;
        let last = self.counted.iter().rposition(Option::is_some)?;
        match index {
            _ if self.counted.get(index).copied().flatten().is_some() => None,
            _ if index < first => Some(Role::FrontMatter),
            _ if index > last => Some(Role::BackMatter),
            _ => Some(Role::Interlude),
        }
    }

    /// Returns whether numbers are left out, so that the chapters get others.
    pub(super) fn has_gaps(&self) -> bool {
        let numbers: Vec<u32> = self.counted.iter().copied().flatten().collect();
        numbers.windows(2).any(|pair| pair[1] > pair[0] + 1)
    }
}

/// Returns whether the numbers are 1, 2, 3 and so on in chapters that stand together. What stands before and after them has none.
fn is_run(counted: &[Option<u32>]) -> bool {
    let first = counted.iter().position(Option::is_some).unwrap_or_default();
    let last = counted.iter().rposition(Option::is_some).unwrap_or_default();
    counted[first..=last].iter().zip(1..).all(|(number, place)| *number == Some(place))
}

/// Returns the numbers of all chapters, if there are two or more and they rise.
fn rising(ranked: &[(&Head, Rank)], number: impl Fn(&Head) -> Option<u32>) -> Option<Vec<Option<u32>>> {
    let mut counted: Vec<Option<u32>> = Vec::new();
    let mut numbers: Vec<u32> = Vec::new();
    let mut before = None;
    for (head, rank) in ranked {
        match rank {
            Rank::Part if before.is_some() => before = Some(Before::Part),
            Rank::Chapter { .. } => {
                let found = number(head);
                counted.push(found);
                let Some(number) = found else { continue };
                let follows = match before {
                    None => number <= 1,
                    Some(Before::Part) => number <= 1 || numbers.last().is_none_or(|last| number > *last),
                    Some(Before::Chapter(last)) => number > last,
                };
                if !follows {
                    return None;
                }
                numbers.push(number);
                before = Some(Before::Chapter(number));
            }
            _ => {}
        }
    }
    if numbers.len() < 2 {
        return None;
    }
    // Years and sizes that happen to rise leave far more out than they count.
    let most = u32::try_from(numbers.len() * 2).unwrap_or(u32::MAX);
    let without =
        ranked.iter().filter(|(head, rank)| is_counted_rank(head, *rank)).count().saturating_sub(numbers.len());
    // Two numbers in a long list say nothing about the others. A word such as "chapter" does.
    let is_called = ranked
        .iter()
        .any(|(head, rank)| matches!(rank, Rank::Chapter { .. }) && head.called() == Some(Called::Chapter));
    let counts = numbers.iter().all(|number| *number <= most) && (is_called || without <= numbers.len());
    counts.then_some(counted)
}

/// Returns whether a heading is a chapter that is numbered where the others are.
fn is_counted_rank(head: &Head, rank: Rank) -> bool {
    let is_around = || is_around_chapters(labels::without_symbols(&plain(&head.inline)));
    matches!(rank, Rank::Chapter { .. }) && !head.has_role() && !head.attributes.is_unnumbered && !is_around()
}

/// What stands before a chapter.
enum Before {
    Part,
    Chapter(u32),
}

fn marked(head: &Head) -> Option<u32> {
    number_of(&head.inline)
}

fn number_of(inline: &str) -> Option<u32> {
    let found = label(labels::without_symbols(inline))?;
    matches!(found.called, Called::Chapter | Called::Number).then_some(found.number)
}
