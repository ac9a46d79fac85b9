//! Decides which fault befalls a call, and counts how often each rule has fired.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use super::kind::Fault;
use super::rule::Match;
use super::{Faults, Rule};
use crate::draw::{Draw, PromptDigest, Source};

/// What a call is about: what rules match and counts are kept by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Subject {
    pub(crate) task: &'static str,
    pub(crate) chapter: Option<u32>,
    pub(crate) section: Option<u32>,
    pub(crate) attempt: u32,
}

impl Match {
    fn matches(&self, subject: &Subject) -> bool {
        let task = self.task.as_deref().is_none_or(|task| task == subject.task);
        let chapter = self.chapter.is_none() || self.chapter == subject.chapter;
        let section = self.section.is_none() || self.section == subject.section;
        task && chapter && section && self.attempt.is_none_or(|attempt| attempt == subject.attempt)
    }
}

/// Decides which fault befalls a call.
#[derive(Debug)]
pub(crate) struct Injector {
    faults: Faults,
    fired: Vec<AtomicU32>,
    /// How often a prompt was turned away in one try. A client that is turned away comes back with the same try, and
    /// would be turned away for ever if the same draw decided again.
    turned_away: Mutex<HashMap<(PromptDigest, u32), u32>>,
}

impl Injector {
    pub(crate) fn new(faults: Faults) -> Self {
        let fired = faults.rules.iter().map(|_| AtomicU32::new(0)).collect();
        Self { faults, fired, turned_away: Mutex::default() }
    }

    /// Returns the fault that befalls this call, if one does.
    pub(crate) fn choose(&self, subject: &Subject, source: &Source) -> Option<Fault> {
        let mut turned_away = self.turned_away.lock().unwrap_or_else(PoisonError::into_inner);
        let call = (source.prompt, source.attempt);
        let mut draw = match turned_away.get(&call) {
            None => source.draw("fault"),
            Some(times) => source.draw(&format!("fault after {times}")),
        };
        let fault = self.drawn(subject, &mut draw);
        if fault.is_some_and(|fault| fault.turns_away()) {
            *turned_away.entry(call).or_default() += 1;
        }
        fault
    }

    fn drawn(&self, subject: &Subject, draw: &mut Draw) -> Option<Fault> {
        let by_rule = || {
            let mut rules = self.faults.rules.iter().zip(&self.fired);
            rules.find_map(|(rule, fired)| fire(rule, fired, subject).then_some(rule.fault))
        };
        // All kinds are drawn whatever hits, so that adding one kind does not move the draws of another.
        let mut by_rate = None;
        for &(fault, rate) in &self.faults.rates {
            let hit = draw.chance(rate);
            by_rate = by_rate.or(hit.then_some(fault));
        }
        by_rule().or(by_rate)
    }
}

fn fire(rule: &Rule, fired: &AtomicU32, subject: &Subject) -> bool {
    if !rule.matching.matches(subject) {
        return false;
    }
    let Some(times) = rule.times else { return true };
    // Calls come in at once from many connections; the update claims one firing for exactly one of them.
    fired.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| (count < times).then(|| count + 1)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(section: u32, attempt: u32) -> Subject {
        Subject { task: "section", chapter: Some(3), section: Some(section), attempt }
    }

    fn source(attempt: u32) -> Source {
        Source { seed: 1, prompt: [0; 32], attempt }
    }

    #[test]
    fn a_rule_fires_on_its_own_calls_and_as_often_as_it_says() {
        let script = r#"{"match":{"task":"section","section":2,"try":1},"fault":"reset","times":2}"#;
        let injector = Injector::new(Faults::from_script(script).unwrap());
        let choose = |subject: &Subject| injector.choose(subject, &source(1));
        assert_eq!(choose(&subject(1, 1)), None);
        assert_eq!(choose(&subject(2, 2)), None);
        assert_eq!(choose(&subject(2, 1)), Some(Fault::Reset));
        assert_eq!(choose(&subject(2, 1)), Some(Fault::Reset));
        assert_eq!(choose(&subject(2, 1)), None);
    }

    #[test]
    fn rates_hit_their_share_of_calls_and_leave_each_other_alone() {
        let alone: Faults = "cut=0.1".parse().unwrap();
        let hits = |faults: Faults, kind: Fault| -> Vec<u32> {
            let injector = Injector::new(faults);
            let hit = |&attempt: &u32| injector.choose(&subject(1, attempt), &source(attempt)) == Some(kind);
            (1..=2000).filter(hit).collect()
        };
        let cut = hits(alone.clone(), Fault::Cut);
        assert!((150..250).contains(&cut.len()), "{}", cut.len());
        let both = alone.and("hang=0.1".parse().unwrap());
        assert_eq!(hits(both, Fault::Cut), cut);
    }

    #[test]
    fn a_call_that_was_turned_away_draws_anew_and_one_that_failed_in_its_text_fails_again() {
        let passes = |fault: &str| {
            let injector = Injector::new(format!("{fault}=0.5").parse().unwrap());
            let passes =
                |&attempt: &u32| (0..32).any(|_| injector.choose(&subject(1, attempt), &source(attempt)).is_none());
            (1..=100).filter(passes).count()
        };
        for fault in ["rate_limited", "rate_limited_retry_after:1", "bad_key", "out_of_money"] {
            assert_eq!(passes(fault), 100, "{fault}");
        }
        assert!((30..70).contains(&passes("cut")));
    }
}
