//! Draws that depend on nothing but the seed, the prompt and the try.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use sha2::{Digest, Sha256};

/// The SHA-256 of a prompt.
pub(crate) type PromptDigest = [u8; 32];

/// What a call's draws are seeded from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    /// The server's seed.
    pub(crate) seed: u64,
    /// The prompt's digest.
    pub(crate) prompt: PromptDigest,
    /// The number of the try, from 1.
    pub(crate) attempt: u32,
}

impl Source {
    /// Returns the draws for one purpose; those of different purposes are independent.
    pub(crate) fn draw(&self, purpose: &str) -> Draw {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_le_bytes());
        hash.update(self.prompt);
        hash.update(self.attempt.to_le_bytes());
        hash.update(purpose.as_bytes());
        Draw(ChaCha8Rng::from_seed(hash.finalize().into()))
    }
}

/// A stream of draws. Choices are made by arithmetic of our own on ChaCha's words, so that no other
/// version of a library changes a text.
#[derive(Clone, Debug)]
pub(crate) struct Draw(ChaCha8Rng);

impl Draw {
    /// Returns a number below `bound`, which must not be zero.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("a list's length fits 64 bits");
        let high = (u128::from(self.0.next_u64()) * u128::from(bound)) >> 64;
        usize::try_from(high).expect("the product's high word is below the bound")
    }

    /// Returns a number in `low..=high`.
    pub(crate) fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// Returns a number in `0.0..1.0`.
    pub(crate) fn unit(&mut self) -> f64 {
        const STEPS: f64 = (1_u64 << 53) as f64;
        (self.0.next_u64() >> 11) as f64 / STEPS
    }

    /// Returns whether something of this probability happens.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Picks one of a list that is not empty.
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// Puts a list in random order.
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = self.below(last + 1);
            list.swap(last, other);
        }
    }

    /// Lends the generator to a distribution.
    pub(crate) fn generator(&mut self) -> &mut impl Rng {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(seed: u64, prompt: u8, attempt: u32) -> Source {
        Source { seed, prompt: [prompt; 32], attempt }
    }

    #[test]
    fn the_same_source_draws_the_same() {
        let numbers = |mut draw: Draw| (0..8).map(|_| draw.below(1000)).collect::<Vec<_>>();
        let first = numbers(source(1, 1, 1).draw("text"));
        assert_eq!(first, numbers(source(1, 1, 1).draw("text")));
        for other in [source(2, 1, 1), source(1, 2, 1), source(1, 1, 2)] {
            assert_ne!(first, numbers(other.draw("text")));
        }
        assert_ne!(first, numbers(source(1, 1, 1).draw("timing")));
    }

    #[test]
    fn the_draws_are_pinned_across_versions() {
        let mut draw = source(7, 9, 3).draw("text");
        let drawn: Vec<_> = (0..6).map(|_| draw.below(1_000_000)).collect();
        assert_eq!(drawn, PINNED);
    }

    const PINNED: [usize; 6] = [517_572, 234_224, 363_052, 452_659, 482_581, 128_503];

    #[test]
    fn a_chance_comes_about_as_often_as_it_says() {
        let mut draw = source(1, 2, 3).draw("fault");
        let hits = (0..10_000).filter(|_| draw.chance(0.05)).count();
        assert!((400..600).contains(&hits), "{hits}");
    }
}
