//! The prompt cache: which beginnings of prompts were seen before.
//!
//! As with the real servers, an entry can be read only once the answer that wrote it has begun. Unlike theirs, entries
//! do not expire and have no least length, so that small tests see the cache work.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Mutex, PoisonError},
};

use sha2::{Digest, Sha256};

use crate::tokens;

/// A place where a cached prefix may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    key: u64,
    tokens: u64,
}

/// Marks checkpoints along a prompt.
#[derive(Clone, Debug)]
pub(crate) struct Marker {
    hash: Sha256,
    tokens: u64,
    checkpoints: Vec<Checkpoint>,
}

impl Marker {
    /// Begins a prompt; models do not share their caches.
    pub(crate) fn new(model: &str) -> Self {
        Self { hash: Sha256::new_with_prefix(model), tokens: 0, checkpoints: Vec::new() }
    }

    /// Goes on by a block of text that ends in a checkpoint if it is marked.
    pub(crate) fn block(&mut self, text: &str, marked: bool) {
        self.hash.update(text.len().to_le_bytes());
        self.hash.update(text.as_bytes());
        self.tokens += tokens::count(text);
        if marked {
            let digest = self.hash.clone().finalize();
            let key = digest.first_chunk().expect("a digest has 32 bytes");
            self.checkpoints.push(Checkpoint { key: u64::from_le_bytes(*key), tokens: self.tokens });
        }
    }

    /// Goes on by a text with a checkpoint at every 128 tokens, the steps in which servers cache by themselves.
    pub(crate) fn steps(&mut self, mut text: &str) {
        const STEP: u64 = 128;
        while !text.is_empty() {
            let (step, rest) = text.split_at(tokens::first(text, STEP).len());
            self.block(step, !rest.is_empty());
            text = rest;
        }
    }

    /// Returns the prompt's tokens and checkpoints.
    pub(crate) fn finish(self) -> (u64, Vec<Checkpoint>) {
        (self.tokens, self.checkpoints)
    }
}

/// The prefixes seen so far; the oldest are forgotten first.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    keys: HashSet<u64>,
    order: VecDeque<u64>,
}

const CAPACITY: usize = 1 << 16;

impl Cache {
    /// Returns how many tokens of a prompt are cached.
    pub(crate) fn cached(&self, checkpoints: &[Checkpoint]) -> u64 {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let longest = checkpoints.iter().rev().find(|at| seen.keys.contains(&at.key));
        longest.map_or(0, |at| at.tokens)
    }

    /// Returns how many tokens of a prompt would be newly cached.
    pub(crate) fn uncached(&self, checkpoints: &[Checkpoint]) -> u64 {
        let all = checkpoints.last().map_or(0, |at| at.tokens);
        all - self.cached(checkpoints)
    }

    /// Remembers a prompt.
    pub(crate) fn remember(&self, checkpoints: &[Checkpoint]) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for at in checkpoints {
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

    fn checkpoints(model: &str, text: &str) -> (u64, Vec<Checkpoint>) {
        let mut marker = Marker::new(model);
        marker.steps(text);
        marker.finish()
    }

    #[test]
    fn a_shared_beginning_is_cached_in_steps_of_128_tokens() {
        let cache = Cache::default();
        let book = "a line of the book ".repeat(100);
        let (input, first) = checkpoints("m", &format!("{book}and chapter one"));
        assert_eq!((input, cache.cached(&first)), (479, 0));
        cache.remember(&first);
        let (_, second) = checkpoints("m", &format!("{book}but chapter two"));
        assert_eq!(cache.cached(&second), 384);
        let (_, other) = checkpoints("n", &format!("{book}but chapter two"));
        assert_eq!(cache.cached(&other), 0);
    }

    #[test]
    fn marked_blocks_are_read_or_written() {
        let cache = Cache::default();
        let mut marker = Marker::new("m");
        marker.block("the book part", true);
        let (_, short) = marker.clone().finish();
        cache.remember(&short);
        marker.block("the slice", true);
        marker.block("the request", false);
        let (input, long) = marker.finish();
        assert_eq!((input, cache.cached(&long), cache.uncached(&long)), (10, 4, 3));
    }

    #[test]
    fn the_cache_forgets_the_oldest_first() {
        let cache = Cache::default();
        let entry = |key| Checkpoint { key, tokens: 1 };
        let all: Vec<_> = (0..=CAPACITY as u64).map(entry).collect();
        cache.remember(&all);
        assert_eq!(cache.cached(&all[..1]), 0);
        assert_eq!(cache.cached(&all[1..2]), 1);
    }
}
