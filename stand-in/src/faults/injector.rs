//! Chooses the fault of each call, and counts how often each rule has fired.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use super::{Faults, Rate, Rule, kind::Fault, rule::Match};
use crate::random::{CallSeed, PromptDigest};

/// What a call is about. Rules match it, and the statistics count by it.
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

/// Chooses the fault of each call.
#[derive(Debug)]
pub(crate) struct Injector {
    faults: Faults,
    fired: Vec<AtomicU32>,
    /// How often each try had an uncharged fault by rate.
    uncharged: Mutex<HashMap<Try, u32>>,
}

/// A try: a prompt, and the number of the try at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Try {
    prompt: PromptDigest,
    attempt: u32,
}

impl Injector {
    pub(crate) fn new(faults: Faults) -> Self {
        let fired = faults.rules.iter().map(|_| AtomicU32::new(0)).collect();
        Self { faults, fired, uncharged: Mutex::default() }
    }

    /// Returns the fault of a call; `None` where it has none. The rates are drawn by the seed.
    pub(crate) fn choose(&self, subject: &Subject, seed: &CallSeed) -> Option<Fault> {
        let by_rule = || {
            let mut rules = self.faults.rules.iter().zip(&self.fired);
            rules.find_map(|(rule, fired)| fire(rule, fired, subject).then_some(rule.fault))
        };
        by_rule().or_else(|| self.by_rate(subject, seed))
    }

    fn by_rate(&self, subject: &Subject, seed: &CallSeed) -> Option<Fault> {
        let mut uncharged = self.uncharged.lock().unwrap_or_else(PoisonError::into_inner);
        let this_try = Try { prompt: seed.prompt, attempt: seed.attempt };
        let times = uncharged.get(&this_try).copied().unwrap_or(0);
        // After an uncharged fault the same try comes again. Without a count in the purpose, it would have the same fault for
        // ever.
        let mut random = seed.random(&if times == 0 { "fault".to_owned() } else { format!("fault {times}") });
        // All kinds are drawn even after a hit, so that adding one kind does not change the draws of another.
        let mut chosen = None;
        for &Rate { fault, rate } in &self.faults.rates {
            let hit = random.chance(rate) && fault.concerns(subject.task);
            chosen = chosen.or(hit.then_some(fault));
        }
        if chosen.is_some_and(|fault| fault.is_uncharged()) {
            uncharged.insert(this_try, times + 1);
        }
        chosen
    }
}

fn fire(rule: &Rule, fired: &AtomicU32, subject: &Subject) -> bool {
    if !rule.matching.matches(subject) || !rule.fault.concerns(subject.task) {
        return false;
    }
    let Some(times) = rule.times else { return true };
    // Calls arrive on many connections at once. The update claims one firing for exactly one of them.
    fired.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| (count < times).then(|| count + 1)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::CallSeed;

    fn subject(section: u32, attempt: u32) -> Subject {
        Subject { task: "section", chapter: Some(3), section: Some(section), attempt }
    }

    fn seed(attempt: u32) -> CallSeed {
        CallSeed { server: 1, prompt: [0; 32], attempt }
    }

    #[test]
    fn a_rule_fires_on_matching_calls_and_only_the_given_times() {
        let script = r#"{"match":{"task":"section","section":2,"try":1},"fault":"reset","times":2}"#;
        let injector = Injector::new(Faults::from_script(script).unwrap());
        let choose = |subject: &Subject| injector.choose(subject, &seed(1));
        assert_eq!(choose(&subject(1, 1)), None);
        assert_eq!(choose(&subject(2, 2)), None);
        assert_eq!(choose(&subject(2, 1)), Some(Fault::Reset));
        assert_eq!(choose(&subject(2, 1)), Some(Fault::Reset));
        assert_eq!(choose(&subject(2, 1)), None);
    }

    #[test]
    fn rates_hit_their_share_of_calls_independently() {
        let alone: Faults = "cut=0.1".parse().unwrap();
        let hits = |faults: Faults, kind: Fault| -> Vec<u32> {
            let injector = Injector::new(faults);
            let hit = |&attempt: &u32| injector.choose(&subject(1, attempt), &seed(attempt)) == Some(kind);
            (1..=2000).filter(hit).collect()
        };
        let cut = hits(alone.clone(), Fault::Cut);
        assert!((150..250).contains(&cut.len()), "{}", cut.len());
        let both = alone.and("hang=0.1".parse().unwrap());
        assert_eq!(hits(both, Fault::Cut), cut);
    }

    #[test]
    fn a_try_with_uncharged_faults_by_rate_is_answered_in_the_end() {
        for kind in ["rate_limited", "rate_limited_retry_after:7", "bad_key", "out_of_money"] {
            let injector = Injector::new(format!("{kind}=0.5").parse().unwrap());
            let calls_until_none = |attempt| {
                let mut faults = (1..=100).map(|_| injector.choose(&subject(1, attempt), &seed(attempt)));
                faults.position(|fault| fault.is_none())
            };
            let counts: Vec<usize> = (1..=50).filter_map(calls_until_none).collect();
            assert_eq!(counts.len(), 50, "{kind}");
            assert!(counts.iter().any(|count| *count > 1), "{kind}");
        }
        let charged = Injector::new("cut=0.5".parse().unwrap());
        let fault = charged.choose(&subject(1, 1), &seed(1));
        assert!((1..=20).all(|_| charged.choose(&subject(1, 1), &seed(1)) == fault));
    }
}
