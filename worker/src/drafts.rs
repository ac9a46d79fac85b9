//! Several drafts of each section of a chapter, of which plain code chooses one.
//!
//! All drafts of all sections are written at once. What is chosen becomes the text of its section, and is rewritten like any other
//! while it misses a target. No chapter waits for another: it is compared with what the others have by then.

use bindery_check::{
    Asked, Section, SectionText,
    choice::{Choice, Choices, SectionDraft, choose},
    suspect_points,
};
use bindery_domain::TaskId;
use bindery_ledger::{CHOICE_PART, JUDGEMENT_PART, Part, Standing, Task, draft_part, is_draft};
use bindery_runtime::{
    Halt,
    attempt::{Limits, Writing as _, Written, adopt, attempt, keep},
    compute::compute_with,
};
use futures_util::{StreamExt as _, stream::FuturesOrdered};

use crate::{
    brief::Brief,
    section::SectionWriting,
    write::{Chapter, precedence},
};

/// The most chapters of a book whose other chapters are looked at: the records of all of them are read for each.
const MOST_CHAPTERS: usize = 100;

/// The chapters on either side whose sections are compared with the drafts.
const NEIGHBOURS: u32 = 4;

/// A section's drafts with their numbers, in order. A draft that was given up is not among them.
type Drafts = Vec<(u8, Written)>;

/// Which of its drafts a section is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DraftNumber {
    /// From 1.
    pub(crate) number: u8,
    pub(crate) of: u8,
}

impl Chapter<'_> {
    /// Writes the drafts of all sections and has one of each chosen. Returns `None` where each section has one draft, or where the
    /// choice was made under an earlier claim.
    pub(crate) async fn chosen_drafts(&self, brief: &Brief) -> Result<Option<Vec<Written>>, Halt> {
        let best_of = self.work.grant.book.terms.best_of;
        if best_of < 2 || self.goes_on_without_drafts() {
            return Ok(None);
        }
        let drafts = self.drafts(brief, best_of).await?;
        let others = self.sections_of_others().await?;
        let bytes = drafts.iter().flatten().map(|(_, draft)| draft.text.len()).sum();
        let choices = compute_with(bytes, || self.choices(brief, &drafts, &others)).await;
        let chosen = drafts.into_iter().zip(&choices.sections).enumerate();
        let chosen = chosen.filter_map(|(position, (drafts, choice))| self.take(position, drafts, *choice)).collect();
        keep(self.work, CHOICE_PART, || serde_json::to_string(&choices).expect("choices hold only numbers")).await?;
        Ok(Some(chosen))
    }

    /// Returns whether the choice was made before, or the chapter was begun when each section had one draft.
    fn goes_on_without_drafts(&self) -> bool {
        let parts = &self.work.grant.task.parts;
        let is_begun = parts.range(1..JUDGEMENT_PART).next().is_some();
        parts.get(&CHOICE_PART).is_some_and(Part::finished) || is_begun && !parts.keys().any(|number| is_draft(*number))
    }

    /// Writes the drafts of each section. A section needs one of them.
    async fn drafts(&self, brief: &Brief, best_of: u8) -> Result<Vec<Drafts>, Halt> {
        // What is not chosen is not worth a rewrite.
        let limits = Limits { rewrites: 0, ..self.limits };
        let write = |(position, number): (usize, u8)| async move {
            let writing = SectionWriting {
                draft: Some(DraftNumber { number, of: best_of }),
                ..SectionWriting::new(self.book, self.slice, self.slice_part, brief, position, None)
            };
            let models = self.models.write.beginning_with(usize::from(number) - 1);
            let part = draft_part(part_number(position), number);
            attempt(self.work, &models, limits, part, &writing).await
        };
        let all = (0..brief.sections.len()).flat_map(|position| (1..=best_of).map(move |number| (position, number)));
        let written: FuturesOrdered<_> = all.map(write).collect();
        let mut written = written.collect::<Vec<_>>().await.into_iter();
        (0..brief.sections.len()).map(|_| usable((1..=best_of).zip(written.by_ref()))).collect()
    }

    /// Reads the sections of the neighbouring chapters, as far as they are written by now.
    async fn sections_of_others(&self) -> Result<Vec<String>, Halt> {
        if self.book.context.chapters.len() > MOST_CHAPTERS {
            return Ok(Vec::new());
        }
        let own = self.slice.chapter;
        let tasks = self.work.tasks().await?;
        let near = tasks.iter().filter(
            |task| matches!(task.id, TaskId::Write(chapter) if chapter != own && chapter.abs_diff(own) <= NEIGHBOURS),
        );
        let digests: Vec<_> = near.flat_map(sections).filter_map(|part| part.digest.clone()).collect();
        Ok(self.work.texts(&digests).await?.into_iter().flatten().collect())
    }

    fn choices(&self, brief: &Brief, drafts: &[Drafts], others: &[String]) -> Choices {
        let section = |(position, drafts): (usize, &'_ Drafts)| -> Vec<Measured> {
            let writing = SectionWriting::new(self.book, self.slice, self.slice_part, brief, position, None);
            drafts.iter().map(|(_, draft)| measured(&writing, &draft.text)).collect()
        };
        let measured: Vec<Vec<Measured>> = drafts.iter().enumerate().map(section).collect();
        let sections: Vec<Vec<SectionDraft<'_>>> = drafts
            .iter()
            .zip(&measured)
            .map(|(drafts, measured)| {
                drafts.iter().zip(measured).map(|((_, draft), of)| of.draft(&draft.text)).collect()
            })
            .collect();
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        let chosen = choose(&sections, &others, &self.book.context.book.language);
        let numbered = chosen.into_iter().zip(drafts).map(|(choice, drafts)| Choice {
            // Drafts that were given up have numbers too.
            draft: drafts[usize::from(choice.draft) - 1].0,
            ..choice
        });
        let written = drafts.iter().map(Vec::len).sum::<usize>();
        Choices { drafts: u32::try_from(written).unwrap_or(u32::MAX), sections: numbered.collect() }
    }

    /// Makes the chosen draft the text of its section. What the others cost was spent on texts that are not kept.
    fn take(&self, position: usize, drafts: Drafts, choice: Choice) -> Option<Written> {
        let section = part_number(position);
        let (chosen, left): (Drafts, Drafts) = drafts.into_iter().partition(|(number, _)| *number == choice.draft);
        for (number, mut draft) in left {
            draft.part.wasted = draft.part.spent;
            adopt(self.work, draft_part(section, number), &draft);
        }
        let (_, Written { text, part }) = chosen.into_iter().next()?;
        let own = self.work.grant.task.parts.get(&section).cloned().unwrap_or_default();
        let draft = !part.remarks.is_empty() && self.limits.rewrites > 0;
        let Part { digest, length, model, remarks, .. } = part;
        let written = Written { text, part: Part { digest, length, model, remarks, draft, ..own } };
        adopt(self.work, section, &written);
        Some(written)
    }
}

/// What plain code sees in a draft.
struct Measured {
    misses: usize,
    left_out: usize,
    fit: u32,
}

impl Measured {
    fn draft<'a>(&self, text: &'a str) -> SectionDraft<'a> {
        SectionDraft { text, misses: self.misses, left_out: self.left_out, fit: self.fit }
    }
}

fn measured(writing: &SectionWriting<'_>, text: &str) -> Measured {
    let language = &writing.book.context.book.language;
    let heading = &writing.slice.title;
    let asked = Asked { language, heading, points: &writing.points, length: 0 };
    let read = Section { heading, text: SectionText::read(text, language) };
    let left_out = suspect_points(&[read], &asked).len();
    // A text that was saved under other gates may fail those of this program.
    match writing.judge(text, None) {
        Ok(draft) => Measured { misses: draft.misses.len(), left_out, fit: draft.score },
        Err(_) => Measured { misses: usize::MAX, left_out, fit: 0 },
    }
}

/// Returns the drafts of a section that were written. A draft that was given up is done without as long as there is another one.
fn usable(drafts: impl Iterator<Item = (u8, Result<Written, Halt>)>) -> Result<Drafts, Halt> {
    let (mut written, mut halts) = (Vec::new(), Vec::new());
    for (number, draft) in drafts {
        match draft {
            Ok(draft) => written.push((number, draft)),
            Err(halt) => halts.push(halt),
        }
    }
    let decisive = |halt: &Halt| written.is_empty() || !matches!(halt, Halt::GiveUp(_));
    match halts.into_iter().filter(decisive).max_by_key(precedence) {
        Some(halt) => Err(halt),
        None => Ok(written),
    }
}

/// Returns the parts of a chapter that are its sections, as far as they are known.
fn sections(task: &Task) -> impl Iterator<Item = &Part> {
    let known = task.result.as_ref().filter(|_| task.standing == Standing::Done).map(|result| result.sections);
    let last = known.filter(|sections| *sections > 0).unwrap_or(JUDGEMENT_PART - 1);
    task.parts.range(1..=last).map(|(_, part)| part)
}

/// Returns the number of the part that is a section.
pub(crate) fn part_number(position: usize) -> u16 {
    u16::try_from(position + 1).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bindery_ledger::Parking;

    use super::*;

    fn written(text: &str) -> Written {
        Written { text: text.to_owned(), part: Part::default() }
    }

    fn given_up() -> Halt {
        Halt::GiveUp("it failed 5 times".to_owned())
    }

    #[test]
    fn a_section_does_without_drafts_that_were_given_up_as_long_as_it_has_one() {
        let drafts = vec![(1, Err(given_up())), (2, Ok(written("Two."))), (3, Err(given_up()))];
        let usable_drafts = usable(drafts.into_iter()).unwrap();
        assert_eq!(usable_drafts, [(2, written("Two."))]);
        let none = vec![(1, Err(given_up())), (2, Err(given_up()))];
        assert!(matches!(usable(none.into_iter()), Err(Halt::GiveUp(_))));
    }

    #[test]
    fn a_chapter_waits_for_a_draft_that_has_to_wait_for_its_provider() {
        let park = Halt::Park(Duration::from_secs(5), Parking::Wait("busy".to_owned()));
        let drafts = vec![(1, Ok(written("One."))), (2, Err(given_up())), (3, Err(park))];
        assert!(matches!(usable(drafts.into_iter()), Err(Halt::Park(..))));
    }
}
