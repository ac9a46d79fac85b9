//! A context that a person wrote or edited, checked against its outline before a chapter is written.

use std::collections::BTreeMap;

use bindery_outline::Outline;

use crate::Context;

/// The faults of a context that does not fit its outline.
#[derive(Debug, thiserror::Error)]
#[error("the plan does not fit: {}", .0.join("; "))]
pub struct InvalidContext(Vec<String>);

impl InvalidContext {
    /// Returns the faults, one sentence each.
    pub fn faults(&self) -> &[String] {
        &self.0
    }
}

impl Context {
    /// Reads a context and checks it against the outline of its book.
    pub fn given(json: &str, outline: &Outline) -> Result<Self, InvalidContext> {
        let context = Self::read(json).map_err(|error| InvalidContext(vec![error.to_string()]))?;
        let problems = problems(&context, outline);
        if problems.is_empty() { Ok(context) } else { Err(InvalidContext(problems)) }
    }
}

fn problems(context: &Context, outline: &Outline) -> Vec<String> {
    let mut problems = Vec::new();
    let asked = outline.chapters.len();
    if context.chapters.len() != asked {
        problems.push(format!("it has {} chapters, the outline has {asked}", context.chapters.len()));
    }
    for (slice, chapter) in context.chapters.iter().zip(&outline.chapters) {
        if slice.title != chapter.title {
            problems.push(format!(
                "chapter {} is \"{}\" in the plan and \"{}\" in the outline; rename it in both",
                slice.chapter, slice.title, chapter.title
            ));
        }
        if slice.last != chapter.last {
            problems.push(format!(
                "chapter {} is written last by one of outline and plan only; mark it in both or in neither",
                slice.chapter
            ));
        }
    }
    for (position, slice) in context.chapters.iter().enumerate() {
        if slice.chapter as usize != position + 1 {
            problems.push(format!("chapter {} stands at place {}", slice.chapter, position + 1));
        }
        if slice.length == 0 || !(1..=64).contains(&slice.sections) {
            problems.push(format!("chapter {} needs a length and 1 to 64 sections", slice.chapter));
        }
        if !slice.fixed.is_empty() && slice.all_fixed().count() != slice.sections as usize {
            problems.push(format!(
                "chapter {} fixes {} of its {} sections",
                slice.chapter,
                slice.all_fixed().count(),
                slice.sections
            ));
        }
    }
    problems.extend(owned_twice(context));
    if let Some(excess) = context.book_part_excess() {
        problems.push(format!("its book part is about {excess} tokens too long to stand in every prompt"));
    }
    problems
}

fn owned_twice(context: &Context) -> Vec<String> {
    let mut owners: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for slice in &context.chapters {
        slice.owns.iter().for_each(|point| owners.entry(&point.id).or_default().push(slice.chapter));
    }
    let doubled = owners.into_iter().filter(|(_, chapters)| chapters.len() > 1);
    doubled.map(|(id, chapters)| format!("point {id} is owned by chapters {chapters:?}; one may own it")).collect()
}

#[cfg(test)]
mod tests {
    use bindery_outline::Chapter;

    use super::*;
    use crate::Lengths;

    fn outline() -> Outline {
        let chapter = |n: u32| Chapter { title: format!("Chapter {n}"), last: n == 2, ..Chapter::default() };
        Outline { title: "T".into(), chapters: vec![chapter(1), chapter(2)], ..Outline::default() }
    }

    #[test]
    fn a_plan_that_moves_the_last_mark_is_refused_because_summaries_would_be_missing() {
        let mut context = Context::compile(&outline(), Lengths { chapter: 1_000, section: 500 });
        let read = |context: &Context| Context::given(&serde_json::to_string(context).unwrap(), &outline());
        assert!(read(&context).is_ok());
        context.chapters[1].last = false;
        assert!(read(&context).unwrap_err().to_string().contains("chapter 2"));
    }

    #[test]
    fn a_plan_that_renames_a_chapter_is_refused_because_the_book_takes_the_outlines_name() {
        let mut context = Context::compile(&outline(), Lengths { chapter: 1_000, section: 500 });
        context.chapters[0].title = "Another".into();
        let error = Context::given(&serde_json::to_string(&context).unwrap(), &outline()).unwrap_err().to_string();
        assert!(error.contains("chapter 1 is \"Another\" in the plan and \"Chapter 1\" in the outline"), "{error}");
    }
}
