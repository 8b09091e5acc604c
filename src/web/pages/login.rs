//! `/login`: the QQ button, and what went wrong the last time.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use super::components::{PrivacyNote, QqButton, TroubleNote};
use super::see_other;
use crate::login::{LoginFailure, ReturnTo};
use crate::sessions::{SessionData, TokenStatus};
use crate::web::page::{PageContext, render};
use crate::web::request::PageRequest;

#[derive(Clone)]
struct Prepared {
    next: ReturnTo,
    failure: Option<LoginFailure>,
}

pub(super) async fn show(visit: PageRequest) -> Response {
    let setting = visit.setting;
    let next = setting.next();
    let failure = setting.query("error").and_then(|code| LoginFailure::from_code(&code));
    let signed_in = visit.visitor.and_then(SessionData::signed_in);
    if let Some(signed_in) = &signed_in {
        // Somebody whose token has ended and who could not pass by QQ is told so here: sent on,
        // they would be sent to QQ and back for ever.
        let is_good = signed_in.token.status(setting.site.login.now()) == TokenStatus::Valid;
        if is_good || failure.is_none() {
            return see_other(next.as_str());
        }
    }
    let messages = setting.messages();
    let title = match failure {
        Some(LoginFailure::Cancelled) => (messages.login_failure)(LoginFailure::Cancelled).title.to_owned(),
        Some(failure) => format!("{}{}", messages.error_prefix, (messages.login_failure)(failure).title),
        None => messages.login_title.to_owned(),
    };
    let frame = PageContext::new(setting, title).seen_by(signed_in.as_ref()).with_script();
    render(StatusCode::OK, frame, Prepared { next, failure }).await
}

/// The login page.
#[component]
pub(in crate::web) fn LoginPage() -> impl IntoView {
    let (frame, prepared) = (use_context::<PageContext>(), use_context::<Prepared>());
    frame.zip(prepared).map(|(frame, Prepared { next, failure })| {
        let messages = frame.messages;
        let trouble = failure.map(|failure| {
            view! { <TroubleNote trouble=(messages.login_failure)(failure) is_calm=failure == LoginFailure::Cancelled /> }
        });
        let where_to = (!next.is_default()).then(|| view! { <p>{(messages.login_next)(next.as_str())}</p> });
        view! {
            {trouble}
            <section class="card center">
                <h1>{if failure.is_some() { messages.login_again } else { messages.login_title }}</h1>
                {where_to}
                <PrivacyNote />
                <QqButton href=next.append_to("/login/qq") />
            </section>
        }
    })
}
