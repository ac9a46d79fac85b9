//! The audit: what is wrong with the chapters of a book as a set, found by plain code, each with its place.
//!
//! A section is checked when it is written. The audit looks for what no section can know: passages that stand twice, contradictions,
//! invented sources, sections that do not meet. [`FindingKind`] lists all kinds. Every finding says what must no longer stand at its place, so that a repair can be
//! checked by plain code too. Everything is linear in the text.

mod banned;
mod citations;
mod early;
mod facts;
mod formulas;
mod leaks;
mod lengths;
mod names;
mod openings;
mod references;
mod repairs;
mod repeats;
mod report;
mod reread;
mod rules;
mod seams;
mod slop;
mod spelling;
mod stated;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use bindery_text::length;
use serde::{Deserialize, Serialize};

use crate::manuscript::{ChapterSource, ManuscriptText, Paragraph, Place, SectionSpan};

pub(crate) use citations::{has_source_list, marks_of_sources};
pub(crate) use references::dangling_references;
pub use repairs::{is_mended, most_repaired};
pub use report::{AuditReport, Repair};
pub use reread::introduced;
pub use rules::{ChapterPlan, Rules, SecretTerm};
pub use stated::{ChapterFacts, StatedFact};

/// What the book's plan says about its texts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expected<'a> {
    /// Words and phrases that the book does not use.
    pub banned: &'a [String],
    /// The terms of the glossary, each in its one spelling.
    pub terms: &'a [String],
    /// Facts that hold in every chapter, in sentences.
    pub canon: &'a [String],
    /// The names of the characters and the places, as the plan spells them.
    pub names: &'a [String],
    /// Everything that the author gave: the outline, the description, the sources. What is named here may be cited.
    pub given: &'a str,
    /// Whether sources may be named that the author did not give.
    pub may_cite: bool,
    /// Whether the book tells a story.
    pub fiction: bool,
    /// Names and terms that no chapter may use before its time.
    pub secrets: &'a [SecretTerm],
    /// What the plan says about each chapter; empty where there is no plan.
    pub chapters: &'a [ChapterPlan],
    /// The facts that the chapters state, by a model's lists; empty where no model was asked.
    pub stated: &'a [ChapterFacts],
    /// The number of each chapter as its readers see it; `None` for a chapter without a number.
    pub shown_numbers: &'a [Option<u32>],
}

/// What is wrong at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// The text speaks as the model, or about itself.
    Leak,
    /// The section is in another language than the book.
    Language,
    /// A fact contradicts the canon or another chapter.
    Contradiction,
    /// Something that readers learn only in a later chapter.
    Early,
    /// Two chapters seem to state a fact differently. A judge confirms it before it is mended.
    Discrepancy,
    /// A source, a link or a quotation that nobody gave.
    Citation,
    /// A passage that already stands elsewhere.
    Repeat,
    /// A word that the book does not use.
    Banned,
    /// A reference to a chapter that there is not, or that does not speak of it.
    Reference,
    /// A name that differs by a letter from one of the canon.
    Name,
    /// A term in another spelling than the glossary's.
    Spelling,
    /// A chapter that begins or ends with a formula.
    Formula,
    /// An opening like an earlier one.
    Opening,
    /// An ending like an earlier one.
    Ending,
    /// Two sections that do not meet.
    Seam,
    /// A section with many of the words that models prefer.
    Slop,
    /// A chapter that is much shorter or longer than planned. It is only told.
    Length,
}

/// Something that is wrong, with its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What is wrong.
    pub kind: FindingKind,
    /// Where it must be mended.
    pub place: Place,
    /// The words that must no longer stand there.
    pub quote: String,
    /// The place that it repeats or contradicts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<Place>,
    /// The sentence that it contradicts. The mended text must agree with it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub right: String,
    /// What a writer should do, in a sentence.
    pub advice: String,
    /// The round of repairs that is to mend it; `None` where it is only told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<u16>,
}

impl Finding {
    /// Makes a finding that repeats and contradicts nothing, and that no round mends yet.
    pub fn new(kind: FindingKind, place: Place, quote: String, advice: String) -> Self {
        Self { kind, place, quote, other: None, right: String::new(), advice, round: None }
    }

    /// Returns it in a sentence, with its place and the first words of that.
    pub fn told(&self) -> String {
        format!("In {}: {}", self.place, self.advice)
    }
}

/// A book that is being audited: its text as a set, and each section's Markdown.
struct Book<'a> {
    text: ManuscriptText,
    sources: Vec<&'a str>,
    expected: &'a Expected<'a>,
    /// The number of each word of the text.
    numbers: HashMap<Box<str>, u32>,
}

/// Reads the chapters of a book as a set, and returns what is wrong, in the order of the text.
pub fn audit(language: &str, chapters: &[ChapterSource<'_>], expected: &Expected<'_>) -> Vec<Finding> {
    let text = ManuscriptText::read(language, chapters);
    let sources = chapters.iter().flat_map(|chapter| chapter.sections.iter().map(|section| section.text)).collect();
    let numbers = text.vocabulary.iter().cloned().zip(0..).collect();
    let book = Book { text, sources, expected, numbers };
    let checks: [fn(&Book<'_>) -> Vec<Finding>; 15] = [
        leaks::find,
        facts::find,
        early::find,
        stated::find,
        citations::find,
        repeats::find,
        banned::find,
        references::find,
        names::find,
        spelling::find,
        formulas::find,
        openings::find,
        seams::find,
        slop::find,
        lengths::find,
    ];
    let mut findings: Vec<Finding> = checks.iter().flat_map(|check| check(&book)).collect();
    findings.sort_by_key(|finding| (finding.place.order(), finding.kind));
    // One sentence may have several faults of a kind, and one fault may be found twice.
    let mut told = HashSet::new();
    findings.retain(|finding| told.insert((finding.place.order(), finding.kind, finding.quote.clone())));
    // What plain code has found needs no judge.
    let contradictions: Vec<Place> = places_of(&findings, FindingKind::Contradiction);
    findings.retain(|finding| finding.kind != FindingKind::Discrepancy || !contradictions.contains(&finding.place));
    let seams: Vec<Place> = places_of(&findings, FindingKind::Seam);
    findings.retain(|finding| finding.kind != FindingKind::Formula || !seams.contains(&finding.place));
    // A copy that comes too early is taken out, so that the later one is the only one.
    let early: Vec<Place> = places_of(&findings, FindingKind::Early);
    let is_alone =
        |finding: &Finding| is_copy(finding.kind) && finding.other.as_ref().is_some_and(|kept| stands_in(kept, &early));
    findings.retain(|finding| !is_alone(finding));
    let repeats: Vec<Finding> =
        findings.iter().filter(|finding| finding.kind == FindingKind::Repeat).cloned().collect();
    findings.retain(|finding| !repeats.iter().any(|repeat| covers(repeat, finding)));
    findings
}

fn places_of(findings: &[Finding], kind: FindingKind) -> Vec<Place> {
    findings.iter().filter(|finding| finding.kind == kind).map(|finding| finding.place.clone()).collect()
}

/// Returns whether such a finding is like another place.
fn is_copy(kind: FindingKind) -> bool {
    matches!(kind, FindingKind::Repeat | FindingKind::Opening | FindingKind::Ending)
}

/// Returns whether a place is in the paragraph of one of others.
fn stands_in(place: &Place, others: &[Place]) -> bool {
    let paragraph = |place: &Place| (place.chapter, place.section, place.paragraph);
    others.iter().any(|other| paragraph(other) == paragraph(place))
}

/// Returns whether a repeated passage holds an opening or an ending, which is then no finding of its own.
fn covers(repeat: &Finding, edge: &Finding) -> bool {
    let section = |finding: &Finding| (finding.place.chapter, finding.place.section);
    matches!(edge.kind, FindingKind::Opening | FindingKind::Ending)
        && section(repeat) == section(edge)
        && repeat.quote.contains(&edge.quote)
}

impl Book<'_> {
    /// Returns a sentence as a finding quotes it.
    fn sentence(&self, sentence: usize) -> String {
        self.text.text_of(&self.text.sentences[sentence]).trim().to_owned()
    }

    /// Returns the sentences of the author's running text, by their indices.
    fn prose_sentences(&self) -> impl Iterator<Item = usize> {
        self.text.prose().flat_map(|paragraph| paragraph.sentences.clone())
    }

    /// Returns the first sentence of a section's running text, by its index.
    fn first_sentence(&self, section: &SectionSpan) -> Option<usize> {
        let mut paragraphs = self.text.paragraphs[section.paragraphs.clone()].iter();
        paragraphs.find_map(|paragraph| paragraph.is_prose().then(|| paragraph.sentences.clone().next())?)
    }

    /// Returns the last sentence of a section's running text, by its index.
    fn last_sentence(&self, section: &SectionSpan) -> Option<usize> {
        let mut paragraphs = self.text.paragraphs[section.paragraphs.clone()].iter().rev();
        paragraphs.find_map(|paragraph| paragraph.is_prose().then(|| paragraph.sentences.clone().next_back())?)
    }

    /// Returns the last paragraph of a section's running text.
    fn last_paragraph(&self, section: &SectionSpan) -> Option<&Paragraph> {
        self.text.paragraphs[section.paragraphs.clone()].iter().rfind(|paragraph| paragraph.is_prose())
    }

    /// Returns the words of a sentence, as they are compared.
    fn words(&self, sentence: usize) -> &[u32] {
        &self.text.words[self.text.sentences[sentence].words.clone()]
    }

    /// Returns the numbers of the words of a phrase; `None` where the book does not have all of them.
    fn phrase(&self, phrase: &str) -> Option<Vec<u32>> {
        let numbers: Vec<u32> = self.known_words(phrase).collect::<Option<_>>()?;
        (!numbers.is_empty()).then_some(numbers)
    }

    /// Returns the number of each word of a text; `None` for a word that the book does not have.
    fn known_words(&self, text: &str) -> impl Iterator<Item = Option<u32>> {
        folded_words(text, &self.text.language).into_iter().map(|word| self.numbers.get(word.as_str()).copied())
    }
}

/// Returns the words of a text as they are compared: in lower case, with the straight apostrophe.
fn folded_words(text: &str, language: &str) -> Vec<String> {
    let words = length::words_in(text, language).into_iter();
    words.map(|word| text[word].replace('’', "'").to_lowercase()).collect()
}
