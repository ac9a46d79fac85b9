//! Random histories through real stores. Commands race on several books, through one process or several. Each answer and each
//! record must be what the rules alone make of the same commands, one after another.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bindery_domain::{BookId, Digest, HashedText, Micros, Moment, TaskId};
use bindery_ledger::{
    Accepted, Answer, AuditMode, Book, Checkpoint, Command, EditedText, Event, Fence, Hold, Operated, Operation,
    Origin, Output, Parking, Part, Plan, Request, Revision, RevisionOrder, Snapshot, Standing, StoredBook, Task,
    TaskRef, Writes,
    sample::{self, request, topic_request},
};
use bindery_outline::Outline;
use fastrand::Rng;
use futures_util::future;
use proptest::test_runner::Config as ProptestConfig;

use super::{
    Scope, Store,
    conformance::{Bench, RULES},
    tests::Kind,
};

/// How many actions a history has.
const STEPS: usize = 60;

/// How many books a history has, and the most actions that race.
const BOOKS: u64 = 3;
const RACERS: usize = 3;

/// A call of a store.
#[derive(Clone, Debug)]
enum Action {
    Accept(Box<Request>, Option<Plan>),
    Step(BookId, TaskId, Command),
    Operate(BookId, Operation),
}

/// The result of a call.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Accepted(Accepted),
    Answer(Answer),
    Operated(Option<Operated>),
}

impl Action {
    fn book(&self) -> BookId {
        match self {
            Self::Accept(request, _) => request.book_id(),
            Self::Step(book, ..) | Self::Operate(book, _) => book.clone(),
        }
    }

    async fn run_on(&self, store: &dyn Store) -> Outcome {
        match self {
            Self::Accept(request, plan) => Outcome::Accepted(store.accept(request, plan.as_ref()).await.unwrap()),
            Self::Step(book, task, command) => Outcome::Answer(store.step(book, *task, command.clone()).await.unwrap()),
            Self::Operate(book, operation) => Outcome::Operated(store.operate(book, operation.clone()).await.unwrap()),
        }
    }
}

/// A book as the rules alone make it, without a store.
#[derive(Clone, Debug, PartialEq)]
struct Pure {
    request: Request,
    /// The outline that was made from a topic.
    outline: Option<Outline>,
    book: Book,
    tasks: BTreeMap<TaskId, Task>,
    texts: BTreeMap<Digest, HashedText>,
    events: Vec<Event>,
}

impl Pure {
    /// Gives the request the outline that was made from its topic.
    fn outlined(mut self) -> Self {
        if let Some(outline) = self.outline.take().filter(|_| self.request.order.topic.is_some()) {
            self.request.order.outline = outline;
        }
        self
    }
}

/// A store in memory, which only applies the rules.
#[derive(Clone, Default)]
struct Model(BTreeMap<BookId, Pure>);

impl Model {
    fn apply(&mut self, now: Moment, action: &Action) -> Outcome {
        let pure = self.0.get(&action.book());
        let stored =
            || pure.map(|pure| StoredBook { book: pure.book.clone(), tasks: pure.tasks.values().cloned().collect() });
        let (outcome, writes) = match action {
            Action::Accept(request, plan) => {
                let (accepted, writes) = bindery_ledger::accept(&RULES, now, request, plan.as_ref(), stored());
                (Outcome::Accepted(accepted), writes)
            }
            Action::Operate(_, operation) => {
                let Some(stored) = stored() else { return Outcome::Operated(None) };
                let (operated, writes) = bindery_ledger::operate(&RULES, now, stored, operation.clone());
                (Outcome::Operated(Some(operated)), writes)
            }
            Action::Step(_, id, command) => {
                let known = pure.and_then(|pure| Some((pure, pure.tasks.get(id)?)));
                let Some((pure, task)) = known else { return Outcome::Answer(Answer::Closed) };
                let others = Some(sample::others(&pure.book, &pure.tasks, *id));
                let snapshot = Snapshot { now, book: pure.book.clone(), task: task.clone(), others };
                let decided = bindery_ledger::step(&RULES, snapshot, command.clone());
                let (answer, writes) = decided.expect("a step that knows the other tasks decides");
                (Outcome::Answer(answer), writes)
            }
        };
        self.write(&action.book(), writes);
        outcome
    }

    fn write(&mut self, book: &BookId, writes: Writes) {
        if let (Some(request), Some(made), false) = (&writes.request, &writes.book, self.0.contains_key(book)) {
            let (request, made) = ((**request).clone(), made.clone());
            let (tasks, texts, events) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
            self.0.insert(book.clone(), Pure { request, outline: None, book: made, tasks, texts, events });
        }
        let Some(pure) = self.0.get_mut(book) else { return };
        pure.request = writes.request.map_or_else(|| pure.request.clone(), |request| *request);
        pure.outline = writes.outline.map(|outline| *outline).or(pure.outline.take());
        pure.book = writes.book.unwrap_or_else(|| pure.book.clone());
        pure.tasks.extend(writes.tasks.into_iter().map(|task| (task.id, task)));
        pure.tasks.retain(|task, _| !writes.removed.contains(task));
        pure.texts.extend(writes.texts);
        for event in writes.events {
            let seq = pure.events.len() as u64 + 1;
            pure.events.push(Event { seq, ..event });
        }
    }

    fn due(&self, now: Moment) -> Vec<TaskRef> {
        let due = |(id, pure): (&BookId, &Pure)| {
            let ripe = |task: &&Task| task.due.is_some_and(|due| due <= now);
            let tasks = pure.tasks.values().filter(ripe).map(|task| Some(task.id));
            let own = pure.book.due().filter(|due| *due <= now).map(|_| None);
            let named = |task| TaskRef { book: id.clone(), task };
            tasks.chain(own).map(named).collect::<Vec<_>>()
        };
        let mut due: Vec<TaskRef> = self.0.iter().flat_map(due).collect();
        due.sort();
        due
    }
}

/// Reads a book with all that belongs to it.
async fn stored(store: &dyn Store, book: &BookId, texts: impl Iterator<Item = &Digest>) -> Option<Pure> {
    let request = store.request(book).await.unwrap()?;
    let tasks = store.tasks(book).await.unwrap().into_iter().map(|task| (task.id, task)).collect();
    let digests: Vec<Digest> = texts.cloned().collect();
    let found = digests.clone().into_iter().zip(store.texts(book, &digests).await.unwrap());
    let texts = found.filter_map(|(digest, text)| Some((digest, text?.into()))).collect();
    let events = store.events(book, 0, 10_000).await.unwrap();
    Some(Pure { request, outline: None, book: store.book(book).await.unwrap()?, tasks, texts, events })
}

/// Draws the next actions at random from the books and tasks that exist.
struct Draw<'a> {
    random: &'a mut Rng,
    model: &'a Model,
    tenant: &'a str,
    /// The book that all actions are about; `None` where they are about several.
    about: Option<u64>,
}

impl Draw<'_> {
    fn action(&mut self) -> Action {
        let name = format!("r{}", self.about.unwrap_or_else(|| self.random.u64(0..BOOKS)));
        let book = BookId::of(self.tenant, &name);
        let Some(pure) = self.model.0.get(&book) else { return self.submission(&name, 4) };
        match self.random.u32(0..20) {
            0 => self.submission(&name, pure.book.chapters.max(1)),
            1 => self.submission(&name, 9),
            2..5 => Action::Operate(book, self.operation(pure)),
            _ => {
                let tasks: Vec<&Task> = pure.tasks.values().collect();
                let owed: Vec<&Task> =
                    tasks.iter().copied().filter(|task| task.standing == Standing::Released).collect();
                let among = if owed.is_empty() || self.random.u32(0..6) == 0 { tasks } else { owed };
                let task = among[self.random.usize(0..among.len())];
                // Sometimes this is a task that the book does not have.
                let id = if self.random.u32(0..40) == 0 { TaskId::Write(99) } else { task.id };
                Action::Step(book, id, self.command(task, pure.book.chapters == 0))
            }
        }
    }

    fn submission(&mut self, name: &str, chapters: u32) -> Action {
        let topic = self.random.u32(0..3) == 0;
        let mut request = if topic { topic_request(name, chapters) } else { request(name, chapters) };
        request.tenant = self.tenant.to_owned();
        request.terms.window = self.random.u32(1..4);
        request.terms.deadline_ms = [86_400_000, 3_600_000][self.random.usize(0..2)];
        request.terms.budget = (self.random.u32(0..4) == 0).then_some(Micros(50));
        request.terms.review = self.random.u32(0..6) == 0;
        request.terms.audit = [AuditMode::Off, AuditMode::Repair][self.random.usize(0..2)];
        let plan = (!topic && self.random.bool()).then(sample::plan);
        Action::Accept(Box::new(request), plan)
    }

    fn operation(&mut self, pure: &Pure) -> Operation {
        match self.random.u32(0..18) {
            0 => Operation::Cancel,
            1 => Operation::Hold,
            2..6 => Operation::Lift(Hold::Operator),
            6 => Operation::Lift(Hold::Budget),
            7 | 8 => Operation::Redrive,
            9 => Operation::Rewrite { chapters: vec![self.random.u32(1..5)], note: Some("shorter".into()) },
            10 => {
                let mut request = pure.request.clone();
                request.order.topic = None;
                request.order.outline = self::request("r", self.random.u32(1..4)).order.outline;
                Operation::ReplaceOutline { request: Box::new(request), kept: [(1, 1)].into() }
            }
            11 => Operation::Rebind,
            12 => Operation::TakeOver,
            13 => Operation::Lift(Hold::Review),
            14 => {
                let text = format!("edited {}", self.random.u32(0..9)).into();
                Operation::ReplaceTexts(vec![EditedText {
                    chapter: self.random.u32(1..5),
                    text,
                    length: 1,
                    origin: Origin::Edited,
                    instead_of: None,
                }])
            }
            15 => {
                let order = RevisionOrder { note: "shorter".into(), sections: vec![1], passage: None };
                Operation::Revise(vec![Revision { chapter: self.random.u32(1..5), order }])
            }
            16 => {
                let context = format!("plan {}", self.random.u32(0..9)).into();
                let instead_of = pure.book.context.clone();
                let instead_of = instead_of.unwrap_or_else(|| Digest::of("no plan"));
                Operation::ReplacePlan { plan: Box::new(Plan { context, ..sample::plan() }), instead_of }
            }
            _ => Operation::Expire,
        }
    }

    /// Draws a command about a task. The plan of a topic brings an outline.
    fn command(&mut self, task: &Task, topic: bool) -> Command {
        // Usually this is the live lease, sometimes one that is over or was never given.
        let number =
            (task.fence + [0, 0, 0, 0, 0, 0, 0, 1][self.random.usize(0..8)]).saturating_sub(self.random.u64(0..8) / 7);
        let live = task.lease.as_ref().filter(|_| self.random.u8(0..8) > 0);
        let fence = Fence { number, claim: live.map_or("another", |lease| &lease.claim).to_owned() };
        let spent = Micros(self.random.u64(0..3));
        if task.lease.is_none() && self.random.u32(0..4) > 0 {
            return Command::Claim {
                worker: "w".into(),
                claim: format!("c{}", self.random.u32(0..30)),
                solo: self.random.u32(0..6) == 0,
            };
        }
        match self.random.u32(0..12) {
            0 => Command::Renew { fence },
            1..3 => Command::Checkpoint { fence, parts: self.parts(task, number) },
            3 => {
                let reason = [Parking::Drain, Parking::Allowance, Parking::Wait("as asked".into())];
                let wait = Duration::from_secs(self.random.u64(0..60));
                Command::Park { fence, wait, reason: reason[self.random.usize(0..3)].clone(), spent }
            }
            4 => Command::GiveUp { fence, reason: "no text passes".into(), spent },
            5 => Command::Published,
            6 => Command::Serve { backlog: self.random.bool(), spare_leases: self.random.u8(0..4) == 0 },
            _ => {
                let (parts, mut result) = (self.parts(task, number), sample::output(task.id, &number.to_string()));
                if let (Output::Plan(plan), true) = (&mut result, topic) {
                    plan.outline = Some(Box::new(request("r", self.random.u32(1..5)).order.outline));
                }
                Command::Commit { fence, edition: task.edition, parts, output: result, spent }
            }
        }
    }

    fn parts(&mut self, task: &Task, fence: u64) -> Vec<Checkpoint> {
        let part = |random: &mut fastrand::Rng| {
            let number = random.u16(0..3);
            let text = random.bool().then(|| HashedText::from(format!("part {number} of {} under {fence}", task.id)));
            let digest = text.as_ref().map(HashedText::digest).cloned();
            let part = Part { digest, tries: 1, length: 3, ..Part::default() };
            Checkpoint { number, part, text, again: None }
        };
        (0..self.random.usize(0..3)).map(|_| part(self.random)).collect()
    }
}

/// Returns all orders of the numbers below a count.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let within = |order: &Vec<usize>| {
        (0..count).map(|at| [&order[..at], &[count - 1], &order[at..]].concat()).collect::<Vec<_>>()
    };
    orders(count - 1).iter().flat_map(within).collect()
}

/// Runs actions concurrently through the given stores, and finds the order in which the rules alone give the same answers
/// and the same books.
async fn race(stores: &[Arc<dyn Store>], bench: &Bench, model: &mut Model, actions: &[Action]) {
    let outcomes = future::join_all(actions.iter().zip(stores).map(|(action, store)| action.run_on(&**store))).await;
    let mut nearest = None;
    for order in orders(actions.len()) {
        let mut tried = model.clone();
        let alike = order.iter().all(|nth| tried.apply(bench.now(), &actions[*nth]) == outcomes[*nth]);
        let mut same = alike;
        for book in actions.iter().map(Action::book) {
            let pure = tried.0.get(&book).cloned().map(Pure::outlined);
            let digests = pure.iter().flat_map(|pure| pure.texts.keys());
            same = same && stored(&*bench.store, &book, digests).await == pure;
        }
        if same {
            *model = tried;
            return;
        }
        if alike {
            nearest = Some(order);
        }
    }
    panic!("{actions:#?}\nwere answered {outcomes:#?}; the answers alone fit the order {nearest:?}");
}

/// Returns how many histories to try; more if the environment asks for more cases of all property tests.
fn seeds(usual: u64) -> u64 {
    /// The default number of cases in `proptest`.
    const CASES: u32 = 256;
    usual * u64::from((ProptestConfig::default().cases / CASES).max(1))
}

async fn histories(kind: Kind, usual: u64) {
    let seeds = seeds(usual);
    let bench = kind.open().await;
    let mut processes = Vec::new();
    for _ in 0..RACERS {
        processes.push(bench.again().await);
    }
    let (mut model, mut done) = (Model::default(), 0);
    for seed in 0..seeds {
        let (mut random, tenant) = (Rng::with_seed(seed), format!("t{seed}"));
        let mut steps = 0;
        while steps < STEPS {
            if random.u32(0..8) == 0 {
                bench.pass(Duration::from_secs(random.u64(1..700)));
            }
            let racers = random.usize(1..=RACERS);
            // Steps on one book are decided together only if they go through the same process.
            let (through, about) = (random.usize(1..=RACERS), random.bool().then(|| random.u64(0..BOOKS)));
            random.shuffle(&mut processes);
            let stores: Vec<_> = processes[..through].iter().cycle().take(racers).cloned().collect();
            let mut draw = Draw { random: &mut random, model: &model, tenant: &tenant, about };
            let actions: Vec<Action> = (0..racers).map(|_| draw.action()).collect();
            race(&stores, &bench, &mut model, &actions).await;
            steps += racers;
        }
        let mut due = bench.store.due(&Scope::All, 10_000).await.unwrap();
        due.items.sort();
        assert_eq!(due.items, model.due(bench.now()), "after seed {seed}");
        let mine = (0..BOOKS).filter_map(|nth| model.0.get(&BookId::of(&tenant, &format!("r{nth}"))));
        done += mine.filter(|pure| pure.tasks.values().any(|task| task.standing == Standing::Done)).count();
    }
    assert!(done as u64 > seeds, "the histories got nowhere: {done} books have something done");
}

#[tokio::test]
async fn random_histories_on_a_file_are_those_of_the_rules() {
    histories(Kind::Sqlite, 40).await;
}

#[tokio::test]
async fn random_histories_on_a_redis_are_those_of_the_rules() {
    histories(Kind::Redis, 40).await;
}

#[tokio::test]
async fn random_histories_on_a_cluster_are_those_of_the_rules() {
    histories(Kind::Cluster, 10).await;
}
