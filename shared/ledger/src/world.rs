//! A ledger in memory, with a queue and workers beside it. The invariants are checked after every step.
#![expect(clippy::needless_pass_by_value, reason = "a command is made for one use")]

mod invariants;
mod work;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use bindery_domain::{Lane, Micros};
use bindery_outline::Outline;

pub(super) use self::work::{finished, plan, request, topic_request};
use super::{sample::others, *};
use crate::{GapPolicy, Request};

pub(super) const RULES: Rules = Rules { retention: Some(RETENTION), ..sample::RULES };
/// The retention is short, so that random histories reach it.
const RETENTION: Duration = Duration::from_secs(900);
pub(super) const ESTIMATE: Micros = Micros(1_000);
/// A worker's memory of a lease. It outlives the lease, like a worker that slept.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) task: TaskId,
    pub(super) fence: Fence,
    pub(super) edition: u32,
    pub(super) spent: Micros,
    pub(super) allowance: Option<Micros>,
    /// The chapters that were done when the lease was given. A binder binds these.
    pub(super) texts: Vec<BoundText>,
    /// Whether the book had no outline when the lease was given. A planner then brings one.
    pub(super) topic: bool,
}

/// A store in memory with a queue beside it, and everything that the invariants must remember.
#[derive(Clone)]
pub(super) struct World {
    pub(super) now: Moment,
    pub(super) book: Book,
    pub(super) request: Request,
    /// The outline that was made from the topic of the request.
    outline: Option<Outline>,
    pub(super) tasks: BTreeMap<TaskId, Task>,
    pub(super) queue: Vec<Released>,
    pub(super) held: Vec<Held>,
    claims: u32,
    /// The first text of each chapter, edition and revision.
    first: BTreeMap<(u32, u32, u16), Digest>,
    /// The stored texts.
    pub(super) stored: BTreeSet<Digest>,
    done_in: BTreeMap<u32, u32>,
    /// All events of the book.
    pub(super) events: Vec<Event>,
    /// What the store will hold again when it goes back in time.
    saved: Option<Box<Saved>>,
}

/// A state of the store that was saved.
#[derive(Clone)]
struct Saved {
    book: Book,
    request: Request,
    outline: Option<Outline>,
    tasks: BTreeMap<TaskId, Task>,
    first: BTreeMap<(u32, u32, u16), Digest>,
    stored: BTreeSet<Digest>,
    done_in: BTreeMap<u32, u32>,
    events: usize,
}

impl World {
    pub(super) fn new(request: &Request) -> Self {
        Self::with(request, None)
    }

    /// Makes a world with a book that comes with its plan.
    pub(super) fn with(request: &Request, plan: Option<&Plan>) -> Self {
        let now = Moment(1_000);
        let (accepted, writes) = accept(&RULES, now, request, plan, None);
        let Accepted::New(released) = accepted else { panic!("an empty store accepts") };
        let mut world = Self {
            now,
            book: writes.book.clone().expect("a new book is written"),
            request: request.clone(),
            outline: None,
            tasks: BTreeMap::new(),
            queue: Vec::new(),
            held: Vec::new(),
            claims: 0,
            first: BTreeMap::new(),
            stored: BTreeSet::new(),
            done_in: BTreeMap::new(),
            events: Vec::new(),
            saved: None,
        };
        world.apply(writes);
        world.publish(&released);
        world
    }

    /// Returns the whole book, as a store reads it.
    pub(super) fn whole(&self) -> StoredBook {
        StoredBook { book: self.book.clone(), tasks: self.tasks.values().cloned().collect() }
    }

    pub(super) fn apply(&mut self, writes: Writes) {
        if let Some(book) = writes.book {
            self.book = book;
        }
        if let Some(request) = writes.request {
            self.request = *request;
        }
        if let Some(outline) = writes.outline {
            self.outline = Some(*outline);
        }
        for task in writes.tasks {
            self.tasks.insert(task.id, task);
        }
        for task in writes.removed {
            self.tasks.remove(&task);
        }
        self.stored.extend(writes.texts.into_keys());
        for event in writes.events.iter().filter(|event| event.what == EventKind::Done) {
            *self.done_in.entry(event.edition).or_default() += 1;
        }
        self.events.extend(writes.events);
    }

    /// Saves the store's state, as a snapshot on disk does.
    pub(super) fn save(&mut self) {
        self.saved = Some(Box::new(Saved {
            book: self.book.clone(),
            request: self.request.clone(),
            outline: self.outline.clone(),
            tasks: self.tasks.clone(),
            first: self.first.clone(),
            stored: self.stored.clone(),
            done_in: self.done_in.clone(),
            events: self.events.len(),
        }));
    }

    /// Puts the store back to the state that was saved. Workers, messages and the clock go on, and what hangs in the air
    /// is published again, as the dispatcher does.
    pub(super) fn go_back(&mut self) {
        let Some(saved) = self.saved.clone() else { return };
        let Saved { book, request, outline, tasks, first, stored, done_in, events } = *saved;
        (self.request, self.outline) = (request, outline);
        (self.book, self.tasks, self.first, self.stored, self.done_in) = (book, tasks, first, stored, done_in);
        self.events.truncate(events);
        self.check();
    }

    /// Runs a command twice, as after a timeout, and compares the second answer with the first.
    pub(super) fn step(&mut self, task: TaskId, command: Command) -> Answer {
        let first = self.step_once(task, command.clone());
        let money = self.book.money;
        let again = self.step_once(task, command.clone());
        let repeats = !matches!(command, Command::Serve { .. })
            && !matches!(first, Answer::Solo(_) | Answer::Held | Answer::Waiting)
            // A claim that the budget refuses gives a repair up. The repair is dead when the claim comes again.
            && !matches!((&command, &first), (Command::Claim { .. }, Answer::GivenUp { .. }));
        if repeats {
            assert_eq!(kind(&first), kind(&again), "{command:?} answered {first:?}, then {again:?}");
            assert_eq!(money, self.book.money, "{command:?} was paid twice");
        }
        first
    }

    pub(super) fn step_once(&mut self, task: TaskId, command: Command) -> Answer {
        let (book, record) = (self.book.clone(), self.tasks[&task].clone());
        let with_others =
            Snapshot { now: self.now, book, task: record, others: Some(others(&self.book, &self.tasks, task)) };
        let alone = Snapshot { others: None, ..with_others.clone() };
        let settled = self.book.state.settled();
        let fences = self.tasks[&task].fence;
        let (answer, writes) = step(&RULES, with_others, command.clone()).expect("a step that was given all decides");
        if let Some(decided) = step(&RULES, alone, command.clone()) {
            assert_eq!(decided, (answer.clone(), writes.clone()), "{command:?} decided otherwise without the others");
        }
        self.apply(writes);
        assert!(!settled || self.tasks[&task].fence == fences, "a settled book took a new lease");
        self.check();
        answer
    }

    pub(super) fn operate(&mut self, operation: Operation) {
        let (operated, writes) = operate(&RULES, self.now, self.whole(), operation);
        self.apply(writes);
        self.check();
        match operated {
            Operated::Done { released } | Operated::Expired { released, .. } => self.publish(&released),
            Operated::Leaving => self.shed(),
            _ => {}
        }
    }

    /// Removes two texts, as a store removes a page of them, and tells the ledger once none is left.
    fn shed(&mut self) {
        assert!(matches!(self.book.texts, Texts::Leaving(_)), "texts leave without a word");
        for _ in 0..2 {
            self.stored.pop_first();
        }
        if self.stored.is_empty() {
            self.operate(Operation::TextsRemoved);
        }
    }

    pub(super) fn publish(&mut self, released: &[Released]) {
        for one in released {
            self.queue.push(one.clone());
            self.step_once(one.task, Command::Published);
        }
    }

    pub(super) fn deliver(&mut self, nth: usize, ack: bool) {
        if self.queue.is_empty() {
            return;
        }
        let nth = nth % self.queue.len();
        let message = self.queue[nth].clone();
        if ack {
            self.queue.remove(nth);
        }
        if !self.tasks.contains_key(&message.task) {
            return;
        }
        let claim = self.claim_of(&message);
        let answer = self.step(message.task, claim);
        self.on_answer(message.task, answer);
    }

    /// Makes a new claim on the task that a message names.
    pub(super) fn claim_of(&mut self, message: &Released) -> Command {
        self.claims += 1;
        Command::Claim { worker: "w".into(), claim: format!("c{}", self.claims), solo: message.lane() == Lane::Solo }
    }

    /// Remembers a lease that was given, and publishes the tasks that an answer names.
    pub(super) fn on_answer(&mut self, task: TaskId, answer: Answer) {
        match answer {
            Answer::Go(grant) => {
                let edition = grant.task.edition;
                let (fence, allowance, texts) = (grant.fence.clone(), grant.allowance, self.done());
                let topic = grant.book.chapters == 0;
                self.held.push(Held { task, fence, edition, spent: Micros::ZERO, allowance, texts, topic });
            }
            Answer::Solo(released) | Answer::Publish { task: released, .. } => self.publish(&[released]),
            Answer::Done { unpublished: owed }
            | Answer::GivenUp { released: owed }
            | Answer::Committed { released: owed } => self.publish(&owed),
            _ => {}
        }
    }

    pub(super) fn with_held(&mut self, nth: usize, command: impl FnOnce(&Held) -> Command) {
        if self.held.is_empty() {
            return;
        }
        let held = self.held[nth % self.held.len()].clone();
        if !self.tasks.contains_key(&held.task) {
            return;
        }
        let answer = self.step(held.task, command(&held));
        self.on_answer(held.task, answer);
    }

    pub(super) fn checkpoint(&mut self, nth: usize, tries: u32, spend: u64) {
        if self.held.is_empty() {
            return;
        }
        let nth = nth % self.held.len();
        let left =
            self.held[nth].allowance.map_or(u64::MAX, |allowance| allowance.saturating_sub(self.held[nth].spent).0);
        let spend = Micros(spend.min(left));
        self.held[nth].spent += spend;
        let held = self.held[nth].clone();
        let number = (nth % 3) as u16;
        let Some(task) = self.tasks.get(&held.task) else { return };
        let before = task.parts.get(&number).cloned().unwrap_or_default();
        let text = (tries == 0).then(|| HashedText::from(format!("part {number} under {}", held.fence.claim)));
        let digest = text.as_ref().map(HashedText::digest).or(before.digest.as_ref()).cloned();
        let part = Part { digest, tries: before.tries + tries, spent: before.spent + spend, length: 10, ..before };
        let parts = vec![Checkpoint { number, part, text, again: None }];
        self.with_held(nth, |held| Command::Checkpoint { fence: held.fence.clone(), parts });
    }

    /// Returns the outline that the request of the book has now.
    fn outline(&self) -> &Outline {
        let made = self.outline.as_ref().filter(|_| self.request.order.topic.is_some());
        made.unwrap_or(&self.request.order.outline)
    }

    /// Returns the chapters that are done, as a binding lists them.
    pub(super) fn done(&self) -> Vec<BoundText> {
        let tasks: Vec<Task> = self.tasks.values().cloned().collect();
        current_texts(&tasks).into_iter().map(|(chapter, text)| BoundText::of(chapter, text)).collect()
    }

    pub(super) fn commit(&mut self, nth: usize) {
        let gap = self.gap();
        self.with_held(nth, |held| finished(held, gap));
    }

    /// Returns whether a dead chapter fails the book.
    pub(super) fn gap(&self) -> bool {
        self.tasks.values().any(Task::is_gap) && self.book.terms.gaps == GapPolicy::Fail
    }

    pub(super) fn sweep(&mut self) {
        if self.book.due().is_some_and(|due| due <= self.now) {
            self.operate(Operation::Expire);
        }
        let due: Vec<TaskId> = self
            .tasks
            .values()
            .filter(|task| task.due.is_some_and(|due| due <= self.now))
            .map(|task| task.id)
            .collect();
        for task in due {
            let answer = self.step_once(task, Command::Serve { backlog: false, spare_leases: false });
            self.on_answer(task, answer);
        }
    }

    /// Lets the sweeper run until a settled book's texts have left.
    pub(super) fn outlive_texts(&mut self) {
        self.now = self.now + RETENTION;
        while self.book.due().is_some() {
            self.sweep();
        }
        assert_eq!((self.book.texts, self.stored.len()), (Texts::Left, 0));
    }

    /// Lets honest workers and the sweeper run until the book settles.
    pub(super) fn converge(&mut self) {
        self.operate(Operation::Lift(Hold::Operator));
        self.held.clear();
        for _ in 0..400 {
            if self.book.state.settled() || self.book.held() {
                return;
            }
            for delivered in 0.. {
                if self.queue.is_empty() {
                    break;
                }
                assert!(delivered < 10_000, "messages go round for ever: {:?}", self.queue);
                self.deliver(0, true);
                while !self.held.is_empty() {
                    self.commit(0);
                    self.held.remove(0);
                }
            }
            self.now = self.now + RULES.lease;
            self.sweep();
        }
        panic!("the book did not settle: {:?} {:#?}", self.book, self.tasks);
    }
}

fn kind(answer: &Answer) -> std::mem::Discriminant<Answer> {
    std::mem::discriminant(answer)
}
