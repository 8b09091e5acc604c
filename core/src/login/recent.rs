//! Remembers for a minute how callbacks and registrations ended, for browsers that ask again: after a lost answer, or with
//! a second click.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

const LIFETIME_SECS: i64 = 60;
/// Under heavy load, outcomes are forgotten earlier.
const MAX_ENTRIES: usize = 10_000;

pub(super) struct RecentOutcomes<T>(Mutex<Entries<T>>);

struct Entries<T> {
    outcomes: HashMap<String, T>,
    /// When each outcome was added, in seconds since 1970, the oldest first.
    ages: VecDeque<(i64, String)>,
}

impl<T> Default for RecentOutcomes<T> {
    fn default() -> RecentOutcomes<T> {
        RecentOutcomes(Mutex::new(Entries { outcomes: HashMap::new(), ages: VecDeque::new() }))
    }
}

impl<T: Clone> RecentOutcomes<T> {
    /// Returns the outcome of `key`. `now` is in seconds since 1970.
    pub(super) fn get(&self, key: &str, now: i64) -> Option<T> {
        self.entries(now).outcomes.get(key).cloned()
    }

    /// Returns the outcome of `key` and whether it was added by this call.
    pub(super) fn get_or_insert_with(&self, key: String, now: i64, outcome: impl FnOnce() -> T) -> (T, bool) {
        let mut entries = self.entries(now);
        if let Some(outcome) = entries.outcomes.get(&key) {
            return (outcome.clone(), false);
        }
        let outcome = outcome();
        entries.ages.push_back((now, key.clone()));
        entries.outcomes.insert(key, outcome.clone());
        (outcome, true)
    }

    pub(super) fn remove(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).outcomes.remove(key);
    }

    /// Removes what is too old.
    fn entries(&self, now: i64) -> MutexGuard<'_, Entries<T>> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((added_at, _)) = entries.ages.front()
            && (now.saturating_sub(*added_at) >= LIFETIME_SECS || entries.ages.len() > MAX_ENTRIES)
        {
            if let Some((_, key)) = entries.ages.pop_front() {
                entries.outcomes.remove(&key);
            }
        }
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_kept_for_a_minute() {
        let recent = RecentOutcomes::default();
        assert_eq!(recent.get_or_insert_with("a".to_owned(), 100, || 1), (1, true));
        assert_eq!(recent.get_or_insert_with("a".to_owned(), 159, || 2), (1, false));
        assert_eq!(recent.get("a", 159), Some(1));
        assert_eq!(recent.get("a", 160), None);
        assert_eq!(recent.get_or_insert_with("a".to_owned(), 160, || 3), (3, true));
        recent.remove("a");
        assert_eq!(recent.get("a", 160), None);
    }

    #[test]
    fn number_of_outcomes_is_limited() {
        let recent = RecentOutcomes::default();
        for number in 0..2 * MAX_ENTRIES {
            recent.get_or_insert_with(number.to_string(), 100, || number);
        }
        assert!(recent.entries(100).outcomes.len() <= MAX_ENTRIES);
        assert_eq!(recent.get("0", 100), None);
    }
}
