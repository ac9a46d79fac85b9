//! Random histories: whatever is lost, doubled, late or killed, the invariants hold and the book converges.
#![expect(clippy::needless_pass_by_value, reason = "an act and a command are made to be said once")]

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use proptest::prelude::*;

use super::*;
use crate::book::{
    money::Micros,
    outline::{Chapter, Outline},
    request::{GapPolicy, Order, PlanMode, Request, Terms},
};
use crate::{message::lane, queue::Lane};

pub(super) const RULES: Rules = Rules {
    lease: Duration::from_secs(30),
    publish_grace: Duration::from_secs(15),
    lost_after: Duration::from_secs(600),
    solo_after: 3,
};
pub(super) const ESTIMATE: Micros = Micros(1_000);

/// What one worker, operator or clock does next; numbers pick among what is there.
#[derive(Clone, Debug)]
enum Act {
    Deliver { nth: usize, ack: bool },
    Checkpoint { nth: usize, tries: u32, spend: u64 },
    Commit { nth: usize },
    Park { nth: usize, secs: u64, reason: Parking },
    GiveUp { nth: usize },
    Renew { nth: usize },
    Tick { secs: u64 },
    Sweep,
    LoseMessages,
    Hold,
    Lift,
    TakeOver,
    Redrive,
    Rewrite { chapter: u32 },
    Revise { chapters: u32, last: u32, kept: Vec<u32> },
    Rebind,
    Submit { gaps: GapPolicy, raise: u64 },
    Cancel,
    Reopen { chapter: u32 },
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => (0usize..8, any::<bool>()).prop_map(|(nth, ack)| Act::Deliver { nth, ack }),
        6 => (0usize..6, 0u32..5, 0u64..400).prop_map(|(nth, tries, spend)| Act::Checkpoint { nth, tries, spend }),
        10 => (0usize..6).prop_map(|nth| Act::Commit { nth }),
        2 => (0usize..6, 0u64..90, parkings()).prop_map(|(nth, secs, reason)| Act::Park { nth, secs, reason }),
        1 => (0usize..6).prop_map(|nth| Act::GiveUp { nth }),
        3 => (0usize..6).prop_map(|nth| Act::Renew { nth }),
        5 => (1u64..700).prop_map(|secs| Act::Tick { secs }),
        6 => Just(Act::Sweep),
        1 => Just(Act::LoseMessages),
        1 => Just(Act::Hold),
        2 => Just(Act::Lift),
        1 => Just(Act::TakeOver),
        1 => Just(Act::Redrive),
        1 => (1u32..9).prop_map(|chapter| Act::Rewrite { chapter }),
        1 => (1u32..8, 0u32..3, prop::collection::vec(1u32..8, 0..8))
            .prop_map(|(chapters, last, kept)| Act::Revise { chapters, last, kept }),
        1 => Just(Act::Rebind),
        1 => (gaps(), 0u64..9_000).prop_map(|(gaps, raise)| Act::Submit { gaps, raise }),
        1 => prop::bool::weighted(0.05).prop_map(|cancel| if cancel { Act::Cancel } else { Act::Sweep }),
        1 => (1u32..9).prop_map(|chapter| Act::Reopen { chapter }),
    ]
}

fn parkings() -> impl Strategy<Value = Parking> {
    prop_oneof![Just(Parking::Drain), Just(Parking::Allowance), Just(Parking::Wait("the provider said so".into()))]
}

fn gaps() -> impl Strategy<Value = GapPolicy> {
    prop_oneof![Just(GapPolicy::Fail), Just(GapPolicy::Omit), Just(GapPolicy::Placeholder)]
}

/// A worker's memory of a lease; it outlives the lease, as a worker that slept does.
#[derive(Clone, Debug)]
pub(super) struct Held {
    task: TaskId,
    pub(super) fence: u64,
    edition: u32,
    spent: Micros,
    allowance: Option<Micros>,
    /// The chapters that were done when the lease was given: what a binder binds.
    texts: Vec<BoundText>,
}

/// A store in memory with a queue beside it, and everything the invariants must remember.
pub(super) struct World {
    pub(super) now: Moment,
    pub(super) book: Book,
    pub(super) tasks: BTreeMap<TaskId, Task>,
    pub(super) queue: Vec<Released>,
    pub(super) held: Vec<Held>,
    claims: u32,
    texts: BTreeMap<(u32, u32), Digest>,
    done_in: BTreeMap<u32, u32>,
}

impl World {
    pub(super) fn new(request: &Request) -> Self {
        let now = Moment(1_000);
        let (accepted, writes) = accept(&RULES, now, request, None);
        let Accepted::New(released) = accepted else { panic!("an empty store accepts") };
        let mut world = Self {
            now,
            book: writes.book.clone().expect("a new book is written"),
            tasks: BTreeMap::new(),
            queue: Vec::new(),
            held: Vec::new(),
            claims: 0,
            texts: BTreeMap::new(),
            done_in: BTreeMap::new(),
        };
        world.apply(writes);
        world.publish(&released);
        world
    }

    fn apply(&mut self, writes: Writes) {
        if let Some(book) = writes.book {
            self.book = book;
        }
        for task in writes.tasks {
            self.tasks.insert(task.id, task);
        }
        for task in writes.removed {
            self.tasks.remove(&task);
        }
        for event in writes.events.iter().filter(|event| event.kind == "done") {
            *self.done_in.entry(event.edition).or_default() += 1;
        }
    }

    fn others(&self, except: TaskId) -> Others {
        let window = self.book.terms.window as usize;
        let chapters = || self.tasks.values().filter(|task| task.id != except && task.id.chapter().is_some());
        let mut waiting: Vec<Task> = chapters().filter(|task| task.standing == Standing::Waiting).cloned().collect();
        waiting.sort_by_key(|task| (task.wave, task.id));
        waiting.truncate(window);
        let owed = |task: &&Task| task.standing == Standing::Released && !task.published && task.lease.is_none();
        Others {
            waiting,
            released: chapters().filter(|task| task.standing == Standing::Released).count() as u32,
            missing: chapters().any(|task| task.standing.missing() && task.wave == self.book.wave),
            dead: chapters().any(|task| task.standing == Standing::Dead),
            unpublished: self.tasks.values().filter(owed).map(|task| Released::of(&self.book, task, &RULES)).collect(),
            bind: (except != TaskId::Bind).then(|| self.tasks[&TaskId::Bind].clone()),
        }
    }

    /// Runs a command twice, as after a timeout, and holds the second answer against the first.
    pub(super) fn step(&mut self, task: TaskId, command: Command) -> Answer {
        let first = self.step_once(task, command.clone());
        let money = self.book.money;
        let again = self.step_once(task, command.clone());
        let repeats = !matches!(command, Command::Serve)
            && !matches!(first, Answer::Solo(_) | Answer::Held | Answer::Waiting)
            && !matches!((&command, &first), (Command::Claim { .. }, Answer::GivenUp { .. }));
        if repeats {
            assert_eq!(kind(&first), kind(&again), "{command:?} answered {first:?}, then {again:?}");
            assert_eq!(money, self.book.money, "{command:?} was paid twice");
        }
        first
    }

    fn step_once(&mut self, task: TaskId, command: Command) -> Answer {
        let (book, record) = (self.book.clone(), self.tasks[&task].clone());
        let snapshot = Snapshot { now: self.now, book, task: record, others: self.others(task) };
        let settled = self.book.state.settled();
        let fences = self.tasks[&task].fence;
        let (answer, writes) = step(&RULES, snapshot, command);
        self.apply(writes);
        assert!(!settled || self.tasks[&task].fence == fences, "a settled book took a new lease");
        self.check();
        answer
    }

    pub(super) fn operate(&mut self, operation: Operation) {
        let stored = (self.book.clone(), self.tasks.values().cloned().collect());
        let (operated, writes) = operate(&RULES, self.now, stored, operation);
        self.apply(writes);
        self.check();
        if let Operated::Done { released } = operated {
            self.publish(&released);
        }
    }

    fn publish(&mut self, released: &[Released]) {
        for one in released {
            self.queue.push(one.clone());
            self.step_once(one.task, Command::Published);
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Deliver { nth, ack } => self.deliver(nth, ack),
            Act::Checkpoint { nth, tries, spend } => self.checkpoint(nth, tries, spend),
            Act::Commit { nth } => self.commit(nth),
            Act::Park { nth, secs, reason } => {
                self.with_held(nth, |held| Command::Park {
                    fence: held.fence,
                    wait: Duration::from_secs(secs),
                    reason,
                    spent: held.spent,
                });
            }
            Act::GiveUp { nth } => {
                self.with_held(nth, |held| Command::GiveUp {
                    fence: held.fence,
                    reason: "five tries failed".into(),
                    spent: held.spent,
                });
            }
            Act::Renew { nth } => self.with_held(nth, |held| Command::Renew { fence: held.fence }),
            Act::Tick { secs } => self.now = self.now + Duration::from_secs(secs),
            Act::Sweep => self.sweep(),
            Act::LoseMessages => self.queue.clear(),
            Act::Hold => self.operate(Operation::Hold),
            Act::Lift => self.operate(Operation::Lift(Hold::Operator)),
            Act::TakeOver => self.operate(Operation::TakeOver),
            Act::Redrive => self.operate(Operation::Redrive),
            Act::Rewrite { chapter } => self.operate(Operation::Rewrite { chapters: vec![chapter], note: None }),
            Act::Revise { chapters, last, kept } => self.revise(chapters, last, &kept),
            Act::Rebind => self.operate(Operation::Rebind),
            Act::Submit { gaps, raise } => self.submit(gaps, raise),
            Act::Cancel => self.operate(Operation::Cancel),
            Act::Reopen { chapter } => {
                let fence = self.held.iter().rev().find(|held| held.task == TaskId::Bind).map_or(0, |held| held.fence);
                let chapters = vec![chapter.min(self.book.chapters)];
                self.operate(Operation::Reopen { fence, chapters });
            }
        }
    }

    fn revise(&mut self, chapters: u32, last: u32, kept: &[u32]) {
        let request = Box::new(request(chapters, last, self.book.terms.clone()));
        let both = chapters.min(self.book.chapters);
        let kept = kept.iter().filter(|number| **number <= both).map(|number| (*number, *number)).collect();
        self.operate(Operation::Revise { request, kept });
    }

    /// Submits the same order with other terms; a budget is only ever raised.
    fn submit(&mut self, gaps: GapPolicy, raise: u64) {
        let mut request = request(self.book.chapters, 0, self.book.terms.clone());
        request.terms.gaps = gaps;
        request.terms.budget = request.terms.budget.map(|budget| budget + Micros(raise));
        self.book.order = request.order.digest();
        let stored = (self.book.clone(), self.tasks.values().cloned().collect());
        let (accepted, writes) = accept(&RULES, self.now, &request, Some(stored));
        self.apply(writes);
        self.check();
        let Accepted::Exists(released) = accepted else { panic!("the same order is the same book") };
        self.publish(&released);
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
        self.claims += 1;
        let solo = lane(&message) == Lane::Solo;
        let claim = Command::Claim { worker: "w".into(), claim: format!("c{}", self.claims), solo };
        match self.step(message.task, claim) {
            Answer::Go(grant) => {
                let edition = grant.task.edition;
                let held = Held {
                    task: message.task,
                    fence: grant.fence,
                    edition,
                    spent: Micros::ZERO,
                    allowance: grant.allowance,
                    texts: self.done(),
                };
                self.held.push(held);
            }
            Answer::Solo(released) => self.publish(&[released]),
            Answer::Done { unpublished: owed } | Answer::GivenUp { released: owed } => self.publish(&owed),
            _ => {}
        }
    }

    fn with_held(&mut self, nth: usize, command: impl FnOnce(&Held) -> Command) {
        if self.held.is_empty() {
            return;
        }
        let held = self.held[nth % self.held.len()].clone();
        if !self.tasks.contains_key(&held.task) {
            return;
        }
        match self.step(held.task, command(&held)) {
            Answer::Committed { released } | Answer::GivenUp { released } => self.publish(&released),
            _ => {}
        }
    }

    fn checkpoint(&mut self, nth: usize, tries: u32, spend: u64) {
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
        let text = (tries == 0).then(|| format!("part {number} under {}", held.fence));
        let digest = text.as_ref().map(Digest::of).or(before.digest.clone());
        let piece = Part { digest, tries: before.tries + tries, spent: before.spent + spend, length: 10, ..before };
        self.with_held(nth, |held| Command::Checkpoint { fence: held.fence, part: number, piece, text });
    }

    /// Returns the chapters that are done, as a binding lists them.
    fn done(&self) -> Vec<BoundText> {
        let done = self.tasks.values().filter(|task| task.standing == Standing::Done);
        let bound = |task: &Task| {
            let (chapter, result) = (task.id.chapter()?, task.result.as_ref()?);
            Some(BoundText { chapter, edition: result.edition, digest: result.digest.clone() })
        };
        done.filter_map(bound).collect()
    }

    pub(super) fn commit(&mut self, nth: usize) {
        let dead = self.tasks.values().any(|task| task.standing == Standing::Dead);
        let gap = dead && self.book.terms.gaps == GapPolicy::Fail;
        self.with_held(nth, |held| {
            if gap && held.task == TaskId::Bind {
                let reason = "a chapter is missing".into();
                return Command::GiveUp { fence: held.fence, reason, spent: held.spent };
            }
            let result = match held.task {
                TaskId::Plan => Result::Plan { context: "{}".into(), estimate: ESTIMATE },
                TaskId::Bind => Result::Binding(Binding { texts: held.texts.clone(), ..Binding::default() }),
                // Two runs never write the same words.
                TaskId::Write(chapter) => Result::Chapter {
                    text: format!("chapter {chapter} under {}", held.fence),
                    length: 10,
                    summary: None,
                    remarks: Vec::new(),
                },
            };
            Command::Commit { fence: held.fence, edition: held.edition, result, spent: held.spent }
        });
    }

    pub(super) fn sweep(&mut self) {
        if self.now >= self.book.deadline_at {
            self.operate(Operation::Expire);
        }
        let due: Vec<TaskId> = self
            .tasks
            .values()
            .filter(|task| task.due.is_some_and(|due| due <= self.now))
            .map(|task| task.id)
            .collect();
        for task in due {
            match self.step_once(task, Command::Serve) {
                Answer::Publish { task, .. } => self.publish(&[task]),
                Answer::GivenUp { released } => self.publish(&released),
                _ => {}
            }
        }
    }

    fn check(&mut self) {
        let book = &self.book;
        let reserved: Micros =
            self.tasks.values().filter_map(|task| task.lease.as_ref()).map(|lease| lease.allowance).sum();
        assert_eq!(book.money.reserved, reserved, "reserved cost is the live leases' allowances");
        if let Some(budget) = book.terms.budget {
            assert!(book.money.committed() <= budget, "{:?} passes the budget {budget}", book.money);
        }
        let chapters: BTreeSet<u32> = self.tasks.keys().filter_map(|task| task.chapter()).collect();
        assert_eq!(chapters, (1..=book.chapters).collect(), "every chapter is missing, done or dead");
        assert!(self.done_in.values().all(|times| *times == 1), "done twice in one edition");
        for task in self.tasks.values().filter(|task| task.standing == Standing::Done) {
            let (Some(chapter), Some(result)) = (task.id.chapter(), &task.result) else { continue };
            let first = self.texts.entry((chapter, result.edition)).or_insert_with(|| result.digest.clone());
            assert_eq!(first, &result.digest, "two texts for chapter {chapter} of edition {}", result.edition);
        }
        let released = || self.tasks.values().filter(|task| task.standing == Standing::Released);
        assert!(released().filter(|task| task.id.chapter().is_some()).count() <= book.terms.window as usize);
        if book.state == State::Done {
            let binding = book.binding.as_ref().expect("a book that is done was bound");
            assert_eq!(binding.texts, self.done(), "the bound book is not the set of its finished chapters");
        }
        if book.state.settled() || book.held() {
            return;
        }
        assert!(released().next().is_some(), "an unsettled book owes nothing: {:?}", book.state);
        assert!(released().all(|task| task.due.is_some()), "a released task has no due time");
        let early = released().filter(|task| task.id.chapter().is_some()).any(|task| task.wave > book.wave);
        assert!(!early, "a chapter was released before its wave opened");
    }

    /// Lets honest workers and the sweeper run until the book settles.
    fn converge(&mut self) {
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

pub(super) fn request(chapters: u32, last: u32, terms: Terms) -> Request {
    let chapter = |n: u32| Chapter { title: format!("Chapter {n}"), last: n <= last, ..Chapter::default() };
    let outline = Outline { title: "T".into(), chapters: (1..=chapters).map(chapter).collect(), ..Outline::default() };
    let order = Order {
        outline,
        model: "stand-in:prose".into(),
        chapter_length: 100,
        section_length: 50,
        plan: PlanMode::Compiled,
        date: "2026-01-01".into(),
    };
    Request { tenant: "t".into(), request_id: "r".into(), order, terms }
}

fn terms() -> impl Strategy<Value = Terms> {
    let deadline = prop_oneof![Just(86_400_000u64), 60_000u64..4_000_000];
    (1u32..6, gaps(), prop::option::of(3_000u64..60_000), prop::bool::weighted(0.1), deadline).prop_map(
        |(window, gaps, budget, review, deadline_ms)| Terms {
            window,
            gaps,
            budget: budget.map(Micros),
            plan_estimate: ESTIMATE,
            deadline_ms,
            review,
            formats: vec!["md".into()],
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn every_history_keeps_the_invariants_and_converges(
        chapters in 1u32..8, last in 0u32..3, terms in terms(), history in prop::collection::vec(acts(), 0..120),
    ) {
        let mut world = World::new(&request(chapters, last, terms));
        for act in history {
            world.act(act);
        }
        world.converge();
        let dead = world.tasks.values().any(|task| task.standing == Standing::Dead);
        match world.book.state {
            State::Done => {}
            State::Failed(_) => prop_assert!(dead),
            State::Cancelled => {}
            _ => prop_assert!(world.book.held(), "{:?}", world.book.state),
        }
    }
}
