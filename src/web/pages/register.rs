//! `/register`: an account by one click, or by a form.

mod form;

use axum::http::{StatusCode, header};
use axum::response::Response;
use leptos::prelude::*;

use super::components::{Avatar, SubmitButton};
use super::see_other;
use crate::login::{FormErrors, RegistrationForm};
use crate::sessions::{FormDraft, PendingRegistration, SessionData};
use crate::web::error_page::{self, TemporaryError};
use crate::web::i18n::Messages;
use crate::web::page::{PageContext, render};
use crate::web::request::PageRequest;
use form::RegisterForm;

#[derive(Clone)]
struct Prepared {
    nickname: Option<String>,
    avatar_hash: Option<String>,
    typed: RegistrationForm,
    problems: FormErrors,
    /// What keeps the form from being taken, well filled in as it may be.
    temporary_error: Option<TemporaryError>,
}

pub(super) async fn show(visit: PageRequest) -> Response {
    let draft = match &visit.visitor {
        Some(SessionData::Pending(pending)) => pending.draft(visit.setting.site.login.now()).cloned(),
        _ => None,
    };
    let typed = draft
        .map_or_else(RegistrationForm::default, |FormDraft { username, email }| RegistrationForm { username, email });
    show_form(visit, typed, FormErrors::default(), None).await
}

/// The same page again, with what was typed and what is wrong with it.
pub(in crate::web) async fn show_with_problems(
    visit: PageRequest,
    typed: RegistrationForm,
    problems: FormErrors,
) -> Response {
    show_form(visit, typed, problems, None).await
}

/// The same page again, with what was typed, for another try in a moment.
pub(in crate::web) async fn show_temporary_error(
    visit: PageRequest,
    typed: RegistrationForm,
    temporary_error: TemporaryError,
) -> Response {
    if !matches!(visit.visitor, Some(SessionData::Pending(_))) {
        return error_page::temporary_error(visit.setting, temporary_error).await;
    }
    show_form(visit, typed, FormErrors::default(), Some(temporary_error)).await
}

async fn show_form(
    visit: PageRequest,
    typed: RegistrationForm,
    problems: FormErrors,
    temporary_error: Option<TemporaryError>,
) -> Response {
    let pending = match visit.visitor {
        Some(SessionData::Pending(pending)) => pending,
        Some(SessionData::SignedIn(_)) => return see_other(visit.setting.next().as_str()),
        None => return see_other("/login"),
    };
    let messages = visit.setting.messages();
    let is_fine = problems == FormErrors::default() && temporary_error.is_none();
    let prefix = if is_fine { "" } else { messages.error_prefix };
    let frame = PageContext::new(visit.setting, format!("{prefix}{}", messages.register_title)).with_script();
    let PendingRegistration { nickname, avatar_hash, .. } = pending;
    let prepared = Prepared { nickname, avatar_hash, typed, problems, temporary_error };
    let mut response = render(temporary_error.map_or(StatusCode::OK, TemporaryError::status), frame, prepared).await;
    if let Some(temporary_error) = temporary_error {
        response.headers_mut().insert(header::RETRY_AFTER, temporary_error.wait_secs().into());
    }
    response
}

/// The registration page.
#[component]
pub(in crate::web) fn RegisterPage() -> impl IntoView {
    let (frame, prepared) = (use_context::<PageContext>(), use_context::<Prepared>());
    frame.zip(prepared).map(|(frame, Prepared { nickname, avatar_hash, typed, problems, temporary_error })| {
        let messages = frame.messages;
        let greeting = match &nickname {
            Some(nickname) => (messages.register_welcome)(nickname),
            None => messages.register_welcome_nameless.to_owned(),
        };
        let name = nickname.unwrap_or_else(|| "QQ".to_owned());
        view! {
            {temporary_error.map(|temporary_error| view! { <TemporaryErrorAlert messages temporary_error /> })}
            <ProblemSummary messages problems />
            <section class="card">
                <div class="person">
                    <Avatar name hash=avatar_hash />
                    <h1>{greeting}</h1>
                </div>
                <p class="lead">{messages.register_lead}</p>
                <div class="choices">
                    <OneClick messages />
                    <RegisterForm messages typed errors=problems />
                </div>
            </section>
        }
    })
}

#[component]
fn OneClick(messages: &'static Messages) -> impl IntoView {
    view! {
        <section aria-labelledby="auto-title">
            <h2 id="auto-title">{messages.register_auto_title}</h2>
            <p>{messages.register_auto_lead}</p>
            <form method="post" action="/register/auto" data-testid="register-auto" novalidate>
                <SubmitButton
                    class="primary"
                    label=messages.register_auto_submit
                    busy_label=messages.register_submitting
                />
            </form>
        </section>
    }
}

/// The errors of the form in one place, first on the page and with the focus, each a link to its
/// field.
#[component]
fn ProblemSummary(messages: &'static Messages, problems: FormErrors) -> impl IntoView {
    let username = problems.username.map(|problem| ("#username", (messages.username_error)(problem)));
    let email = problems.email.map(|problem| ("#email", (messages.email_error)(problem)));
    let items: Vec<_> = [username, email].into_iter().flatten().collect();
    (!items.is_empty()).then(|| {
        let items = items.into_iter().map(|(href, text)| view! { <li><a href=href>{text}</a></li> }).collect_view();
        view! {
            <div class="trouble" role="alert" tabindex="-1" autofocus id="problems">
                <h2>{messages.form_errors_title}</h2>
                <ul>{items}</ul>
            </div>
        }
    })
}

/// Nothing is wrong with the form, but it could not be taken.
#[component]
fn TemporaryErrorAlert(messages: &'static Messages, temporary_error: TemporaryError) -> impl IntoView {
    let (title, advice) = temporary_error.told(messages);
    view! {
        <div class="trouble" role="alert" tabindex="-1" autofocus id="problems">
            <h2>{title}</h2>
            <p>{advice}</p>
            <p>{messages.form_input_kept}</p>
        </div>
    }
}
