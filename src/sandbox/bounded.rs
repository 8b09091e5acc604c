//! A map that forgets the oldest entry when it is full.

use std::collections::{HashMap, VecDeque};

/// Keeps at most `cap` values by name. Nothing is ever taken out singly: a spent code has to be
/// recognised as spent.
#[derive(Clone, Debug)]
pub(super) struct Bounded<V> {
    values: HashMap<String, V>,
    oldest_first: VecDeque<String>,
    cap: usize,
}

impl<V> Bounded<V> {
    pub(super) fn new(cap: usize) -> Self {
        Self { values: HashMap::new(), oldest_first: VecDeque::new(), cap }
    }

    pub(super) fn insert(&mut self, key: String, value: V) {
        if self.values.insert(key.clone(), value).is_some() {
            return;
        }
        self.oldest_first.push_back(key);
        while self.oldest_first.len() > self.cap {
            if let Some(oldest) = self.oldest_first.pop_front() {
                self.values.remove(&oldest);
            }
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&V> {
        self.values.get(key)
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.values.get_mut(key)
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.values.values_mut()
    }

    /// The values, the youngest first.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = &V> {
        self.oldest_first.iter().rev().filter_map(|key| self.values.get(key))
    }
}

#[cfg(test)]
mod tests {
    use super::Bounded;

    #[test]
    fn a_full_map_forgets_the_oldest() {
        let mut map = Bounded::new(2);
        for key in ["a", "b", "b", "c"] {
            map.insert(key.to_owned(), key);
        }
        assert_eq!(map.get("a"), None);
        assert_eq!(map.newest_first().collect::<Vec<_>>(), [&"c", &"b"]);
    }
}
