//! Injected faults: the next responses of an endpoint go wrong on purpose.
//! Entry points are [`take_fault`] and [`broken_response`]; `/sandbox/faults` edits the [`FaultPlans`].
//! It must not know what an endpoint answers.

mod broken_response;
mod fault;
mod plans;

pub(super) use broken_response::broken_response;
pub(super) use fault::{Endpoint, Fault};
pub(super) use plans::{FaultPlans, PlannedFault, take_fault};
