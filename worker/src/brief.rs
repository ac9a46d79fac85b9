//! The brief, which divides a chapter into sections. It is the first call of a chapter, unless there is nothing to divide.

use std::{collections::HashSet, fmt::Write as _};

use async_trait::async_trait;
use bindery_context::{
    Slice,
    answer::{self, Fields, shape::brief as shape},
    contract::{Contract, ContractPoint},
    expected::{brief_room, brief_tokens},
};
use bindery_model::{Call, Caller};
use bindery_outline::Headings;
use bindery_runtime::attempt::{Before, Draft, Unfit, Writing};
use serde::{Deserialize, Serialize};

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

    fn call(&self, caller: &Caller, attempt: u32, before: Before<'_>) -> Call {
        let max_tokens = brief_room(self.slice);
        let contract = self.contract();
        Call {
            prefix: self.book.prefix.clone(),
            slice: self.slice_part.to_owned(),
            request: self.request(before, &contract),
            continued: None,
            schema: contract.schema(),
            max_tokens,
            attempt,
            cap: caller.cap(max_tokens),
            trace_parent: None,
        }
    }

    fn judge(&self, text: &str, _draft: Option<&Draft>) -> Result<Draft, Unfit> {
        let brief = self.without_early(fit(read(text, self.slice)?, self.slice)?)?;
        Ok(draft(&brief))
    }

    fn fallback(&self) -> Option<Draft> {
        let misses = vec!["its sections were divided by rule, because the model gave no usable division".to_owned()];
        Some(Draft { misses, ..draft(&divided(self.slice)) })
    }
}

/// Returns the brief of a chapter that needs no call.
pub(crate) fn by_rule(slice: &Slice) -> String {
    draft(&divided(slice)).text
}

fn draft(brief: &Brief) -> Draft {
    let text = serde_json::to_string(brief).expect("a brief holds only text and numbers");
    Draft { text, ..Draft::default() }
}

impl BriefWriting<'_> {
    /// Takes out the beats and edges that tell a secret before its time. A heading that does is an error.
    fn without_early(&self, mut brief: Brief) -> Result<Brief, String> {
        let tells = |text: &str| self.book.context.tells_early(self.slice.chapter, text);
        for section in &mut brief.sections {
            if tells(&section.heading) {
                return Err(format!(
                    "the heading \"{}\" tells what the reader learns only in a later chapter",
                    section.heading
                ));
            }
            section.beats.retain(|beat| !tells(beat));
            [&mut section.begins, &mut section.ends].into_iter().filter(|edge| tells(edge)).for_each(String::clear);
        }
        Ok(brief)
    }

    pub(crate) fn contract(&self) -> Contract {
        let slice = self.slice;
        Contract::Brief {
            language: self.book.context.book.language.clone(),
            chapter: slice.chapter,
            title: slice.title.clone(),
            length: slice.length,
            unit: self.book.context.unit(),
            sections: slice.sections,
            headings: slice.fixed.iter().map(|section| section.heading.clone()).collect(),
            points: slice
                .owns
                .iter()
                .map(|point| ContractPoint { id: point.id.clone(), text: point.text.clone() })
                .collect(),
        }
    }

    pub(crate) fn request(&self, before: Before<'_>, contract: &Contract) -> String {
        let slice = self.slice;
        let length = measure(slice.length, self.book.context.unit());
        let (chapter, sections) = (slice.chapter, slice.sections);
        let is_story = self.book.context.kind().is_fiction();
        let (parts, state) = if is_story {
            ("scenes", "who is where and when, and what they know by then")
        } else {
            ("sections", "what the reader knows by then")
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
             - \"begins\": where it picks up, in one sentence: {state}.\n\
             - \"ends\": where it stops, in one sentence. The next one begins from there.\n"
        );
        for (edge, gesture) in [("opens", &slice.opening), ("closes", &slice.closing)] {
            if !gesture.is_empty() {
                let _ = writeln!(out, "\nThe chapter {edge}: {gesture}");
            }
        }
        let _ = write!(
            out,
            "\nAnswer with one JSON object: {{\"sections\": [{{\"heading\": \"...\", \"points\": [\"{chapter}.1\"], \"beats\": \
             [\"...\"], \"begins\": \"...\", \"ends\": \"...\", \"length\": 600}}]}}\n\n{}{}",
            before.fault.map(|fault| format!("{}\n\n", fault.lesson())).unwrap_or_default(),
            contract.block()
        );
        out
    }
}

/// Reads an answer for what it means.
pub(crate) fn read(text: &str, slice: &Slice) -> Result<Brief, String> {
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
    }
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

/// Divides a chapter by rule: its points in order, in parts of equal length.
fn divided(slice: &Slice) -> Brief {
    let count = slice.sections.max(1) as usize;
    let share = slice.owns.len().div_ceil(count).max(1);
    let mut shares = slice.owns.chunks(share);
    let section = |position: usize| {
        let points = shares.next().unwrap_or_default();
        let heading = match slice.fixed.get(position) {
            Some(fixed) => fixed.heading.clone(),
            None if count == 1 => String::new(),
            None => points.first().map_or_else(String::new, |point| short_heading(&point.text)),
        };
        BriefSection {
            heading,
            points: points.iter().map(|point| point.id.clone()).collect(),
            ..BriefSection::default()
        }
    };
    let mut sections: Vec<BriefSection> = (0..count).map(section).collect();
    number_alike_headings(&mut sections, slice);
    assign_points(&mut sections, slice);
    scale_lengths(&mut sections, slice.length);
    Brief { sections }
}

/// Returns the beginning of a point as a heading.
fn short_heading(point: &str) -> String {
    const MAX_WORDS: usize = 10;

    let words: Vec<&str> = point.split_whitespace().collect();
    let beginning = words[..words.len().min(MAX_WORDS)].join(" ");
    let beginning: String = beginning.chars().take(MAX_HEADING_CHARS / 2).collect();
    beginning.trim_end_matches(['.', ',', ';', ':', '。', '、']).to_owned()
}

/// Gives a number to headings that are empty or stand twice. Numbers are the same in every language.
fn number_alike_headings(sections: &mut [BriefSection], slice: &Slice) {
    if !slice.fixed.is_empty() || sections.len() == 1 {
        return;
    }
    let mut seen = HashSet::from([slice.title.trim().to_lowercase()]);
    for (position, section) in sections.iter_mut().enumerate() {
        if section.heading.is_empty() || !seen.insert(section.heading.to_lowercase()) {
            section.heading = format!("{} {}", section.heading, position + 1).trim().to_owned();
            seen.insert(section.heading.to_lowercase());
        }
    }
}

/// Fits an answer to its chapter. A wrong number of sections or a wrong heading is an error; points and lengths are
/// corrected.
pub(crate) fn fit(brief: Brief, slice: &Slice) -> Result<Brief, String> {
    let mut sections = brief.sections;
    if sections.len() != slice.sections as usize {
        return Err(format!("the brief has {} sections, {} were asked", sections.len(), slice.sections));
    }
    for (section, fixed) in sections.iter_mut().zip(&slice.fixed) {
        section.heading.clone_from(&fixed.heading);
    }
    check_headings(&mut sections, slice)?;
    assign_points(&mut sections, slice);
    scale_lengths(&mut sections, slice.length);
    Ok(Brief { sections })
}

/// The most characters of a heading.
const MAX_HEADING_CHARS: usize = 160;

fn check_headings(sections: &mut [BriefSection], slice: &Slice) -> Result<(), String> {
    let mut seen = HashSet::from([slice.title.trim().to_lowercase()]);
    let alone = sections.len() == 1;
    for section in sections {
        let flat = section.heading.split_whitespace().collect::<Vec<_>>().join(" ");
        section.heading = flat.trim_start_matches('#').trim().to_owned();
        let heading = &section.heading;
        if heading.is_empty() || heading.chars().count() > MAX_HEADING_CHARS {
            return Err(format!("a section's heading has {} characters", heading.chars().count()));
        }
        if !seen.insert(heading.to_lowercase()) && slice.fixed.is_empty() && !alone {
            return Err(format!("two headings of the chapter are alike: {heading}"));
        }
    }
    Ok(())
}

/// Gives every point of the chapter to exactly one section: the one the author chose, else the first in the brief that has
/// it, else the one with the fewest points.
fn assign_points(sections: &mut [BriefSection], slice: &Slice) {
    let mut free: HashSet<String> = slice.owns.iter().map(|point| point.id.clone()).collect();
    let mut fixed: Vec<Vec<String>> = slice.fixed.iter().map(|section| section.points.clone()).collect();
    fixed.resize(sections.len(), Vec::new());
    for (section, fixed) in sections.iter_mut().zip(fixed) {
        let asked = std::mem::replace(&mut section.points, fixed);
        section.points.retain(|id| free.remove(id));
        let fixed_elsewhere = |id: &String| slice.fixed.iter().any(|other| other.points.contains(id));
        section.points.extend(asked.into_iter().filter(|id| !fixed_elsewhere(id) && free.remove(id)));
    }
    for point in slice.owns.iter().filter(|point| free.contains(&point.id)) {
        if let Some(poorest) = sections.iter_mut().min_by_key(|section| section.points.len()) {
            poorest.points.push(point.id.clone());
        }
    }
}

/// Scales the lengths so that they add up. A section gets at least half of an equal share.
fn scale_lengths(sections: &mut [BriefSection], length: u32) {
    let share = length / u32::try_from(sections.len()).unwrap_or(1).max(1);
    let wish = |section: &BriefSection| u64::from(section.length.clamp(share / 2, share.saturating_mul(2)).max(1));
    let wished: u64 = sections.iter().map(wish).sum();
    let mut left = length;
    let last = sections.len().saturating_sub(1);
    for (position, section) in sections.iter_mut().enumerate() {
        let scaled = u64::from(length) * wish(section) / wished.max(1);
        let scaled = u32::try_from(scaled).unwrap_or(share);
        section.length = if position == last { left } else { scaled };
        left = left.saturating_sub(section.length);
    }
}

#[cfg(test)]
mod tests {
    use bindery_context::{FixedSection, Point};
    use proptest::prelude::*;

    use super::*;

    fn slice(points: u32, sections: u32) -> Slice {
        let owns = (1..=points).map(|n| Point { id: format!("1.{n}"), text: format!("Point {n}") }).collect();
        Slice { chapter: 1, title: "Title".into(), owns, sections, length: 3_000, ..Slice::default() }
    }

    fn section(heading: &str, points: &[&str], length: u32) -> BriefSection {
        let points = points.iter().map(|id| (*id).to_owned()).collect();
        BriefSection { heading: heading.into(), points, length, ..BriefSection::default() }
    }

    #[test]
    fn a_brief_is_read_for_what_it_means() {
        let chapter = slice(3, 2);
        let expected = vec![section("A", &["1.1", "1.3"], 600), section("B", &["1.2"], 0)];
        for answer in [
            r#"{"sections": [{"heading": "A", "points": ["1.1", "1.3"], "length": 600}, {"heading": "B", "points": ["1.2"]}]}"#,
            r#"{"brief": {"sections": [{"title": "A", "points": [1.1, 3], "words": "600 words"}, {"title": "B", "points": "Point 2", "length": null}]}}"#,
            r#"[{"heading": "A", "points": ["1.1: Point 1", "1.3"], "length": 600.0,}, {"heading": "B", "ids": ["1.2"]}]"#,
        ] {
            assert_eq!(read(answer, &chapter).unwrap().sections, expected, "{answer}");
        }
        assert!(read("I would divide it into two.", &chapter).is_err());
    }

    #[test]
    fn a_chapter_is_divided_by_rule_where_no_answer_can_be_used() {
        let brief = divided(&slice(3, 2));
        assert_eq!(brief.sections, [section("Point 1", &["1.1", "1.2"], 1_500), section("Point 3", &["1.3"], 1_500)]);
        let alike = Slice { owns: Vec::new(), ..slice(0, 3) };
        let headings: Vec<_> = divided(&alike).sections.into_iter().map(|section| section.heading).collect();
        assert_eq!(headings, ["1", "2", "3"]);
        assert!(fit(divided(&alike), &alike).is_ok());
    }

    #[test]
    fn a_chapter_of_one_section_has_no_heading_of_its_own_and_fixed_sections_keep_theirs() {
        let alone = divided(&slice(2, 1));
        assert_eq!(alone.sections, [section("", &["1.1", "1.2"], 3_000)]);
        let fixed = |heading: &str| FixedSection { heading: heading.into(), ..FixedSection::default() };
        let fixed = Slice { fixed: vec![fixed("First"), fixed("Second")], ..slice(3, 2) };
        let expected = [section("First", &["1.1", "1.2"], 1_500), section("Second", &["1.3"], 1_500)];
        assert_eq!(divided(&fixed).sections, expected);
        assert_eq!([slice(2, 1), fixed, slice(3, 2)].map(|slice| slice.needs_brief()), [false, false, true]);
    }

    #[test]
    fn a_brief_with_a_wrong_number_of_sections_is_a_failed_try() {
        let brief = Brief { sections: vec![section("A", &[], 100)] };
        assert!(fit(brief, &slice(1, 2)).unwrap_err().contains("1 sections, 2 were asked"));
    }

    #[test]
    fn two_alike_headings_and_a_heading_like_the_chapters_title_are_refused() {
        for headings in [["A", "a"], ["A", "title"]] {
            let sections = headings.map(|heading| section(heading, &[], 100)).to_vec();
            assert!(fit(Brief { sections }, &slice(1, 2)).is_err());
        }
    }

    #[test]
    fn the_headings_and_points_that_the_author_fixed_stay_whatever_the_brief_says() {
        let mut slice = slice(3, 2);
        let fixed = |heading: &str, id: &str| FixedSection {
            heading: heading.into(),
            summary: String::new(),
            points: vec![id.to_owned()],
        };
        slice.fixed = vec![fixed("First", "1.2"), fixed("Second", "1.3")];
        let brief = Brief { sections: vec![section("x", &["1.3", "1.1"], 10), section("y", &["1.2"], 10)] };
        let fitted = fit(brief, &slice).unwrap();
        assert_eq!(fitted.sections[0], section("First", &["1.2", "1.1"], 1_500));
        assert_eq!(fitted.sections[1], section("Second", &["1.3"], 1_500));
    }

    proptest! {
        #[test]
        fn every_point_is_in_one_section_and_the_lengths_add_up(
            points in 0u32..20, given in prop::collection::vec((prop::collection::vec(0u32..25, 0..8), 0u32..5_000), 1..8),
        ) {
            let slice = slice(points, u32::try_from(given.len()).unwrap());
            let sections = given.iter().enumerate().map(|(n, (ids, length))| BriefSection {
                heading: format!("Heading {n}"),
                points: ids.iter().map(|id| format!("1.{id}")).collect(),
                length: *length,
                ..BriefSection::default()
            });
            let fitted = fit(Brief { sections: sections.collect() }, &slice).unwrap();
            let mut stand: Vec<String> = fitted.sections.iter().flat_map(|section| section.points.clone()).collect();
            stand.sort();
            let mut owned: Vec<String> = slice.owns.iter().map(|point| point.id.clone()).collect();
            owned.sort();
            prop_assert_eq!(stand, owned);
            prop_assert_eq!(fitted.sections.iter().map(|section| section.length).sum::<u32>(), slice.length);
        }
    }
}
