//! Decides which fault befalls a call, and counts how often each rule has fired.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use super::{Faults, Rule, kind::Fault, rule::Match};
use crate::draw::{PromptDigest, Source};

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
    /// How often a rate has put each try off.
    put_off: Mutex<HashMap<(PromptDigest, u32), u32>>,
}

impl Injector {
    pub(crate) fn new(faults: Faults) -> Self {
        let fired = faults.rules.iter().map(|_| AtomicU32::new(0)).collect();
        Self { faults, fired, put_off: Mutex::default() }
    }

    /// Returns the fault that befalls this call, if one does; rates are drawn from the source.
    pub(crate) fn choose(&self, subject: &Subject, source: &Source) -> Option<Fault> {
        let by_rule = || {
            let mut rules = self.faults.rules.iter().zip(&self.fired);
            rules.find_map(|(rule, fired)| fire(rule, fired, subject).then_some(rule.fault))
        };
        by_rule().or_else(|| self.by_rate(source))
    }

    fn by_rate(&self, source: &Source) -> Option<Fault> {
        let mut put_off = self.put_off.lock().unwrap_or_else(PoisonError::into_inner);
        let times = put_off.get(&(source.prompt, source.attempt)).copied().unwrap_or(0);
        // A try that was put off comes again as the same try: drawn from nothing else, it would be put off for ever.
        let mut draw = source.draw(&if times == 0 { "fault".to_owned() } else { format!("fault {times}") });
        // All kinds are drawn whatever hits, so that adding one kind does not move the draws of another.
        let mut chosen = None;
        for &(fault, rate) in &self.faults.rates {
            let hit = draw.chance(rate);
            chosen = chosen.or(hit.then_some(fault));
        }
        if chosen.is_some_and(|fault| fault.puts_off()) {
            put_off.insert((source.prompt, source.attempt), times + 1);
        }
        chosen
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
    use crate::draw::Source;

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
    fn a_try_that_a_rate_puts_off_is_let_through_in_the_end() {
        for kind in ["rate_limited", "rate_limited_retry_after:7", "bad_key", "out_of_money"] {
            let injector = Injector::new(format!("{kind}=0.5").parse().unwrap());
            let calls = |attempt| {
                let mut befallen = (1..=100).map(|_| injector.choose(&subject(1, attempt), &source(attempt)));
                befallen.position(|fault| fault.is_none())
            };
            let put_off: Vec<usize> = (1..=50).filter_map(calls).collect();
            assert_eq!(put_off.len(), 50, "{kind}");
            assert!(put_off.iter().any(|times| *times > 1), "{kind}");
        }
        let charged = Injector::new("cut=0.5".parse().unwrap());
        let fault = charged.choose(&subject(1, 1), &source(1));
        assert!((1..=20).all(|_| charged.choose(&subject(1, 1), &source(1)) == fault));
    }
}
