//! `/register`: an account by one click, or by a form.

use axum::http::{StatusCode, header};
use axum::response::Response;
use leptos::prelude::*;

use super::parts::Avatar;
use super::see_other;
use crate::account::{EmailProblem, UsernameProblem};
use crate::login::{FormProblems, TypedForm};
use crate::sessions::{Draft, Pending, Visitor};
use crate::web::islands::{Busy, EmailField, UsernameField};
use crate::web::notice::{self, Hindrance};
use crate::web::render::{Frame, render};
use crate::web::texts::Texts;
use crate::web::visit::Visit;

#[derive(Clone)]
struct Prepared {
    nickname: Option<String>,
    avatar_hash: Option<String>,
    typed: TypedForm,
    problems: FormProblems,
    /// What keeps the form from being taken, well filled in as it may be.
    hindrance: Option<Hindrance>,
}

pub(super) async fn show(visit: Visit) -> Response {
    let draft = match &visit.visitor {
        Some(Visitor::Pending(pending)) => pending.draft(visit.setting.site.login.now()).cloned(),
        _ => None,
    };
    let typed = draft.map_or_else(TypedForm::default, |Draft { username, email }| TypedForm { username, email });
    show_form(visit, typed, FormProblems::default(), None).await
}

/// The same page again, with what was typed and what is wrong with it.
pub(in crate::web) async fn show_with_problems(visit: Visit, typed: TypedForm, problems: FormProblems) -> Response {
    show_form(visit, typed, problems, None).await
}

/// The same page again, with what was typed, for another try in a moment.
pub(in crate::web) async fn show_hindered(visit: Visit, typed: TypedForm, hindrance: Hindrance) -> Response {
    if !matches!(visit.visitor, Some(Visitor::Pending(_))) {
        return notice::hindered(visit.setting, hindrance).await;
    }
    show_form(visit, typed, FormProblems::default(), Some(hindrance)).await
}

async fn show_form(visit: Visit, typed: TypedForm, problems: FormProblems, hindrance: Option<Hindrance>) -> Response {
    let pending = match visit.visitor {
        Some(Visitor::Pending(pending)) => pending,
        Some(Visitor::SignedIn(_)) => return see_other(visit.setting.next().as_str()),
        None => return see_other("/login"),
    };
    let texts = visit.setting.texts();
    let is_fine = problems == FormProblems::default() && hindrance.is_none();
    let prefix = if is_fine { "" } else { texts.error_prefix };
    let frame = Frame::new(visit.setting, format!("{prefix}{}", texts.register_title)).with_islands();
    let Pending { nickname, avatar_hash, .. } = pending;
    let prepared = Prepared { nickname, avatar_hash, typed, problems, hindrance };
    let mut response = render(hindrance.map_or(StatusCode::OK, Hindrance::status), frame, prepared).await;
    if let Some(hindrance) = hindrance {
        response.headers_mut().insert(header::RETRY_AFTER, hindrance.wait_secs().into());
    }
    response
}

/// The registration page.
#[component]
pub(in crate::web) fn RegisterPage() -> impl IntoView {
    let (frame, prepared) = (use_context::<Frame>(), use_context::<Prepared>());
    frame.zip(prepared).map(|(frame, Prepared { nickname, avatar_hash, typed, problems, hindrance })| {
        let texts = frame.texts;
        let greeting = match &nickname {
            Some(nickname) => (texts.register_welcome)(nickname),
            None => texts.register_welcome_nameless.to_owned(),
        };
        let name = nickname.unwrap_or_else(|| "QQ".to_owned());
        view! {
            {hindrance.map(|hindrance| view! { <HindranceNote texts hindrance /> })}
            <ProblemSummary texts problems />
            <section class="card">
                <div class="person">
                    <Avatar name hash=avatar_hash />
                    <h1>{greeting}</h1>
                </div>
                <p class="lead">{texts.register_lead}</p>
                <div class="choices">
                    <OneClick texts />
                    <RegisterForm texts typed problems />
                </div>
            </section>
        }
    })
}

#[component]
fn OneClick(texts: &'static Texts) -> impl IntoView {
    view! {
        <section aria-labelledby="auto-title">
            <h2 id="auto-title">{texts.auto_title}</h2>
            <p>{texts.auto_lead}</p>
            <form method="post" action="/register/auto" data-testid="register-auto" novalidate>
                <SubmitButton idle=texts.auto_submit busy=texts.form_busy />
            </form>
        </section>
    }
}

#[component]
fn RegisterForm(texts: &'static Texts, typed: TypedForm, problems: FormProblems) -> impl IntoView {
    view! {
        <section aria-labelledby="form-title">
            <h2 id="form-title">{texts.form_title}</h2>
            <p>{texts.form_lead}</p>
            <form method="post" action="/register" data-testid="register-form" novalidate>
                <UsernameField>
                    <UsernameInput texts value=typed.username problem=problems.username />
                </UsernameField>
                <EmailField>
                    <EmailInput texts value=typed.email problem=problems.email />
                </EmailField>
                <SubmitButton idle=texts.form_submit busy=texts.form_busy />
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
fn ProblemSummary(texts: &'static Texts, problems: FormProblems) -> impl IntoView {
    let username = problems.username.map(|problem| ("#username", texts.username_problem(problem)));
    let email = problems.email.map(|problem| ("#email", texts.email_problem(problem)));
    let items: Vec<_> = [username, email].into_iter().flatten().collect();
    (!items.is_empty()).then(|| {
        let items = items.into_iter().map(|(href, text)| view! { <li><a href=href>{text}</a></li> }).collect_view();
        view! {
            <div class="trouble" role="alert" tabindex="-1" autofocus id="problems">
                <h2>{texts.form_problem}</h2>
                <ul>{items}</ul>
            </div>
        }
    })
}

/// Nothing is wrong with the form, but it could not be taken.
#[component]
fn HindranceNote(texts: &'static Texts, hindrance: Hindrance) -> impl IntoView {
    let (title, advice) = hindrance.told(texts);
    view! {
        <div class="trouble" role="alert" tabindex="-1" autofocus id="problems">
            <h2>{title}</h2>
            <p>{advice}</p>
            <p>{texts.form_kept}</p>
        </div>
    }
}

/// A label, a hint, the error if there is one, and the input. The island that surrounds it finds
/// every text it may have to show in the `data-` attributes.
#[component]
fn UsernameInput(texts: &'static Texts, value: String, problem: Option<UsernameProblem>) -> impl IntoView {
    let message = |problem| texts.username_problem(problem);
    view! {
        <div
            class="field"
            data-check="/api/check-username"
            data-checking=texts.username_checking
            data-available=texts.username_available
            data-missing=message(UsernameProblem::Missing)
            data-too-short=message(UsernameProblem::TooShort)
            data-too-long=message(UsernameProblem::TooLong)
            data-forbidden-character=message(UsernameProblem::ForbiddenCharacter)
            data-reserved=message(UsernameProblem::Reserved)
            data-look-alike=message(UsernameProblem::LookAlikeScripts)
            data-taken=message(UsernameProblem::Taken)
        >
            <label for="username">{texts.username}</label>
            <p class="hint" id="username-hint">{texts.username_hint}</p>
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
fn EmailInput(texts: &'static Texts, value: String, problem: Option<EmailProblem>) -> impl IntoView {
    let message = |problem| texts.email_problem(problem);
    view! {
        <div
            class="field"
            data-missing=message(EmailProblem::Missing)
            data-malformed=message(EmailProblem::Malformed)
            data-too-long=message(EmailProblem::TooLong)
        >
            <label for="email">{texts.email}</label>
            <p class="hint" id="email-hint">{texts.email_hint}</p>
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
