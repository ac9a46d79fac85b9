//! What a caller may do with a book. The command line and the HTTP API share these commands, so that each rule stands once.
//!
//! [`Caller`] says whose books a caller sees and what it may do with them. [`act`] changes a book, [`remove`] deletes one,
//! [`why`] says what one waits for, and [`BookSoFar`] reads what is written of one. [`Manuscript`] has the versions of its texts and makes
//! the orders that change them, and [`plan_of`] reads its plan.

mod action;
mod caller;
mod change;
mod keys;
mod plan;
mod so_far;
mod unfinished;
mod why;

pub use self::{
    action::{Action, CommandError, act, act_unpublished, bound, operate, remove, remove_stored},
    caller::Caller,
    change::{ChangeError, MAX_NOTE, MAX_TEXT, Manuscript, RevisionWish},
    keys::{IssuedKey, KeyOrder, authenticate, issue},
    plan::{PlanError, StoredPlan, plan_of, replacement},
    so_far::{BookSoFar, ChapterSoFar, Progress, SoFarError},
    why::{Need, why},
};
