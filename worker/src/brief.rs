//! The brief, which divides a chapter into sections. It is the first call of a chapter, unless there is nothing to divide.

mod division;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use async_trait::async_trait;
use bindery_context::{
    Decided, Form, Point, Slice,
    answer::{self, AnswerFault, Fields, shape::brief as shape},
    contract::Contract,
    expected::{brief_room, brief_tokens},
};
use bindery_model::{Call, ModelCaller, Prompt};
use bindery_outline::Headings;
use bindery_runtime::attempt::{Before, Draft, Unfit, Writing};
use serde::{Deserialize, Serialize};

pub(crate) use self::division::fit;
use self::division::{divided, is_practised, told_length};
use crate::{context_cache::BookContext, prompt::measure};

/// The sections into which a chapter is divided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Brief {
    pub(crate) sections: Vec<BriefSection>,
}

/// A section that is to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BriefSection {
    /// Empty where the section is the whole chapter, which has a title already.
    pub(crate) heading: String,
    /// Ids of points that the chapter owns.
    #[serde(default)]
    pub(crate) points: Vec<String>,
    #[serde(default)]
    pub(crate) length: u32,
    /// What happens or is said in it, step by step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) beats: Vec<String>,
    /// Where it begins: what its reader knows, who is where.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) begins: String,
    /// Where it ends.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) ends: String,
    /// The example that it alone tells, or what it is remembered by.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) example: String,
    /// With what it opens.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) opens: String,
    /// With what it closes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) closes: String,
}

/// How a chapter's brief is asked for and judged.
pub(crate) struct BriefWriting<'a> {
    pub(crate) book: &'a BookContext,
    pub(crate) slice: &'a Slice,
    pub(crate) slice_part: &'a str,
}

#[async_trait]
impl Writing for BriefWriting<'_> {
    fn name(&self) -> String {
        "its brief".to_owned()
    }

    fn kind(&self) -> &'static str {
        "brief"
    }

    fn expected_output(&self) -> u64 {
        brief_tokens(self.slice)
    }

    fn call(&self, caller: &ModelCaller, attempt: u32, before: Before<'_>) -> Call {
        let max_tokens = brief_room(self.slice);
        let contract = self.contract();
        Prompt {
            prefix: self.book.prefix.clone(),
            slice: self.slice_part.to_owned(),
            request: self.request(before, &contract),
            schema: contract.schema(),
        }
        .call(caller, attempt, max_tokens)
    }

    fn judge(&self, text: &str, _draft: Option<&Draft>) -> Result<Draft, Unfit> {
        let mut brief = self.without_early(fit(read(text, self.slice)?, self.slice)?)?;
        clear_alike(&mut brief.sections);
        Ok(draft(&brief))
    }

    fn fallback(&self) -> Option<Draft> {
        let misses = vec!["its sections were divided by rule, because the model gave no usable division".to_owned()];
        Some(Draft { misses, ..draft(&divided(self.slice, &self.book.context.book.language)) })
    }
}

/// Returns the brief of a chapter that needs no call.
pub(crate) fn by_rule(slice: &Slice, language: &str) -> String {
    draft(&divided(slice, language)).text
}

fn draft(brief: &Brief) -> Draft {
    let text = serde_json::to_string(brief).expect("a brief holds only text and numbers");
    Draft { text, ..Draft::default() }
}

impl BriefWriting<'_> {
    /// Takes out the beats and edges that tell a secret before its time. A heading that does is an error.
    fn without_early(&self, mut brief: Brief) -> Result<Brief, AnswerFault> {
        let tells = |text: &str| self.book.context.tells_early(self.slice.chapter, text);
        for section in &mut brief.sections {
            if tells(&section.heading) {
                let heading = &section.heading;
                return Err(AnswerFault::new(format!(
                    "the heading \"{heading}\" tells what the reader learns only in a later chapter"
                )));
            }
            section.beats.retain(|beat| !tells(beat));
            let BriefSection { begins, ends, example, opens, closes, .. } = section;
            let texts = [begins, ends, example, opens, closes];
            texts.into_iter().filter(|text| tells(text)).for_each(String::clear);
        }
        Ok(brief)
    }

    pub(crate) fn contract(&self) -> Contract {
        let slice = self.slice;
        Contract::Brief {
            language: self.book.context.book.language.clone(),
            chapter: slice.chapter,
            title: slice.title.clone(),
            length: told_length(slice),
            unit: self.book.context.unit(),
            sections: slice.told_sections(),
            headings: slice.fixed.iter().map(|section| section.heading.clone()).collect(),
            points: slice
                .owns
                .iter()
                .filter(|point| !is_practised(slice, &point.id))
                .map(|point| point.id.clone())
                .collect(),
        }
    }

    pub(crate) fn request(&self, before: Before<'_>, contract: &Contract) -> String {
        let slice = self.slice;
        let length = measure(told_length(slice), self.book.context.unit());
        let (chapter, sections) = (slice.chapter, slice.told_sections());
        let is_story = self.book.context.kind().is_fiction();
        let (parts, state, example) = if is_story {
            (
                "scenes",
                "who is where and when, and what they know by then",
                "the thing, gesture or line of speech that it is remembered by",
            )
        } else {
            ("sections", "what the reader knows by then", "the example, case or comparison that it alone uses, or \"\"")
        };
        let heading = match self.book.context.book.headings {
            Headings::Titles => "a heading that says what it is about",
            Headings::Breaks | Headings::None => "a working title, which readers do not see",
        };
        let mut out = format!(
            "Divide chapter {chapter} into {sections} {parts} of about {length} in all. Give each {heading}; no two alike, none like \
             the chapter's title. Give every point of the chapter to exactly one of them, in an order that carries a reader along, \
             and each its length.\n\n\
             They are written at the same time by writers who see only this division. So say for each of them:\n\
             - \"beats\": two to four steps, a few words each. What one tells, shows or explains, no other does: no example, scene \
             or definition twice.\n\
             - \"example\": {example}.\n\
             - \"begins\": where it picks up, in one sentence: {state}.\n\
             - \"opens\": its first move, in a few words: a thing, a voice, a question, a claim. No two open alike.\n\
             - \"ends\": where it stops, in one sentence. The next one begins from there.\n\
             - \"closes\": its last move, in a few words. No two close alike, and none sums up.\n"
        );
        list_points(&mut out, slice);
        out.push_str(&self.book.context.entry(slice));
        out.push_str(&self.book.context.exit(slice));
        if !slice.opening.is_empty() || !slice.closing.is_empty() {
            let _ = writeln!(
                out,
                "\nThe first of the {parts} opens as the chapter does, and the last one closes as it does."
            );
        }
        if let Some(Form { build, opening, .. }) = &slice.form {
            let _ =
                writeln!(out, "\nDivide it as its form asks: {build}. The first of the {parts} opens with {opening}.");
        }
        let _ = write!(
            out,
            "\nAnswer with one JSON object: {{\"sections\": [{{\"heading\": \"...\", \"points\": [\"{chapter}.1\"], \"beats\": \
             [\"...\"], \"example\": \"...\", \"begins\": \"...\", \"opens\": \"...\", \"ends\": \"...\", \"closes\": \"...\", \
             \"length\": 600}}]}}\n\n{}{}",
            before.fault.map(|fault| format!("{}\n\n", fault.lesson())).unwrap_or_default(),
            contract.block()
        );
        out
    }
}

/// Lists the points that are to be divided, and what stands after them.
fn list_points(out: &mut String, slice: &Slice) {
    let points: Vec<_> = slice.owns.iter().filter(|point| !is_practised(slice, &point.id)).collect();
    if !points.is_empty() {
        out.push_str("\nThe points of the chapter, each with its id:\n");
        points.into_iter().for_each(|point| told(out, "- ", point));
    }
    for section in &slice.practice {
        let _ =
            writeln!(out, "\nAfter them stands \"{}\", which is divided already. {}", section.heading, section.summary);
        section.points.iter().filter_map(|id| slice.point(id)).for_each(|point| told(out, "- ", point));
    }
}

/// Reads an answer for what it means.
pub(crate) fn read(text: &str, slice: &Slice) -> Result<Brief, AnswerFault> {
    let answer = answer::object(text, shape::SECTIONS.names)?;
    let sections = answer.objects(shape::SECTIONS.names);
    Ok(Brief { sections: sections.iter().map(|section| read_section(section, slice)).collect() })
}

fn read_section(section: &Fields, slice: &Slice) -> BriefSection {
    let points = section.texts(shape::POINTS.names);
    BriefSection {
        heading: section.text(shape::HEADING.names),
        points: points.iter().filter_map(|named| point_id(named, slice)).collect(),
        length: section.number(shape::LENGTH.names).unwrap_or(0),
        beats: section.texts(shape::BEATS.names).iter().take(MAX_BEATS).map(|beat| short(beat)).collect(),
        begins: short(&section.text(shape::BEGINS.names)),
        ends: short(&section.text(shape::ENDS.names)),
        example: short(&section.text(shape::EXAMPLE.names)),
        opens: short(&section.text(shape::OPENS.names)),
        closes: short(&section.text(shape::CLOSES.names)),
    }
}

/// Takes out examples and gestures that an earlier section has too. A section without them is freer than one that repeats.
fn clear_alike(sections: &mut [BriefSection]) {
    let decisions: [fn(&mut BriefSection) -> &mut String; 3] =
        [|section| &mut section.example, |section| &mut section.opens, |section| &mut section.closes];
    for decision in decisions {
        let mut decided = Decided::default();
        for text in sections.iter_mut().map(decision).filter(|text| !text.is_empty()) {
            match decided.find(text) {
                Some(()) => text.clear(),
                None => decided.insert((), text),
            }
        }
    }
}

/// Writes a point with its id.
pub(crate) fn told(out: &mut String, mark: &str, point: &Point) {
    let indent = " ".repeat(mark.len());
    let _ = writeln!(out, "{mark}[{}] {}", point.id, point.text.replace('\n', &format!("\n{indent}")));
}

/// The most beats of a section. Every prompt of the chapter shows them.
const MAX_BEATS: usize = 6;

/// The most characters of a beat, a beginning or an end.
const MAX_BEAT_CHARS: usize = 240;

/// Returns a text on one line, as long as a prompt may show it.
fn short(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_BEAT_CHARS).collect()
}

/// Returns the id of the point that an answer names by its id, by its number within the chapter or by its text.
fn point_id(named: &str, slice: &Slice) -> Option<String> {
    let chapter_and_number = format!("{}.{named}", slice.chapter);
    let begins =
        |id: &str| named.strip_prefix(id).is_some_and(|rest| !rest.starts_with(|char: char| char.is_ascii_digit()));
    let mut points = slice.owns.iter();
    let by_id = points.clone().find(|point| point.id == named || point.id == chapter_and_number);
    by_id.or_else(|| points.find(|point| begins(&point.id) || point.text == named)).map(|point| point.id.clone())
}
