use std::collections::{BTreeMap, BTreeSet, HashMap};

use bindery_ledger::{AuditMode, Terms};
use bindery_model::{CallerSettings, Prices};

use super::*;

pub(crate) fn submission() -> Submission {
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
        cover: None,
        pictures: BTreeMap::new(),
    }
}

pub(crate) fn read(submission: &Submission) -> Result<Request, Vec<String>> {
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
