//! A chapter's slice of a context.

use bindery_domain::estimate_tokens;
use serde::{Deserialize, Serialize};

use super::Form;

/// One chapter's share of the context.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slice {
    /// The chapter's number, from 1.
    pub chapter: u32,
    /// Its title.
    pub title: String,
    /// What it does in the book.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// One line that tells other chapters what this one covers.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub line: String,
    /// What its author wrote about it, word for word.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// The points that are this chapter's own to make.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owns: Vec<Point>,
    /// Points of other chapters that it may mention but not explain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// Where its examples come from, so that no two chapters tell the same one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub example_domain: String,
    /// Where its comparisons come from, so that no two chapters draw on the same field.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub images: String,
    /// What its reader knows when it begins.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub assumes: String,
    /// What it adds to that.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub adds: String,
    /// Where it leaves its reader.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub leaves: String,
    /// What its reader can do afterwards, in a course.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<String>,
    /// Through whose eyes it is told, in a story.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub point_of_view: String,
    /// Where and when it happens, in a story.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub setting: String,
    /// What somebody tries to reach in it, in a story.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub goal: String,
    /// What changes in it, in a story.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub turn: String,
    /// How it ends for them, in a story.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub outcome: String,
    /// How it opens.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub opening: String,
    /// How it closes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub closing: String,
    /// What it leaves open for the chapter after it to take up.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hand_off: String,
    /// How it is built, how it opens and how its sentences move; `None` where the plan and the writers decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
    /// Its length, in the book's unit.
    pub length: u32,
    /// How many sections it has.
    pub sections: u32,
    /// The sections that its author fixed, in order; empty where the brief chooses them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<FixedSection>,
    /// The exercises and quizzes at its end. `sections` counts them too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub practice: Vec<FixedSection>,
    /// Whether it is written after all others, from their true summaries.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub last: bool,
    /// Whether readers see no number before its title, as with an introduction.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unnumbered: bool,
    /// Whether its summary is its text, word for word, as with a dedication that its author typed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub typed: bool,
}

/// A key point with the id by which briefs refer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// The id, like `3.2` for the second point of chapter 3.
    pub id: String,
    /// The point, word for word.
    pub text: String,
}

/// A point of another chapter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The point's id.
    pub id: String,
    /// The chapter that owns it.
    pub chapter: u32,
    /// The point, word for word.
    pub text: String,
}

/// A section that the outline's author fixed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedSection {
    /// Its heading.
    pub heading: String,
    /// What its author wrote about it, word for word.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// The ids of its points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<String>,
}

impl Slice {
    /// Returns whether a model must divide the chapter into sections. There is nothing to divide where the chapter is one
    /// section, or where its author fixed all of them.
    pub fn needs_brief(&self) -> bool {
        !self.typed && self.told_sections() > 1 && self.fixed.is_empty()
    }

    /// Returns how many sections it has before the exercises and quizzes at its end.
    pub fn told_sections(&self) -> u32 {
        self.sections.saturating_sub(u32::try_from(self.practice.len()).unwrap_or(u32::MAX)).max(1)
    }

    /// Returns the length of each of the exercises and quizzes at its end: half of what its sections have on average.
    pub fn practice_length(&self) -> u32 {
        self.length / self.sections.max(1) / 2
    }

    /// Returns the sections that its author fixed, in order.
    pub fn all_fixed(&self) -> impl Iterator<Item = &FixedSection> {
        self.fixed.iter().chain(&self.practice)
    }

    /// Returns the chapter's own point with this id; `None` where it owns no such point.
    pub fn point(&self, id: &str) -> Option<&Point> {
        self.owns.iter().find(|point| point.id == id)
    }

    /// Returns how many tokens the points and the fixed sections take in the requests for its brief and its sections, which show all of
    /// them.
    pub fn divided_tokens(&self) -> u64 {
        let points = self.owns.iter().map(|point| estimate_tokens(&point.text));
        let fixed =
            self.all_fixed().map(|section| estimate_tokens(&section.heading) + estimate_tokens(&section.summary));
        points.chain(fixed).sum()
    }

    /// Returns what its author wrote of it.
    pub(crate) fn given_words(&self) -> String {
        let points = self.owns.iter().map(|point| point.text.as_str());
        let fixed = self.all_fixed().flat_map(|section| [section.heading.as_str(), &section.summary]);
        [self.title.as_str(), &self.summary].into_iter().chain(points).chain(fixed).collect::<Vec<_>>().join("\n")
    }

    /// Returns the texts that a plan decides on.
    pub fn planned_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let texts = [
            &mut self.role,
            &mut self.line,
            &mut self.example_domain,
            &mut self.images,
            &mut self.assumes,
            &mut self.adds,
            &mut self.leaves,
            &mut self.point_of_view,
            &mut self.setting,
            &mut self.goal,
            &mut self.turn,
            &mut self.outcome,
            &mut self.opening,
            &mut self.closing,
            &mut self.hand_off,
        ];
        texts.into_iter().chain(&mut self.goals)
    }

    /// Returns how many things a plan has decided on it.
    pub fn decisions(&self) -> usize {
        let texts = [
            &self.role,
            &self.example_domain,
            &self.images,
            &self.assumes,
            &self.adds,
            &self.leaves,
            &self.point_of_view,
            &self.setting,
            &self.goal,
            &self.turn,
            &self.outcome,
            &self.opening,
            &self.closing,
            &self.hand_off,
        ];
        texts.into_iter().chain(&self.goals).filter(|text| !text.is_empty()).count()
    }
}
