//! The lines that wait to be written.
//!
//! Threads that log never wait for the reader of the log: if it falls behind, lines are dropped and counted.

use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many bytes may wait in each channel that has a limit.
const CAPACITY: usize = 1 << 20;

/// What kind of line. Each kind has its own share of the memory, so that many requests do not displace audit events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    Audit,
    /// The number of dropped lines. Has no limit: there is one line per batch.
    Report,
    Other,
}

/// Lines in the order in which they were logged.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) lines: Vec<u8>,
    audit: Share,
    other: Share,
}

#[derive(Default)]
struct Share {
    bytes: usize,
    lines: u64,
}

/// The number of dropped lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Dropped {
    pub(super) audit: u64,
    pub(super) other: u64,
}

#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: Batch,
    dropped: Dropped,
    /// Whether the writer waits for a line.
    is_writer_waiting: bool,
    is_closed: bool,
    is_finished: bool,
}

impl Queue {
    /// Appends a line, or counts it as dropped if its channel is full.
    pub(super) fn push(&self, channel: Channel, line: &[u8]) {
        let mut state = self.lock();
        let State { waiting, dropped, .. } = &mut *state;
        let (share, dropped) = match channel {
            Channel::Audit => (Some(&mut waiting.audit), &mut dropped.audit),
            Channel::Other => (Some(&mut waiting.other), &mut dropped.other),
            Channel::Report => (None, &mut dropped.other),
        };
        if let Some(share) = share {
            if share.bytes + line.len() > CAPACITY {
                *dropped += 1;
                return;
            }
            share.bytes += line.len();
            share.lines += 1;
        }
        waiting.lines.extend_from_slice(line);
        if std::mem::take(&mut state.is_writer_waiting) {
            self.changed.notify_all();
        }
    }

    /// Waits for lines and moves them to `batch`. Returns `false` if the queue is closed and empty.
    pub(super) fn next_batch(&self, batch: &mut Batch) -> bool {
        let mut state = self.lock();
        while state.waiting.lines.is_empty() && !state.is_closed {
            state.is_writer_waiting = true;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        // Reuses the memory of the previous batch.
        batch.lines.clear();
        (batch.audit, batch.other) = (Share::default(), Share::default());
        std::mem::swap(&mut state.waiting, batch);
        !batch.lines.is_empty()
    }

    /// Waits until the queue is closed, but not longer than `period`.
    pub(super) fn pause(&self, period: Duration) {
        let is_open = |state: &mut State| !state.is_closed;
        drop(self.changed.wait_timeout_while(self.lock(), period, is_open));
    }

    /// Takes the result of writing a batch. Returns how many lines were dropped before, once writing works.
    pub(super) fn written(&self, batch: &Batch, result: &io::Result<()>) -> Dropped {
        let mut state = self.lock();
        if result.is_ok() {
            return std::mem::take(&mut state.dropped);
        }
        state.dropped.audit += batch.audit.lines;
        state.dropped.other += batch.other.lines;
        Dropped::default()
    }

    /// Lets the writer finish. Waits for it, but not longer than `timeout`.
    pub(super) fn close(&self, timeout: Duration) {
        let mut state = self.lock();
        state.is_closed = true;
        self.changed.notify_all();
        drop(self.changed.wait_timeout_while(state, timeout, |state| !state.is_finished));
    }

    /// Called by the writer when it has written everything.
    pub(super) fn finish(&self) {
        self.lock().is_finished = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: [u8; 1024] = [b'x'; 1024];
    /// How many lines fit into one channel.
    const FIT: usize = CAPACITY / LINE.len();

    fn fill(queue: &Queue, channel: Channel, lines: usize) {
        for _ in 0..lines {
            queue.push(channel, &LINE);
        }
    }

    #[test]
    fn lines_that_do_not_fit_are_dropped_and_counted_once() {
        let (queue, mut batch) = (Queue::default(), Batch::default());
        fill(&queue, Channel::Other, FIT + 5);
        assert!(queue.next_batch(&mut batch));
        assert_eq!(batch.lines.len(), CAPACITY);
        assert_eq!(queue.written(&batch, &Ok(())), Dropped { audit: 0, other: 5 });
        fill(&queue, Channel::Other, FIT);
        assert!(queue.next_batch(&mut batch));
        assert_eq!((batch.lines.len(), queue.written(&batch, &Ok(()))), (CAPACITY, Dropped::default()));
    }

    #[test]
    fn many_lines_do_not_displace_audit_lines_nor_the_reverse() {
        for (first, second) in [(Channel::Other, Channel::Audit), (Channel::Audit, Channel::Other)] {
            let (queue, mut batch) = (Queue::default(), Batch::default());
            fill(&queue, first, 2 * FIT);
            fill(&queue, second, FIT);
            assert!(queue.next_batch(&mut batch));
            assert_eq!(batch.lines.len(), 2 * CAPACITY, "{first:?}");
            let Dropped { audit, other } = queue.written(&batch, &Ok(()));
            let expected = if first == Channel::Other { (0, FIT) } else { (FIT, 0) };
            assert_eq!((audit, other), (expected.0 as u64, expected.1 as u64));
        }
    }

    #[test]
    fn reports_are_never_dropped() {
        let (queue, mut batch) = (Queue::default(), Batch::default());
        fill(&queue, Channel::Other, FIT);
        queue.push(Channel::Report, b"report\n");
        assert!(queue.next_batch(&mut batch));
        assert!(batch.lines.ends_with(b"report\n"));
    }

    #[test]
    fn lines_that_could_not_be_written_count_as_dropped() {
        let (queue, mut batch) = (Queue::default(), Batch::default());
        fill(&queue, Channel::Other, 3);
        fill(&queue, Channel::Audit, 2);
        assert!(queue.next_batch(&mut batch));
        let failure = Err(io::ErrorKind::StorageFull.into());
        assert_eq!(queue.written(&batch, &failure), Dropped::default(), "not reported while writing fails");
        fill(&queue, Channel::Other, 1);
        assert!(queue.next_batch(&mut batch));
        assert_eq!(queue.written(&batch, &Ok(())), Dropped { audit: 2, other: 3 });
    }

    #[test]
    fn lines_keep_their_order_across_channels() {
        let (queue, mut batch) = (Queue::default(), Batch::default());
        for (channel, line) in [(Channel::Other, "1\n"), (Channel::Audit, "2\n"), (Channel::Other, "3\n")] {
            queue.push(channel, line.as_bytes());
        }
        assert!(queue.next_batch(&mut batch));
        assert_eq!(batch.lines, b"1\n2\n3\n");
    }

    #[test]
    fn closed_queue_still_hands_out_its_lines() {
        let (queue, mut batch) = (Queue::default(), Batch::default());
        queue.push(Channel::Other, b"last\n");
        // Nobody writes, so this would wait forever without the limit.
        queue.close(Duration::ZERO);
        assert!(queue.next_batch(&mut batch));
        assert_eq!(batch.lines, b"last\n");
        assert!(!queue.next_batch(&mut batch));
    }
}
