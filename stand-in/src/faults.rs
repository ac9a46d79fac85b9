//! Faults on demand: by rate, drawn from each call's seed, prompt and try, and by script.
//!
//! A rate is written `kind=0.05`, several joined by commas. Kinds with a parameter take it after a colon:
//! `rate_limited_retry_after:7=0.1` asks for seven seconds, `length:0.4=0.1` stops at two fifths of the text.
//! A script is a list of [`Rule`]s, as one JSON array or one JSON object a line.

mod injector;
mod kind;
mod rule;
mod spoil;

use std::str::FromStr;

pub(crate) use injector::{Injector, Subject};
pub use kind::{Fault, UnknownFault};
pub use rule::{Match, Rule};
pub(crate) use spoil::{Interruption, Mishap, Spoiled, spoil};

/// Which calls go wrong, and how. Rules come before rates, each in the order given; the first that hits decides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    rates: Vec<(Fault, f64)>,
    rules: Vec<Rule>,
}

/// Why faults could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FaultsError {
    /// A rate has no equals sign.
    #[error("read {0:?} as a fault's rate: write it as kind=rate, such as rate_limited=0.05")]
    NoRate(String),
    /// A rate is not a probability.
    #[error("read {0:?} as a fault's rate: it must be a number from 0 to 1")]
    NotAProbability(String),
    /// No fault has this name.
    #[error(transparent)]
    Unknown(#[from] UnknownFault),
    /// A script's rule cannot be read.
    #[error("read rule {number} of the fault script: {source}")]
    Rule {
        /// The rule's place in the script, from 1.
        number: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

impl Faults {
    /// Returns no faults at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a kind that befalls this share of all calls.
    pub fn with_rate(mut self, fault: Fault, rate: f64) -> Self {
        self.rates.push((fault, rate));
        self
    }

    /// Adds a rule.
    pub fn with_rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Adds all rates and rules of another set behind the own ones.
    pub fn and(mut self, other: Self) -> Self {
        self.rates.extend(other.rates);
        self.rules.extend(other.rules);
        self
    }

    /// Reads a script: a JSON array of rules, or one rule a line, where empty lines are skipped.
    ///
    /// # Errors
    ///
    /// Returns the first rule that cannot be read.
    pub fn from_script(script: &str) -> Result<Self, FaultsError> {
        let at = |number| move |source| FaultsError::Rule { number, source };
        let rules = if script.trim_start().starts_with('[') {
            let rules: Vec<serde_json::Value> = serde_json::from_str(script).map_err(at(1))?;
            let read = |(place, rule)| serde_json::from_value(rule).map_err(at(place + 1));
            rules.into_iter().enumerate().map(read).collect::<Result<_, _>>()?
        } else {
            let lines = script.lines().filter(|line| !line.trim().is_empty());
            let read = |(place, line)| serde_json::from_str(line).map_err(at(place + 1));
            lines.enumerate().map(read).collect::<Result<_, _>>()?
        };
        Ok(Self { rates: Vec::new(), rules })
    }
}

impl FromStr for Faults {
    type Err = FaultsError;

    fn from_str(text: &str) -> Result<Self, FaultsError> {
        let mut faults = Self::none();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (kind, rate) = part.split_once('=').ok_or_else(|| FaultsError::NoRate(part.to_owned()))?;
            let rate = rate
                .trim()
                .parse()
                .ok()
                .filter(|rate| (0.0..=1.0).contains(rate))
                .ok_or_else(|| FaultsError::NotAProbability(part.to_owned()))?;
            faults = faults.with_rate(kind.trim().parse()?, rate);
        }
        Ok(faults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_they_are_typed() {
        let faults: Faults = "rate_limited=0.05, length:0.4=1".parse().unwrap();
        let expected =
            Faults::none().with_rate(Fault::RateLimited, 0.05).with_rate(Fault::Length { fraction: 0.4 }, 1.0);
        assert_eq!(faults, expected);
        assert_eq!("".parse::<Faults>().unwrap(), Faults::none());
    }

    #[test]
    fn a_wrong_rate_says_what_to_write() {
        let error = |text: &str| text.parse::<Faults>().unwrap_err().to_string();
        assert!(error("reset").contains("kind=rate"));
        assert!(error("reset=1.5").contains("from 0 to 1"));
        assert!(error("reset=NaN").contains("from 0 to 1"));
        assert!(error("rest=0.5").contains("truncated_stop"), "the kinds are listed");
    }

    #[test]
    fn a_script_is_an_array_or_lines() {
        let line = r#"{"match":{"task":"section","try":1},"fault":"reset","times":1}"#;
        let lines = Faults::from_script(&format!("{line}\n\n{line}\n")).unwrap();
        let array = Faults::from_script(&format!("[{line},\n{line}]")).unwrap();
        assert_eq!(lines, array);
        assert_eq!(lines.rules.len(), 2);
        assert_eq!(lines.rules[0].matching.attempt, Some(1));
    }

    #[test]
    fn a_wrong_rule_is_named_by_its_number() {
        let script = "{\"fault\":\"reset\"}\n{\"fault\":\"reset\",\"when\":1}";
        let error = Faults::from_script(script).unwrap_err().to_string();
        assert!(error.contains("rule 2") && error.contains("when"), "{error}");
    }
}
