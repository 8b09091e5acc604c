//! `/privacy`: what is kept of people, and for how long.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use crate::sessions::Visitor;
use crate::web::render::{Frame, render};
use crate::web::visit::Visit;

pub(super) async fn show(visit: Visit) -> Response {
    let signed_in = visit.visitor.and_then(Visitor::signed_in);
    let title = visit.setting.texts().privacy_title;
    render(StatusCode::OK, Frame::new(visit.setting, title).seen_by(signed_in.as_ref()), ()).await
}

/// The page about privacy.
#[component]
pub(in crate::web) fn PrivacyPage() -> impl IntoView {
    use_context::<Frame>().map(|frame| {
        let (texts, facts) = (frame.texts, frame.setting.site.facts);
        let days = |seconds: i64| seconds.div_euclid(86_400).max(1);
        let told = texts.privacy.iter().map(|(title, text)| view! { <h2>{*title}</h2> <p>{*text}</p> }).collect_view();
        view! {
            <section class="card">
                <h1>{texts.privacy_title}</h1>
                <p>{texts.login_privacy}</p>
                {facts.asks_unionid.then(|| view! { <p>{texts.privacy_unionid}</p> })}
                {facts.more_scope.clone().map(|scope| view! { <p>{(texts.privacy_scope)(&scope)}</p> })}
                {told}
                <p>{(texts.privacy_sessions)(days(facts.session_idle_secs), days(facts.session_max_secs))}</p>
            </section>
            <p class="after"><a href="/">{texts.to_home}</a></p>
        }
    })
}
