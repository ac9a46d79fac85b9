//! How fast the stand-in answers.

use std::time::Duration;

use rand_distr::{Distribution, LogNormal, Normal};

use crate::random::Random;

/// How soon answers begin and how fast they are sent. The values of a call are drawn by its seed, prompt and try.
#[derive(Clone, Debug, PartialEq)]
pub struct Timing {
    /// The median time to the first token. The times are log-normal.
    pub first_token: Duration,
    /// The spread of the logarithm of the time to the first token.
    pub sigma: f64,
    /// The mean tokens per second; `None` sends everything at once.
    pub tokens_per_second: Option<f64>,
    /// The standard deviation of the tokens per second, as a share of the mean.
    pub spread: f64,
}

impl Timing {
    /// Returns a timing without waits, for tests and benches.
    pub fn instant() -> Self {
        Self { first_token: Duration::ZERO, sigma: 0.0, tokens_per_second: None, spread: 0.0 }
    }

    /// Draws the pace of one call.
    pub(crate) fn pace(&self, random: &mut Random) -> Pace {
        let rng = random.rng();
        let delay = LogNormal::new(0.0, self.sigma.abs()).expect("a finite spread makes a distribution").sample(rng);
        let tokens_per_second = self.tokens_per_second.map(|mean| {
            let factor = Normal::new(1.0, self.spread.abs()).expect("a finite spread makes a distribution").sample(rng);
            mean * factor.clamp(0.5, 1.5)
        });
        Pace { first_token: self.first_token.mul_f64(delay), tokens_per_second }
    }
}

impl Default for Timing {
    /// Returns the timing of a hosted model. The first token takes half a second, and three seconds in one call of a
    /// hundred; then 80 tokens follow each second.
    fn default() -> Self {
        Self { first_token: Duration::from_millis(500), sigma: 0.77, tokens_per_second: Some(80.0), spread: 0.1 }
    }
}

/// The pace of one call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pace {
    pub(crate) first_token: Duration,
    pub(crate) tokens_per_second: Option<f64>,
}

impl Pace {
    /// Returns how long this many tokens take after the first one.
    pub(crate) fn duration(&self, tokens: u64) -> Duration {
        self.tokens_per_second.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(tokens as f64 / rate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::CallSeed;

    fn paces(timing: &Timing) -> Vec<Pace> {
        let pace = |attempt| {
            let seed = CallSeed { server: 1, prompt: [0; 32], attempt };
            timing.pace(&mut seed.random("timing"))
        };
        (1..=2000).map(pace).collect()
    }

    #[test]
    fn the_default_has_a_median_of_half_a_second_and_a_long_tail() {
        let mut first: Vec<_> = paces(&Timing::default()).iter().map(|pace| pace.first_token.as_secs_f64()).collect();
        first.sort_by(f64::total_cmp);
        assert!((0.45..0.55).contains(&first[1000]), "{}", first[1000]);
        assert!((2.3..3.9).contains(&first[1980]), "{}", first[1980]);
    }

    #[test]
    fn the_default_sends_about_eighty_tokens_a_second() {
        for pace in paces(&Timing::default()) {
            let rate = pace.tokens_per_second.unwrap();
            assert!((40.0..=120.0).contains(&rate), "{rate}");
        }
    }

    #[test]
    fn an_instant_timing_never_waits() {
        for pace in paces(&Timing::instant()) {
            assert_eq!(pace.first_token + pace.duration(1_000_000), Duration::ZERO);
        }
    }
}
