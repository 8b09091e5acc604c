//! `/oauth2.0/show`: the pages a person sees.

use axum::extract::State;
use axum::response::Response;

use super::authorize::Asked;
use super::call::Call;
use super::memory::Sandbox;
use super::pages;
use super::refusal::Refusal;

pub(super) async fn show(State(sandbox): State<Sandbox>, call: Call) -> Response {
    let note = sandbox.note(&call);
    note.answered(match call.params.get("which") {
        Some("Login") => match Asked::read(&call.params, sandbox.settings()) {
            Ok(_) => pages::consent(&sandbox, &call, None),
            Err(refusal) => pages::refused(refusal, &call),
        },
        Some("cancel") => pages::cancelled(&call),
        Some("error") => {
            let code = call.params.get("error").unwrap_or_default();
            match Refusal::with_code(code) {
                Some(refusal) => pages::refused(refusal, &call),
                None => pages::refused(Refusal::WhichMissing, &call),
            }
        }
        _ => pages::refused(Refusal::WhichMissing, &call),
    })
}
