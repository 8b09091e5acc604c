//! `/account/sessions`: where a person is signed in, and signing out there.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use super::see_other;
use crate::sessions::{SessionData, SessionInfo};
use crate::web::account_fns::OTHERS;
use crate::web::error_page;
use crate::web::flash::Flash;
use crate::web::i18n::Messages;
use crate::web::page::{PageContext, render};
use crate::web::request::PageRequest;

#[derive(Clone)]
struct Prepared(Vec<SessionInfo>);

pub(super) async fn show(visit: PageRequest) -> Response {
    let (setting, current) = (visit.setting, visit.session.id());
    let Some(signed_in) = visit.visitor.and_then(SessionData::signed_in) else {
        return see_other("/login?next=/account/sessions");
    };
    match setting.site.sessions.list_for_user(signed_in.user_id, current).await {
        Ok(sessions) => {
            let title = setting.messages().sessions_title;
            render(StatusCode::OK, PageContext::new(setting, title).seen_by(Some(&signed_in)), Prepared(sessions)).await
        }
        Err(error) => error_page::failed(setting, "somebody's sessions could not be listed", &error.into()).await,
    }
}

/// The page of a person's sessions.
#[component]
pub(in crate::web) fn SessionsPage() -> impl IntoView {
    let (frame, prepared) = (use_context::<PageContext>(), use_context::<Prepared>());
    frame.zip(prepared).map(|(frame, Prepared(sessions))| {
        let messages = frame.messages;
        let has_others = sessions.iter().any(|session| !session.is_current);
        let said = (frame.flash == Some(Flash::SessionsEnded))
            .then(|| view! { <p class="remark" role="status">{messages.sessions_ended}</p> });
        let moment = |seconds| frame.lang.format_datetime(seconds);
        let items = sessions.into_iter().map(|session| {
            let (began, seen) = (moment(session.created_at), moment(session.last_seen_at));
            view! { <SessionItem messages session began seen /> }
        });
        view! {
            <section class="card">
                <h1>{messages.sessions_title}</h1>
                <p>{messages.sessions_lead}</p>
                {said}
                <form method="post" action="/account/sessions/end" data-testid="sessions" novalidate>
                    <ul class="sessions">{items.collect_view()}</ul>
                    {has_others.then(|| view! {
                        <button class="quiet" type="submit" name="session" value=OTHERS>{messages.sessions_end_others}</button>
                    })}
                </form>
                <p><a href="/account">{messages.account_title}</a></p>
            </section>
        }
    })
}

#[component]
fn SessionItem(messages: &'static Messages, session: SessionInfo, began: String, seen: String) -> impl IntoView {
    let SessionInfo { handle, is_current, .. } = session;
    // Every one of the buttons says the same, so what it is about is told with it.
    let about = format!("session-{handle}");
    let redirect_for = if is_current {
        view! { <span class="tag">{messages.session_current}</span> }.into_any()
    } else {
        view! {
            <button class="quiet" type="submit" name="session" value=handle aria-describedby=about.clone()>
                {messages.session_end}
            </button>
        }
        .into_any()
    };
    view! {
        <li>
            <div id=about>
                <p>{(messages.session_started)(&began)}</p>
                <p class="small">{(messages.session_last_active)(&seen)}</p>
            </div>
            {redirect_for}
        </li>
    }
}
