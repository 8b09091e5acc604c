//! `/privacy`: what is kept of people, and for how long.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use crate::sessions::SessionData;
use crate::web::page::{PageContext, render};
use crate::web::request::PageRequest;

pub(super) async fn show(visit: PageRequest) -> Response {
    let signed_in = visit.visitor.and_then(SessionData::signed_in);
    let title = visit.setting.messages().privacy_title;
    render(StatusCode::OK, PageContext::new(visit.setting, title).seen_by(signed_in.as_ref()), ()).await
}

/// The page about privacy.
#[component]
pub(in crate::web) fn PrivacyPage() -> impl IntoView {
    use_context::<PageContext>().map(|frame| {
        let (messages, facts) = (frame.messages, frame.setting.site.facts);
        let days = |seconds: i64| seconds.div_euclid(86_400).max(1);
        let told = messages
            .privacy_sections
            .iter()
            .map(|(title, text)| view! { <h2>{*title}</h2> <p>{*text}</p> })
            .collect_view();
        view! {
            <section class="card">
                <h1>{messages.privacy_title}</h1>
                <p>{messages.login_privacy}</p>
                {facts.asks_unionid.then(|| view! { <p>{messages.privacy_unionid}</p> })}
                {facts.more_scope.clone().map(|scope| view! { <p>{(messages.privacy_scope)(&scope)}</p> })}
                {told}
                <p>{(messages.privacy_sessions)(days(facts.session_idle_secs), days(facts.session_max_secs))}</p>
            </section>
            <p class="after"><a href="/">{messages.back_to_home}</a></p>
        }
    })
}
