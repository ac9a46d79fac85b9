//! The problems with a configuration: all of them at once, each with the source of the value.

use std::{
    fmt::{self, Display},
    ops::RangeInclusive,
    time::Duration,
};

use bindery_domain::{ServiceUrl, duration};

use super::origin::Origin;

/// All problems with a configuration.
#[derive(Debug, thiserror::Error)]
#[error("the configuration has {}", listed(.problems))]
pub struct ConfigErrors {
    /// In the order of the sources they came from.
    pub(super) problems: Vec<Problem>,
}

fn listed(problems: &[Problem]) -> String {
    let count = match problems.len() {
        1 => "a problem".to_owned(),
        several => format!("{several} problems"),
    };
    problems.iter().fold(format!("{count}:"), |list, problem| format!("{list}\n  {problem}"))
}

/// A problem with a value or a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// The key, like `ledger.lease`; for a file that cannot be read, its path.
    pub(super) subject: String,
    /// What is wrong and what is allowed.
    pub(super) message: String,
    /// The source of the value.
    pub(super) origin: Origin,
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.message)?;
        match &self.origin {
            Origin::Default => Ok(()),
            set => write!(f, " ({set})"),
        }
    }
}

/// Collects problems while a configuration is read and checked.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    /// Adds a problem with a value whose source is known.
    pub(super) fn add_from(&mut self, origin: Origin, subject: impl Into<String>, message: impl Into<String>) {
        self.0.push(Problem { subject: subject.into(), message: message.into(), origin });
    }

    /// Adds a problem with the value in force for a key.
    pub(super) fn add(&mut self, key: &str, message: impl Into<String>) {
        self.add_from(Origin::Default, key, message);
    }

    /// Adds a problem unless the value lies in the range.
    pub(super) fn check_range<T: PartialOrd + Display + Copy>(
        &mut self,
        key: &str,
        value: T,
        allowed: RangeInclusive<T>,
    ) {
        if !allowed.contains(&value) {
            let (low, high) = allowed.into_inner();
            self.add(key, format!("is {value}, but must be {low} to {high}"));
        }
    }

    /// Adds a problem unless the address has one of these schemes and a password that is not a mask.
    pub(super) fn check_url(&mut self, key: &str, url: &ServiceUrl, schemes: &[&str]) {
        if !schemes.contains(&url.scheme()) {
            let schemes = schemes.iter().map(|scheme| format!("`{scheme}:`")).collect::<Vec<_>>();
            self.add(key, format!("must start with {}", schemes.join(" or ")));
        }
        if url.holds_mask() {
            self.add(key, "holds a mask where its password was; write the password");
        }
    }

    /// Adds a problem unless the duration lies in the range.
    pub(super) fn check_duration(&mut self, key: &str, value: Duration, allowed: RangeInclusive<Duration>) {
        if !allowed.contains(&value) {
            let [value, low, high] = [value, *allowed.start(), *allowed.end()].map(duration::text);
            self.add(key, format!("is {value}, but must be {low} to {high}"));
        }
    }

    /// Gives each problem of a check the source of its value.
    pub(super) fn with_origins(mut self, origin: impl Fn(&str) -> Origin) -> Self {
        for problem in &mut self.0 {
            problem.origin = origin(&problem.subject);
        }
        self
    }

    /// Appends the problems of another collector.
    pub(super) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Returns the problems as an error, where there are any.
    pub(super) fn into_result(self) -> Result<(), ConfigErrors> {
        if self.0.is_empty() { Ok(()) } else { Err(ConfigErrors { problems: self.0 }) }
    }
}
