//! A map with a fixed capacity.

use std::collections::{HashMap, VecDeque};

/// A map that evicts the oldest entry when it is full. Entries cannot be removed: a used code must still
/// be recognised as used.
#[derive(Clone, Debug)]
pub(super) struct BoundedMap<V> {
    values: HashMap<String, V>,
    keys_oldest_first: VecDeque<String>,
    capacity: usize,
}

impl<V> BoundedMap<V> {
    pub(super) fn new(capacity: usize) -> Self {
        Self { values: HashMap::new(), keys_oldest_first: VecDeque::new(), capacity }
    }

    /// Inserts or replaces a value. A replaced value keeps its age.
    pub(super) fn insert(&mut self, key: String, value: V) {
        if self.values.insert(key.clone(), value).is_some() {
            return;
        }
        self.keys_oldest_first.push_back(key);
        if self.keys_oldest_first.len() > self.capacity
            && let Some(oldest) = self.keys_oldest_first.pop_front()
        {
            self.values.remove(&oldest);
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

    pub(super) fn newest_first(&self) -> impl Iterator<Item = &V> {
        self.keys_oldest_first.iter().rev().filter_map(|key| self.values.get(key))
    }
}

#[cfg(test)]
mod tests {
    use super::BoundedMap;

    #[test]
    fn full_map_evicts_the_oldest_entry() {
        let mut map = BoundedMap::new(2);
        for key in ["a", "b", "b", "c"] {
            map.insert(key.to_owned(), key);
        }
        assert_eq!(map.get("a"), None);
        assert_eq!(map.newest_first().collect::<Vec<_>>(), [&"c", &"b"]);
    }
}
