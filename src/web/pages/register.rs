//! `/register`: an account by one click, or by a form.

use axum::http::{StatusCode, header};
use axum::response::Response;
use leptos::prelude::*;

use super::components::Avatar;
use super::see_other;
use crate::login::{FormErrors, RegistrationForm};
use crate::sessions::{FormDraft, PendingRegistration, SessionData};
use crate::validation::{EmailError, UsernameError};
use crate::web::error_page::{self, TemporaryError};
use crate::web::i18n::Messages;
use crate::web::islands::{Busy, EmailField, UsernameField};
use crate::web::page::{PageContext, render};
use crate::web::request::PageRequest;

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
    let frame = PageContext::new(visit.setting, format!("{prefix}{}", messages.register_title)).with_islands();
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
                    <RegisterForm messages typed problems />
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
                <SubmitButton idle=messages.register_auto_submit busy=messages.register_submitting />
            </form>
        </section>
    }
}

#[component]
fn RegisterForm(messages: &'static Messages, typed: RegistrationForm, problems: FormErrors) -> impl IntoView {
    view! {
        <section aria-labelledby="form-title">
            <h2 id="form-title">{messages.register_form_title}</h2>
            <p>{messages.register_form_lead}</p>
            <form method="post" action="/register" data-testid="register-form" novalidate>
                <UsernameField>
                    <UsernameInput messages value=typed.username problem=problems.username />
                </UsernameField>
                <EmailField>
                    <EmailInput messages value=typed.email problem=problems.email />
                </EmailField>
                <SubmitButton idle=messages.register_form_submit busy=messages.register_submitting />
            </form>
        </section>
    }
}

#[component]
fn SubmitButton(idle: &'static str, busy: &'static str) -> impl IntoView {
    view! {
        <Busy>
            <button class="primary" type="submit">
                <span class="when-idle">{idle}</span>
                <span class="when-busy">{busy}</span>
            </button>
        </Busy>
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

/// A label, a hint, the error if there is one, and the input. The island that surrounds it finds
/// every text it may have to show in the `data-` attributes.
#[component]
fn UsernameInput(messages: &'static Messages, value: String, problem: Option<UsernameError>) -> impl IntoView {
    let message = messages.username_error;
    view! {
        <div
            class="field"
            data-check="/api/check-username"
            data-checking=messages.username_checking
            data-available=messages.username_available
            data-missing=message(UsernameError::Missing)
            data-too-short=message(UsernameError::TooShort)
            data-too-long=message(UsernameError::TooLong)
            data-forbidden-character=message(UsernameError::ForbiddenCharacter)
            data-reserved=message(UsernameError::Reserved)
            data-look-alike=message(UsernameError::LookAlikeScripts)
            data-taken=message(UsernameError::Taken)
        >
            <label for="username">{messages.username_label}</label>
            <p class="hint" id="username-hint">{messages.username_hint}</p>
            <FieldMessage id="username-message" text=problem.map(message) />
            <input
                id="username"
                name="username"
                type="text"
                value=value
                autocomplete="username"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby="username-hint username-message"
                aria-required="true"
                aria-invalid=problem.is_some().then_some("true")
            />
        </div>
    }
}

#[component]
fn EmailInput(messages: &'static Messages, value: String, problem: Option<EmailError>) -> impl IntoView {
    let message = messages.email_error;
    view! {
        <div
            class="field"
            data-missing=message(EmailError::Missing)
            data-malformed=message(EmailError::Malformed)
            data-too-long=message(EmailError::TooLong)
        >
            <label for="email">{messages.email_label}</label>
            <p class="hint" id="email-hint">{messages.email_hint}</p>
            <FieldMessage id="email-message" text=problem.map(message) />
            <input
                id="email"
                name="email"
                type="email"
                inputmode="email"
                value=value
                autocomplete="email"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby="email-hint email-message"
                aria-required="true"
                aria-invalid=problem.is_some().then_some("true")
            />
        </div>
    }
}

/// The place beside a field where its error stands, and is read out when it changes.
#[component]
fn FieldMessage(id: &'static str, text: Option<&'static str>) -> impl IntoView {
    view! {
        <div class="field-message" id=id aria-live="polite">
            {text.map(|text| view! { <p class="field-error" data-testid="field-error">{text}</p> })}
        </div>
    }
}
