//! Random choices that depend only on the seed, the prompt and the try.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use sha2::{Digest, Sha256};

/// The SHA-256 of a prompt.
pub(crate) type PromptDigest = [u8; 32];

/// The seed of all random choices for a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallSeed {
    /// The server's seed.
    pub(crate) server: u64,
    /// The digest of the prompt.
    pub(crate) prompt: PromptDigest,
    /// The number of the try, from 1.
    pub(crate) attempt: u32,
}

impl CallSeed {
    /// Returns a generator for one purpose. Generators of different purposes are independent.
    pub(crate) fn random(&self, purpose: &str) -> Random {
        let mut hash = Sha256::new();
        hash.update(self.server.to_le_bytes());
        hash.update(self.prompt);
        hash.update(self.attempt.to_le_bytes());
        hash.update(purpose.as_bytes());
        Random(ChaCha8Rng::from_seed(hash.finalize().into()))
    }
}

/// A generator of random choices. It makes them by its own arithmetic on the words of ChaCha, so that no other version of
/// a library changes a text.
#[derive(Clone, Debug)]
pub(crate) struct Random(ChaCha8Rng);

impl Random {
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
    pub(crate) fn fraction(&mut self) -> f64 {
        const STEPS: f64 = (1_u64 << 53) as f64;
        (self.0.next_u64() >> 11) as f64 / STEPS
    }

    /// Returns `true` with this probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.fraction() < probability
    }

    /// Picks an item of a list that is not empty.
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
    pub(crate) fn rng(&mut self) -> &mut impl Rng {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed(server: u64, prompt: u8, attempt: u32) -> CallSeed {
        CallSeed { server, prompt: [prompt; 32], attempt }
    }

    #[test]
    fn the_same_seed_gives_the_same_choices() {
        let numbers = |mut random: Random| (0..8).map(|_| random.below(1000)).collect::<Vec<_>>();
        let first = numbers(seed(1, 1, 1).random("text"));
        assert_eq!(first, numbers(seed(1, 1, 1).random("text")));
        for other in [seed(2, 1, 1), seed(1, 2, 1), seed(1, 1, 2)] {
            assert_ne!(first, numbers(other.random("text")));
        }
        assert_ne!(first, numbers(seed(1, 1, 1).random("timing")));
    }

    #[test]
    fn the_choices_are_the_same_in_all_versions() {
        let mut random = seed(7, 9, 3).random("text");
        let numbers: Vec<_> = (0..6).map(|_| random.below(1_000_000)).collect();
        assert_eq!(numbers, PINNED);
    }

    const PINNED: [usize; 6] = [517_572, 234_224, 363_052, 452_659, 482_581, 128_503];

    #[test]
    fn a_chance_has_the_probability_it_is_given() {
        let mut random = seed(1, 2, 3).random("fault");
        let hits = (0..10_000).filter(|_| random.chance(0.05)).count();
        assert!((400..600).contains(&hits), "{hits}");
    }
}
