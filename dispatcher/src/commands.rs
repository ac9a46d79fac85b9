//! Carries out the commands of upstream systems on their own books, by the rules of the command line and of the API.
//!
//! A command is settled once it was carried out or refused, and its sender was told. The ledger remembers the latest commands of a
//! book, so that one that is delivered again does nothing again. What cannot be read becomes a dead letter.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use bindery_commands::{
    Action, Caller, CommandError, Manuscript, Need, RevisionWish, StoredPlan, command_once, plan_of, replacement, why,
};
use bindery_config::Config;
use bindery_domain::{Digest, Lane};
use bindery_files::Files;
use bindery_ledger::{Book, VersionName};
use bindery_protocol::{
    Message,
    command::{self, BookCommand, CommandAnswer, CommandName, NamedCommand},
    problem::{Problem, ProblemKind},
    submission::CloudEvent,
};
use bindery_queue::{Delivery, Verdict};
use bindery_runtime::{Ports, consume_until_stopped, crash_point};
use bindery_store::StoreError;
use tokio_util::sync::CancellationToken;

use crate::{
    sender::{UnknownSender, answer, tenant},
    until_answered::until_answered,
};

/// How many commands a dispatcher holds. It carries out one after the other, so that a sender's commands keep their order.
/// Each may be as large as the broker allows, so no more than the next one waits here.
const PREFETCH: u16 = 2;

/// Carries out commands.
pub struct CommandConsumer {
    ports: Ports,
    files: Arc<dyn Files>,
    settings: Config,
}

/// What a refused command is about, for the log.
struct About<'a> {
    tenant: &'a str,
    command: &'a BookCommand,
    /// The book, where the sender has it.
    book: Option<&'a Book>,
}

impl CommandConsumer {
    /// Makes a consumer on these ports.
    pub fn new(ports: Ports, files: Arc<dyn Files>, settings: Config) -> Self {
        Self { ports, files, settings }
    }

    /// Consumes commands until `shutdown`, and finishes the one under way.
    pub async fn run(self, shutdown: CancellationToken) {
        let queue = &*self.ports.queue;
        while let Some(mut consumer) = consume_until_stopped(queue, Lane::Commands, PREFETCH, &shutdown).await {
            while let Some(Some(delivery)) = shutdown.run_until_cancelled(consumer.next()).await {
                self.serve(delivery, &shutdown).await;
            }
        }
    }

    async fn serve(&self, delivery: Delivery, shutdown: &CancellationToken) {
        let verdict = self.decide(&delivery.message, shutdown).await;
        crash_point("before_ack_of_command");
        if let Err(error) = delivery.settle(verdict).await {
            tracing::warn!(%error, "a command could not be settled; it will come again");
        }
    }

    /// Carries out the command of a message and tells its sender, or says why not.
    async fn decide(&self, message: &Message, shutdown: &CancellationToken) -> Verdict {
        let tenant = tenant(&self.settings, message);
        let (tenant, command) = match (tenant, command::decode(&message.body)) {
            (Ok(tenant), Ok(command)) => (tenant, command),
            (tenant, command) => return self.reject_unreadable(message, tenant.err(), command.err()).await,
        };
        let carried_out = until_answered(shutdown, || async {
            let (book, done) = match self.find(&tenant, &command.command).await {
                Ok(Some(book)) => {
                    let done = self.carry_out(&book, &command).await;
                    (Some(book), done)
                }
                Ok(None) => (None, Err(CommandError::Deleted)),
                Err(error) => (None, Err(error.into())),
            };
            match done {
                // Another dispatcher may be newer. Waiting here would keep all other commands from being carried out.
                Err(error @ CommandError::Store(StoreError::Newer(_))) => Ok((book, Err(error))),
                Err(CommandError::Store(error)) => Err(error),
                done => Ok((book, done)),
            }
        });
        let of = |book| About { tenant: &tenant, command: &command.command, book };
        match carried_out.await {
            None => Verdict::Requeue,
            Some(Ok((_, Ok(answer)))) => {
                let (request_id, name) = (&answer.request_id, answer.command);
                tracing::info!(tenant, request_id, book = %answer.book, command = ?name, "a command was carried out");
                self.tell(message, command::DONE, &answer).await;
                Verdict::Ack
            }
            Some(Ok((book, Err(error)))) => {
                let problem = error.problem().unwrap_or_else(|| fault(&error));
                self.refuse(message, of(book.as_ref()), problem).await
            }
            Some(Err(damaged)) => self.refuse(message, of(None), fault(&damaged)).await,
        }
    }

    /// Carries out a command on a book of its sender.
    async fn carry_out(&self, book: &Book, named: &NamedCommand) -> Result<CommandAnswer, CommandError> {
        let (store, command) = (&*self.ports.store, named.command.command);
        let book = self.change(book, named).await?;
        let mut answer = CommandAnswer::of(command, &book);
        match command {
            CommandName::Why => {
                let tasks = store.tasks(&book.id).await?;
                answer.reasons = why(&book, &tasks, bindery_store::now(), advice);
            }
            CommandName::Plan => {
                let StoredPlan { digest, context } = plan_of(store, &book).await?;
                let plan = serde_json::to_value(&context).map_err(|error| CommandError::Lost(error.to_string()))?;
                (answer.plan, answer.plan_tag) = (plan.as_object().cloned(), Some(digest.to_string()));
            }
            _ => {}
        }
        Ok(answer)
    }

    /// Changes a book as a command says, and returns it as it is then. A command that was carried out before is not read against
    /// the book again: what it was about may be gone by its own doing.
    async fn change(&self, book: &Book, named: &NamedCommand) -> Result<Book, CommandError> {
        let (command, name) = (&named.command, named.name());
        let mut book = book.clone();
        if book.commands.contains(&name) {
            return Ok(book);
        }
        if let Some(plan) = &command.plan {
            let taken = Digest::of_json(&(&name, "plan"));
            if !book.commands.contains(&taken) {
                let json = serde_json::to_string(plan).map_err(|error| CommandError::Lost(error.to_string()))?;
                let action = replacement(&*self.ports.store, &book, &json, command.plan_tag.as_deref()).await?;
                book = command_once(&self.ports, &*self.files, &book, action, taken).await?;
            }
        }
        match self.action(&book, command).await? {
            Some(action) => command_once(&self.ports, &*self.files, &book, action, name).await,
            None => Ok(book),
        }
    }

    /// Returns what a command does to a book; `None` where it only reads.
    async fn action(&self, book: &Book, command: &BookCommand) -> Result<Option<Action>, CommandError> {
        let (chapters, note) = (command.chapters.clone(), command.note.clone());
        let chapter = command.chapter.unwrap_or_default();
        let action = match command.command {
            CommandName::Status | CommandName::Why | CommandName::Plan => return Ok(None),
            CommandName::Approve => Action::Approve,
            CommandName::Hold => Action::Hold,
            CommandName::Lift => Action::Lift,
            CommandName::Cancel => Action::Cancel,
            CommandName::Redrive => Action::Redrive,
            CommandName::Rewrite => Action::Rewrite { chapters, note },
            CommandName::Revise => {
                let (sections, passage) = (command.sections.clone(), command.passage.clone());
                let wish = RevisionWish { chapters, sections, note: note.unwrap_or_default(), passage };
                Action::Revise(self.manuscript(book).await?.revisions(wish).await?)
            }
            CommandName::Restore => {
                let version = command.version.as_deref().unwrap_or_default().parse::<VersionName>();
                let version = version.map_err(|fault| CommandError::Invalid(vec![format!("version: {fault}")]))?;
                Action::ReplaceTexts(vec![self.manuscript(book).await?.restored(chapter, version).await?])
            }
            CommandName::Import => {
                let text = command.text.as_deref().unwrap_or_default();
                Action::ReplaceTexts(vec![self.manuscript(book).await?.edited(chapter, text)?])
            }
        };
        Ok(Some(action))
    }

    async fn manuscript<'a>(&'a self, book: &'a Book) -> Result<Manuscript<'a>, CommandError> {
        Ok(Manuscript::open(&*self.ports.store, book).await?)
    }

    /// Finds the book that a command names, if it is the tenant's.
    async fn find(&self, tenant: &str, command: &BookCommand) -> Result<Option<Book>, StoreError> {
        let store = &*self.ports.store;
        let caller = Caller::owner(tenant);
        match (&command.book, &command.request_id) {
            (Some(id), _) => caller.find(store, id).await,
            (None, Some(name)) => {
                let id = store.id_of(tenant, name).await?;
                Ok(store.book(&id).await?.filter(|book| caller.sees(book)))
            }
            (None, None) => Ok(None),
        }
    }

    /// Tells the sender why its command was not carried out. A refusal that nobody hears becomes a dead letter.
    async fn refuse(&self, message: &Message, about: About<'_>, problem: Problem) -> Verdict {
        let reason = problem.detail.clone();
        let About { tenant, command, book } = about;
        let request_id = book.map(|book| book.request_id.as_str()).or(command.request_id.as_deref());
        let book = book.map(|book| book.id.as_str()).or(command.book.as_deref());
        tracing::warn!(tenant, request_id, book, command = ?command.command, reason, "a command was refused");
        match self.tell(message, command::REFUSED, &problem).await {
            true => Verdict::Ack,
            false => Verdict::DeadLetter { reason },
        }
    }

    /// Tells the sender all that is wrong with a message that is no command. The message is kept as a dead letter in any case, since
    /// its sender has a fault that a person must look at.
    async fn reject_unreadable(
        &self,
        message: &Message,
        unknown: Option<UnknownSender>,
        flawed: Option<Problem>,
    ) -> Verdict {
        let mut problem = flawed.unwrap_or_else(|| Problem::new(ProblemKind::NotAllowed, ""));
        if let Some(unknown) = unknown {
            problem.errors.push(unknown.to_string());
            problem.detail = [problem.detail, unknown.to_string()]
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join("; ");
        }
        let reason = problem.detail.clone();
        tracing::warn!(sender = message.sender(), reason, "a message is no command");
        self.tell(message, command::REFUSED, &problem).await;
        Verdict::DeadLetter { reason }
    }

    async fn tell<T: serde::Serialize>(&self, message: &Message, kind: &str, data: &T) -> bool {
        let event = CloudEvent::new(kind, format!("{}:answer", message.id), data);
        answer(&*self.ports.queue, &self.settings, message, &event).await
    }
}

fn fault(error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, "a command met an error of this program");
    Problem::new(ProblemKind::Fault, "the log of the dispatchers says more")
}

/// Returns the command that gives a book what it needs.
fn advice(need: Need) -> String {
    match need {
        Need::Redrive => "the command `redrive`".to_owned(),
        Need::Lift => "the command `lift`".to_owned(),
        Need::Budget => "send it again with a larger budget_usd".to_owned(),
        Need::Approval => "the command `approve`".to_owned(),
    }
}
