//! Where the rate limits remember how much each key has used, in bounded memory.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use governor::nanos::Nanos;
use governor::state::StateStore;

/// A map from keys to the time until which their use counts: the later, the more a key has used.
pub(super) struct BoundedStore<K> {
    max_keys: usize,
    used_until: Mutex<HashMap<K, Nanos>>,
}

impl<K: Hash + Eq> BoundedStore<K> {
    pub(super) fn new(max_keys: usize) -> BoundedStore<K> {
        BoundedStore { max_keys, used_until: Mutex::new(HashMap::new()) }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Nanos>> {
        self.used_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq + Clone> StateStore for BoundedStore<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut used_until = self.lock();
        let (outcome, new) = measure(used_until.get(key).copied())?;
        if used_until.len() >= self.max_keys && !used_until.contains_key(key) {
            forget_less_used_half(&mut used_until);
        }
        used_until.insert(key.clone(), new);
        Ok(outcome)
    }
}

/// Keeps the keys that are limited now: many new keys must not reset them.
fn forget_less_used_half<K: Hash + Eq>(used_until: &mut HashMap<K, Nanos>) {
    let mut times: Vec<Nanos> = used_until.values().copied().collect();
    let middle = times.len() / 2;
    if middle < times.len() {
        let (_, median, _) = times.select_nth_unstable(middle);
        let median = *median;
        used_until.retain(|_, time| *time > median);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn use_key(store: &BoundedStore<u32>, key: u32, until: u64) -> Option<Nanos> {
        let measured = store.measure_and_replace(&key, |before| Ok::<_, ()>((before, Nanos::new(until))));
        measured.expect("no limit")
    }

    #[test]
    fn s86_new_keys_displace_those_that_used_least() {
        let store = BoundedStore::new(100);
        assert_eq!(use_key(&store, 0, 1_000_000), None);
        for key in 1..50_000 {
            use_key(&store, key, u64::from(key));
            assert!(store.lock().len() <= 100, "{key}");
        }
        assert_eq!(use_key(&store, 0, 1_000_000), Some(Nanos::new(1_000_000)), "the one that used most is known");
    }
}
