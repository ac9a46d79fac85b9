//! Making a request from a submission. All of it is checked first, and all faults are named at once.

use bindery_config::{BEST_OF, BookModels, Config};
use bindery_domain::{CHAPTER_LENGTHS, Micros};
use bindery_format::Format;
use bindery_ledger::{Knobs, Order, PlanMode, Preset, Request, Topic};
use bindery_model::{Models, StageCallers};
use bindery_outline::{BookKind, Kind, Outline, Reading, read as read_outline};
use bindery_protocol::{
    notice::MAX_WEBHOOK_CHARS,
    submission::{
        MAX_TOPIC_CHARS, OutlineText, Submission, TOPIC_CHAPTERS, TopicText, USUAL_CHAPTERS, USUAL_LANGUAGE,
        request_id_flaws, tags_flaws,
    },
    tenant::tenant_flaw,
};

use crate::{
    outline as topics,
    terms::{format_names, keepable, terms},
};

/// The weight that a book may have in a fleet, where 1 is the usual one.
const WEIGHT: std::ops::RangeInclusive<f64> = 0.1..=10.0;

/// The parts of a submission that were checked one by one.
struct Parts {
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
    parts(settings, models, submission).err().unwrap_or_default()
}

/// Checks the parts of a submission.
fn parts(settings: &Config, models: &Models, submission: &Submission) -> Result<Parts, Vec<String>> {
    let mut errors = request_id_flaws(&submission.request_id);
    errors.extend(tags_flaws(&submission.tags));
    errors.extend(submission.words.filter(|words| !CHAPTER_LENGTHS.contains(words)).map(|words| {
        format!("words: is {words}, but must be from {} to {}", CHAPTER_LENGTHS.start(), CHAPTER_LENGTHS.end())
    }));
    let weight = submission.weight.unwrap_or(1.0);
    if !WEIGHT.contains(&weight) {
        errors.push(format!("weight: is {weight}, but must be from {} to {}", WEIGHT.start(), WEIGHT.end()));
    }
    let best_of = submission.best_of.map(|drafts| best_of(drafts).map_err(|error| errors.push(error)).ok());
    if submission.webhook.as_ref().is_some_and(|id| id.chars().count() > MAX_WEBHOOK_CHARS) {
        errors.push("webhook: is no id of a webhook; `bindery webhooks list` shows yours".to_owned());
    }
    let formats = formats(submission.formats.as_deref(), &mut errors);
    let budget = submission.budget_usd.and_then(|usd| budget(usd).map_err(|error| errors.push(error)).ok());
    let words = submission.words.unwrap_or(settings.book.words);
    let source = source(settings, submission, words).map_err(|mut found| errors.append(&mut found)).ok();
    let outlined = source.as_ref().and_then(Source::outline).and_then(|outline| outline.front.model.clone());
    let wanted = submission.model.clone().or(outlined);
    let of_book = settings.model.of_book(wanted);
    let callers = models.stages(&of_book.complete()).map_err(|error| errors.push(format!("model: {error}"))).ok();
    if let Some(callers) = &callers {
        errors.extend(keepable(budget, callers).err());
    }
    match (source, callers) {
        (Some(source), Some(callers)) if errors.is_empty() => {
            Ok(Parts { source, models: of_book, callers, best_of: best_of.flatten(), formats, budget, weight })
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
    let Parts { source, models: of_book, callers, best_of, formats, budget, weight } =
        match parts(settings, models, submission) {
            Ok(parts) if tenant_flaw.is_none() => parts,
            parts => return Err(tenant_flaw.into_iter().chain(parts.err().unwrap_or_default()).collect()),
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
    let mut terms = terms(settings, &order, &callers).map_err(|error| vec![error])?;
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
    keepable(terms.budget, &callers).map_err(|error| vec![error])?;
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

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashMap};

    use bindery_ledger::{AuditMode, Terms};
    use bindery_model::{CallerSettings, Prices};

    use super::*;

    fn submission() -> Submission {
        Submission {
            request_id: "r".into(),
            outline: Some(OutlineText::Markdown("# Knots\n\n## Reef\n\n## Bowline\n".into())),
            topic: None,
            kind: None,
            model: None,
            words: None,
            no_plan: true,
            formats: None,
            gaps: None,
            preset: None,
            audit: None,
            best_of: None,
            webhook: None,
            budget_usd: None,
            weight: None,
            review: false,
            tags: BTreeSet::new(),
        }
    }

    fn read(submission: &Submission) -> Result<Request, Vec<String>> {
        read_as("press", submission)
    }

    fn models(settings: &Config) -> Models {
        let prices = Prices::load(None).unwrap();
        Models::new(settings.models(), None, CallerSettings::default(), prices, HashMap::new())
    }

    fn read_as(tenant: &str, submission: &Submission) -> Result<Request, Vec<String>> {
        let settings = Config::default();
        let models = models(&settings);
        let stored = super::read(&settings, &models, submission, tenant.into(), None)?.order;
        let stored = Order { date: "2026-01-01".into(), ..stored };
        super::read(&settings, &models, submission, tenant.into(), Some(stored))
    }

    #[test]
    fn a_submission_becomes_a_request_with_the_settings_for_what_it_leaves_out() {
        let request = read(&Submission { words: Some(900), review: true, ..submission() }).unwrap();
        assert_eq!((request.tenant.as_str(), request.request_id.as_str()), ("press", "r"));
        assert_eq!((request.order.chapter_length, request.order.outline.chapters.len()), (900, 2));
        assert_eq!((request.order.model.as_str(), request.order.date.as_str()), ("stand-in:prose", "2026-01-01"));
        assert_eq!(request.terms.formats, ["md", "epub", "html"]);
        assert!(request.terms.review);
    }

    #[test]
    fn the_same_outline_as_markdown_yaml_and_json_is_the_same_order() {
        let markdown = read(&submission()).unwrap();
        let json = serde_json::json!({"title": "Knots", "chapters": [{"title": "Reef"}, {"title": "Bowline"}]});
        for outline in [OutlineText::Yaml(json.to_string()), OutlineText::Json(json)] {
            let outline = Some(outline);
            assert_eq!(read(&Submission { outline, ..submission() }).unwrap().order, markdown.order);
        }
    }

    fn about(about: &str) -> Submission {
        let topic = TopicText { about: about.into(), chapters: Some(3), language: None };
        Submission { outline: None, topic: Some(topic), words: Some(900), ..submission() }
    }

    #[test]
    fn a_topic_becomes_an_order_whose_outline_is_still_to_be_made() {
        let request = read(&about("Knots that hold")).unwrap();
        let topic = request.order.open_topic().unwrap();
        assert_eq!((topic.topic.as_str(), topic.chapters, topic.words), ("Knots that hold", 3, 900));
        assert_eq!(request.order.title(), "Knots that hold");
        assert!(request.order.outline.chapters.is_empty());
    }

    #[test]
    fn a_topic_that_is_sent_again_is_the_same_order_with_the_outline_that_was_made() {
        let first = read(&about("Knots")).unwrap().order;
        let made = Order { outline: read(&submission()).unwrap().order.outline, ..first.clone() };
        let settings = Config::default();
        let again =
            super::read(&settings, &models(&settings), &about("Knots"), "press".into(), Some(made.clone())).unwrap();
        assert_eq!(again.order, made);
        let other = super::read(&settings, &models(&settings), &about("Bends"), "press".into(), Some(made)).unwrap();
        assert_ne!(other.order.digest(), first.digest());
    }

    #[test]
    fn every_fault_of_a_topic_is_named() {
        let language = Some("Klingon speech".into());
        let topic = TopicText { about: " ".into(), chapters: Some(61), language };
        let errors = read(&Submission { topic: Some(topic), ..about("") }).unwrap_err();
        assert!(errors[0].starts_with("topic.chapters: is 61"), "{errors:?}");
        assert!(errors[1].starts_with("topic: no outline can be made"), "{errors:?}");
        let errors = read(&about(&"x".repeat(2_001))).unwrap_err();
        assert!(errors[0].starts_with("topic.about: has 2001 characters"), "{errors:?}");
    }

    #[test]
    fn the_kind_is_that_of_the_submission_or_else_of_the_outline_or_else_of_the_settings() {
        let told = OutlineText::Markdown("---\nkind: stories\n---\n\n# Knots\n\n## Reef\n".into());
        let usual = submission().outline.unwrap();
        let (course, novel) = (Some(BookKind::Course), Some(BookKind::Novel));
        let of = |kind: Option<BookKind>, outline: &OutlineText, setting: Option<BookKind>| {
            let mut settings = Config::default();
            settings.book.kind = setting;
            let submission = Submission { kind, outline: Some(outline.clone()), ..submission() };
            let models = models(&settings);
            let request = super::read(&settings, &models, &submission, "press".into(), None).unwrap();
            request.order.outline.front.kind
        };
        assert_eq!(of(course, &told, novel), course);
        assert_eq!(of(None, &told, novel), Some(BookKind::Stories));
        assert_eq!(of(None, &usual, novel), novel);
        assert_eq!(of(None, &usual, None), None, "it is guessed when the plan is made");
    }

    #[test]
    fn all_faults_are_named_at_once() {
        let wrong = Submission {
            request_id: String::new(),
            outline: Some(OutlineText::Markdown("no title".into())),
            model: Some("nobody:none".into()),
            words: Some(5),
            best_of: Some(5),
            formats: Some(vec!["mobi".into()]),
            budget_usd: Some(-1.0),
            weight: Some(f64::NAN),
            tags: BTreeSet::from(["a,b".into()]),
            ..submission()
        };
        let errors = read(&wrong).unwrap_err();
        for about in
            ["request_id:", "outline", "model:", "words:", "best_of:", "formats:", "budget_usd:", "weight:", "tags:"]
        {
            assert!(errors.iter().any(|error| error.starts_with(about)), "{about} is missing in {errors:?}");
        }
        let model = Some("openrouter:nobody".into());
        let errors = read(&Submission { budget_usd: Some(1.0), model, words: Some(5), ..submission() }).unwrap_err();
        assert_eq!(errors.len(), 2, "the missing price is named beside the rest: {errors:?}");
    }

    #[test]
    fn a_preset_decides_on_the_knobs_that_the_submission_does_not_name() {
        let knobs = |preset, audit, best_of| {
            let Terms { audit, best_of, checks, .. } =
                read(&Submission { preset, audit, best_of, ..submission() }).unwrap().terms;
            (audit, best_of, checks)
        };
        let usual = Config::default();
        assert_eq!(knobs(None, None, None), (usual.book.audit, usual.book.best_of, None));
        for preset in Preset::ALL {
            let Knobs { audit, best_of, checks } = preset.knobs();
            assert_eq!(knobs(Some(preset), None, None), (audit, best_of, Some(checks)));
            let named = knobs(Some(preset), Some(AuditMode::Off), Some(4));
            assert_eq!(named, (AuditMode::Off, 4, Some(checks)));
        }
    }

    #[test]
    fn formats_are_a_set() {
        let formats = |names: &[&str]| {
            let formats = Some(names.iter().map(|name| (*name).to_owned()).collect());
            read(&Submission { formats, ..submission() }).unwrap().terms.formats
        };
        assert_eq!(formats(&["html", "md", "html"]), ["md", "html"]);
        assert_eq!(formats(&["md", "html"]), formats(&["html", "md"]));
    }

    #[test]
    fn no_broken_value_becomes_a_request() {
        let sound = serde_json::json!({"title": "Knots", "chapters": [{"title": "Reef"}]});
        assert!(read(&Submission { outline: Some(OutlineText::Json(sound.clone())), ..submission() }).is_ok());
        let broken = [
            ("title", serde_json::json!(["Knots"])),
            ("language", "Klingon speech".into()),
            ("words", 19.into()),
            ("words", 300.5.into()),
            ("date", "2026-02-30".into()),
            ("model", "nobody".into()),
            ("author", true.into()),
            ("banned", "simply".into()),
            ("canon", serde_json::json!([{"fact": 1}])),
            ("glossary", serde_json::json!({"bight": ["a part"]})),
            ("glossary", serde_json::json!({"": "a part"})),
            ("chapters", serde_json::json!([null])),
            ("chapters", serde_json::json!([{"title": "Reef", "points": [1]}])),
            ("chapters", serde_json::json!([{"title": "Reef", "last": "maybe"}])),
            ("chapters", serde_json::json!([{"title": "Reef", "sections": [{"heading": ""}]}])),
        ];
        for (key, value) in broken {
            let mut outline = sound.clone();
            outline[key] = value.clone();
            let outline = Some(OutlineText::Json(outline));
            assert!(read(&Submission { outline, ..submission() }).is_err(), "{key}: {value}");
        }
    }

    #[test]
    fn a_tenant_whose_name_no_routing_key_can_hold_is_refused_and_two_hundred_emoji_name_a_book() {
        let emoji = Submission { request_id: "🪢".repeat(200), ..submission() };
        assert!(read_as("press", &emoji).is_ok());
        let errors = read_as(&"a".repeat(236), &emoji).unwrap_err();
        assert!(matches!(&errors[..], [error] if error.contains("236 bytes")), "{errors:?}");
    }

    #[test]
    fn a_weight_scales_the_window_to_one_chapter_at_least() {
        let usual = read(&submission()).unwrap().terms.window;
        let weighs = |weight| read(&Submission { weight: Some(weight), ..submission() }).unwrap().terms.window;
        assert_eq!((weighs(2.0), weighs(1.0), weighs(0.5)), (usual * 2, usual, usual / 2));
        assert_eq!(weighted(3, 0.1), 1);
    }

    #[test]
    fn a_budget_for_a_model_without_a_price_is_refused() {
        let errors = read(&Submission { budget_usd: Some(1.0), model: Some("ollama:nobody".into()), ..submission() });
        assert!(errors.is_ok(), "a local server costs nothing");
        let unpriced = Submission { budget_usd: Some(1.0), model: Some("openrouter:nobody".into()), ..submission() };
        assert!(read(&unpriced).is_err());
    }
}
