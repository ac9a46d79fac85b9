//! A small book for which every kind of call is made: a plan, briefs, sections and summaries.

use std::{collections::HashSet, fmt::Write as _};

use crate::{
    batch::SampleBook,
    outline::{Outline, OutlineShape},
};

/// Words of each chapter, which make two sections.
const WORDS: u32 = 1_200;

/// The least words of a chapter that is written.
const LEAST: usize = 400;

/// What no book of the stand-in holds unless a habit has come into it, in lower case.
const LEAKS: &[&str] = &[
    "```",
    "{\"",
    "think>",
    "thinking>",
    "thought>",
    "reasoning>",
    "[think]",
    "[/think]",
    "◁",
    "<|",
    "assistantfinal",
    "tool_call",
    "the user wants",
    "here is the section",
    "here is the revised",
    "here is the json",
    "here you go",
    "below is the section",
    "as you asked",
    "you asked for",
    "certainly!",
    "\nsure!",
    "i hope this",
    "let me know",
    "would you like",
    "word count",
    " words]",
    "revised section",
    "(revised)",
    "\ndraft:",
    "final version:",
    "<draft",
    "<section",
    "<answer",
    "<output",
    "[insert",
    "[citation",
    "[todo",
    "[add more",
    "words so far",
    "â€",
    " und ",
    " der ",
    "<html",
    "checking your browser",
    "\u{fffd}",
];

/// A book whose chapters have points and no sections of their own. The last one is written from summaries of the others.
pub(crate) struct SmallBook {
    outline: Outline,
}

impl SmallBook {
    /// Makes a book from a seed.
    pub(crate) fn seeded(seed: usize) -> Self {
        Self { outline: Outline::seeded(seed as u64, OutlineShape { chapters: 4, sections: 4, words: WORDS }) }
    }
}

impl SampleBook for SmallBook {
    fn to_markdown(&self) -> String {
        let mut out = format!("---\nlanguage: en\nwords: {WORDS}\n---\n\n# {}\n\n", self.outline.title);
        out.push_str("What people made before there were machines, told by what was left of it.\n");
        let last = self.outline.chapters.len() - 1;
        for (position, chapter) in self.outline.chapters.iter().enumerate() {
            let mark = if position == last { " {last}" } else { "" };
            let _ = write!(out, "\n## {}{mark}\n\nHow the two came to depend on each other.\n\n", chapter.title);
            for section in &chapter.sections {
                let _ = writeln!(out, "- Nobody paid for {} twice", section.to_lowercase());
            }
        }
        out
    }

    fn fault(&self, markdown: &str) -> Option<String> {
        let chapters: Vec<&str> = markdown.split("\n# ").skip(1).collect();
        if chapters.len() != self.outline.chapters.len() {
            return Some(format!("{} chapters instead of {}", chapters.len(), self.outline.chapters.len()));
        }
        let mut seen = HashSet::new();
        for (text, chapter) in chapters.iter().zip(&self.outline.chapters) {
            let (heading, text) = text.split_once('\n').unwrap_or((text, ""));
            if heading != chapter.title {
                return Some(format!("the chapter “{heading}” instead of “{}”", chapter.title));
            }
            if text.split_whitespace().count() < LEAST {
                return Some(format!("the chapter “{heading}” is not written"));
            }
            if !seen.insert(text) {
                return Some(format!("the chapter “{heading}” stands twice"));
            }
        }
        leak(markdown)
    }
}

/// Returns what of a habit has come into a book, with the words around it.
fn leak(markdown: &str) -> Option<String> {
    let lower = markdown.to_lowercase();
    let (at, leak) = LEAKS.iter().find_map(|leak| Some((lower.find(leak)?, leak)))?;
    let from = lower[..at].char_indices().rev().nth(60).map_or(0, |(from, _)| from);
    let around: String = lower[from..].chars().take(160).collect();
    Some(format!("it holds “{leak}”: “{}”", around.replace('\n', " ")))
}
