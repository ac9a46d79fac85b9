//! Kinds of fault that are drawn together, and what chance says of the books written under them.

use crate::{continued::Continued, outline::Outline};

/// Charged tries of a part, as the program's defaults have it.
const TRIES: i32 = 5;

/// Kinds of fault that are equally likely.
pub(crate) struct Mix {
    /// What they have in common.
    pub(crate) name: &'static str,
    /// The kinds, as the stand-in names them.
    pub(crate) kinds: &'static [&'static str],
}

/// Faults that a client of the wire protocol sees.
pub(crate) const VISIBLE: Mix = Mix {
    name: "visible",
    kinds: &["server_error", "overloaded", "reset", "cut", "stall", "hang", "error_event", "rate_limited"],
};

/// Faults in calls that succeed by all the protocol says; only a look at the text finds them.
pub(crate) const GATE_ONLY: Mix =
    Mix { name: "in the text", kinds: &["truncated_stop", "empty", "wrong_json", "meta_talk"] };

impl Mix {
    /// Returns rates that together befall this share of all calls.
    pub(crate) fn rates(&self, share: f64) -> String {
        let each = self.each(share);
        self.kinds.iter().map(|kind| format!("{kind}={each}")).collect::<Vec<_>>().join(",")
    }

    /// The stand-in draws every kind; so many independent chances must leave `1 - share` of the calls alone.
    fn each(&self, share: f64) -> f64 {
        1.0 - (1.0 - share).powf(1.0 / self.kinds.len() as f64)
    }

    /// Returns how likely a charged call fails.
    fn failing(&self, share: f64, is_json: bool) -> f64 {
        let each = self.each(share);
        // The first kind that hits decides.
        let decides = |wanted: &str| {
            let place = self.kinds.iter().position(|kind| *kind == wanted);
            place.map_or(0.0, |place| each * (1.0 - each).powf(place as f64))
        };
        let free = decides("rate_limited");
        // Words around an object do no harm: it is found all the same.
        let harmless = if is_json { decides("meta_talk") } else { 0.0 };
        (share - free - harmless) / (1.0 - free)
    }

    /// Returns the share of these books that become whole, by chance alone: every part has five tries, and a try whose
    /// text takes a second call is lost when either fails.
    pub(crate) fn whole(&self, share: f64, continued: &Continued, books: impl Iterator<Item = Outline>) -> f64 {
        let (json, prose) = (self.failing(share, true), self.failing(share, false));
        let brief = 1.0 - json.powi(TRIES);
        let section = |continued: f64| 1.0 - (prose + (1.0 - prose) * continued * prose).powi(TRIES);
        let whole = |outline: Outline| {
            let chapters = outline.chapters.iter().map(|chapter| {
                let sections = chapter.sections.len();
                brief * section(continued.share(sections)).powi(i32::try_from(sections).unwrap_or(i32::MAX))
            });
            // The plan is an object as a brief is.
            brief * chapters.product::<f64>()
        };
        let all: Vec<f64> = books.map(whole).collect();
        all.iter().sum::<f64>() / all.len() as f64
    }
}
