//! Rounds: commands on one book that come in one moment, or while others on it are under way, go into the next round
//! together. They are decided one after another, and read and written once.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bindery_domain::{BookId, HashedText, TaskId};
use bindery_ledger::{Answer, Command, Round, Rules, Writes};
use futures_util::{FutureExt as _, future};
use tokio::{runtime::Handle, sync::oneshot};

use super::{
    connect::Connection,
    decide::{Decided, Desk, Guard, ROUNDS, contended, give_way},
    keys::Keys,
    leases::Leases,
    packed::Packed,
    read::{self, Beside, Found},
};
use crate::StoreError;

/// Commands of one round: enough for a window's worth to cost little more than one, few enough that Redis, which does
/// nothing else meanwhile, has written them within a millisecond or two.
const TOGETHER: usize = 32;

/// The commands that wait for a round, by their book. A book is among them while a round of it is under way.
pub(super) struct Rounds {
    desk: Arc<Desk>,
    pub(super) leases: Leases,
    waiting: Mutex<HashMap<BookId, VecDeque<Said>>>,
}

/// A command's own answer.
type Answered = Result<Answer, StoreError>;

/// A command, and who waits for its answer.
struct Said {
    task: TaskId,
    command: Command,
    packed: Option<oneshot::Receiver<Packed>>,
    answer: oneshot::Sender<Answered>,
}

impl Rounds {
    pub(super) fn new(desk: Arc<Desk>) -> Self {
        Self { desk, leases: Leases::default(), waiting: Mutex::default() }
    }

    /// Has a command decided: in a moment where no round of its book is under way, else in the next.
    pub(super) async fn step(self: &Arc<Self>, book: &BookId, task: TaskId, command: Command) -> Answered {
        let texts: Vec<HashedText> = command.texts().cloned().collect();
        let (answer, answered) = oneshot::channel();
        let (pack, packed) = (!texts.is_empty()).then(oneshot::channel).unzip();
        let first = self.enter(book, Said { task, command, packed, answer });
        let packing = async {
            if let Some(pack) = pack {
                // The round has its turn first: what it reads is on its way while the texts are packed.
                tokio::task::yield_now().await;
                // Nobody takes them where reading has failed.
                let _ = pack.send(Packed::of(&texts));
            }
        };
        if let Some(said) = first {
            future::join(self.lead(book, said), packing).await;
        } else {
            packing.await;
        }
        let broken_off = || StoreError::Failed("its round was broken off; the log says where".to_owned());
        answered.await.unwrap_or_else(|_| Err(broken_off()))
    }

    /// Puts a command among those that wait for a round of their book; returns it where none is under way.
    fn enter(&self, book: &BookId, said: Said) -> Option<Said> {
        let mut all = self.waiting();
        if let Some(waiting) = all.get_mut(book) {
            waiting.push_back(said);
            return None;
        }
        all.insert(book.clone(), VecDeque::new());
        Some(said)
    }

    /// Has the first command decided: by itself, unless others have come with it.
    async fn lead(self: &Arc<Self>, book: &BookId, said: Said) {
        let _chair = Chair { rounds: self, book };
        // Chapters are delivered together, so others may claim theirs in this moment. A command with texts does not wait, since
        // what is read for it is to come while they are packed.
        if said.packed.is_none() {
            tokio::task::yield_now().await;
        }
        if let Some(said) = self.alone(book, said) {
            self.round(book, vec![said]).await;
        }
    }

    /// Returns a command beside which none waits, or puts it before those that do.
    fn alone(&self, book: &BookId, said: Said) -> Option<Said> {
        let mut all = self.waiting();
        let waiting = all.get_mut(book).expect("it is there until the chair is left");
        if waiting.is_empty() {
            return Some(said);
        }
        waiting.push_front(said);
        None
    }

    /// Holds rounds of a book until nobody waits for one.
    async fn run(self: Arc<Self>, book: BookId) {
        while let Some(said) = self.next(&book) {
            // Where it panics, all who take part hear that it was broken off, and the next is held all the same.
            let round = AssertUnwindSafe(self.round(&book, said)).catch_unwind().await;
            for left in round.into_iter().flatten().rev() {
                self.waiting().get_mut(&book).expect("a round is under way").push_front(left);
            }
        }
    }

    fn next(&self, book: &BookId) -> Option<Vec<Said>> {
        let mut all = self.waiting();
        let waiting = all.get_mut(book).expect("it is there while a round is under way");
        if waiting.is_empty() {
            all.remove(book);
            return None;
        }
        Some(waiting.drain(..waiting.len().min(TOGETHER)).collect())
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<BookId, VecDeque<Said>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds one round; returns what it has left to the next.
    async fn round(&self, book: &BookId, mut said: Vec<Said>) -> Vec<Said> {
        match self.decide(book, &mut said).await {
            Ok(answers) => {
                let left = said.split_off(answers.len());
                for (said, answer) in said.into_iter().zip(answers) {
                    // Whoever asked may have been told to stop.
                    let _ = said.answer.send(answer);
                }
                left
            }
            Err(error) => {
                for said in said {
                    let _ = said.answer.send(Err(error.clone()));
                }
                Vec::new()
            }
        }
    }

    /// Decides the first of the commands, at least one, and applies what was decided.
    async fn decide(&self, book: &BookId, said: &mut [Said]) -> Result<Vec<Answered>, StoreError> {
        let (desk, keys) = (&self.desk, Keys::of(book));
        let tasks: BTreeSet<TaskId> = said.iter().map(|said| said.task).collect();
        let mut beside = beside(said);
        let mut turn = if beside == Beside::Nothing { None } else { Some(desk.turn(book).await) };
        let mut connection = desk.connections.get().await?;
        let mut packed = Packed::default();
        if said.iter().all(|said| said.command.keeps_to_lease())
            && let Some(known) = self.leases.recall(book, &tasks)
        {
            let outcome = self.settle(&mut connection, (book, &tasks), (known, true), (said, &mut packed)).await?;
            if let Outcome::Settled(answers) = outcome {
                return Ok(answers);
            }
        }
        for round in 1..=ROUNDS {
            let found = match read::round(&mut connection, &keys, (&tasks, beside)).await {
                Ok(Some(found)) => found,
                Ok(None) => return Ok(said.iter().map(|_| Ok(Answer::Closed)).collect()),
                Err(StoreError::Newer(version)) => {
                    return Ok(said.iter().map(|_| Ok(Answer::Newer { version })).collect());
                }
                Err(error) => return Err(error),
            };
            match self.settle(&mut connection, (book, &tasks), (found, false), (said, &mut packed)).await? {
                Outcome::Settled(answers) => return Ok(answers),
                Outcome::TooLittle => beside = beside.max(Beside::Others),
                Outcome::Changed => {}
            }
            give_way(round).await;
            if round > 1 && turn.is_none() {
                // Whoever has the turn may be waiting for a connection.
                drop(connection);
                turn = Some(desk.turn(book).await);
                connection = desk.connections.get().await?;
            }
        }
        Err(contended())
    }

    /// Decides as many of the commands as can be from what was found, or is known from before, and applies that.
    async fn settle(
        &self,
        connection: &mut Connection,
        (book, tasks): (&BookId, &BTreeSet<TaskId>),
        (mut found, known): (Found, bool),
        (said, packed): (&mut [Said], &mut Packed),
    ) -> Result<Outcome, StoreError> {
        let desk = &self.desk;
        found.reading.now = desk.clock.at(found.reading.now);
        let (now, before, mut versions) = (found.reading.now, found.reading.book.clone(), found.versions.clone());
        let commands = said.iter().map(|said| (said.task, &said.command));
        let Decision { answers, writes, guard } = decision(&desk.rules, found, commands);
        if answers.is_empty() {
            return Ok(Outcome::TooLittle);
        }
        // Only what is written is checked, and only what the store has can say that a lease is over.
        let holds = |answer: &Answered| matches!(answer, Ok(Answer::Saved | Answer::Keep | Answer::Committed { .. }));
        if known && (writes == Writes::default() || !answers.iter().all(holds)) {
            return Ok(Outcome::Changed);
        }
        let settled = &mut said[..answers.len()];
        versions.firm = settled.iter().map(|said| said.task).collect();
        gather(packed, settled).await;
        let decided = Decided { id: book, versions: &mut versions, before: Some(&before), guard };
        if !desk.apply(connection, decided, (&writes, packed)).await? {
            return Ok(Outcome::Changed);
        }
        let book = writes.book.clone().unwrap_or(before);
        self.leases.note(tasks, book, (&writes, &versions, now));
        Ok(Outcome::Settled(answers))
    }
}

/// What came of an attempt to settle a round.
enum Outcome {
    /// The first of its commands are answered, and what follows is written.
    Settled(Vec<Answered>),
    /// A record has changed meanwhile, or may have.
    Changed,
    /// The first of its commands asks for more than was read.
    TooLittle,
}

/// Held by whoever's command came first. When it is decided, or left to a round with others, or broken off, those who have
/// come meanwhile have rounds of their own.
struct Chair<'a> {
    rounds: &'a Arc<Rounds>,
    book: &'a BookId,
}

impl Drop for Chair<'_> {
    fn drop(&mut self) {
        let mut all = self.rounds.waiting();
        let waits = all.get(self.book).is_some_and(|waiting| !waiting.is_empty());
        match Handle::try_current() {
            Ok(runtime) if waits => _ = runtime.spawn(self.rounds.clone().run(self.book.clone())),
            _ => _ = all.remove(self.book),
        }
    }
}

/// What was decided about the first commands of a round.
pub(super) struct Decision {
    /// For each of them.
    pub(super) answers: Vec<Answered>,
    /// What is to be written for the answers to be true.
    pub(super) writes: Writes,
    pub(super) guard: Guard,
}

/// Decides as many of the commands as can be from what was found.
pub(super) fn decision<'a>(
    rules: &Rules,
    found: Found,
    commands: impl IntoIterator<Item = (TaskId, &'a Command)>,
) -> Decision {
    let Found { reading, unreadable, .. } = found;
    let settled = reading.book.state.settled();
    let (mut round, mut answers, mut leases) = (Round::new(rules, reading), Vec::new(), false);
    for (task, command) in commands {
        answers.push(match unreadable.get(&task) {
            Some(error) => Err(error.clone()),
            None => match round.step(task, command.clone()) {
                Some(answer) => Ok(answer),
                None => break,
            },
        });
        leases |= matches!(command, Command::Claim { .. } | Command::Park { .. });
    }
    let guard = match (round.looked(), leases || settled) {
        (true, _) => Guard::Changes,
        (false, true) => Guard::Unchanged,
        (false, false) => Guard::Open,
    };
    Decision { answers, writes: round.finish(), guard }
}

/// Returns what commands ask for beside their tasks wherever those stand.
fn beside(said: &[Said]) -> Beside {
    let one = |said: &Said| match &said.command {
        command if command.asks_chapters(said.task) => Beside::Chapters,
        command if command.always_asks_others() => Beside::Others,
        _ => Beside::Nothing,
    };
    said.iter().map(one).max().unwrap_or(Beside::Nothing)
}

/// Waits for the texts that those who take part have packed meanwhile.
async fn gather(packed: &mut Packed, said: &mut [Said]) {
    for said in said {
        if let Some(coming) = said.packed.take() {
            // Of those who are gone they are packed when they are asked for.
            if let Ok(texts) = coming.await {
                packed.add(texts);
            }
        }
    }
}
