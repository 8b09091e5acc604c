//! `/login`: the QQ button, and what went wrong the last time.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use super::parts::{PrivacyNote, QqButton, TroubleNote};
use super::see_other;
use crate::login::{Failure, Next};
use crate::sessions::{Reauth, Visitor};
use crate::web::render::{Frame, render};
use crate::web::visit::Visit;

#[derive(Clone)]
struct Prepared {
    next: Next,
    failure: Option<Failure>,
}

pub(super) async fn show(visit: Visit) -> Response {
    let setting = visit.setting;
    let next = setting.next();
    let failure = setting.query("error").and_then(|code| Failure::from_code(&code));
    let signed_in = visit.visitor.and_then(Visitor::signed_in);
    if let Some(signed_in) = &signed_in {
        // Somebody whose token has ended and who could not pass by QQ is told so here: sent on,
        // they would be sent to QQ and back for ever.
        let is_good = signed_in.token.decide(setting.site.login.now()) == Reauth::GoOn;
        if is_good || failure.is_none() {
            return see_other(next.as_str());
        }
    }
    let texts = setting.texts();
    let title = match failure {
        Some(Failure::Cancelled) => texts.failure(Failure::Cancelled).title.to_owned(),
        Some(failure) => format!("{}{}", texts.error_prefix, texts.failure(failure).title),
        None => texts.login_title.to_owned(),
    };
    let frame = Frame::new(setting, title).seen_by(signed_in.as_ref()).with_islands();
    render(StatusCode::OK, frame, Prepared { next, failure }).await
}

/// The login page.
#[component]
pub(in crate::web) fn LoginPage() -> impl IntoView {
    let (frame, prepared) = (use_context::<Frame>(), use_context::<Prepared>());
    frame.zip(prepared).map(|(frame, Prepared { next, failure })| {
        let texts = frame.texts;
        let trouble = failure.map(|failure| {
            view! { <TroubleNote trouble=texts.failure(failure) is_calm=failure == Failure::Cancelled /> }
        });
        let where_to = (!next.is_default()).then(|| view! { <p>{(texts.login_next)(next.as_str())}</p> });
        view! {
            {trouble}
            <section class="card center">
                <h1>{if failure.is_some() { texts.login_again } else { texts.login_title }}</h1>
                {where_to}
                <PrivacyNote />
                <QqButton href=next.append_to("/login/qq") />
            </section>
        }
    })
}
