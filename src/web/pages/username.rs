//! `/account/username`: the form that changes the username.
//! [`load`] shows it, [`load_again`] what the user typed and why it was refused. It posts to `routes::username`.

use leptos::prelude::*;

use crate::sessions::SignedInUser;
use crate::validation::UsernameError;
use crate::web::components::{
    ActingAccount, ErrorSummary, FormFailure, MismatchNotice, Notice, NoticeKind, PageHeader, SubmitButton,
    UsernameInput, UsernameSuggestions,
};
use crate::web::error::WebError;
use crate::web::flash::Flash;
use crate::web::islands::ServerErrors;
use crate::web::page::{Page, PageResponse};
use crate::web::page_context::page_data;
use crate::web::request::PageRequest;

pub(in crate::web) const USERNAME: &str = "/account/username";
pub(in crate::web) const SIGN_IN: &str = "/login?next=/account/username";

/// Why a username was not changed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum UsernameProblem {
    Invalid(UsernameError),
    TooManyChanges,
    /// The site could not process the form, which may be correct.
    Failed(WebError),
}

#[derive(Clone)]
struct UsernameData {
    user: SignedInUser,
    typed: String,
    problem: Option<UsernameProblem>,
    /// Free usernames, if the typed one cannot be had.
    suggestions: Vec<String>,
}

pub(in crate::web) async fn load(request: PageRequest) -> Result<PageResponse, WebError> {
    load_again(request, None, None).await
}

/// Shows what the user typed, and why it was refused.
pub(in crate::web) async fn load_again(
    request: PageRequest,
    typed: Option<String>,
    problem: Option<UsernameProblem>,
) -> Result<PageResponse, WebError> {
    let Some(user) = request.signed_in_user().await? else { return Ok(PageResponse::redirect(SIGN_IN)) };
    let (messages, login) = (request.messages(), &request.state.login);
    let typed = typed.unwrap_or_else(|| user.username.clone());
    let suggestions = match problem {
        Some(UsernameProblem::Invalid(_)) => {
            login.suggest_usernames(&typed, user.nickname.as_deref(), Some(user.user_id)).await?
        }
        _ => vec![],
    };
    let prefix = if problem.is_some() { messages.error_prefix } else { "" };
    let page = Page::new(&request, format!("{prefix}{}", messages.username_change_title)).with_user(Some(user.clone()));
    let failure = match problem {
        Some(UsernameProblem::Failed(failure)) => Some(failure),
        _ => None,
    };
    Ok(page.with_error(failure).with_data(UsernameData { user, typed, problem, suggestions }).into())
}

#[component]
pub(in crate::web) fn UsernamePage() -> impl IntoView {
    page_data::<UsernameData>().map(|(page, UsernameData { user, typed, problem, suggestions })| {
        let messages = page.messages;
        let error = match problem {
            Some(UsernameProblem::Invalid(error)) => Some((messages.username_error)(error)),
            _ => None,
        };
        provide_context(ServerErrors { username: error, email: None });
        let changed = (page.request.flash == Some(Flash::UsernameChanged))
            .then(|| view! { <Notice kind=NoticeKind::Success title=messages.username_changed /> });
        let too_many = (problem == Some(UsernameProblem::TooManyChanges)).then(|| {
            let message = messages.username_too_many_changes;
            view! {
                <Notice kind=NoticeKind::Error title=message.title has_focus=true><p>{message.advice}</p></Notice>
            }
        });
        let failed = match problem {
            Some(UsernameProblem::Failed(failure)) => Some(view! { <FormFailure failure /> }),
            _ => None,
        };
        let account = user.username.clone();
        view! {
            <div class="page narrow">
                <PageHeader title=messages.username_change_title lead=messages.username_change_lead />
                {changed}
                {too_many}
                {failed}
                <MismatchNotice />
                <ErrorSummary items=error.map(|error| ("#username", error)).into_iter().collect() />
                <section class="card">
                    <ActingAccount user />
                    <form
                        class="stack"
                        method="post"
                        action=USERNAME
                        data-testid="change-username"
                        id="change-username"
                        novalidate
                    >
                        <input type="hidden" name="account" value=account />
                        <UsernameInput messages value=typed is_invalid=error.is_some() />
                        <SubmitButton
                            class="button primary"
                            label=messages.username_change_submit
                            busy_label=messages.username_changing
                        />
                    </form>
                    <UsernameSuggestions messages names=suggestions form="change-username" />
                </section>
            </div>
        }
    })
}
