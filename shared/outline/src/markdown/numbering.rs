//! The author's own numbers of chapters, which are dropped as a whole or not at all.

use super::{
    super::labels::{self, Called, label},
    heads::Head,
    ranks::Rank,
};

/// The numbers before the titles of the chapters.
#[derive(Default)]
pub(super) struct Numbering {
    /// The number of each chapter that has a label, in order. It is empty where the numbers do not count the chapters.
    counted: Vec<u32>,
}

impl Numbering {
    /// Reads the numbers. They count the chapters if all of them have one, the first is 0 or 1, and each is greater than the one
    /// before, or begins anew with a part. Some may be left out, as in 1, 2, 4.
    pub(super) fn of(ranked: &[(&Head, Rank)]) -> Self {
        let mut numbers = Vec::new();
        let mut before = None;
        for (head, rank) in ranked {
            match rank {
                Rank::Part if before.is_some() => before = Some(Before::Part),
                Rank::Chapter { .. } => {
                    let Some(number) = number_of(&head.inline) else {
                        if head.has_role() || head.attributes.is_unnumbered {
                            continue;
                        }
                        return Self::default();
                    };
                    let follows = match before {
                        None => number <= 1,
                        Some(Before::Part) => number <= 1 || numbers.last().is_none_or(|last| number > *last),
                        Some(Before::Chapter(last)) => number > last,
                    };
                    if !follows {
                        return Self::default();
                    }
                    numbers.push(number);
                    before = Some(Before::Chapter(number));
                }
                _ => {}
            }
        }
        // Years and sizes that happen to rise leave far more out than they count.
        let most = u32::try_from(numbers.len() * 2).unwrap_or(u32::MAX);
        let counts = numbers.len() >= 2 && numbers.iter().all(|number| *number <= most);
        Self { counted: if counts { numbers } else { Vec::new() } }
    }

    /// Returns the number before a title, if it counts the chapters. What stands before the first chapter may have the number 0.
    pub(super) fn of_title(&self, inline: &str) -> Option<u32> {
        number_of(inline).filter(|number| *number > 0 && !self.counted.is_empty())
    }

    /// Returns whether numbers are left out, so that the chapters get others.
    pub(super) fn has_gaps(&self) -> bool {
        self.counted.windows(2).any(|pair| pair[1] > pair[0] + 1)
    }
}

/// What stands before a chapter.
enum Before {
    Part,
    Chapter(u32),
}

fn number_of(inline: &str) -> Option<u32> {
    let found = label(labels::without_symbols(inline))?;
    matches!(found.called, Called::Chapter | Called::Number).then_some(found.number)
}
