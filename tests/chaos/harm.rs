//! What a storm does to the servers and the processes of a fleet.

use std::{
    fmt, thread,
    time::{Duration, Instant},
};

use crate::support::{Ended, Fleet, Running};

/// How long a process sleeps: longer than a lease of the default length.
const SLEEP: Duration = Duration::from_secs(40);

/// How long the broker takes nothing: longer than a publisher waits for a confirm by default.
const ALARM: Duration = Duration::from_secs(15);

/// How much the store loses.
const LAST_SECOND: Duration = Duration::from_secs(1);

/// A kind of harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Harm {
    /// The store is killed and started again.
    KillStore,
    /// The store is killed, and started again without its last second.
    LoseLastSecond,
    /// The broker is killed and started again.
    KillBroker,
    /// The broker is short of memory for some time.
    Alarm,
    /// All connections to the broker are closed.
    CloseConnections,
    /// One process sleeps, as on a laptop whose lid is closed.
    FreezeOne,
    /// All processes sleep at the same time.
    FreezeAll,
}

impl fmt::Display for Harm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KillStore => "the store killed",
            Self::LoseLastSecond => "the store without its last second",
            Self::KillBroker => "the broker killed",
            Self::Alarm => "the broker short of memory",
            Self::CloseConnections => "connections closed",
            Self::FreezeOne => "one process asleep",
            Self::FreezeAll => "all processes asleep",
        })
    }
}

/// When harm is done.
#[derive(Clone, Copy)]
pub(super) struct Strike {
    /// The share of the books that are submitted before it.
    pub(super) percent: usize,
    pub(super) harm: Harm,
}

impl Strike {
    /// Returns whether it comes after this book of so many.
    pub(super) fn follows(self, book: usize, books: usize) -> bool {
        self.percent * books / 100 == book
    }
}

/// The processes of a fleet, each of which is replaced when it is killed.
pub(super) struct Processes {
    members: Vec<Member>,
}

struct Member {
    role: &'static str,
    process: Running,
    /// When it wakes; `None` where it is awake.
    wakes: Option<Instant>,
}

impl Member {
    fn start(fleet: &Fleet, role: &'static str) -> Self {
        Self { role, process: fleet.serve(&[role]), wakes: None }
    }

    fn freeze(&mut self) {
        if self.wakes.replace(Instant::now() + SLEEP).is_none() {
            self.process.freeze();
        }
    }

    fn thaw(&mut self) {
        if self.wakes.take().is_some() {
            self.process.thaw();
        }
    }
}

impl Processes {
    pub(super) fn start(fleet: &Fleet, roles: &[&'static str]) -> Self {
        Self { members: roles.iter().map(|role| Member::start(fleet, role)).collect() }
    }

    /// Kills a process, starts another in its place, and returns the killed one.
    pub(super) fn replace(&mut self, fleet: &Fleet, which: usize) -> Ended {
        let role = self.members[which].role;
        let killed = self.members.remove(which).process.kill();
        self.members.insert(which, Member::start(fleet, role));
        killed
    }

    /// Does harm to the fleet. `which` is the process that it befalls where it befalls one.
    pub(super) fn suffer(&mut self, fleet: &Fleet, harm: Harm, which: usize) {
        match harm {
            Harm::KillStore => {
                fleet.redis.kill();
                fleet.redis.start_again();
            }
            Harm::LoseLastSecond => {
                let before = fleet.redis.snapshot();
                thread::sleep(LAST_SECOND);
                fleet.redis.roll_back(&before);
            }
            Harm::KillBroker => {
                fleet.broker.kill();
                fleet.broker.start_again();
            }
            Harm::Alarm => {
                fleet.broker.alarm(true);
                thread::sleep(ALARM);
                fleet.broker.alarm(false);
            }
            // A broker lists a connection only some time after it was made.
            Harm::CloseConnections => {
                fleet.wait_until("its connections are listed", || fleet.broker.close_connections(&fleet.vhost) > 0)
            }
            Harm::FreezeOne => self.members[which].freeze(),
            Harm::FreezeAll => {
                self.members.iter_mut().for_each(Member::freeze);
                self.wake_all();
            }
        }
    }

    /// Wakes the processes that have slept long enough.
    pub(super) fn wake(&mut self) {
        let rested = |member: &&mut Member| member.wakes.is_some_and(|wakes| wakes <= Instant::now());
        self.members.iter_mut().filter(rested).for_each(Member::thaw);
    }

    /// Waits until all processes have slept long enough, and wakes them.
    pub(super) fn wake_all(&mut self) {
        let last = self.members.iter().filter_map(|member| member.wakes).max();
        if let Some(last) = last {
            thread::sleep(last.saturating_duration_since(Instant::now()));
        }
        self.members.iter_mut().for_each(Member::thaw);
    }

    /// Lets all processes end, and returns them.
    pub(super) fn end(self) -> Vec<Ended> {
        let stopping = self.members.into_iter().map(|member| {
            member.process.interrupt();
            member.process
        });
        stopping.collect::<Vec<_>>().into_iter().map(|process| process.end().exits(0)).collect()
    }
}
