//! The user's consent, without which no call that costs money is made.

use bindery_domain::Micros;
use bindery_model::Caller;

use crate::{environment::Environment, exit::Failure};

/// What the command line says about spending.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spending {
    /// Whether the user has agreed beforehand.
    pub(crate) yes: bool,
    /// The most that may be spent.
    pub(crate) budget: Option<Micros>,
    /// The options of the command that stand for an answer.
    pub(crate) options: &'static str,
}

impl Spending {
    /// Returns what a command with the options `--yes` and `--budget` was told.
    pub(crate) fn of(yes: bool, budget: Option<Micros>) -> Self {
        Self { yes, budget, options: "--yes or --budget USD" }
    }

    /// Prints what calls are expected to take, and asks before they cost money. Calls to a free model are not asked about.
    pub(crate) fn consent(
        &self,
        environment: &Environment,
        caller: &Caller,
        told: &str,
        question: &str,
    ) -> Result<(), Failure> {
        eprintln!("{told}");
        if caller.is_free() || self.yes {
            return Ok(());
        }
        if environment.interactive {
            let agreed = environment.agrees(question);
            return if agreed { Ok(()) } else { Err(Failure::choice("nothing was done; --yes skips the question")) };
        }
        if self.budget.is_some() {
            return Ok(());
        }
        Err(Failure::choice(format!(
            "nothing was done: the calls cost money, and nobody is at a terminal to agree; add {}",
            self.options
        )))
    }
}
