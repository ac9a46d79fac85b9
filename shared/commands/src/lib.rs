//! What a caller may do with a book. The command line and the HTTP API share these commands, so that each rule stands once.
//!
//! [`Caller`] says whose books a caller sees and what it may do with them. [`command`] changes a book, [`remove`] deletes one,
//! [`act_on_each`] does so to many. [`BookQuery`] chooses among books. [`why`] says what one waits for, and [`BookSoFar`] reads what is
//! written of one. [`Manuscript`] has the versions of its texts and makes the orders that change them, and [`plan_of`] reads its plan.
//! [`Caller::look_at_fleet`] shows an operator what the store tells of the fleet, and [`DeadLetters`] looks after the messages that nobody
//! could read. [`TenantRoom`] says whether a tenant may have another book. [`add_webhook`] and its neighbours say where a tenant is told of its books.

mod action;
mod bulk;
mod caller;
mod change;
mod cursor;
mod dead;
mod filter;
mod fleet;
mod keys;
mod plan;
mod so_far;
mod state;
mod tenant_room;
#[cfg(test)]
mod test_store;
mod unfinished;
mod webhooks;
mod why;

pub use self::{
    action::{
        Action, CommandError, act, act_unpublished, bound, command, command_once, operate, refusal, remove,
        remove_stored,
    },
    bulk::{BulkAction, BulkResult, BulkResults, act_on_each},
    caller::Caller,
    change::{ChangeError, Manuscript, RevisionWish},
    cursor::Cursor,
    dead::{DeadLetterError, DeadLetterOrigin, DeadLetters, SentAgain, Stays},
    filter::{BookFilter, BookPage, BookQuery, MAX_PAGE},
    fleet::{BusyWorker, CommonWait, FleetLook, PACE_MINUTES, StuckBook},
    keys::{IssuedKey, KeyOrder, authenticate, holder_of, issue},
    plan::{PlanError, StoredPlan, plan_of, replacement},
    so_far::{BookSoFar, ChapterSoFar, Progress, SoFarError},
    state::BookState,
    tenant_room::TenantRoom,
    webhooks::{
        NewWebhook, WebhookError, add_webhook, find_webhook, own_webhooks, remove_webhook, resend, rotate_secret,
    },
    why::{Need, why},
};
