//! Which connections of the pool are used once more, after the database could not be written.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Trouble;

/// What the last outcome says about the connections that are open. Cheap to clone.
#[derive(Clone)]
pub(super) struct Verdict(Arc<Mutex<Since>>);

#[derive(Clone, Copy)]
struct Since {
    kept: Kept,
    at: Instant,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// Those opened since the database can be written. One opened before may never write: SQLite
    /// opens a file that is read-only for reading, once and for all.
    New,
    /// Those opened before the trouble. They may still read where new ones could not be opened.
    Old,
    /// None. While one that can only read is open, SQLite has all others share its index, which
    /// is for reading as well, and nobody would see that the right to write is back.
    None,
}

impl Default for Verdict {
    fn default() -> Verdict {
        Verdict(Arc::new(Mutex::new(Since { kept: Kept::New, at: Instant::now() })))
    }
}

impl Verdict {
    /// Whether a connection of this age may be used once more.
    pub(super) fn allows(&self, age: Duration) -> bool {
        let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_old = age > since.at.elapsed();
        match since.kept {
            Kept::New => !is_old,
            Kept::Old => is_old,
            Kept::None => false,
        }
    }

    /// Notes an outcome; true if the connections that are open are of no use after it.
    pub(super) fn pass(&self, outcome: &Result<(), Trouble>) -> bool {
        let kept = match outcome {
            // Waiting for others says nothing about a connection.
            Ok(()) | Err(Trouble::Locked | Trouble::Silent) => Kept::New,
            Err(Trouble::ReadOnly(_)) => Kept::None,
            Err(_) => Kept::Old,
        };
        let mut since = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let has_changed = since.kept != kept;
        if has_changed {
            *since = Since { kept, at: Instant::now() };
        }
        has_changed && kept != Kept::Old
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_kept_that_may_be_of_use() {
        let (verdict, new, old) = (Verdict::default(), Duration::ZERO, Duration::from_secs(60));
        let is_kept = || (verdict.allows(new), verdict.allows(old));
        assert!(!verdict.pass(&Ok(())) && !verdict.pass(&Err(Trouble::Locked)) && verdict.allows(new));
        assert!(!verdict.pass(&Err(Trouble::Full(String::new()))));
        assert_eq!(is_kept(), (false, true));
        assert!(verdict.pass(&Err(Trouble::ReadOnly(String::new()))));
        assert_eq!(is_kept(), (false, false));
        assert!(verdict.pass(&Ok(())) && !verdict.pass(&Ok(())));
        assert_eq!(is_kept(), (true, false));
    }
}
