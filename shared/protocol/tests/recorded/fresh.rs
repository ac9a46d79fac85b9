//! A document of every shape, with every field. No field is left to a default, so that a new field must be added here.

use std::collections::{BTreeMap, BTreeSet};

use bindery_context::{
    BookPart, Character, Context, Example, FixedSection, Form, Knowing, Place, Point, Reference, Secret, Slice, Style,
    Term, VERSION,
};
use bindery_domain::{Digest, Judging, Micros, Moment, StageModels, TaskId, TraceParent, UnknownFields, Usage};
use bindery_ledger::{
    AuditMode, Binding, Book, BookChecks, BoundFile, BoundText, Ending, Event, EventKind, Expected, GapPolicy, Hold,
    Lease, Money, Order, Origin, Part, PlanMode, Preset, Request, RevisionOrder, Stage, Standing, State, Taken, Task,
    TaskResult, Terms, Texts, Topic, TrackRecord, Version,
};
use bindery_outline::{BookKind, Chapter, Citations, FrontMatter, Headings, Outline, Section, Variety};
use bindery_protocol::{
    book_event::BookEventFile,
    command::{BookCommand, CommandAnswer, CommandName},
    problem::Problem,
    submission::{OutlineText, Receipt, Submission, TopicText},
    task::TaskMessage,
};
use serde_json::{Map, Value, json};

pub(super) fn task_message() -> TaskMessage {
    let (book, context) = (request().book_id(), Some(Digest::of("context")));
    TaskMessage { v: 1, book, task: TaskId::Write(7), edition: 2, context }
}

pub(super) fn track_record() -> TrackRecord {
    let usage = Usage { input: 5_600, cached: 2_800, cache_written: 700, output: 6_100, reasoning: 400 };
    let expected = Expected { input: 6_000, output: 5_200 };
    TrackRecord::of("section", Taken { texts: 7, expected, calls: 9, tries: 1, rewrites: 2, continuations: 1, usage })
}

pub(super) fn submission() -> Submission {
    Submission {
        request_id: "course-17".into(),
        outline: Some(OutlineText::Markdown("# Knots\n\n## Reef\n\n## Bowline\n".into())),
        topic: None,
        kind: Some(BookKind::Course),
        model: Some("stand-in:prose".into()),
        words: Some(1_200),
        no_plan: true,
        formats: Some(vec!["md".into(), "epub".into()]),
        gaps: Some(GapPolicy::Omit),
        preset: Some(Preset::Careful),
        audit: Some(AuditMode::Report),
        best_of: Some(2),
        webhook: None,
        budget_usd: Some(2.5),
        weight: None,
        review: true,
        tags: tags(),
        cover: Some(Digest::of("cover").to_string()),
        pictures: [("tides.png".into(), Digest::of("picture").to_string())].into(),
    }
}

fn tags() -> BTreeSet<String> {
    BTreeSet::from(["autumn".into(), "knots".into()])
}

pub(super) fn topic_submission() -> Submission {
    let topic = TopicText { about: "Knots that hold".into(), chapters: Some(2), language: Some("en-GB".into()) };
    Submission { outline: None, topic: Some(topic), ..submission() }
}

pub(super) fn receipt() -> Receipt {
    Receipt {
        request_id: Some("course-17".into()),
        book: Some(request().book_id()),
        repeated: true,
        errors: vec!["the outline has no chapter".into()],
        state: Some("failed".into()),
        holds: vec!["budget".into()],
        detail: "chapter 1 could not be written".into(),
        files: vec![BookEventFile::of(&file())],
    }
}

pub(super) fn command() -> BookCommand {
    BookCommand {
        command: CommandName::Rewrite,
        book: Some(request().book_id().to_string()),
        request_id: Some("course-17".into()),
        chapters: vec![2, 5],
        note: Some("Shorter.".into()),
        sections: vec![2],
        passage: Some("the old rope".into()),
        chapter: Some(3),
        version: Some("1.0".into()),
        text: Some("By hand.".into()),
        plan: Some(edited_plan()),
        plan_tag: Some("0f3c".into()),
    }
}

fn edited_plan() -> Map<String, Value> {
    [("chapters".to_owned(), json!([]))].into_iter().collect()
}

pub(super) fn command_answer() -> CommandAnswer {
    CommandAnswer {
        command: CommandName::Why,
        book: request().book_id(),
        request_id: "course-17".into(),
        state: "failed".into(),
        holds: vec!["budget".into()],
        edition: 2,
        detail: "chapter 1 could not be written".into(),
        reasons: vec!["Its budget is used up.".into()],
        plan: Some(edited_plan()),
        plan_tag: Some("0f3c".into()),
        files: vec![BookEventFile::of(&file())],
    }
}

pub(super) fn problem() -> Problem {
    Problem::invalid(vec!["chapters: is empty; name at least one".into()])
}

pub(super) fn request() -> Request {
    let section =
        Section { heading: "In Hand".into(), summary: "With one hand.".into(), points: vec!["It holds.".into()] };
    let chapter = Chapter {
        title: "The Reef Knot".into(),
        summary: "It joins two ropes.".into(),
        goals: vec!["tie it in the dark".into()],
        points: vec!["Both of one size.".into()],
        sections: vec![section],
        words: Some(900),
        last: true,
        part: None,
        role: None,
    };
    let other = Chapter { title: "The Bowline".into(), ..Chapter::default() };
    let order = Order {
        outline: Outline {
            title: "Knots".into(),
            description: "Knots that hold.".into(),
            front: front(),
            parts: Vec::new(),
            chapters: vec![chapter, other],
        },
        topic: None,
        model: "stand-in:prose".into(),
        stages: StageModels::default(),
        chapter_length: 1_200,
        section_length: 700,
        plan: PlanMode::Given("{}".into()),
        date: "2026-11-23".into(),
    };
    Request {
        tenant: "courses".into(),
        request_id: "course-17".into(),
        order,
        terms: terms(),
        trace: Some(trace()),
        former_id: true,
    }
}

pub(super) fn topic_request() -> Request {
    let topic = Topic {
        topic: "Knots that hold".into(),
        chapters: 2,
        words: 1_200,
        language: "en-GB".into(),
        kind: Some(BookKind::Reference),
    };
    let request = request();
    let order = Order { outline: Outline::default(), topic: Some(topic), plan: PlanMode::Model, ..request.order };
    Request { order, ..request }
}

fn trace() -> TraceParent {
    TraceParent { trace: 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736, span: 0x00f0_67aa_0ba9_02b7, sampled: true }
}

fn front() -> FrontMatter {
    FrontMatter {
        kind: Some(BookKind::Course),
        headings: Some(Headings::Breaks),
        citations: Some(Citations::Allow),
        variety: Some(Variety::High),
        subtitle: Some("and How to Tie Them".into()),
        author: vec!["A. Sailor".into(), "B. Climber".into()],
        language: Some("en".into()),
        audience: Some("beginners".into()),
        tone: Some("plain".into()),
        point_of_view: Some("you, present tense".into()),
        sample: Some("Take the end in your right hand.".into()),
        banned: vec!["simply".into()],
        canon: vec!["The rope is 10 mm thick.".into()],
        glossary: BTreeMap::from([("bight".into(), "a slack part of a rope".into())]),
        words: Some(1_200),
        model: Some("stand-in:prose".into()),
        date: Some("2026-11-23".into()),
        keywords: Vec::new(),
        isbn: None,
        publisher: Some("The Harbour Press".into()),
        rights: Some("All rights reserved".into()),
        ..FrontMatter::default()
    }
}

fn terms() -> Terms {
    Terms {
        window: 16,
        gaps: GapPolicy::Placeholder,
        budget: Some(Micros(2_500_000)),
        plan_estimate: Micros(20_000),
        deadline_ms: 86_400_000,
        review: true,
        formats: vec!["md".into(), "epub".into()],
        metadata: None,
        cover: None,
        pictures: Vec::new(),
        audit: AuditMode::Repair,
        best_of: 3,
        tags: tags(),
        checks: Some(BookChecks { rewrites: 1, judge: Judging::All, facts: true }),
        webhook: None,
        unknown: UnknownFields::default(),
    }
}

fn file() -> BoundFile {
    BoundFile { format: "md".into(), digest: Digest::of("file"), bytes: 4, url: "file:///books".into() }
}

pub(super) fn book() -> Book {
    let Request { tenant, request_id, order, terms, .. } = request();
    let text = BoundText { chapter: 2, edition: 1, revision: 1, digest: Digest::of("text") };
    Book {
        v: 1,
        id: request().book_id(),
        tenant,
        request_id,
        order: order.digest(),
        title: order.outline.title.clone(),
        model: order.model,
        stages: StageModels::default(),
        chapters: 2,
        compiled: true,
        state: State::Failed(Stage::Write),
        holds: BTreeSet::from([Hold::Operator, Hold::Budget, Hold::Review]),
        edition: 2,
        wave: 1,
        context: Some(Digest::of("context")),
        terms,
        estimate: Micros(30_000),
        money: Money { reserved: Micros(1), spent: Micros(2), unknown: Micros(3), wasted: Micros(4) },
        accepted_at: Moment(1_790_000_000_000),
        deadline_at: Moment(1_790_086_400_000),
        held_since: Some(Moment(1_790_000_001_000)),
        settled_at: Some(Moment(1_790_000_002_000)),
        composed_at: Some(Moment(1_790_000_001_500)),
        texts: Texts::Until(Moment(1_790_604_802_000)),
        reason: Some("chapter 1 could not be written".into()),
        trace: Some(trace()),
        binding: Some(Binding {
            files: vec![file()],
            texts: vec![text],
            length: 1_150,
            score: None,
            remarks: Vec::new(),
            left: vec!["In chapter 1, section 2: a phrase".into()],
            left_beyond: 1,
        }),
        commands: vec![Digest::of("command")],
        unknown: UnknownFields::default(),
    }
}

fn part() -> Part {
    Part {
        digest: Some(Digest::of("brief")),
        draft: true,
        length: 600,
        attempts: 4,
        kept_attempt: None,
        tries: 1,
        earlier_tries: 0,
        model: None,
        rewrites: 2,
        calls: 5,
        usage: Usage { input: 3_000, cached: 2_000, cache_written: 100, output: 900, reasoning: 50 },
        spent: Micros(1_200),
        wasted: Micros(300),
        elapsed_ms: 21_000,
        remarks: vec!["it is 80 words too short".into()],
        unknown: UnknownFields::default(),
    }
}

pub(super) fn task() -> Task {
    let lease = Lease {
        fence: 3,
        worker: "host/7/123".into(),
        claim: "host/7/123/0/ab".into(),
        until: Moment(1_790_000_030_000),
        allowance: Micros(30_000),
        spent: Micros(1_500),
        progressed: true,
    };
    let result = TaskResult {
        edition: 1,
        fence: 2,
        digest: Digest::of("text"),
        length: 1_150,
        summary: Some("Two ropes are joined.".into()),
        remarks: vec!["a point is not covered".into()],
        revision: 1,
        sections: 3,
        origin: Origin::Revised,
        at: Some(Moment(1_790_000_020_000)),
    };
    let former = Version {
        edition: 1,
        revision: 1,
        digest: Digest::of("former text"),
        length: 1_140,
        origin: Origin::Mended,
        at: Some(Moment(1_790_000_010_000)),
    };
    let revision =
        RevisionOrder { note: "less salt".into(), sections: vec![2], passage: Some("a pinch of salt".into()) };
    Task {
        id: TaskId::Write(2),
        edition: 2,
        wave: 1,
        standing: Standing::Released,
        published: true,
        due: Some(Moment(1_790_000_030_000)),
        fence: 3,
        lease: Some(lease),
        parked: Some("the provider asks to wait".into()),
        ended: Some((2, Ending::GaveUp)),
        lapses: 1,
        lapse_counted_at: None,
        parks: 0,
        resends: 2,
        note: Some("shorter sentences".into()),
        revision: Some(revision),
        parts: BTreeMap::from([(0, part())]),
        result: Some(result),
        former: vec![former],
        reason: Some("5 tries failed".into()),
        unknown: UnknownFields::default(),
    }
}

pub(super) fn event() -> Event {
    Event {
        seq: 12,
        at: Moment(1_790_000_000_000),
        task: Some(TaskId::Write(2)),
        edition: 2,
        what: EventKind::Other { kind: "chapter_done".into(), detail: "1,150 words".into() },
    }
}

pub(super) fn context() -> Context {
    let book = book_part();
    let known_to = vec![Knowing { character: "Ann".into(), chapter: 1 }];
    let secret = Secret { text: "Ann untied it.".into(), terms: vec!["untied it".into()], chapter: 1, known_to };
    let fixed =
        FixedSection { heading: "In Hand".into(), summary: "With one hand.".into(), points: vec!["1.1".into()] };
    let slice = Slice {
        chapter: 1,
        title: "The Reef Knot".into(),
        role: "the first success".into(),
        line: "Two ropes become one.".into(),
        summary: "It joins two ropes.".into(),
        owns: vec![Point { id: "1.1".into(), text: "Both of one size.".into() }],
        references: vec![Reference { id: "2.1".into(), chapter: 2, text: "It does not slip.".into() }],
        example_domain: "parcels".into(),
        images: "the kitchen".into(),
        assumes: "nothing".into(),
        adds: "the first knot".into(),
        leaves: "with a knot that holds".into(),
        goals: vec!["tie it in the dark".into()],
        point_of_view: "Ann".into(),
        setting: "the quay, Monday".into(),
        goal: "Ann wants the boat to stay".into(),
        turn: "the tide comes".into(),
        outcome: "it drifts off".into(),
        opening: "a parcel that opens".into(),
        closing: "a parcel that does not".into(),
        hand_off: "what holds a boat?".into(),
        form: Some(Form { build: "a case".into(), opening: "a number".into(), rhythm: "short sentences".into() }),
        length: 900,
        sections: 1,
        fixed: vec![fixed],
        practice: vec![FixedSection { heading: "Quiz".into(), ..FixedSection::default() }],
        last: true,
        unnumbered: false,
        typed: false,
    };
    Context { version: VERSION, book, secrets: vec![secret], chapters: vec![slice] }
}

fn book_part() -> BookPart {
    BookPart {
        kind: Some(BookKind::Course),
        headings: Headings::Breaks,
        citations: Citations::Allow,
        variety: Variety::High,
        title: "Knots".into(),
        description: "Knots that hold.".into(),
        thesis: "Five knots are enough.".into(),
        audience: "beginners".into(),
        promise: "You can tie them in the dark.".into(),
        out_of_scope: vec!["splices".into()],
        language: "en".into(),
        style: Style {
            tone: "plain".into(),
            point_of_view: "you, present tense".into(),
            sample: "Take the end in your right hand.".into(),
            voice: "Short sentences, one movement of the hand each.".into(),
            banned: vec!["simply".into()],
        },
        glossary: vec![Term { term: "bight".into(), definition: "a slack part of a rope".into(), chapter: Some(1) }],
        canon: vec!["The rope is 10 mm thick.".into()],
        examples: vec![Example { name: "the parcel".into(), line: "It opens in the post.".into(), chapter: 1 }],
        characters: vec![Character {
            name: "Ann".into(),
            want: "a boat".into(),
            fear: "the tide".into(),
            speech: "in half sentences".into(),
        }],
        places: vec![Place { name: "the quay".into(), line: "wet in all weathers".into() }],
        timeline: vec!["Monday: the boat drifts off.".into()],
    }
}
