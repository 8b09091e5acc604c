//! `/account/sessions`: where a person is signed in, and signing out there.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use super::see_other;
use crate::sessions::{OwnSession, Visitor};
use crate::web::account_fns::OTHERS;
use crate::web::flash::Flash;
use crate::web::notice;
use crate::web::render::{Frame, render};
use crate::web::texts::Texts;
use crate::web::visit::Visit;

#[derive(Clone)]
struct Prepared(Vec<OwnSession>);

pub(super) async fn show(visit: Visit) -> Response {
    let (setting, current) = (visit.setting, visit.session.id());
    let Some(signed_in) = visit.visitor.and_then(Visitor::signed_in) else {
        return see_other("/login?next=/account/sessions");
    };
    match setting.site.sessions.list_own(signed_in.user_id, current).await {
        Ok(sessions) => {
            let title = setting.texts().sessions_title;
            render(StatusCode::OK, Frame::new(setting, title).seen_by(Some(&signed_in)), Prepared(sessions)).await
        }
        Err(error) => notice::failed(setting, "somebody's sessions could not be listed", &error.into()).await,
    }
}

/// The page of a person's sessions.
#[component]
pub(in crate::web) fn SessionsPage() -> impl IntoView {
    let (frame, prepared) = (use_context::<Frame>(), use_context::<Prepared>());
    frame.zip(prepared).map(|(frame, Prepared(sessions))| {
        let texts = frame.texts;
        let has_others = sessions.iter().any(|session| !session.is_current);
        let said = (frame.flash == Some(Flash::SessionsEnded))
            .then(|| view! { <p class="remark" role="status">{texts.sessions_ended}</p> });
        let moment = |seconds| frame.lang.moment(seconds);
        let items = sessions.into_iter().map(|session| {
            let (began, seen) = (moment(session.began_at), moment(session.last_seen_at));
            view! { <SessionItem texts session began seen /> }
        });
        view! {
            <section class="card">
                <h1>{texts.sessions_title}</h1>
                <p>{texts.sessions_lead}</p>
                {said}
                <form method="post" action="/account/sessions/end" data-testid="sessions" novalidate>
                    <ul class="sessions">{items.collect_view()}</ul>
                    {has_others.then(|| view! {
                        <button class="quiet" type="submit" name="session" value=OTHERS>{texts.sessions_end_others}</button>
                    })}
                </form>
                <p><a href="/account">{texts.account_title}</a></p>
            </section>
        }
    })
}

#[component]
fn SessionItem(texts: &'static Texts, session: OwnSession, began: String, seen: String) -> impl IntoView {
    let OwnSession { handle, is_current, .. } = session;
    // Every one of the buttons says the same, so what it is about is told with it.
    let about = format!("session-{handle}");
    let way_out = if is_current {
        view! { <span class="tag">{texts.sessions_this}</span> }.into_any()
    } else {
        view! {
            <button class="quiet" type="submit" name="session" value=handle aria-describedby=about.clone()>
                {texts.sessions_end}
            </button>
        }
        .into_any()
    };
    view! {
        <li>
            <div id=about>
                <p>{texts.sessions_began} " " {began}</p>
                <p class="small">{texts.sessions_seen} " " {seen}</p>
            </div>
            {way_out}
        </li>
    }
}
