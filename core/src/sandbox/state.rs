//! The sandbox's state. It is lost when the sandbox stops.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::faults::FaultPlans;
use super::grants::Grants;
use super::mailbox::Mailbox;
use super::request_log::RequestLog;
use super::settings::{Clock, SandboxSettings};
use super::users::Users;

/// The settings, clock and state that all requests share.
#[derive(Clone)]
pub(super) struct Sandbox(Arc<Inner>);

struct Inner {
    settings: SandboxSettings,
    mailbox: Mailbox,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) users: Users,
    pub(super) grants: Grants,
    pub(super) faults: FaultPlans,
    pub(super) log: RequestLog,
}

impl Sandbox {
    pub(super) fn new(settings: SandboxSettings, mailbox: Mailbox, clock: Clock) -> Self {
        let state = Mutex::new(State {
            users: Users::new(&settings.app_id),
            grants: Grants::new(settings.token_ttl_secs),
            faults: FaultPlans::new(),
            log: RequestLog::default(),
        });
        Self(Arc::new(Inner { settings, mailbox, clock, state }))
    }

    pub(super) fn settings(&self) -> &SandboxSettings {
        &self.0.settings
    }

    pub(super) fn mailbox(&self) -> &Mailbox {
        &self.0.mailbox
    }

    /// Returns the current time in unix seconds.
    pub(super) fn now(&self) -> i64 {
        (self.0.clock)()
    }

    /// Locks the state. The guard must not be held across an `await`.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // State after a panic is good enough for a development tool.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
