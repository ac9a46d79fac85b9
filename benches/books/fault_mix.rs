//! Kinds of fault that are drawn together, and the share of books that survive them by chance alone.

use crate::{outline::Outline, second_calls::SecondCalls};

/// The charged tries of a part, by default.
const TRIES: i32 = 5;

/// Kinds of fault that are equally likely.
pub(crate) struct FaultMix {
    /// The name of the mix in tables.
    pub(crate) name: &'static str,
    /// The kinds, as the stand-in names them.
    pub(crate) kinds: &'static [&'static str],
}

/// The faults that a client of the wire protocol sees.
pub(crate) const VISIBLE: FaultMix = FaultMix {
    name: "visible",
    kinds: &["server_error", "overloaded", "reset", "cut", "stall", "hang", "error_event", "rate_limited"],
};

/// The faults of calls that succeed by the protocol. Only a check of the text finds them.
pub(crate) const GATE_ONLY: FaultMix =
    FaultMix { name: "in the text", kinds: &["truncated_stop", "empty", "wrong_json", "meta_talk"] };

impl FaultMix {
    /// Returns rates that together hit this share of all calls.
    pub(crate) fn rates(&self, share: f64) -> String {
        let each = self.each(share);
        self.kinds.iter().map(|kind| format!("{kind}={each}")).collect::<Vec<_>>().join(",")
    }

    /// Returns the rate of each kind. The stand-in draws every kind independently, and all together must leave `1 -
    /// share` of the calls without a fault.
    fn each(&self, share: f64) -> f64 {
        1.0 - (1.0 - share).powf(1.0 / self.kinds.len() as f64)
    }

    /// Returns the probability that a charged call fails.
    fn failing(&self, share: f64, is_json: bool) -> f64 {
        let each = self.each(share);
        // Where several kinds hit a call, the first decides.
        let decides = |wanted: &str| {
            let place = self.kinds.iter().position(|kind| *kind == wanted);
            place.map_or(0.0, |place| each * (1.0 - each).powf(place as f64))
        };
        let free = decides("rate_limited");
        // A JSON object is found between other words too, so those do no harm.
        let harmless = if is_json { decides("meta_talk") } else { 0.0 };
        (share - free - harmless) / (1.0 - free)
    }

    /// Returns the share of these books that become whole by chance alone. Every part has five tries, and a try with a
    /// second call fails where either of its calls fails.
    pub(crate) fn whole(&self, share: f64, second_calls: &SecondCalls, books: impl Iterator<Item = Outline>) -> f64 {
        let (json, prose) = (self.failing(share, true), self.failing(share, false));
        let plan = 1.0 - json.powi(TRIES);
        let section = |second: f64| 1.0 - (prose + (1.0 - prose) * second * prose).powi(TRIES);
        let whole = |outline: Outline| {
            let chapters = outline.chapters.iter().map(|chapter| {
                let sections = chapter.sections.len();
                section(second_calls.share(sections)).powi(i32::try_from(sections).unwrap_or(i32::MAX))
            });
            plan * chapters.product::<f64>()
        };
        let all: Vec<f64> = books.map(whole).collect();
        all.iter().sum::<f64>() / all.len() as f64
    }
}
