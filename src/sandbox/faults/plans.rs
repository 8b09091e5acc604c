//! Which faults are planned.

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

/// The planned faults, at most one for each endpoint.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct FaultPlans(BTreeMap<Endpoint, PlannedFault>);

impl FaultPlans {
    /// Plans a fault. It replaces the endpoint's previous one.
    pub(in crate::sandbox) fn plan(&mut self, planned: PlannedFault) {
        self.0.insert(planned.endpoint, planned);
    }

    pub(in crate::sandbox) fn clear(&mut self, endpoint: Endpoint) {
        self.0.remove(&endpoint);
    }

    pub(in crate::sandbox) fn clear_all(&mut self) {
        self.0.clear();
    }

    pub(in crate::sandbox) fn list(&self) -> Vec<PlannedFault> {
        self.0.values().copied().collect()
    }

    /// Takes the fault for one response, if one is planned and applies.
    pub(in crate::sandbox) fn take(
        &mut self,
        endpoint: Endpoint,
        applies: impl FnOnce(Fault) -> bool,
    ) -> Option<Fault> {
        let planned = self.0.get_mut(&endpoint).filter(|planned| applies(planned.fault))?;
        let fault = planned.fault;
        planned.times = planned.times.saturating_sub(1);
        if planned.times == 0 {
            self.0.remove(&endpoint);
        }
        Some(fault)
    }
}
