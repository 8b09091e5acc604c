//! `/privacy`: what the site stores about users, and for how long.

use leptos::prelude::*;

use crate::config::SiteIdentity;
use crate::web::components::IcpLink;
use crate::web::error::WebError;
use crate::web::i18n::Messages;
use crate::web::page::{Page, PageResponse};
use crate::web::page_context::PageContext;
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
                <section class="card prose">
                    <h1>{messages.privacy_title}</h1>
                    <p>{messages.login_privacy} {messages.space} {messages.login_privacy_never}</p>
                    {site.asks_unionid.then(|| view! { <p>{messages.privacy_unionid}</p> })}
                    {site.extra_scope.as_deref().map(|scope| view! { <p>{(messages.privacy_scope)(scope)}</p> })}
                    {sections}
                    {page.request.state.mail.is_some().then(|| view! { <p>{messages.privacy_browsers}</p> })}
                    <p>{(messages.privacy_sessions)(days(site.session_idle_secs), days(site.session_max_secs))}</p>
                    <Operator messages identity=site.identity.clone() />
                </section>
                <p class="below-card"><a href="/">{messages.back_to_home}</a></p>
            </div>
        }
    })
}

/// Who runs the site, as far as the configuration says.
#[component]
fn Operator(messages: &'static Messages, identity: SiteIdentity) -> impl IntoView {
    let SiteIdentity { operator_name, contact_email, icp_number, terms_url, .. } = identity;
    let email = contact_email.map(|email| view! { <a href=format!("mailto:{email}")>{email.clone()}</a> }.into_any());
    let icp = icp_number.map(|number| view! { <IcpLink number /> }.into_any());
    let terms = terms_url.map(|url| view! { <a href=url.clone()>{url.clone()}</a> }.into_any());
    let rows = [
        (messages.operator_label, operator_name.map(|name| name.into_any())),
        (messages.contact_label, email),
        (messages.icp_label, icp),
        (messages.terms_title, terms),
    ];
    let rows: Vec<_> =
        rows.into_iter().filter_map(|(label, value)| Some(view! { <dt>{label}</dt> <dd>{value?}</dd> })).collect();
    (!rows.is_empty()).then(|| view! { <h2>{messages.privacy_operator_title}</h2> <dl class="details">{rows}</dl> })
}
