//! The learning goals that the plan of a course gave to lessons whose author named none.

use bindery_context::Context;
use bindery_format::Chapter;
use bindery_ledger::Request;
use bindery_outline::BookKind;
use bindery_runtime::{Halt, Work};

/// Adds the planned goals. A store that has lost the plan still has the texts, and the book is bound without these goals.
pub(super) async fn add_planned(work: &Work, request: &Request, chapters: &mut [Chapter]) -> Result<(), Halt> {
    if BookKind::of(&request.order.outline) != BookKind::Course {
        return Ok(());
    }
    let Some(digest) = work.grant.book.context.as_ref() else { return Ok(()) };
    let Some(json) = work.text(digest).await? else { return Ok(()) };
    add(&Context::read(&json)?, chapters);
    Ok(())
}

fn add(context: &Context, chapters: &mut [Chapter]) {
    for chapter in chapters.iter_mut().filter(|chapter| chapter.goals.is_empty()) {
        let planned = context.slice(chapter.number).map(|slice| slice.goals.clone());
        chapter.goals = planned.unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use bindery_context::{Lengths, Slice};
    use bindery_outline::{Kind, Role, parse};

    use super::*;

    #[test]
    fn a_lesson_keeps_the_goals_of_its_author_and_gets_planned_ones_where_it_has_none() {
        let outline = parse(b"# Tides\n\n## Ebb\n\n## Flood\n", Kind::Markdown).unwrap();
        let mut context = Context::compile(&outline, Lengths { chapter: 1_000, section: 500 });
        context.chapters.iter_mut().for_each(|slice: &mut Slice| slice.goals = vec!["planned".into()]);
        let chapter = |number, goals: &[&str]| Chapter {
            number,
            shown_number: Some(number),
            role: Role::Chapter,
            part: None,
            title: "Ebb".into(),
            goals: goals.iter().map(|goal| (*goal).to_owned()).collect(),
            provenance: None,
            body: String::new(),
        };
        let mut chapters = [chapter(1, &["typed"]), chapter(2, &[]), chapter(9, &[])];
        add(&context, &mut chapters);
        assert_eq!(chapters.map(|chapter| chapter.goals.join(",")), ["typed", "planned", ""]);
    }
}
