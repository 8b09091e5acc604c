//! The open connections, their number and their timeouts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{interval, timeout};

use super::activity::{Activity, Phase};

/// How often to look for an idle connection if all connections are busy.
const RETRY_INTERVAL: Duration = Duration::from_millis(100);

/// What keeps clients from using up all connections.
#[derive(Clone, Copy, Debug)]
pub(super) struct ConnectionLimits {
    /// How many connections may be open.
    pub(super) max_connections: usize,
    /// How long the head of a request may take to arrive.
    pub(super) head_timeout: Duration,
    /// How long a connection may wait for a request.
    pub(super) idle_timeout: Duration,
    /// How long a client may refuse to read its response.
    pub(super) write_timeout: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> ConnectionLimits {
        ConnectionLimits {
            // A process may usually open 1,024 files. The rest is for the database, requests to QQ and static files.
            max_connections: 800,
            head_timeout: Duration::from_secs(10),
            // Longer than reverse proxies keep connections (nginx: 60 s, Caddy: 120 s). If this end closed them first,
            // a request might be on its way, and the proxy could not send it again.
            idle_timeout: Duration::from_secs(180),
            write_timeout: Duration::from_secs(30),
        }
    }
}

impl ConnectionLimits {
    fn timeout_of(&self, phase: Phase) -> Option<Duration> {
        match phase {
            Phase::Idle => Some(self.idle_timeout),
            Phase::ReadingHead => Some(self.head_timeout),
            Phase::Busy => None,
            Phase::Blocked => Some(self.write_timeout),
        }
    }
}

pub(super) struct Connections {
    limits: ConnectionLimits,
    slots: Arc<Semaphore>,
    open: Arc<Mutex<Open>>,
}

#[derive(Default)]
struct Open {
    by_id: BTreeMap<u64, Arc<Signals>>,
    last_id: u64,
}

struct Signals {
    activity: Activity,
    close: Notify,
    stop: Notify,
}

/// The right to have a connection. Ends when dropped.
pub(super) struct Slot {
    id: u64,
    signals: Arc<Signals>,
    open: Arc<Mutex<Open>>,
    write_timeout: Duration,
    _permit: OwnedSemaphorePermit,
}

impl Connections {
    pub(super) fn new(limits: ConnectionLimits) -> Connections {
        let slots = Arc::new(Semaphore::new(limits.max_connections));
        Connections { limits, slots, open: Arc::default() }
    }

    /// Returns a slot for a new connection. If there is none, closes the connection that has been idle for longest, or
    /// waits until one becomes idle.
    pub(super) async fn slot(&self) -> Slot {
        let permit = loop {
            if let Ok(permit) = self.slots.clone().try_acquire_owned() {
                break permit;
            }
            self.close_longest_idle();
            if let Ok(Ok(permit)) = timeout(RETRY_INTERVAL, self.slots.clone().acquire_owned()).await {
                break permit;
            }
        };
        let signals = Arc::new(Signals { activity: Activity::new(), close: Notify::new(), stop: Notify::new() });
        let mut open = lock(&self.open);
        open.last_id += 1;
        let id = open.last_id;
        open.by_id.insert(id, signals.clone());
        let write_timeout = self.limits.write_timeout;
        Slot { id, signals, open: self.open.clone(), write_timeout, _permit: permit }
    }

    /// Closes the connection that has waited longest for a request, or for the rest of one.
    pub(super) fn close_longest_idle(&self) {
        let open = lock(&self.open);
        let idle = open.by_id.values().filter_map(|signals| match signals.activity.phase() {
            (Phase::Idle | Phase::ReadingHead, since) => Some((since, signals)),
            (Phase::Busy | Phase::Blocked, _) => None,
        });
        if let Some((_, signals)) = idle.min_by_key(|(since, _)| *since) {
            signals.close.notify_one();
        }
    }

    /// Closes connections that exceed a timeout. Runs until it is dropped.
    pub(super) async fn enforce_timeouts(&self) {
        let mut ticks = interval(self.limits.head_timeout / 10);
        loop {
            let now = ticks.tick().await.into_std();
            lock(&self.open).by_id.values().filter(|signals| self.is_overdue(signals, now)).for_each(|signals| {
                signals.close.notify_one();
            });
        }
    }

    fn is_overdue(&self, signals: &Signals, now: Instant) -> bool {
        let (phase, since) = signals.activity.phase();
        self.limits.timeout_of(phase).is_some_and(|timeout| now.saturating_duration_since(since) >= timeout)
    }

    /// Tells all connections to end after the response that they are sending. Returns when all have ended.
    pub(super) async fn stop(&self) {
        lock(&self.open).by_id.values().for_each(|signals| signals.stop.notify_one());
        let all = u32::try_from(self.limits.max_connections).unwrap_or(u32::MAX);
        // Cannot fail, since the semaphore is never closed.
        let _ = self.slots.acquire_many(all).await;
    }
}

impl Slot {
    pub(super) fn activity(&self) -> &Activity {
        &self.signals.activity
    }

    /// Returns when the connection should end: now, if it returns `true`, or after its response, since a request has
    /// arrived in the meantime.
    pub(super) async fn closed(&self) -> bool {
        self.signals.close.notified().await;
        match self.activity().phase() {
            (Phase::Idle | Phase::ReadingHead, _) => true,
            (Phase::Busy, _) => false,
            (Phase::Blocked, since) => since.elapsed() >= self.write_timeout,
        }
    }

    /// Returns when the connection should end after the response that it is sending.
    pub(super) async fn stopped(&self) {
        self.signals.stop.notified().await;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        lock(&self.open).by_id.remove(&self.id);
    }
}

fn lock(open: &Mutex<Open>) -> MutexGuard<'_, Open> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}
