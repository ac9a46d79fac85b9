//! Making a request from a submission. All of it is checked first, and all faults are named at once.

#[cfg(test)]
pub(crate) mod tests;

use bindery_config::{BEST_OF, BookModels, Config};
use bindery_domain::{CHAPTER_LENGTHS, Micros};
use bindery_format::Format;
use bindery_ledger::{Knobs, Order, PlanMode, Preset, Request, Topic};
use bindery_model::{Models, StageCallers};
use bindery_outline::{BookKind, Kind, Outline, Reading, read as read_outline};
use bindery_protocol::{
    submission::{
        MAX_TOPIC_CHARS, OutlineText, Submission, TOPIC_CHAPTERS, TopicText, USUAL_CHAPTERS, USUAL_LANGUAGE,
        request_id_flaws, tags_flaws,
    },
    tenant::tenant_flaw,
};

use crate::{
    outline as topics,
    terms::{format_names, keepable, terms},
    uploads,
};

/// The weight that a book may have in a fleet, where 1 is the usual one.
const WEIGHT: std::ops::RangeInclusive<f64> = 0.1..=10.0;

/// What a submission asks for, after each of its fields was checked.
struct Checked {
    source: Source,
    models: BookModels,
    callers: StageCallers,
    best_of: Option<u8>,
    formats: Option<Vec<String>>,
    budget: Option<Micros>,
    weight: f64,
}

/// What a book is made from.
enum Source {
    Outline(Box<Outline>),
    Topic(Topic),
}

impl Source {
    fn outline(&self) -> Option<&Outline> {
        match self {
            Self::Outline(outline) => Some(outline),
            Self::Topic(_) => None,
        }
    }
}

/// Returns the faults of a submission.
pub(super) fn errors(settings: &Config, models: &Models, submission: &Submission) -> Vec<String> {
    checked(settings, models, submission).err().unwrap_or_default()
}

/// Checks the fields of a submission.
fn checked(settings: &Config, models: &Models, submission: &Submission) -> Result<Checked, Vec<String>> {
    let mut errors = request_id_flaws(&submission.request_id);
    errors.extend(tags_flaws(&submission.tags));
    errors.extend(uploads::flaws(submission));
    errors.extend(submission.words.filter(|words| !CHAPTER_LENGTHS.contains(words)).map(|words| {
        format!("words: is {words}, but must be from {} to {}", CHAPTER_LENGTHS.start(), CHAPTER_LENGTHS.end())
    }));
    let weight = submission.weight.unwrap_or(1.0);
    if !WEIGHT.contains(&weight) {
        errors.push(format!("weight: is {weight}, but must be from {} to {}", WEIGHT.start(), WEIGHT.end()));
    }
    let best_of = submission.best_of.map(|drafts| best_of(drafts).map_err(|error| errors.push(error)).ok());
    let formats = formats(submission.formats.as_deref(), &mut errors);
    let budget = submission.budget_usd.and_then(|usd| budget(usd).map_err(|error| errors.push(error)).ok());
    let words = submission.words.unwrap_or(settings.book.words);
    let source = source(settings, submission, words).map_err(|mut found| errors.append(&mut found)).ok();
    let outlined = source.as_ref().and_then(Source::outline).and_then(|outline| outline.front.model.clone());
    let wanted = submission.model.clone().or(outlined);
    let of_book = settings.model.of_book(wanted);
    let callers = models.stages(&of_book.complete()).map_err(|error| errors.push(format!("model: {error}"))).ok();
    if let Some(callers) = &callers {
        errors.extend(keepable(budget, callers).err().map(|unpriced| unpriced.to_string()));
    }
    match (source, callers) {
        (Some(source), Some(callers)) if errors.is_empty() => {
            Ok(Checked { source, models: of_book, callers, best_of: best_of.flatten(), formats, budget, weight })
        }
        _ => Err(errors),
    }
}

/// Makes the request that a submission means. `stored` is the order of the book that the submission repeats, if any.
pub(crate) fn read(
    settings: &Config,
    models: &Models,
    submission: &Submission,
    tenant: String,
    stored: Option<Order>,
) -> Result<Request, Vec<String>> {
    let tenant_flaw = tenant_flaw(&tenant);
    let Checked { source, models: of_book, callers, best_of, formats, budget, weight } =
        match checked(settings, models, submission) {
            Ok(checked) if tenant_flaw.is_none() => checked,
            checked => return Err(tenant_flaw.into_iter().chain(checked.err().unwrap_or_default()).collect()),
        };
    let (outline, topic) = match source {
        Source::Outline(outline) => (*outline, None),
        Source::Topic(topic) => (Outline::default(), Some(topic)),
    };
    let today = || outline.front.date.clone().unwrap_or_else(|| bindery_domain::date(bindery_store::now()));
    // A book keeps the date of its first submission, so that the same submission makes the same order again.
    let date = stored.as_ref().map(|stored| stored.date.clone());
    let order = Order {
        date: date.unwrap_or_else(today),
        model: of_book.first,
        stages: of_book.stages,
        chapter_length: submission.words.unwrap_or(settings.book.words),
        section_length: settings.book.section_words,
        plan: if submission.no_plan { PlanMode::Compiled } else { PlanMode::Model },
        outline,
        topic,
    };
    let front = order.outline.front.clone();
    let order = stored.filter(|stored| order.has_text_of(stored)).unwrap_or(order);
    let mut terms = terms(settings, &order, &callers).map_err(|error| vec![error.to_string()])?;
    terms.metadata = order.changed_metadata(&front);
    terms.window = weighted(terms.window, weight);
    terms.budget = budget.or(terms.budget);
    terms.gaps = submission.gaps.unwrap_or(terms.gaps);
    if let Some(Knobs { audit, best_of, checks }) = submission.preset.map(Preset::knobs) {
        (terms.audit, terms.best_of, terms.checks) = (audit, best_of, Some(checks));
    }
    terms.audit = submission.audit.unwrap_or(terms.audit);
    terms.best_of = best_of.unwrap_or(terms.best_of);
    terms.formats = formats.unwrap_or(terms.formats);
    terms.review = submission.review;
    terms.tags = submission.tags.clone();
    terms.webhook.clone_from(&submission.webhook);
    keepable(terms.budget, &callers).map_err(|unpriced| vec![unpriced.to_string()])?;
    Ok(Request { tenant, request_id: submission.request_id.clone(), order, terms, trace: None, former_id: false })
}

/// Returns how many chapters of a book are released at once. All books share one queue, so more chapters in it mean more of
/// the fleet.
fn weighted(window: u32, weight: f64) -> u32 {
    (f64::from(window) * weight).round().max(1.0) as u32
}

fn formats(wanted: Option<&[String]>, errors: &mut Vec<String>) -> Option<Vec<String>> {
    let wanted = wanted?;
    if wanted.is_empty() {
        errors.push("formats: is empty; name at least one, or leave it out".to_owned());
    }
    let mut formats = Vec::new();
    for format in wanted {
        match format.parse::<Format>() {
            Ok(format) => formats.push(format),
            Err(error) => errors.push(format!("formats: {error}")),
        }
    }
    Some(format_names(formats))
}

fn best_of(drafts: u32) -> Result<u8, String> {
    let drafts = u8::try_from(drafts).ok().filter(|drafts| BEST_OF.contains(drafts));
    drafts.ok_or_else(|| format!("best_of: must be from {} to {}", BEST_OF.start(), BEST_OF.end()))
}

fn budget(usd: f64) -> Result<Micros, String> {
    let sum = format!("{usd:.6}").parse().ok().filter(|sum| *sum > Micros::ZERO);
    sum.ok_or_else(|| format!("budget_usd: is {usd}, but must be a sum above 0"))
}

/// Reads the outline or the topic of a submission, whose chapters have so many words.
fn source(settings: &Config, submission: &Submission, words: u32) -> Result<Source, Vec<String>> {
    let usual = settings.book.kind;
    match (&submission.outline, &submission.topic) {
        (Some(text), _) => {
            let mut outline = outline(text)?.outline;
            outline.front.kind = submission.kind.or(outline.front.kind).or(usual);
            Ok(Source::Outline(Box::new(outline)))
        }
        (None, Some(text)) => {
            let kind = submission.kind.or_else(|| BookKind::told_by(&text.about)).or(usual);
            topic(text, words, kind).map(Source::Topic)
        }
        (None, None) => Err(Vec::new()),
    }
}

/// Reads the topic of a submission. The errors are all of its faults.
fn topic(text: &TopicText, words: u32, kind: Option<BookKind>) -> Result<Topic, Vec<String>> {
    let TopicText { about, chapters, language } = text.clone();
    let (length, chapters) = (about.chars().count(), chapters.unwrap_or(USUAL_CHAPTERS));
    let mut errors = Vec::new();
    if length > MAX_TOPIC_CHARS {
        errors.push(format!("topic.about: has {length} characters, but must have 1 to {MAX_TOPIC_CHARS}"));
    }
    if !TOPIC_CHAPTERS.contains(&chapters) {
        let (from, to) = (TOPIC_CHAPTERS.start(), TOPIC_CHAPTERS.end());
        errors.push(format!("topic.chapters: is {chapters}, but must be from {from} to {to}"));
    }
    let language = language.unwrap_or_else(|| USUAL_LANGUAGE.to_owned());
    let topic = Topic { topic: about, chapters, words, language, kind };
    errors.extend(topics::check(&topic).err().map(|error| format!("topic: {error}")));
    if errors.is_empty() { Ok(topic) } else { Err(errors) }
}

/// Reads the outline of a submission. The errors are all of its faults.
pub fn outline(text: &OutlineText) -> Result<Reading, Vec<String>> {
    let parsed = match text {
        OutlineText::Markdown(text) => read_outline(text.as_bytes(), Kind::Markdown, None),
        OutlineText::Yaml(text) => read_outline(text.as_bytes(), Kind::Yaml, None),
        OutlineText::Json(value) => read_outline(value.to_string().as_bytes(), Kind::Json, None),
    };
    parsed.map_err(|error| error.in_file("outline").lines().map(str::to_owned).collect())
}
