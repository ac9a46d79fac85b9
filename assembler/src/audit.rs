//! Auditing a book: the set of its chapters is read as a whole before it is bound, and the worst of what is found is mended.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_trait::async_trait;
use bindery_check::{
    audit::{
        AuditReport, ChapterFacts, ChapterPlan, Expected, Finding, FindingKind, Rules, SecretTerm, StatedFact, audit,
    },
    manuscript::{ChapterSource, SectionSource, sections_of},
};
use bindery_context::{Context, Secret, Slice};
use bindery_domain::{Digest, TaskId};
use bindery_ledger::{
    Audit, AuditMode, FACTS_PART, Output, RepairOrder, Request, Standing, Task, current_sections, current_texts,
};
use bindery_outline::Citations;
use bindery_runtime::{Halt, Handler, Outcome, Work, compute::compute};
use futures_util::future;

use crate::texts::texts;

/// Reads books as a whole.
pub(crate) struct Auditor;

/// A chapter as it stands.
struct StandingChapter {
    number: u32,
    title: String,
    text: ChapterTexts,
}

/// The text of a chapter.
enum ChapterTexts {
    /// Its sections, each with a text of its own, which can be mended.
    Sections(Vec<String>),
    /// One text, as a person has edited it. It is read and left alone.
    Whole(String),
}

impl Auditor {
    async fn audit(&self, work: &Work) -> Result<Output, Halt> {
        let (request, tasks) = future::try_join(work.request(), work.tasks()).await?;
        let context = context(work).await?;
        let chapters = chapters(work, &request, &tasks).await?;
        let stated = stated_facts(work, &tasks).await?;
        let whole = Whole { request: &request, context: &context, chapters: &chapters, stated: &stated };
        let report = compute(|| whole.read()).await;
        Ok(Output::Audit(ordered(&report)))
    }
}

#[async_trait]
impl Handler for Auditor {
    async fn handle(&self, work: &Work) -> Outcome {
        match self.audit(work).await {
            Ok(output) => Outcome::Done(output),
            Err(halt) => halt.into(),
        }
    }
}

/// Reads a book again, and returns what is still wrong or newly wrong in the sections that were to be mended, in sentences. It costs no
/// call. What the audit ordered no repair for is known from its own report.
pub(crate) async fn left_after_repairs(work: &Work, request: &Request, tasks: &[Task]) -> Result<Vec<String>, Halt> {
    let audited = tasks.iter().find(|task| task.id == TaskId::Audit && task.standing == Standing::Done);
    let Some(told) = audited.and_then(|task| task.result.as_ref()) else { return Ok(Vec::new()) };
    match reread(work, request, tasks, &told.digest).await {
        // A book is bound without these sentences where a text for them is lost.
        Err(Halt::GiveUp(_)) => Ok(Vec::new()),
        read => read,
    }
}

async fn reread(work: &Work, request: &Request, tasks: &[Task], told: &Digest) -> Result<Vec<String>, Halt> {
    let lost = || Halt::GiveUp("the store has lost the findings of the audit".to_owned());
    let told: AuditReport = serde_json::from_str(&work.text(told).await?.ok_or_else(lost)?).map_err(|_| lost())?;
    let ordered: Vec<&Finding> = told.findings.iter().filter(|finding| finding.round.is_some()).collect();
    if ordered.is_empty() {
        return Ok(Vec::new());
    }
    let context = context(work).await?;
    let chapters = chapters(work, request, tasks).await?;
    let whole = Whole { request, context: &context, chapters: &chapters, stated: &[] };
    Ok(compute(|| still_wrong(&whole, &ordered, &unmended(tasks))).await)
}

/// What repairs say that they did not mend, by chapters. A repair that was given up has said nothing.
struct Unmended<'a> {
    remarks: Vec<(u32, &'a str)>,
    given_up: BTreeSet<u32>,
}

fn unmended(tasks: &[Task]) -> Unmended<'_> {
    let mut unmended = Unmended { remarks: Vec::new(), given_up: BTreeSet::new() };
    for task in tasks {
        let (TaskId::Write(chapter) | TaskId::Repair { chapter, .. }) = task.id else { continue };
        match (task.id, task.standing) {
            (TaskId::Repair { .. }, Standing::Dead) => _ = unmended.given_up.insert(chapter),
            _ => {
                let remarks = task.result.iter().flat_map(|result| &result.remarks);
                unmended.remarks.extend(remarks.map(|remark| (chapter, remark.as_str())));
            }
        }
    }
    unmended
}

impl Unmended<'_> {
    /// Returns whether a discrepancy between two chapters stands, which plain code cannot say. A judge may have found that it is none.
    fn has(&self, finding: &Finding) -> bool {
        let chapter = finding.place.chapter;
        let names = |remark: &str| remark.contains(&finding.advice) || remark.contains(&finding.quote);
        self.given_up.contains(&chapter) || self.remarks.iter().any(|(of, remark)| *of == chapter && names(remark))
    }
}

/// Returns what is wrong with a book in the sections that were to be mended.
fn still_wrong(whole: &Whole<'_>, ordered: &[&Finding], unmended: &Unmended<'_>) -> Vec<String> {
    let section = |finding: &Finding| (finding.place.chapter, finding.place.section);
    let sections: BTreeSet<(u32, u32)> = ordered.iter().map(|finding| section(finding)).collect();
    // Of a passage that stands twice, another section may have become the owner.
    let quotes: BTreeSet<(FindingKind, &str)> =
        ordered.iter().map(|finding| (finding.kind, finding.quote.as_str())).collect();
    let report = whole.read();
    let concerned = |finding: &&Finding| {
        finding.kind != FindingKind::Length
            && (sections.contains(&section(finding)) || quotes.contains(&(finding.kind, finding.quote.as_str())))
    };
    let discrepancies = ordered.iter().filter(|finding| finding.kind == FindingKind::Discrepancy);
    let stand = discrepancies.copied().filter(|finding| unmended.has(finding));
    report.findings.iter().filter(concerned).chain(stand).map(Finding::told).collect()
}

/// Reads the context that the book was written from.
async fn context(work: &Work) -> Result<Context, Halt> {
    let lost = || Halt::GiveUp("the store has lost the book's context".to_owned());
    let digest = work.grant.book.context.as_ref().ok_or_else(lost)?;
    Ok(Context::read(&work.text(digest).await?.ok_or_else(lost)?)?)
}

/// Reads the chapters that have a text, in order. A text that the store has lost is left to the binding, which asks for it anew.
async fn chapters(work: &Work, request: &Request, tasks: &[Task]) -> Result<Vec<StandingChapter>, Halt> {
    let written = current_texts(tasks);
    let sections: BTreeMap<u32, Vec<Digest>> = current_sections(tasks);
    let whole = written.iter().filter(|(number, _)| !sections.contains_key(number)).map(|(_, text)| &text.digest);
    let digests: Vec<Digest> = sections.values().flatten().chain(whole).cloned().collect();
    let stored: HashMap<Digest, String> = texts(work, &digests).await?;
    let mut chapters = Vec::with_capacity(written.len());
    for (number, result) in &written {
        let text = match sections.get(number) {
            Some(digests) => {
                let texts: Option<Vec<String>> = digests.iter().map(|digest| stored.get(digest).cloned()).collect();
                texts.map(ChapterTexts::Sections)
            }
            None => stored.get(&result.digest).cloned().map(ChapterTexts::Whole),
        };
        let outlined = request.order.outline.chapters.get(*number as usize - 1);
        if let (Some(text), Some(outlined)) = (text, outlined) {
            chapters.push(StandingChapter { number: *number, title: outlined.title.clone(), text });
        }
    }
    Ok(chapters)
}

/// Reads the facts that the chapters state, by their lists. A list that is lost or cannot be read is no list.
async fn stated_facts(work: &Work, tasks: &[Task]) -> Result<Vec<ChapterFacts>, Halt> {
    let list = |task: &Task| match task.id {
        TaskId::Write(chapter) => Some((chapter, task.parts.get(&FACTS_PART)?.digest.clone()?)),
        _ => None,
    };
    let lists: Vec<(u32, Digest)> = tasks.iter().filter_map(list).collect();
    let digests: Vec<Digest> = lists.iter().map(|(_, digest)| digest.clone()).collect();
    let stored: HashMap<Digest, String> = texts(work, &digests).await?;
    let facts = |(chapter, digest): (u32, Digest)| {
        let facts: Vec<StatedFact> = serde_json::from_str(stored.get(&digest)?).ok()?;
        Some(ChapterFacts { chapter, facts })
    };
    let mut stated: Vec<ChapterFacts> = lists.into_iter().filter_map(facts).collect();
    stated.sort_by_key(|list| list.chapter);
    Ok(stated)
}

/// The book as it is read.
struct Whole<'a> {
    request: &'a Request,
    context: &'a Context,
    chapters: &'a [StandingChapter],
    stated: &'a [ChapterFacts],
}

impl Whole<'_> {
    fn read(&self) -> AuditReport {
        let Self { request, context, chapters, stated } = *self;
        let sources: Vec<ChapterSource<'_>> = chapters.iter().map(StandingChapter::source).collect();
        let rules = rules(request, context);
        let shown_numbers = request.order.outline.numbers();
        let plans = chapter_plans(context);
        let expected = Expected { stated, shown_numbers: &shown_numbers, chapters: &plans, ..rules.expected() };
        let findings = audit(&context.book.language, &sources, &expected);
        let sections = sources.iter().map(|chapter| chapter.sections.len()).sum();
        let repairable = |number: u32, _| {
            chapters.iter().any(|chapter| chapter.number == number && matches!(chapter.text, ChapterTexts::Sections(_)))
        };
        match request.terms.audit {
            AuditMode::Repair => AuditReport::with_repairs(findings, sections, repairable).with_rules(rules),
            AuditMode::Report | AuditMode::Off => AuditReport::told(findings),
        }
    }
}

/// Returns what every text of a book has to keep, by its plan and by what its author gave.
fn rules(request: &Request, context: &Context) -> Rules {
    let book = &context.book;
    let characters = book.characters.iter().map(|character| &character.name);
    let secret = |secret: &Secret| {
        let chapter = secret.chapter;
        secret.terms.iter().map(move |term| SecretTerm { term: term.clone(), chapter }).collect::<Vec<_>>()
    };
    Rules {
        banned: book.style.banned.clone(),
        terms: book.glossary.iter().map(|term| term.term.clone()).collect(),
        canon: book.canon.clone(),
        names: characters.chain(book.places.iter().map(|place| &place.name)).cloned().collect(),
        given: given(request),
        may_cite: book.citations == Citations::Allow,
        fiction: context.kind().is_fiction(),
        secrets: context.secrets.iter().flat_map(secret).collect(),
    }
}

/// Returns the words that the author gave, without the names of the fields that hold them.
fn given(request: &Request) -> String {
    fn add(out: &mut String, value: &serde_json::Value) {
        match value {
            serde_json::Value::String(text) => {
                out.push_str(text);
                out.push('\n');
            }
            serde_json::Value::Array(values) => values.iter().for_each(|value| add(out, value)),
            serde_json::Value::Object(fields) => fields.values().for_each(|value| add(out, value)),
            _ => {}
        }
    }
    let order = serde_json::to_value(&request.order).expect("an order holds only text and numbers");
    let mut out = String::new();
    add(&mut out, &order);
    out
}

/// Returns what the plan says about the chapters. The length of one that consists of typed sections says nothing about its prose.
fn chapter_plans(context: &Context) -> Vec<ChapterPlan> {
    let plan = |slice: &Slice| ChapterPlan {
        chapter: slice.chapter,
        points: slice.owns.iter().map(|point| point.text.clone()).collect(),
        length: if slice.typed { 0 } else { slice.length },
    };
    context.chapters.iter().map(plan).collect()
}

impl StandingChapter {
    fn source(&self) -> ChapterSource<'_> {
        let sections = match &self.text {
            ChapterTexts::Sections(sections) => {
                sections.iter().map(|text| SectionSource { heading: "", text }).collect()
            }
            ChapterTexts::Whole(text) => sections_of(text),
        };
        ChapterSource { number: self.number, title: &self.title, sections }
    }
}

/// Returns what the ledger is told: the report as it is stored, and the repairs that it orders.
fn ordered(report: &AuditReport) -> Audit {
    let json = serde_json::to_string(report).expect("a report holds only text and numbers");
    let repairs = report.repairs().into_iter();
    let left = report.findings.iter().filter(|finding| finding.round.is_none());
    Audit {
        report: json.into(),
        findings: u32::try_from(report.findings.len()).unwrap_or(u32::MAX),
        repairs: repairs.map(|repair| RepairOrder { round: repair.round, chapter: repair.chapter }).collect(),
        remarks: left.map(Finding::told).collect(),
    }
}

#[cfg(test)]
mod tests;
