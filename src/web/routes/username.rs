//! The change of a username.

use axum::response::Response;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::account::{counted_user, is_shown};
use crate::accounts::{ChangeUsernameOutcome, ValidUsername};
use crate::audit::{self, Event};
use crate::validation::UsernameError;
use crate::web::error::WebError;
use crate::web::flash::Flash;
use crate::web::forms::{FormFields, Redirection, call, current_request};
use crate::web::pages::username::{SIGN_IN, USERNAME, UsernamePage, UsernameProblem, load_again};
use crate::web::request::PageRequest;

/// How the form ends.
#[derive(Debug, Serialize, Deserialize)]
enum ChangeUsernameResponse {
    Redirect(Redirection),
    Invalid(UsernameError),
    TooManyChanges,
}

/// `POST /account/username`: if the name is refused, shows the form again with what the user typed.
pub(super) async fn submit(request: PageRequest, fields: FormFields) -> Result<Response, WebError> {
    let (username, suggestion) = (fields.get("username"), fields.get("suggestion"));
    let show_again = async |typed: String, problem: Option<UsernameProblem>| {
        let response = load_again(request.clone(), Some(typed), problem).await;
        super::respond(response, || view! { <UsernamePage /> }.into_any())
    };
    if !suggestion.is_empty() {
        return show_again(suggestion, None).await;
    }
    let problem = match call(&request, change_username(username.clone(), fields.get("account"))).await {
        Ok(ChangeUsernameResponse::Redirect(redirection)) => return Ok(redirection.into_form_response(&request).await),
        Ok(ChangeUsernameResponse::Invalid(error)) => UsernameProblem::Invalid(error),
        Ok(ChangeUsernameResponse::TooManyChanges) => UsernameProblem::TooManyChanges,
        Err(failure) => UsernameProblem::Failed(failure.if_temporary()?),
    };
    show_again(username, Some(problem)).await
}

/// Changes the username. `account` is the one that the page has shown.
#[server(prefix = "", endpoint = "account/username")]
async fn change_username(
    #[server(default)] username: String,
    #[server(default)] account: String,
) -> Result<ChangeUsernameResponse, WebError> {
    let redirect = |path: &str, flash: Option<Flash>| {
        Ok(ChangeUsernameResponse::Redirect(Redirection::to(path).with_flash(flash)))
    };
    let request = current_request()?;
    let Some(user) = counted_user(&request).await? else { return redirect(SIGN_IN, None) };
    request.state.rate_limits.count_username(&username)?;
    if !is_shown(&user, &account) {
        return redirect(USERNAME, Some(Flash::AccountMismatch));
    }
    let username = match ValidUsername::parse(&username) {
        Ok(username) => username,
        Err(error) => return Ok(ChangeUsernameResponse::Invalid(error)),
    };
    let login = &request.state.login;
    match login.accounts().change_username(user.user_id, username, login.now()).await? {
        ChangeUsernameOutcome::Changed => {
            audit::record(Event::UsernameChanged { user_id: user.user_id });
            redirect(USERNAME, Some(Flash::UsernameChanged))
        }
        ChangeUsernameOutcome::Unchanged => redirect(USERNAME, None),
        ChangeUsernameOutcome::Taken => Ok(ChangeUsernameResponse::Invalid(UsernameError::Taken)),
        ChangeUsernameOutcome::TooManyChanges => Ok(ChangeUsernameResponse::TooManyChanges),
        ChangeUsernameOutcome::NoSuchUser => redirect(SIGN_IN, None),
    }
}
