//! `/mail/{token}`: what a mailed link will do, or why it does nothing.

mod link_qq;

use leptos::prelude::*;

use crate::accounts::MailToken;
use crate::login::OpenedLink;
use crate::web::components::{Notice, NoticeKind, SubmitButton};
use crate::web::error::WebError;
use crate::web::i18n::{Message, Messages};
use crate::web::page::{Page, PageResponse};
use crate::web::page_context::page_data;
use crate::web::pages::emails::EMAILS;
use crate::web::request::PageRequest;
use link_qq::LinkQqCard;

#[derive(Clone)]
struct MailLinkData {
    link: OpenedLink,
    token: MailToken,
}

pub(in crate::web) async fn load(
    request: PageRequest,
    token: MailToken,
    link: OpenedLink,
) -> Result<PageResponse, WebError> {
    let messages = request.messages();
    let title = match &link {
        OpenedLink::VerifyEmail { .. } => messages.verify_email_title,
        OpenedLink::LinkQq(_) => messages.link_qq_title,
        link => outcome(messages, link).map_or(messages.mail_link_unusable.title, |(_, message)| message.title),
    };
    let page = Page::new(&request, title).with_user(request.signed_in_user().await?);
    Ok(page.with_data(MailLinkData { link, token }).into())
}

/// Returns the message of a link that does nothing more.
fn outcome(messages: &Messages, link: &OpenedLink) -> Option<(NoticeKind, Message)> {
    match link {
        OpenedLink::VerifyEmail { .. } | OpenedLink::LinkQq(_) => None,
        OpenedLink::EmailVerified { .. } => Some((NoticeKind::Success, messages.verify_email_done)),
        OpenedLink::EmailTaken { .. } => Some((NoticeKind::Error, messages.verify_email_taken)),
        OpenedLink::OtherBrowser => Some((NoticeKind::Warning, messages.link_qq_other_browser)),
        OpenedLink::QqTaken => Some((NoticeKind::Error, messages.link_qq_taken)),
        OpenedLink::Unusable => Some((NoticeKind::Error, messages.mail_link_unusable)),
    }
}

#[component]
pub(in crate::web) fn MailLinkPage() -> impl IntoView {
    page_data::<MailLinkData>().map(|(page, MailLinkData { link, token })| {
        let messages = page.messages;
        let content = match (outcome(messages, &link), link) {
            (_, OpenedLink::VerifyEmail { email, username }) => {
                view! { <VerifyEmailCard messages email username action=token.path() /> }.into_any()
            }
            (_, OpenedLink::LinkQq(sides)) => {
                view! { <LinkQqCard messages sides=*sides action=token.path() /> }.into_any()
            }
            (message, link) => {
                let next = match &link {
                    // There is nothing to do in this browser.
                    OpenedLink::OtherBrowser => None,
                    _ if page.user.is_some() => Some((EMAILS, messages.emails_title)),
                    _ => Some(("/login", messages.login_title)),
                };
                let email = match link {
                    OpenedLink::EmailVerified { email } | OpenedLink::EmailTaken { email } => Some(email),
                    _ => None,
                };
                let (kind, message) = message.unwrap_or((NoticeKind::Error, messages.mail_link_unusable));
                view! { <OutcomeView kind message email next /> }.into_any()
            }
        };
        view! { <div class="page center">{content}</div> }
    })
}

#[component]
fn VerifyEmailCard(messages: &'static Messages, email: String, username: String, action: String) -> impl IntoView {
    view! {
        <section class="card center">
            <h1>{messages.verify_email_title}</h1>
            <p><strong data-testid="email">{email}</strong></p>
            <p><bdi>{(messages.verify_email_lead)(&username)}</bdi></p>
            <form method="post" action=action data-testid="mail-link" novalidate>
                <SubmitButton
                    class="button primary"
                    label=messages.verify_email_submit
                    busy_label=messages.verify_email_submit
                />
            </form>
            <p class="small">{messages.verify_email_warning}</p>
        </section>
    }
}

/// What became of the link, and where to go next.
#[component]
fn OutcomeView(
    kind: NoticeKind,
    message: Message,
    email: Option<String>,
    /// Path and label of the page to go to.
    next: Option<(&'static str, &'static str)>,
) -> impl IntoView {
    view! {
        <section class="card center">
            <h1>{message.title}</h1>
            {email.map(|email| view! { <p><strong data-testid="email">{email}</strong></p> })}
            <Notice kind title=message.advice />
            {next.map(|(href, label)| view! { <p><a class="button" href=href>{label}</a></p> })}
        </section>
    }
}
