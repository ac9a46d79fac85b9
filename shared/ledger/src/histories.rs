//! Random histories: the invariants hold and the book converges even if messages are lost, doubled or late, or workers killed.

use std::{collections::BTreeSet, time::Duration};

use bindery_domain::{Digest, Micros, UnknownFields};
use proptest::prelude::*;

use super::{
    world::{ESTIMATE, RULES, World, finished, plan, request, topic_request},
    *,
};
use crate::{GapPolicy, Terms};

/// The next action of a worker, an operator or the clock. Numbers choose among the existing tasks and leases.
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
    ReplaceOutline { chapters: u32, last: u32, kept: Vec<u32> },
    Rebind,
    ReplaceTexts { chapter: u32 },
    Revise { chapter: u32 },
    ReplacePlan { outdated: bool },
    Submit { gaps: GapPolicy, raise: u64 },
    Cancel,
    Reopen { chapter: u32 },
    Burst { commands: Vec<(u8, usize)> },
    SaveStore,
    StoreGoesBack,
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
            .prop_map(|(chapters, last, kept)| Act::ReplaceOutline { chapters, last, kept }),
        1 => Just(Act::Rebind),
        1 => (1u32..9).prop_map(|chapter| Act::ReplaceTexts { chapter }),
        1 => (1u32..9).prop_map(|chapter| Act::Revise { chapter }),
        1 => any::<bool>().prop_map(|outdated| Act::ReplacePlan { outdated }),
        1 => (gaps(), 0u64..9_000).prop_map(|(gaps, raise)| Act::Submit { gaps, raise }),
        1 => prop::bool::weighted(0.05).prop_map(|cancel| if cancel { Act::Cancel } else { Act::Sweep }),
        1 => (1u32..9).prop_map(|chapter| Act::Reopen { chapter }),
        8 => prop::collection::vec((0u8..10, 0usize..8), 1..6).prop_map(|commands| Act::Burst { commands }),
        2 => Just(Act::SaveStore),
        1 => Just(Act::StoreGoesBack),
    ]
}

fn parkings() -> impl Strategy<Value = Parking> {
    prop_oneof![Just(Parking::Drain), Just(Parking::Allowance), Just(Parking::Wait("the provider said so".into()))]
}

fn gaps() -> impl Strategy<Value = GapPolicy> {
    prop_oneof![Just(GapPolicy::Fail), Just(GapPolicy::Omit), Just(GapPolicy::Placeholder)]
}

impl World {
    fn act(&mut self, act: Act) {
        match act {
            Act::Deliver { nth, ack } => self.deliver(nth, ack),
            Act::Checkpoint { nth, tries, spend } => self.checkpoint(nth, tries, spend),
            Act::Commit { nth } => self.commit(nth),
            Act::Park { nth, secs, reason } => {
                self.with_held(nth, |held| Command::Park {
                    fence: held.fence.clone(),
                    wait: Duration::from_secs(secs),
                    reason,
                    spent: held.spent,
                });
            }
            Act::GiveUp { nth } => {
                self.with_held(nth, |held| Command::GiveUp {
                    fence: held.fence.clone(),
                    reason: "five tries failed".into(),
                    spent: held.spent,
                });
            }
            Act::Renew { nth } => self.with_held(nth, |held| Command::Renew { fence: held.fence.clone() }),
            Act::Tick { secs } => self.now = self.now + Duration::from_secs(secs),
            Act::Sweep => self.sweep(),
            Act::LoseMessages => self.queue.clear(),
            Act::Hold => self.operate(Operation::Hold),
            Act::Lift => self.operate(Operation::Lift(Hold::Operator)),
            Act::TakeOver => self.operate(Operation::TakeOver),
            Act::Redrive => self.operate(Operation::Redrive),
            Act::Rewrite { chapter } => self.operate(Operation::Rewrite { chapters: vec![chapter], note: None }),
            Act::ReplaceOutline { chapters, last, kept } => self.replace_outline(chapters, last, &kept),
            Act::Rebind => self.operate(Operation::Rebind),
            Act::ReplaceTexts { chapter } => {
                let text = format!("chapter {chapter} as edited for edition {}", self.book.edition + 1).into();
                self.operate(Operation::ReplaceTexts(vec![EditedText {
                    chapter,
                    text,
                    length: 10,
                    origin: Origin::Edited,
                    instead_of: None,
                }]));
            }
            Act::Revise { chapter } => self.revise(chapter),
            Act::ReplacePlan { outdated } => self.replace_plan(outdated),
            Act::Submit { gaps, raise } => self.submit(gaps, raise),
            Act::Cancel => self.operate(Operation::Cancel),
            Act::Reopen { chapter } => {
                let fence =
                    self.held.iter().rev().find(|held| held.task == TaskId::Bind).map(|held| held.fence.clone());
                let Some(fence) = fence else { return };
                let chapters = vec![chapter.min(self.book.chapters)];
                self.operate(Operation::Reopen { fence, chapters });
            }
            Act::Burst { commands } => {
                let commands: Vec<_> =
                    commands.into_iter().filter_map(|(what, nth)| self.command_of(what, nth)).collect();
                self.group(commands);
            }
            Act::SaveStore => self.save(),
            Act::StoreGoesBack => self.go_back(),
        }
    }

    /// Decides commands in groups, and compares each group with the same commands decided one after another.
    fn group(&mut self, mut commands: Vec<(TaskId, Command)>) {
        // An operator may have removed a task since.
        commands.retain(|(task, _)| self.tasks.contains_key(task));
        while !commands.is_empty() {
            let mut apart = self.clone();
            let mut answers = Vec::new();
            let mut group = Group::new(&RULES, self.reading(&commands, false));
            decide(&mut group, &mut apart, &commands, &mut answers);
            if answers.is_empty() {
                group = Group::new(&RULES, self.reading(&commands, true));
                decide(&mut group, &mut apart, &commands, &mut answers);
                assert!(!answers.is_empty(), "a group got nowhere: {commands:?}");
            }
            self.apply(group.finish());
            assert_eq!((&self.book, &self.tasks), (&apart.book, &apart.tasks), "{commands:?} left other records");
            assert_eq!(self.stored, apart.stored);
            *self = apart;
            commands.drain(..answers.len());
            answers.into_iter().for_each(|(task, answer)| self.on_answer(task, answer));
        }
    }

    /// Reads what a store reads for a group.
    fn reading(&self, commands: &[(TaskId, Command)], others: bool) -> Reading {
        let mut tasks: BTreeMap<TaskId, Task> =
            commands.iter().map(|(task, _)| (*task, self.tasks[task].clone())).collect();
        let mut standings = None;
        if others {
            let in_waves = || self.tasks.values().filter(|task| task.id.in_waves());
            let all = Standings::of(&self.book, in_waves());
            let leaving = tasks.values().filter(|task| task.standing == Standing::Released).count();
            let window = self.book.terms.window as usize;
            let places = (window + leaving).saturating_sub(all.released as usize) + 1;
            let waits = |task: &&Task| task.standing == Standing::Waiting && !tasks.contains_key(&task.id);
            let mut waiting: Vec<&Task> = in_waves().filter(waits).collect();
            waiting.sort_by_key(|task| (task.wave, task.id));
            let owed = self.tasks.values().filter(|task| task.owed()).take(window.max(1) + commands.len());
            let last = [TaskId::Audit, TaskId::Bind].map(|task| &self.tasks[&task]);
            let read = waiting.into_iter().take(places).chain(last).chain(owed);
            let read: Vec<Task> = read.cloned().collect();
            tasks.extend(read.into_iter().map(|task| (task.id, task)));
            standings = Some(all);
        }
        Reading { now: self.now, book: self.book.clone(), tasks, standings }
    }

    /// Makes one command of a burst; returns `None` where there is no task for it.
    fn command_of(&mut self, what: u8, nth: usize) -> Option<(TaskId, Command)> {
        let among = |count: usize| (count > 0).then(|| nth % count);
        if what < 3 {
            let message = self.queue[among(self.queue.len())?].clone();
            return Some((message.task, self.claim_of(&message)));
        }
        if what < 5 {
            let task = *self.tasks.keys().nth(among(self.tasks.len())?)?;
            return Some((
                task,
                if what == 3 { Command::Published } else { Command::Serve { backlog: false, spare_leases: false } },
            ));
        }
        let held = &self.held[among(self.held.len())?];
        let (fence, spent) = (held.fence.clone(), held.spent);
        let command = match what {
            5 => Command::GiveUp { fence, reason: "five tries failed".into(), spent },
            6 => Command::Park { fence, wait: Duration::ZERO, reason: Parking::Drain, spent },
            7 => Command::Renew { fence },
            _ => finished(held, self.gap()),
        };
        Some((held.task, command))
    }

    fn revise(&mut self, chapter: u32) {
        let order = RevisionOrder { note: "shorter".into(), sections: Vec::new(), passage: None };
        self.operate(Operation::Revise(vec![Revision { chapter, order }]));
    }

    fn replace_plan(&mut self, outdated: bool) {
        let context = format!("the plan as edited at {}", self.now.0).into();
        let present = self.book.context.clone().filter(|_| !outdated);
        let instead_of = present.unwrap_or_else(|| Digest::of("another plan"));
        let plan = Box::new(Plan { context, estimate: ESTIMATE, outline: None });
        self.operate(Operation::ReplacePlan { plan, instead_of });
    }

    fn replace_outline(&mut self, chapters: u32, last: u32, kept: &[u32]) {
        let request = Box::new(request(chapters, last, self.book.terms.clone()));
        let both = chapters.min(self.book.chapters);
        let kept = kept.iter().filter(|number| **number <= both).map(|number| (*number, *number)).collect();
        self.operate(Operation::ReplaceOutline { request, kept });
    }

    /// Submits the same order with other terms. A budget is only ever raised.
    fn submit(&mut self, gaps: GapPolicy, raise: u64) {
        let mut request = Request { terms: self.book.terms.clone(), ..self.request.clone() };
        request.terms.gaps = gaps;
        request.terms.budget = request.terms.budget.map(|budget| budget + Micros(raise));
        let (accepted, writes) = accept(&RULES, self.now, &request, None, Some(self.whole()));
        self.apply(writes);
        self.check();
        let Accepted::Exists(released) = accepted else { panic!("the same order is the same book") };
        self.publish(&released);
    }
}

/// Decides as many commands as a group can, and compares each answer with that of the same command by itself.
fn decide(
    group: &mut Group<'_>,
    apart: &mut World,
    commands: &[(TaskId, Command)],
    answers: &mut Vec<(TaskId, Answer)>,
) {
    for (task, command) in commands {
        let Some(answer) = group.step(*task, command) else { return };
        assert_eq!(answer, apart.step_once(*task, command.clone()), "{command:?} of {task} in {commands:?}");
        answers.push((*task, answer));
    }
}

fn audits() -> impl Strategy<Value = AuditMode> {
    prop_oneof![1 => Just(AuditMode::Off), 3 => Just(AuditMode::Repair)]
}

fn terms() -> impl Strategy<Value = Terms> {
    let deadline = prop_oneof![Just(86_400_000u64), 60_000u64..4_000_000];
    let budget = prop::option::of(3_000u64..60_000);
    (1u32..6, gaps(), budget, prop::bool::weighted(0.1), deadline, audits()).prop_map(
        |(window, gaps, budget, review, deadline_ms, audit)| Terms {
            window,
            gaps,
            budget: budget.map(Micros),
            plan_estimate: ESTIMATE,
            deadline_ms,
            review,
            formats: vec!["md".into()],
            metadata: None,
            cover: None,
            pictures: Vec::new(),
            audit,
            best_of: 1,
            tags: BTreeSet::new(),
            checks: None,
            webhook: None,
            unknown: UnknownFields::default(),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn every_history_keeps_the_invariants_and_converges(
        chapters in 1u32..8, last in 0u32..3, terms in terms(), planned: bool, topic in prop::bool::weighted(0.3),
        history in prop::collection::vec(acts(), 0..120),
    ) {
        let request = if topic { topic_request(chapters, terms) } else { request(chapters, last, terms) };
        let mut world = World::with(&request, (planned && !topic).then(plan).as_ref());
        for act in history {
            world.act(act);
        }
        world.converge();
        let fails = |task: &Task| !matches!(task.id, TaskId::Audit | TaskId::Repair { .. });
        let dead = world.tasks.values().any(|task| task.standing == Standing::Dead && fails(task));
        match world.book.state {
            State::Done => {}
            State::Failed(_) => prop_assert!(dead),
            State::Cancelled => {}
            _ => prop_assert!(world.book.held(), "{:?}", world.book.state),
        }
        if world.book.state.settled() {
            world.outlive_texts();
        }
    }
}
