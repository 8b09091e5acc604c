//! The planned faults.

use std::collections::BTreeMap;

use serde::Serialize;

use super::fault::{Endpoint, Fault};

/// A fault for the next responses of an endpoint.
#[derive(Clone, Copy, Debug, Serialize)]
pub(in crate::sandbox) struct PlannedFault {
    pub(in crate::sandbox) endpoint: Endpoint,
    pub(in crate::sandbox) fault: Fault,
    /// How many responses are left to fail.
    pub(in crate::sandbox) times: u32,
}

/// At most one planned fault for each endpoint.
pub(in crate::sandbox) type FaultPlans = BTreeMap<Endpoint, PlannedFault>;

/// Takes the endpoint's fault for one response, if one is planned and applies.
pub(in crate::sandbox) fn take_fault(
    plans: &mut FaultPlans,
    endpoint: Endpoint,
    applies: impl FnOnce(Fault) -> bool,
) -> Option<Fault> {
    let planned = plans.get_mut(&endpoint).filter(|planned| applies(planned.fault))?;
    let fault = planned.fault;
    planned.times = planned.times.saturating_sub(1);
    if planned.times == 0 {
        plans.remove(&endpoint);
    }
    Some(fault)
}
