//! The prompt cache: the beginnings of prompts that were seen before.
//!
//! As with the real servers, an entry can be read only once the answer that wrote it has begun. Unlike theirs, entries do
//! not expire and have no minimum length, so that small tests see the cache work.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Mutex, PoisonError},
};

use sha2::{Digest, Sha256};

use crate::tokens;

/// A place in a prompt where a cached prefix may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Breakpoint {
    key: u64,
    tokens: u64,
}

/// Hashes a prompt from its beginning and notes the breakpoints.
#[derive(Clone, Debug)]
pub(crate) struct PrefixHasher {
    hash: Sha256,
    tokens: u64,
    breakpoints: Vec<Breakpoint>,
}

impl PrefixHasher {
    /// Begins a prompt. Models do not share their caches.
    pub(crate) fn new(model: &str) -> Self {
        Self { hash: Sha256::new_with_prefix(model), tokens: 0, breakpoints: Vec::new() }
    }

    /// Adds a block of text, which ends in a breakpoint if it is marked.
    pub(crate) fn add_block(&mut self, text: &str, is_marked: bool) {
        self.hash.update(text.len().to_le_bytes());
        self.hash.update(text.as_bytes());
        self.tokens += tokens::count(text);
        if is_marked {
            let digest = self.hash.clone().finalize();
            let key = digest.first_chunk().expect("a digest has 32 bytes");
            self.breakpoints.push(Breakpoint { key: u64::from_le_bytes(*key), tokens: self.tokens });
        }
    }

    /// Adds a text with a breakpoint at every 128 tokens, the steps in which servers cache unasked.
    pub(crate) fn add_in_steps(&mut self, mut text: &str) {
        const STEP: u64 = 128;
        while !text.is_empty() {
            let (step, rest) = text.split_at(tokens::prefix(text, STEP).len());
            self.add_block(step, !rest.is_empty());
            text = rest;
        }
    }

    /// Ends the prompt.
    pub(crate) fn finish(self) -> HashedPrompt {
        HashedPrompt { tokens: self.tokens, breakpoints: self.breakpoints }
    }
}

/// The length of a prompt, and its breakpoints.
#[derive(Clone, Debug)]
pub(crate) struct HashedPrompt {
    pub(crate) tokens: u64,
    /// The breakpoints, with the shortest prefix first.
    pub(crate) breakpoints: Vec<Breakpoint>,
}

/// The prefixes seen so far. The oldest ones are forgotten first.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    keys: HashSet<u64>,
    order: VecDeque<u64>,
}

/// How many prefixes are remembered.
const CAPACITY: usize = 1 << 16;

impl Cache {
    /// Returns how many tokens of a prompt are cached.
    pub(crate) fn cached(&self, breakpoints: &[Breakpoint]) -> u64 {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let longest = breakpoints.iter().rev().find(|at| seen.keys.contains(&at.key));
        longest.map_or(0, |at| at.tokens)
    }

    /// Returns how many tokens of a prompt would be newly cached.
    pub(crate) fn uncached(&self, breakpoints: &[Breakpoint]) -> u64 {
        let all = breakpoints.last().map_or(0, |at| at.tokens);
        all - self.cached(breakpoints)
    }

    /// Remembers the prefixes of a prompt.
    pub(crate) fn remember(&self, breakpoints: &[Breakpoint]) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for at in breakpoints {
            if seen.keys.insert(at.key) {
                seen.order.push_back(at.key);
            }
        }
        while seen.order.len() > CAPACITY {
            if let Some(oldest) = seen.order.pop_front() {
                seen.keys.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(model: &str, text: &str) -> HashedPrompt {
        let mut hasher = PrefixHasher::new(model);
        hasher.add_in_steps(text);
        hasher.finish()
    }

    #[test]
    fn a_shared_beginning_is_cached_in_steps_of_128_tokens() {
        let cache = Cache::default();
        let book = "a line of the book ".repeat(100);
        let first = hash("m", &format!("{book}and chapter one"));
        assert_eq!((first.tokens, cache.cached(&first.breakpoints)), (479, 0));
        cache.remember(&first.breakpoints);
        let second = hash("m", &format!("{book}but chapter two"));
        assert_eq!(cache.cached(&second.breakpoints), 384);
        let other = hash("n", &format!("{book}but chapter two"));
        assert_eq!(cache.cached(&other.breakpoints), 0);
    }

    #[test]
    fn marked_blocks_are_read_from_the_cache_or_written_to_it() {
        let cache = Cache::default();
        let mut hasher = PrefixHasher::new("m");
        hasher.add_block("the book part", true);
        cache.remember(&hasher.clone().finish().breakpoints);
        hasher.add_block("the slice", true);
        hasher.add_block("the request", false);
        let HashedPrompt { tokens, breakpoints } = hasher.finish();
        assert_eq!((tokens, cache.cached(&breakpoints), cache.uncached(&breakpoints)), (10, 4, 3));
    }

    #[test]
    fn the_cache_forgets_the_oldest_first() {
        let cache = Cache::default();
        let entry = |key| Breakpoint { key, tokens: 1 };
        let all: Vec<_> = (0..=CAPACITY as u64).map(entry).collect();
        cache.remember(&all);
        assert_eq!(cache.cached(&all[..1]), 0);
        assert_eq!(cache.cached(&all[1..2]), 1);
    }
}
