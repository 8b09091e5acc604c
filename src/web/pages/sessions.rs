//! `/account/sessions`: where a user is signed in, and signing out there.

use leptos::prelude::*;

use crate::sessions::SessionInfo;
use crate::web::components::{Badge, BadgeKind, Icon, Notice, NoticeKind, PageHeader, Time};
use crate::web::error::WebError;
use crate::web::flash::Flash;
use crate::web::page::{Page, PageResponse};
use crate::web::page_context::{PageContext, page_data};
use crate::web::request::PageRequest;

/// Names all sessions but the current one, in the place of a session's handle.
pub(in crate::web) const OTHER_SESSIONS: &str = "others";

pub(in crate::web) async fn load(request: PageRequest) -> Result<PageResponse, WebError> {
    let Some(user) = request.signed_in_user().await? else {
        return Ok(PageResponse::redirect("/login?next=/account/sessions"));
    };
    let sessions = request.state.sessions.list_for_user(user.user_id, request.session.id()).await?;
    let page = Page::new(&request, request.messages().sessions_title).with_user(Some(user)).with_data(sessions);
    Ok(page.into())
}

#[component]
pub(in crate::web) fn SessionsPage() -> impl IntoView {
    page_data::<Vec<SessionInfo>>().map(|(page, sessions)| {
        let messages = page.messages;
        let has_others = sessions.iter().any(|session| !session.is_current);
        let ended = (page.request.flash == Some(Flash::SessionsEnded))
            .then(|| view! { <Notice kind=NoticeKind::Success title=messages.sessions_ended /> });
        let items = sessions.into_iter().map(|session| view! { <SessionItem page=page.clone() session /> });
        view! {
            <div class="page narrow">
                <PageHeader title=messages.sessions_title lead=messages.sessions_lead />
                {ended}
                <form class="card" method="post" action="/account/sessions/end" data-testid="sessions" novalidate>
                    <ul class="rows">{items.collect_view()}</ul>
                    {has_others.then(|| view! {
                        <p>
                            <button class="button" type="submit" name="session" value=OTHER_SESSIONS>
                                {messages.sessions_end_others}
                            </button>
                        </p>
                    })}
                </form>
            </div>
        }
    })
}

#[component]
fn SessionItem(page: PageContext, session: SessionInfo) -> impl IntoView {
    let messages = page.messages;
    let SessionInfo { handle, created_at, last_seen_at, device, is_current } = session;
    // The buttons have the same text, so each refers to its description.
    let description = format!("session-{handle}");
    let action = if is_current {
        view! { <Badge kind=BadgeKind::Good label=messages.session_current /> }.into_any()
    } else {
        view! {
            <button class="button small" type="submit" name="session" value=handle aria-describedby=description.clone()>
                {messages.session_end}
            </button>
        }
        .into_any()
    };
    view! {
        <li>
            {Icon::Computer.view()}
            <div id=description>
                <p data-testid="session-device">{(messages.device)(&device)}</p>
                <p class="small">{messages.session_started} <Time timestamp=created_at /></p>
                <p class="small">{messages.session_last_active} <Time timestamp=last_seen_at is_relative=true /></p>
            </div>
            {action}
        </li>
    }
}
