//! Which model wrote what.

use bindery_ledger::{Book, Task, is_draft};
use serde::Serialize;

/// What a model wrote of a book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ModelShare {
    /// The model's name.
    pub(crate) model: String,
    /// Whether it wrote the plan.
    pub(crate) plan: bool,
    /// The chapters of which it wrote a section, in order.
    pub(crate) chapters: Vec<u32>,
}

/// Returns what each model wrote, in the order of the book.
pub(super) fn shares(book: &Book, tasks: &[Task]) -> Vec<ModelShare> {
    // An earlier program knew one model for a book, and recorded it with the book alone.
    let recorded = tasks.iter().flat_map(|task| task.parts.values()).any(|part| part.model.is_some());
    let only = Some(&book.model).filter(|_| !recorded);
    let mut shares: Vec<ModelShare> = Vec::new();
    let mut tasks: Vec<&Task> = tasks.iter().collect();
    tasks.sort_by_key(|task| task.id.chapter());
    for task in tasks {
        let texts = task.parts.iter().filter(|(number, part)| !is_draft(**number) && part.digest.is_some());
        // The section that has the text of a chosen draft took no call of its own.
        for (number, part) in texts.filter(|(_, part)| part.calls > 0 || part.model.is_some()) {
            let Some(model) = part.model.as_ref().or(only) else { continue };
            let at = shares.iter().position(|share| share.model == *model).unwrap_or_else(|| {
                shares.push(ModelShare { model: model.clone(), plan: false, chapters: Vec::new() });
                shares.len() - 1
            });
            match (task.id.chapter(), number) {
                (None, _) => shares[at].plan = true,
                (Some(_), 0) => {}
                (Some(chapter), _) if shares[at].chapters.last() == Some(&chapter) => {}
                (Some(chapter), _) => shares[at].chapters.push(chapter),
            }
        }
    }
    shares.retain(|share| share.plan || !share.chapters.is_empty());
    shares
}

impl ModelShare {
    /// Describes what the model wrote.
    pub(super) fn told(&self) -> String {
        let chapters = ranges(&self.chapters);
        let chapters = match self.chapters.len() {
            0 => None,
            1 => Some(format!("chapter {chapters}")),
            _ => Some(format!("chapters {chapters}")),
        };
        let wrote: Vec<String> = self.plan.then(|| "the plan".to_owned()).into_iter().chain(chapters).collect();
        format!("{} wrote {}", self.model, wrote.join(" and "))
    }
}

/// Returns numbers as a person lists them: `1-3, 5`.
fn ranges(numbers: &[u32]) -> String {
    let runs = numbers.chunk_by(|one, next| one + 1 == *next);
    let told = runs.map(|run| match run {
        [first, .., last] => format!("{first}-{last}"),
        alone => alone.iter().map(ToString::to_string).collect(),
    });
    told.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chapters_of_a_model_are_told_in_ranges() {
        let share = ModelShare { model: "a:b".to_owned(), plan: true, chapters: vec![1, 2, 3, 7, 9, 10] };
        assert_eq!(share.told(), "a:b wrote the plan and chapters 1-3, 7, 9-10");
        assert_eq!(ModelShare { plan: false, chapters: vec![4], ..share }.told(), "a:b wrote chapter 4");
    }
}
