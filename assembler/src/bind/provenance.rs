//! Where the text of each chapter comes from: its models, its calls, and what changed it.

use std::{
    collections::{BTreeMap, HashMap},
    ops::RangeInclusive,
};

use bindery_domain::{Digest, TaskId};
use bindery_format::{Provenance, SectionCall, Version, WrittenSection};
use bindery_ledger::{JUDGEMENT_PART, Origin, Request, SectionRecord, Task, TaskResult, section_records, versions};
use bindery_text::markdown::{self, Kind};

/// The records of a book, as far as they tell where its texts come from.
pub(super) struct Sources<'t> {
    tasks: &'t [Task],
    sections: BTreeMap<u32, Vec<SectionRecord<'t>>>,
    /// The model of a book whose program recorded none with the texts.
    only_model: Option<&'t str>,
}

impl<'t> Sources<'t> {
    /// Reads the records of a book.
    pub(super) fn of(request: &'t Request, tasks: &'t [Task]) -> Self {
        let recorded = tasks.iter().flat_map(|task| task.parts.values()).any(|part| part.model.is_some());
        let only_model = (!recorded).then_some(request.order.model.as_str());
        Self { tasks, sections: section_records(tasks), only_model }
    }

    /// Returns the digests of the texts of all sections.
    pub(super) fn digests(&self) -> Vec<Digest> {
        self.sections.values().flatten().map(|section| section.digest.clone()).collect()
    }

    /// Returns where the text of a chapter comes from. `texts` has those of its sections, as far as they are read.
    pub(super) fn provenance(
        &self,
        chapter: u32,
        result: &TaskResult,
        text: &str,
        texts: &HashMap<Digest, String>,
    ) -> Provenance {
        let history = history(self.tasks, chapter);
        // The parts of a revision are no sections, and an edited text has no parts.
        let of_sections = matches!(result.origin, Origin::Written | Origin::Mended);
        let sections = self.sections.get(&chapter).filter(|_| of_sections).map(Vec::as_slice).unwrap_or_default();
        let places = places(text, sections.iter().map(|section| texts.get(section.digest).map(String::as_str)));
        // A repair may have written a text that mends too little. The chapter has another one then.
        let models = match places {
            Some(_) if !sections.is_empty() => sections.iter().filter_map(|section| self.model(section)).collect(),
            _ => self.models_of_all_parts(chapter),
        };
        let written = sections.iter().zip(places.into_iter().flatten());
        let sections = written.map(|(section, stands_in)| WrittenSection { stands_in, call: self.call(section) });
        Provenance {
            models: once_each(models),
            digest: result.digest.as_str().to_owned(),
            history,
            sections: sections.collect(),
        }
    }

    fn model(&self, section: &SectionRecord<'t>) -> Option<&'t str> {
        let recorded = section.part.model.as_deref();
        recorded.or_else(|| self.only_model.filter(|_| section.part.calls > 0))
    }

    /// Returns the models of all that was written for a chapter, and of what changed it.
    fn models_of_all_parts(&self, chapter: u32) -> Vec<&'t str> {
        let of_chapter = |task: &&Task| match task.id {
            TaskId::Write(number) | TaskId::Repair { chapter: number, .. } => number == chapter,
            TaskId::Plan | TaskId::Audit | TaskId::Bind => false,
        };
        let parts = self.tasks.iter().filter(of_chapter).flat_map(|task| task.parts.range(1..JUDGEMENT_PART));
        let written = parts.filter(|(_, part)| part.digest.is_some() && part.calls > 0);
        written.filter_map(|(_, part)| part.model.as_deref().or(self.only_model)).collect()
    }

    fn call(&self, section: &SectionRecord<'t>) -> SectionCall {
        let made = section.chosen_draft().unwrap_or(*section);
        SectionCall {
            model: self.model(&made).map(str::to_owned),
            task: made.task.id.to_string(),
            part: made.number,
            attempt: made.part.kept_attempt,
            failed_tries: made.part.tries,
            rewrites: section.part.rewrites,
            calls: made.part.calls,
            digest: section.digest.as_str().to_owned(),
        }
    }
}

fn once_each(names: Vec<&str>) -> Vec<String> {
    let mut once: Vec<String> = Vec::new();
    for name in names {
        if !once.iter().any(|known| known == name) {
            once.push(name.to_owned());
        }
    }
    once
}

/// Returns the texts of a chapter from the one that was written to the present one.
fn history(tasks: &[Task], chapter: u32) -> Vec<Version> {
    let versions = versions(tasks, chapter);
    let changes = versions.iter().take_while(|version| version.origin != Origin::Written).count();
    let since = versions.iter().take(changes + 1).rev();
    since.map(|version| Version { version: version.name().to_string(), origin: origin(version.origin) }).collect()
}

fn origin(recorded: Origin) -> bindery_format::Origin {
    match recorded {
        Origin::Written => bindery_format::Origin::Written,
        Origin::Mended => bindery_format::Origin::Mended,
        Origin::Revised => bindery_format::Origin::Revised,
        Origin::Edited => bindery_format::Origin::Edited,
        Origin::Restored => bindery_format::Origin::Restored,
    }
}

/// Returns for each section under which of the chapter's headings it stands; `None` where one is not found in the text.
fn places<'x>(text: &str, sections: impl Iterator<Item = Option<&'x str>>) -> Option<Vec<RangeInclusive<usize>>> {
    let sections: Vec<&str> = sections.collect::<Option<_>>()?;
    let headings = starts_of_sections(text);
    let mut from = 0;
    let place = |section: &str| {
        let section = section.trim();
        let start = from + text[from..].find(section)?;
        from = start + section.len();
        let first = headings.partition_point(|heading| *heading <= start);
        Some(first..=headings.partition_point(|heading| *heading < from).max(first))
    };
    sections.into_iter().map(place).collect()
}

/// Returns where the headings begin under which the sections of a printed chapter stand. A book has no gaps in the levels of its
/// headings: these are the headings that stand below no other one.
fn starts_of_sections(text: &str) -> Vec<usize> {
    let mut highest = u8::MAX;
    let blocks = markdown::blocks(text);
    let said = blocks.iter().filter(|block| block.top && !block.text.trim().is_empty());
    let headings = said.filter_map(|block| match block.kind {
        Kind::Heading(level) => Some((level.max(2), block.source.start)),
        _ => None,
    });
    let outermost = headings.filter(|(level, _)| {
        let is_outermost = *level <= highest;
        highest = highest.min(*level);
        is_outermost
    });
    outermost.map(|(_, start)| start).collect()
}

#[cfg(test)]
mod tests;
