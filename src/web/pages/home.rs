//! `/`: the QQ button, or who is signed in.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use super::parts::{Avatar, LogoutForm, PrivacyNote, QqButton};
use crate::sessions::Visitor;
use crate::web::flash::Flash;
use crate::web::render::{Frame, render};
use crate::web::visit::Visit;

pub(super) async fn show(visit: Visit) -> Response {
    let signed_in = visit.visitor.and_then(Visitor::signed_in);
    let title = visit.setting.texts().home_title;
    let frame = Frame::new(visit.setting, title).seen_by(signed_in.as_ref());
    let frame = if signed_in.is_none() { frame.with_islands() } else { frame };
    render(StatusCode::OK, frame, ()).await
}

/// The home page.
#[component]
pub(in crate::web) fn HomePage() -> impl IntoView {
    use_context::<Frame>().map(|frame| {
        let texts = frame.texts;
        let deleted = (frame.flash == Some(Flash::AccountDeleted))
            .then(|| view! { <p class="remark" role="status">{texts.deleted}</p> });
        match frame.viewer {
            None => view! {
                {deleted}
                <section class="card center">
                    <h1>{texts.home_title}</h1>
                    <p class="lead">{texts.home_lead}</p>
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
                        <h1>{(texts.home_greeting)(&name)}</h1>
                        <p class="lead">
                            {texts.home_signed_in} " "
                            <strong data-testid="username">{viewer.username}</strong>
                        </p>
                        <p><a class="button" href="/account">{texts.to_account}</a></p>
                        <LogoutForm />
                    </section>
                }
                .into_any()
            }
        }
    })
}
