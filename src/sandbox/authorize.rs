//! `/oauth2.0/authorize`: where the browser arrives, and where the person's decision goes.
//!
//! `GET` checks the request and leads to the page that asks; `POST` is that page's form.
//! Planned faults: whatever can happen to any answer, and `app_unapproved`, strike the `GET`;
//! `drop_state` and `cancel` strike the approval, by the form or by `sandbox_user`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::breakage::Breakage;
use super::call::Call;
use super::faults::{Fault, Named, wait};
use super::grants::Consent;
use super::guard::comes_from_another_site;
use super::memory::{Note, Sandbox};
use super::pages;
use super::params::Params;
use super::person::{LONGEST_NAME, READY};
use super::redirect_uri::{is_registered, with_answer};
use super::refusal::Refusal;
use super::settings::SandboxSettings;

/// What the site wants to read when it names nothing (qq wiki
/// 使用Authorization_Code获取Access_Token).
const DEFAULT_SCOPE: &str = "get_user_info";

/// What arrives of the page when the way to it is broken.
const BROKEN_PAGE: &str = "<html><body><p class=\"wait\">QQ sandbox</p></body></html>\n";

/// How this endpoint in particular goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AuthorizeFault {
    /// The callback comes without its state, as on some Android browsers (casdoor/casdoor#2959).
    DropState,
    /// The person approves, and the site hears of a cancellation.
    Cancel,
    /// Only the developer may sign in so far. Said on QQ's own page: the site hears nothing.
    AppUnapproved,
}

impl Named for AuthorizeFault {
    const NAMES: &'static [(&'static str, Self)] =
        &[("drop_state", Self::DropState), ("cancel", Self::Cancel), ("app_unapproved", Self::AppUnapproved)];
}

/// A request for consent that is in order.
pub(super) struct Asked {
    redirect_uri: String,
    /// Documented as required; QQ does not insist, and neither does the sandbox.
    state: Option<String>,
    scope: String,
    mobile: bool,
}

impl Asked {
    pub(super) fn read(params: &Params, settings: &SandboxSettings) -> Result<Self, Refusal> {
        let client_id = params.get("client_id").ok_or(Refusal::ClientIdMissing)?;
        if client_id != settings.app_id {
            return Err(Refusal::ClientUnknown);
        }
        if params.get("response_type") != Some("code") {
            return Err(Refusal::ResponseType);
        }
        let redirect_uri = params
            .get("redirect_uri")
            .filter(|uri| is_registered(uri, &settings.callbacks))
            .ok_or(Refusal::RedirectUri)?;
        Ok(Self {
            redirect_uri: redirect_uri.to_owned(),
            state: params.all("state").next().map(str::to_owned),
            scope: params.get("scope").unwrap_or(DEFAULT_SCOPE).to_owned(),
            mobile: is_mobile(params),
        })
    }

    /// Back to the site, with this answer and the state, which is returned unchanged.
    fn answer(&self, name: &str, value: &str, with_state: bool) -> Response {
        let state = self.state.as_deref().filter(|_| with_state);
        let mut answer = vec![(name, value)];
        answer.extend(state.map(|state| ("state", state)));
        found(&with_answer(&self.redirect_uri, &answer))
    }
}

/// `GET`.
pub(super) async fn ask(State(sandbox): State<Sandbox>, call: Call) -> Response {
    let note = sandbox.note(&call);
    match take_fault(&sandbox, &note, |fault| !matches!(fault, Fault::Own(_))) {
        Some(Fault::Broken(Breakage::Drop)) => return Breakage::Drop.of(String::new()),
        Some(Fault::Broken(breakage)) => {
            return note.answered(breakage.of(BROKEN_PAGE.to_owned()));
        }
        Some(Fault::Slow) => wait().await,
        Some(Fault::Own(_)) | None => {}
    }
    note.answered(checked_answer(&sandbox, &note, &call))
}

fn checked_answer(sandbox: &Sandbox, note: &Note, call: &Call) -> Response {
    let params = &call.params;
    let asked = match Asked::read(params, sandbox.settings()) {
        Ok(asked) => asked,
        Err(refusal) => return to_error_page(refusal, params),
    };
    let unapproved = Fault::Own(AuthorizeFault::AppUnapproved);
    if take_fault(sandbox, note, |fault| fault == unapproved).is_some() {
        return to_error_page(Refusal::AppUnapproved, params);
    }
    match params.get("sandbox_user") {
        None => found(&format!("/oauth2.0/show?which=Login&display={}&{}", display(params), original(params))),
        Some(name) if is_too_long(name) => pages::consent(sandbox, call, Some(name)),
        Some(name) => approve(sandbox, note, &asked, name, params),
    }
}

/// `POST`: approval or cancellation, from the page that asks.
pub(super) async fn decide(State(sandbox): State<Sandbox>, headers: HeaderMap, call: Call) -> Response {
    let note = sandbox.note(&call);
    if comes_from_another_site(&headers) {
        return note.answered(StatusCode::FORBIDDEN.into_response());
    }
    let params = &call.params;
    note.answered(match Asked::read(params, sandbox.settings()) {
        Err(refusal) => to_error_page(refusal, params),
        Ok(asked) if call.form.get("decision") == Some("cancel") => cancel(&asked, params),
        Ok(asked) => {
            let name = chosen_name(&call.form);
            if is_too_long(name) {
                pages::consent(&sandbox, &call, Some(name))
            } else {
                approve(&sandbox, &note, &asked, name, params)
            }
        }
    })
}

fn approve(sandbox: &Sandbox, note: &Note, asked: &Asked, name: &str, params: &Params) -> Response {
    let fault = take_fault(sandbox, note, |fault| {
        fault == Fault::Own(AuthorizeFault::DropState) || fault == Fault::Own(AuthorizeFault::Cancel)
    });
    if fault == Some(Fault::Own(AuthorizeFault::Cancel)) {
        return asked.answer("usercancel", "1", true);
    }
    let consent = Consent { name: name.to_owned(), scope: asked.scope.clone() };
    let now = sandbox.now();
    let mut memory = sandbox.memory();
    memory.people.meet(&sandbox.settings().app_id, name);
    match memory.grants.issue_code(consent, &asked.redirect_uri, now) {
        Ok(code) => asked.answer("code", &code, fault.is_none()),
        Err(refusal) => to_error_page(refusal, params),
    }
}

/// On a PC QQ just closes its page and the site hears nothing (qq wiki
/// 使用Authorization_Code获取Access_Token); the mobile page of old came back with `usercancel`.
fn cancel(asked: &Asked, params: &Params) -> Response {
    if asked.mobile {
        asked.answer("usercancel", "1", true)
    } else {
        found(&format!("/oauth2.0/show?which=cancel&display=pc&{}", original(params)))
    }
}

/// The name typed in, or else the person selected, or else the first one.
fn chosen_name(form: &Params) -> &str {
    form.get("name").map(str::trim).filter(|name| !name.is_empty()).or_else(|| form.get("ready")).unwrap_or(READY[0])
}

fn is_too_long(name: &str) -> bool {
    name.chars().count() > LONGEST_NAME
}

/// QQ shows errors on a page of its own; the callback, which may be the very thing that is wrong,
/// never hears of them.
fn to_error_page(refusal: Refusal, params: &Params) -> Response {
    found(&format!(
        "/oauth2.0/show?which=error&display={}&error={}&{}",
        display(params),
        refusal.code(),
        original(params)
    ))
}

/// The parameters the site sent, without those of QQ's own pages and of the sandbox's form.
pub(super) fn original(params: &Params) -> String {
    params.query_without(&["which", "display", "error", "sandbox_user", "name", "ready", "decision"])
}

pub(super) fn display(params: &Params) -> &'static str {
    if is_mobile(params) { "mobile" } else { "pc" }
}

fn is_mobile(params: &Params) -> bool {
    params.get("display") == Some("mobile")
}

fn take_fault(
    sandbox: &Sandbox,
    note: &Note,
    concerns: impl Fn(Fault<AuthorizeFault>) -> bool,
) -> Option<Fault<AuthorizeFault>> {
    let fault = sandbox.memory().faults.authorize.take(concerns)?;
    note.fault(fault.name());
    Some(fault)
}

fn found(address: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, address)]).into_response()
}
