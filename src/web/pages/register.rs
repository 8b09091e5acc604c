//! `/register`: an account by one click, by a form, or the one that the user has. Where new users are not asked, it is for
//! the last.
//! [`load`] shows the empty form or a kept draft, [`load_again`] what the user typed with its errors.
//! It must not know how an account is created: the forms post to `routes::register`.

mod form;
mod link;

use leptos::prelude::*;

use crate::config::Registration;
use crate::login::{FormErrors, RegistrationForm};
use crate::sessions::{FormDraft, SessionData};
use crate::web::components::{Avatar, ErrorSummary, FormFailure, Notice, NoticeKind, SubmitButton};
use crate::web::error::WebError;
use crate::web::flash::Flash;
use crate::web::i18n::{Message, Messages};
use crate::web::page::{Page, PageResponse};
use crate::web::page_context::page_data;
use crate::web::request::PageRequest;
use form::RegisterForm;
pub(in crate::web) use link::LinkFormData;
use link::{LinkChoice, LinkForm};

#[derive(Clone)]
struct RegisterData {
    nickname: Option<String>,
    avatar_hash: Option<String>,
    typed: RegistrationForm,
    errors: FormErrors,
    /// Free usernames, if the typed one cannot be had.
    suggestions: Vec<String>,
    /// Why the site could not process the form, which may be correct.
    failure: Option<WebError>,
    link: LinkFormData,
}

pub(in crate::web) async fn load(request: PageRequest) -> Result<PageResponse, WebError> {
    let draft = match request.session_data().await? {
        Some(SessionData::Pending(pending)) => pending.draft(request.state.login.now()).cloned(),
        _ => None,
    };
    let FormDraft { username, email } = draft.unwrap_or_default();
    load_again(request, RegistrationForm { username, email }, FormErrors::default(), None).await
}

/// Shows what the user typed, with its errors or with the failure that only time can mend.
pub(in crate::web) async fn load_again(
    request: PageRequest,
    typed: RegistrationForm,
    errors: FormErrors,
    failure: Option<WebError>,
) -> Result<PageResponse, WebError> {
    load_forms(request, typed, errors, failure, LinkFormData::default()).await
}

/// Shows what the user typed into the form for users who have an account, with its error or failure.
pub(in crate::web) async fn load_link_again(
    request: PageRequest,
    link: LinkFormData,
    failure: Option<WebError>,
) -> Result<PageResponse, WebError> {
    load_forms(request, RegistrationForm::default(), FormErrors::default(), failure, link).await
}

async fn load_forms(
    request: PageRequest,
    typed: RegistrationForm,
    errors: FormErrors,
    failure: Option<WebError>,
    link: LinkFormData,
) -> Result<PageResponse, WebError> {
    let pending = match (request.session_data().await?, failure) {
        (Some(SessionData::Pending(pending)), _) => pending,
        (_, Some(failure)) => return Err(failure),
        (Some(SessionData::SignedIn(_)), _) => return Ok(PageResponse::redirect(request.next().as_str())),
        (None, _) => return Ok(PageResponse::redirect("/login")),
    };
    let messages = request.messages();
    let has_error = errors != FormErrors::default() || failure.is_some() || link.error.is_some();
    let prefix = if has_error { messages.error_prefix } else { "" };
    let title = match request.state.has_recovery_link() {
        true => messages.recover_title,
        false => messages.register_title,
    };
    let page = Page::new(&request, format!("{prefix}{title}"));
    let (nickname, avatar_hash) = (pending.nickname, pending.avatar_hash);
    let suggestions = match errors.username {
        Some(_) => request.state.login.suggest_usernames(&typed.username, nickname.as_deref(), None).await?,
        None => vec![],
    };
    let data = RegisterData { nickname, avatar_hash, typed, errors, suggestions, failure, link };
    Ok(page.with_error(failure).with_data(data).into())
}

#[component]
pub(in crate::web) fn RegisterPage() -> impl IntoView {
    page_data::<RegisterData>().map(|(page, data)| {
        let RegisterData { nickname, avatar_hash, typed, errors, suggestions, failure, link } = data;
        let (messages, state) = (page.messages, &page.request.state);
        let (has_mail, is_recovery) = (state.may_recover_accounts(), state.has_recovery_link());
        let (steps, lead) = match is_recovery {
            true => (messages.recover_steps, messages.recover_lead),
            false => (messages.register_steps, messages.register_lead),
        };
        let sent = (page.request.flash == Some(Flash::AccountLinkSent)).then_some(messages.register_link_sent);
        let error_links = error_links(messages, errors, &link);
        let greeting = match &nickname {
            Some(nickname) => view! { <h1>{messages.register_welcome} <bdi>{nickname.clone()}</bdi></h1> }.into_any(),
            None => view! { <h1>{messages.register_welcome_nameless}</h1> }.into_any(),
        };
        let name = nickname.unwrap_or_else(|| "QQ".to_owned());
        let choices = if is_recovery {
            let is_auto = state.login.registration() == Registration::Auto;
            let one_click = is_auto.then(|| view! { <div class="more"><OneClick messages class="button" /></div> });
            view! {
                <LinkForm messages data=link class="button primary" />
                {one_click}
            }
            .into_any()
        } else {
            view! {
                <OneClick messages class="button primary" />
                <RegisterForm messages typed errors suggestions />
                {has_mail.then(|| view! { <LinkChoice messages data=link /> })}
            }
            .into_any()
        };
        view! {
            <div class="page center">
                <Steps steps />
                {failure.map(|failure| view! { <FormFailure failure /> })}
                {sent.map(|Message { title, advice }| {
                    view! { <Notice kind=NoticeKind::Info title><p>{advice}</p></Notice> }
                })}
                <ErrorSummary items=error_links />
                <div class="card">
                    <div class="who">
                        <Avatar name hash=avatar_hash />
                        <div>
                            {greeting}
                            <p class="muted">{lead}</p>
                        </div>
                    </div>
                    {choices}
                </div>
            </div>
        }
    })
}

/// Where the user is on the way to an account.
#[component]
fn Steps(steps: [&'static str; 3]) -> impl IntoView {
    let [done, current, next] = steps;
    view! {
        <ol class="steps">
            <li class="done">{done}</li>
            <li aria-current="step">{current}</li>
            <li>{next}</li>
        </ol>
    }
}

#[component]
fn OneClick(messages: &'static Messages, class: &'static str) -> impl IntoView {
    view! {
        <form class="stack" method="post" action="/register/auto" data-testid="register-auto" novalidate>
            <SubmitButton
                class
                label=messages.register_auto_submit
                busy_label=messages.register_submitting
            />
            <p class="small">{messages.register_auto_lead}</p>
        </form>
    }
}

/// Returns a link to each field with an error, and what is wrong with it.
fn error_links(messages: &Messages, errors: FormErrors, link: &LinkFormData) -> Vec<(&'static str, &'static str)> {
    let username = errors.username.map(|error| ("#username", (messages.username_error)(error)));
    let email = errors.email.map(|error| ("#email", (messages.email_error)(error)));
    let link = link.error.map(|error| ("#link-email", (messages.email_error)(error)));
    [username, email, link].into_iter().flatten().collect()
}
