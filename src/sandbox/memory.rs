//! What the sandbox remembers while it runs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::response::Response;

use super::call::Call;
use super::faults::Faults;
use super::grants::Grants;
use super::journal::Journal;
use super::person::People;
use super::settings::{Clock, SandboxSettings};

/// The sandbox's state, shared by all requests.
#[derive(Clone)]
pub(super) struct Sandbox(Arc<Inner>);

struct Inner {
    settings: SandboxSettings,
    clock: Clock,
    memory: Mutex<Memory>,
}

/// All of it, behind one lock that is never held across an `await`.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) people: People,
    pub(super) grants: Grants,
    pub(super) faults: Faults,
    pub(super) journal: Journal,
}

impl Sandbox {
    pub(super) fn new(settings: SandboxSettings, clock: Clock) -> Self {
        let memory = Memory {
            people: People::new(&settings.app_id),
            grants: Grants::new(settings.token_ttl()),
            faults: Faults::none(),
            journal: Journal::default(),
        };
        Self(Arc::new(Inner { settings, clock, memory: Mutex::new(memory) }))
    }

    pub(super) fn settings(&self) -> &SandboxSettings {
        &self.0.settings
    }

    pub(super) fn now(&self) -> i64 {
        (self.0.clock)()
    }

    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        // A panic elsewhere leaves nothing half-written that would matter to a development tool.
        self.0.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a request into the journal.
    pub(super) fn note(&self, call: &Call) -> Note {
        let id = self.memory().journal.note(call, self.now());
        Note { sandbox: self.clone(), id }
    }
}

/// The line of the journal that belongs to the request being answered.
pub(super) struct Note {
    sandbox: Sandbox,
    id: u64,
}

impl Note {
    pub(super) fn fault(&self, name: &'static str) {
        self.sandbox.memory().journal.fault(self.id, name);
    }

    pub(super) fn answered(&self, response: Response) -> Response {
        let status = response.status().as_u16();
        self.sandbox.memory().journal.answered(self.id, status);
        response
    }
}
