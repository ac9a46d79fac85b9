//! How many streams of events a key has open, counted in each process by itself.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The streams that are open.
pub(crate) struct Streams {
    per_key: Option<u32>,
    open: Mutex<HashMap<String, u32>>,
}

/// The place of an open stream. It is given back when this is dropped.
pub(crate) struct Place {
    streams: Arc<Streams>,
    key: String,
}

impl Streams {
    pub(crate) fn new(per_key: Option<u32>) -> Arc<Self> {
        Arc::new(Self { per_key, open: Mutex::default() })
    }

    /// Takes a place for another stream of a key. Returns how many the key may have where it has them all.
    pub(crate) fn take(self: &Arc<Self>, key: &str) -> Result<Place, u32> {
        let mut open = self.open();
        let of_key = open.entry(key.to_owned()).or_default();
        if let Some(most) = self.per_key.filter(|most| *of_key >= *most) {
            return Err(most);
        }
        *of_key += 1;
        Ok(Place { streams: self.clone(), key: key.to_owned() })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<String, u32>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.open();
        if let Some(of_key) = open.get_mut(&self.key) {
            *of_key -= 1;
            if *of_key == 0 {
                open.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_only_so_many_streams_and_gets_the_place_of_one_that_ended() {
        let streams = Streams::new(Some(2));
        let (first, _second) = (streams.take("a").ok().unwrap(), streams.take("a").ok().unwrap());
        assert_eq!(streams.take("a").err(), Some(2));
        assert!(streams.take("b").is_ok(), "each key has its own");
        drop(first);
        let _third = streams.take("a").ok().unwrap();
        assert_eq!(streams.take("a").err(), Some(2));
        assert_eq!(streams.open().len(), 1, "a key without streams takes no room");
    }

    #[test]
    fn without_a_limit_every_stream_is_opened() {
        let streams = Streams::new(None);
        let open: Vec<_> = (0..10_000).map(|_| streams.take("a").ok().unwrap()).collect();
        assert_eq!((open.len(), streams.open()["a"]), (10_000, 10_000));
    }
}
