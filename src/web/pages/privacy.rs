//! `/privacy`: what the site stores about users, and for how long.

use leptos::prelude::*;

use crate::web::error::WebError;
use crate::web::page::{Page, PageContext, PageResponse};
use crate::web::request::PageRequest;
use crate::web::template::PublicPage;

pub(in crate::web) async fn load(request: PageRequest) -> Result<PageResponse, WebError> {
    let user = request.signed_in_user().await?;
    Ok(Page::new(&request, request.messages().privacy_title).with_user(user).with_template(PublicPage::Privacy).into())
}

#[component]
pub(in crate::web) fn PrivacyPage() -> impl IntoView {
    use_context::<PageContext>().map(|page| {
        let (messages, site) = (page.messages, &page.request.state.site);
        let days = |seconds: i64| seconds.div_euclid(86_400).max(1);
        let sections = messages
            .privacy_sections
            .iter()
            .map(|(title, text)| view! { <h2>{*title}</h2> <p>{*text}</p> })
            .collect_view();
        view! {
            <div class="page narrow">
                <section class="card">
                    <h1>{messages.privacy_title}</h1>
                    <p>{messages.login_privacy}</p>
                    {site.asks_unionid.then(|| view! { <p>{messages.privacy_unionid}</p> })}
                    {site.extra_scope.as_deref().map(|scope| view! { <p>{(messages.privacy_scope)(scope)}</p> })}
                    {sections}
                    <p>{(messages.privacy_sessions)(days(site.session_idle_secs), days(site.session_max_secs))}</p>
                </section>
                <p class="below-card"><a href="/">{messages.back_to_home}</a></p>
            </div>
        }
    })
}
