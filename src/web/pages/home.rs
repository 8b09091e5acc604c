//! `/`: the QQ button, or who is signed in.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use super::components::{Avatar, LogoutForm, PrivacyNote, QqButton};
use crate::sessions::SessionData;
use crate::web::flash::Flash;
use crate::web::page::{PageContext, render};
use crate::web::request::PageRequest;

pub(super) async fn show(visit: PageRequest) -> Response {
    let signed_in = visit.visitor.and_then(SessionData::signed_in);
    let title = visit.setting.messages().home_title;
    let frame = PageContext::new(visit.setting, title).seen_by(signed_in.as_ref());
    let frame = if signed_in.is_none() { frame.with_script() } else { frame };
    render(StatusCode::OK, frame, ()).await
}

/// The home page.
#[component]
pub(in crate::web) fn HomePage() -> impl IntoView {
    use_context::<PageContext>().map(|frame| {
        let messages = frame.messages;
        let deleted = (frame.flash == Some(Flash::AccountDeleted))
            .then(|| view! { <p class="remark" role="status">{messages.account_deleted}</p> });
        match frame.viewer {
            None => view! {
                {deleted}
                <section class="card center">
                    <h1>{messages.home_title}</h1>
                    <p class="lead">{messages.home_lead}</p>
                    <PrivacyNote />
                    <QqButton href="/login/qq".to_owned() />
                </section>
            }
            .into_any(),
            Some(viewer) => {
                let name = viewer.name().to_owned();
                view! {
                    <section class="card center">
                        <Avatar name=name.clone() hash=viewer.avatar_hash />
                        <h1>{(messages.home_greeting)(&name)}</h1>
                        <p class="lead">
                            {messages.home_signed_in} " "
                            <strong data-testid="username">{viewer.username}</strong>
                        </p>
                        <p><a class="button" href="/account">{messages.view_account}</a></p>
                        <LogoutForm />
                    </section>
                }
                .into_any()
            }
        }
    })
}
