//! Faults on demand: by rate, drawn by the seed, prompt and try of each call, or by script.
//!
//! A rate is written `kind=0.05`, and commas separate several rates. A kind with a parameter takes it after a colon:
//! `rate_limited_retry_after:7=0.1` asks for seven seconds, and `length:0.4=0.1` stops at two fifths of the text.
//! A script is a list of [`Rule`]s, as one JSON array or as one JSON object on each line.

mod habit;
mod injector;
mod kind;
mod rule;
mod spoil;

use std::str::FromStr;

use serde_json::value::RawValue;

pub(crate) use injector::{Injector, Subject};
pub use kind::{Fault, UnknownFault};
pub use rule::{Match, Rule};
pub(crate) use spoil::{Disruption, Interruption, STATED, Spoiled, spoil};

/// Which calls fail, and how. Rules come before rates, each in their given order. The first one that hits decides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    rates: Vec<Rate>,
    rules: Vec<Rule>,
}

/// The share of all calls that have a fault.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rate {
    fault: Fault,
    rate: f64,
}

/// Why faults could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FaultsError {
    /// A rate has no equals sign.
    #[error("failed to read {0:?} as a fault's rate: write it as kind=rate, such as rate_limited=0.05")]
    NoRate(String),
    /// A rate is not a probability.
    #[error("failed to read {0:?} as a fault's rate: it must be a number from 0 to 1")]
    NotAProbability(String),
    /// No fault has this name.
    #[error(transparent)]
    Unknown(#[from] UnknownFault),
    /// A script's rule cannot be read.
    #[error("failed to read rule {number} of the fault script: {source}")]
    Rule {
        /// The number of the rule in the script, from 1.
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

    /// Adds a rule.
    pub fn with_rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Adds all rates and rules of another set after its own.
    pub fn and(mut self, other: Self) -> Self {
        self.rates.extend(other.rates);
        self.rules.extend(other.rules);
        self
    }

    /// Reads a script: a JSON array of rules, or one rule on each line. Empty lines are skipped.
    ///
    /// # Errors
    ///
    /// Returns an error for the first rule that cannot be read.
    pub fn from_script(script: &str) -> Result<Self, FaultsError> {
        let at = |number| move |source| FaultsError::Rule { number, source };
        let rules = if script.trim_start().starts_with('[') {
            // A value would keep the last of two fields with one name.
            let rules: Vec<&RawValue> = serde_json::from_str(script).map_err(at(1))?;
            let read = |(place, rule): (usize, &RawValue)| serde_json::from_str(rule.get()).map_err(at(place + 1));
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
            faults.rates.push(Rate { fault: kind.trim().parse()?, rate });
        }
        Ok(faults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_with_their_parameters() {
        let faults: Faults = "rate_limited=0.05, length:0.4=1".parse().unwrap();
        let rates = vec![
            Rate { fault: Fault::RateLimited, rate: 0.05 },
            Rate { fault: Fault::Length { fraction: 0.4 }, rate: 1.0 },
        ];
        assert_eq!(faults, Faults { rates, rules: Vec::new() });
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
    fn a_script_is_an_array_or_one_rule_on_each_line() {
        let line = r#"{"match":{"task":"section","try":1},"fault":"reset","times":1}"#;
        let lines = Faults::from_script(&format!("{line}\n\n{line}\n")).unwrap();
        let array = Faults::from_script(&format!("[{line},\n{line}]")).unwrap();
        assert_eq!(lines, array);
        assert_eq!(lines.rules.len(), 2);
        assert_eq!(lines.rules[0].matching.attempt, Some(1));
    }

    #[test]
    fn the_page_about_the_stand_in_names_every_fault_and_its_script_can_be_read() {
        let page = include_str!("../../docs/stand-in.md");
        for fault in Fault::all() {
            assert!(page.contains(&format!("\n| `{}` |", fault.name())), "{} is missing", fault.name());
        }
        let (_, script) = page.split_once("```json\n").unwrap();
        let script = script.split_once("```").unwrap().0;
        assert_eq!(Faults::from_script(script).unwrap().rules.len(), 3);
    }

    #[test]
    fn the_error_names_a_wrong_rule_by_its_number() {
        let script = "{\"fault\":\"reset\"}\n{\"fault\":\"reset\",\"when\":1}";
        let error = Faults::from_script(script).unwrap_err().to_string();
        assert!(error.contains("rule 2") && error.contains("when"), "{error}");
        let twice = r#"[{"fault":"reset"},{"fault":"reset","fault":"hang"}]"#;
        let error = Faults::from_script(twice).unwrap_err().to_string();
        assert!(error.contains("rule 2") && error.contains("duplicate"), "{error}");
    }
}
