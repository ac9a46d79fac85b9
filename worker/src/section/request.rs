//! The wording of a section's request: the other sections of the chapter, then its own share in the order in which it is written.

use std::fmt::Write as _;

use bindery_context::Form;
use bindery_outline::Headings;
use bindery_runtime::attempt::Before;

use super::SectionWriting;
use crate::{
    brief::{BriefSection, told},
    drafts::DraftNumber,
    practice,
    prompt::measure,
};

impl SectionWriting<'_> {
    pub(crate) fn request(&self, before: Before<'_>) -> String {
        let mut out = self.others();
        self.order(&mut out);
        self.beginning(&mut out);
        self.matter(&mut out);
        self.end(&mut out);
        // Servers may answer equal prompts alike.
        if let Some(DraftNumber { number: number @ 2.., of }) = self.draft {
            let _ = writeln!(
                out,
                "\n{of} writers write this section, each alone, and one text is chosen. You are writer {number}: take another way \
                 into it than the first that comes to mind, and other examples where the plan leaves them open."
            );
        }
        if let Some(draft) = before.draft {
            let _ = writeln!(
                out,
                "\nThis draft is sound but falls short. Write the section again, whole, and mend this:\n"
            );
            draft.misses.iter().for_each(|miss| {
                let _ = writeln!(out, "- {miss}");
            });
            let _ = writeln!(out, "\n<draft>\n{}\n</draft>", draft.text);
        } else if let Some(fault) = before.fault {
            let _ = writeln!(out, "\n{}", fault.lesson());
        }
        out.push('\n');
        out.push_str(&self.contract(before.draft).block());
        out
    }

    fn section(&self) -> &BriefSection {
        &self.brief.sections[self.position]
    }

    /// Returns whether the chapter ends with this section. Exercises and quizzes stand after its end.
    fn ends_chapter(&self) -> bool {
        self.position + 1 == self.told_sections()
    }

    /// Returns how many sections stand before the exercises and quizzes.
    fn told_sections(&self) -> usize {
        self.brief.sections.len().saturating_sub(self.slice.practice.len()).max(1)
    }

    /// Lists the sections of the chapter with what they tell; nothing where there is one.
    fn others(&self) -> String {
        if self.brief.sections.len() == 1 {
            return String::new();
        }
        let chapter = self.slice.chapter;
        let mut out = format!("The sections of chapter {chapter}, which are written at the same time:\n\n");
        for (position, other) in self.brief.sections.iter().enumerate() {
            let title = match other.heading.as_str() {
                "" if position == 0 => "(without a heading)",
                "" => "(goes on without a heading)",
                heading => heading,
            };
            if position == self.position {
                let _ = writeln!(out, "{}. {title} (yours: see below)", position + 1);
                continue;
            }
            let _ = writeln!(out, "{}. {title}", position + 1);
            other.points.iter().filter_map(|id| self.slice.point(id)).for_each(|point| told(&mut out, "   - ", point));
            steps(&mut out, "   - ", other);
            if !other.example.is_empty() {
                let _ = writeln!(out, "   - {}: {}", self.example_name().to_lowercase(), other.example);
            }
        }
        out.push_str("\nWhat the other sections tell is theirs: do not tell it, and do not sum it up.\n\n");
        out
    }

    /// Says which part of the chapter is to be written, and how long it is to be.
    fn order(&self, out: &mut String) {
        let (section, chapter) = (self.section(), self.slice.chapter);
        let length = measure(section.length, self.book.context.unit());
        let number = self.position + 1;
        let _ = match section.heading.as_str() {
            "" if self.brief.sections.len() == 1 => {
                writeln!(out, "Write the whole text of chapter {chapter}, which is one section: about {length}.")
            }
            "" if self.told_sections() == 1 => writeln!(
                out,
                "Write the text of chapter {chapter}, which is one section: about {length}. Others write the exercises that follow it."
            ),
            "" => writeln!(out, "Write section {number}, which has no heading of its own: about {length}."),
            heading => writeln!(out, "Write section {number}, \"{heading}\": about {length}."),
        };
        if !section.heading.is_empty() {
            out.push_str(match self.book.context.book.headings {
                Headings::Titles => "",
                Headings::Breaks => {
                    "That is a working title. Readers see a line across the page between two sections.\n"
                }
                Headings::None => "That is a working title. Readers see one section follow the other without a gap.\n",
            });
        }
        if let Some(asked) = self.practice() {
            let _ = write!(out, "\n{}", practice::order(asked));
        }
    }

    /// Says where the section takes over, and with what it opens.
    fn beginning(&self, out: &mut String) {
        let (section, slice) = (self.section(), self.slice);
        match self.position.checked_sub(1) {
            Some(before) => line(out, "The section before it ends", &self.brief.sections[before].ends),
            None => out.push_str(&self.book.context.entry(slice)),
        }
        line(out, "This section begins", &section.begins);
        let opens_chapter = self.position == 0 && (!slice.opening.is_empty() || slice.form.is_some());
        if !opens_chapter {
            line(out, "Its first move", &section.opens);
        }
        if let Some(Form { opening, rhythm, .. }) = &slice.form {
            line(out, "Its rhythm", rhythm);
            if self.position == 0 {
                let _ = writeln!(out, "\nIts first sentence opens with {opening}.");
            }
        }
    }

    /// Says what the section tells.
    fn matter(&self, out: &mut String) {
        let section = self.section();
        let points: Vec<_> = section.points.iter().filter_map(|id| self.slice.point(id)).collect();
        if !points.is_empty() {
            out.push_str(if self.book.context.kind().is_fiction() {
                "\nWhat its author wants in it, each in one place:\n"
            } else {
                "\nIt makes these points, each in one place:\n"
            });
            for (number, point) in (1..).zip(points) {
                told(out, &format!("{number}. "), point);
            }
        }
        if !section.beats.is_empty() {
            out.push_str("\nIts steps, in their order:\n");
            steps(out, "- ", section);
        }
        line(out, self.example_name(), &section.example);
    }

    fn example_name(&self) -> &'static str {
        if self.book.context.kind().is_fiction() { "What it is remembered by" } else { "Its own example" }
    }

    /// Says with what the section closes, and where it hands on.
    fn end(&self, out: &mut String) {
        let section = self.section();
        line(out, "This section ends", &section.ends);
        if self.ends_chapter() {
            if self.slice.closing.is_empty() {
                line(out, "Its last move", &section.closes);
            }
            out.push_str(&self.book.context.exit(self.slice));
        } else {
            line(out, "Its last move", &section.closes);
            let after = self.brief.sections.get(self.position + 1).map(|after| after.begins.as_str());
            line(out, "The section after it begins", after.unwrap_or_default());
        }
    }
}

fn line(out: &mut String, name: &str, text: &str) {
    if !text.is_empty() {
        let _ = writeln!(out, "\n{name}: {text}");
    }
}

fn steps(out: &mut String, mark: &str, section: &BriefSection) {
    let indent = " ".repeat(mark.len());
    for beat in &section.beats {
        let _ = writeln!(out, "{mark}{}", beat.replace('\n', &format!("\n{indent}")));
    }
}

#[cfg(test)]
mod tests;
