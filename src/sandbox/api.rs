//! What the three endpoints that servers call have in common.

use axum::extract::State;
use axum::response::Response;

use super::breakage::Breakage;
use super::call::Call;
use super::faults::{Fault, Faults, Named, Plan, wait};
use super::grants::Grants;
use super::memory::Sandbox;
use super::params::Params;
use super::settings::SandboxSettings;
use super::wire;

/// An endpoint that answers a server, not a browser.
pub(super) trait ApiEndpoint {
    /// The ways in which this endpoint in particular goes wrong.
    type Fault: Named + Send;

    fn plan(faults: &mut Faults) -> &mut Plan<Self::Fault>;

    /// Whether a planned fault makes a difference to this request; if not, it waits for the next.
    fn concerns(_fault: Self::Fault, _params: &Params) -> bool {
        true
    }

    /// The answer's body.
    fn answer(work: Work<'_>, fault: Option<Self::Fault>) -> String;
}

/// One request to answer, and what is needed for it.
pub(super) struct Work<'a> {
    pub(super) settings: &'a SandboxSettings,
    pub(super) grants: &'a mut Grants,
    pub(super) call: &'a Call,
    pub(super) now: i64,
}

/// Answers as QQ does, or goes wrong as planned.
pub(super) async fn answer<E: ApiEndpoint>(State(sandbox): State<Sandbox>, call: Call) -> Response {
    let note = sandbox.note(&call);
    let fault = E::plan(&mut sandbox.memory().faults).take(|fault| match fault {
        Fault::Slow | Fault::Broken(_) => true,
        Fault::Own(own) => E::concerns(own, &call.params),
    });
    if let Some(fault) = fault {
        note.fault(fault.name());
    }
    let own = match fault {
        // No answer, so none is noted.
        Some(Fault::Broken(Breakage::Drop)) => return Breakage::Drop.of(String::new()),
        Some(Fault::Broken(breakage)) => {
            return note.answered(breakage.of(rehearse::<E>(&sandbox, &call)));
        }
        Some(Fault::Slow) => {
            wait().await;
            None
        }
        Some(Fault::Own(fault)) => Some(fault),
        None => None,
    };
    note.answered(wire::text(act::<E>(&sandbox, &call, own)))
}

fn act<E: ApiEndpoint>(sandbox: &Sandbox, call: &Call, fault: Option<E::Fault>) -> String {
    let work = Work { settings: sandbox.settings(), now: sandbox.now(), call, grants: &mut sandbox.memory().grants };
    E::answer(work, fault)
}

/// The answer as it would be, with nothing spent and nothing issued.
fn rehearse<E: ApiEndpoint>(sandbox: &Sandbox, call: &Call) -> String {
    let mut copy = sandbox.memory().grants.clone();
    let work = Work { settings: sandbox.settings(), now: sandbox.now(), call, grants: &mut copy };
    E::answer(work, None)
}
