//! Registration: by a form, by one click, with an account that exists, and the check of a username while it is typed.

use axum::Json;
use axum::extract::Request;
use axum::response::Response;
use leptos::prelude::*;
use leptos::server_fn::codec::{FromReq, GetUrl, Json as JsonCodec};
use serde::{Deserialize, Serialize};

use crate::config::Registration;
use crate::login::{AddressMails, FormErrors, LoginFailure, RegisterOutcome, RegistrationForm};
use crate::sessions::SessionData;
use crate::validation::{Email, EmailError};
use crate::web::error::WebError;
use crate::web::flash::Flash;
use crate::web::forms::{FormFields, Redirection, call, current_request};
use crate::web::mails;
use crate::web::pages::register as page;
use crate::web::request::PageRequest;

/// How the registration form ends.
#[derive(Debug, Serialize, Deserialize)]
enum RegisterResponse {
    Redirect(Redirection),
    Invalid(FormErrors),
}

/// How the form for users who have an account ends.
#[derive(Debug, Serialize, Deserialize)]
enum LinkResponse {
    Redirect(Redirection),
    Invalid(EmailError),
}

/// `POST /register`: on errors, shows the form again with what the user typed.
pub(super) async fn submit(request: PageRequest, fields: FormFields) -> Result<Response, WebError> {
    let typed = RegistrationForm { username: fields.get("username"), email: fields.get("email") };
    let suggestion = fields.get("suggestion");
    if !suggestion.is_empty() {
        // Fills the field, so that a press of the wrong button makes no account.
        let typed = RegistrationForm { username: suggestion, ..typed };
        let response = page::load_again(request, typed, FormErrors::default(), None).await;
        return super::respond(response, || view! { <page::RegisterPage /> }.into_any());
    }
    let (errors, failure) = match call(&request, register(typed.username.clone(), typed.email.clone())).await {
        Ok(RegisterResponse::Redirect(redirection)) => return Ok(redirection.into_form_response(&request).await),
        Ok(RegisterResponse::Invalid(errors)) => (errors, None),
        Err(failure) => (FormErrors::default(), Some(failure.if_temporary()?)),
    };
    let response = page::load_again(request, typed, errors, failure).await;
    super::respond(response, || view! { <page::RegisterPage /> }.into_any())
}

/// `GET /api/check-username?username=…`.
pub(super) async fn check_username_for_island(
    request: PageRequest,
    http_request: Request,
) -> Result<Json<String>, WebError> {
    let CheckUsername { username } = <CheckUsername as FromReq<GetUrl, _, WebError>>::from_req(http_request).await?;
    Ok(Json(call(&request, check_username(username)).await?))
}

/// Creates the account that the user asked for with the form.
#[server(prefix = "", endpoint = "register")]
async fn register(
    #[server(default)] username: String,
    #[server(default)] email: String,
) -> Result<RegisterResponse, WebError> {
    let request = current_request()?;
    limit_user(&request, Some(&username), Some(&email)).await?;
    let mails = verification_mails(&request, &email)?;
    let typed = RegistrationForm { username, email };
    Ok(match request.state.login.register(&typed, &request.session, mails).await? {
        RegisterOutcome::Invalid(errors) => RegisterResponse::Invalid(errors),
        outcome => RegisterResponse::Redirect(redirection(outcome)),
    })
}

/// `POST /register/link`: mails a link to users who have an account already. On errors, shows the form again.
pub(super) async fn submit_link(request: PageRequest, fields: FormFields) -> Result<Response, WebError> {
    let typed = fields.get("email");
    let (error, failure) = match call(&request, request_link(typed.clone())).await {
        Ok(LinkResponse::Redirect(redirection)) => return Ok(redirection.into_form_response(&request).await),
        Ok(LinkResponse::Invalid(error)) => (Some(error), None),
        Err(failure) => (None, Some(failure.if_temporary()?)),
    };
    let response = page::load_link_again(request, page::LinkFormData { typed, error }, failure).await;
    super::respond(response, || view! { <page::RegisterPage /> }.into_any())
}

/// Mails a link that adds the QQ account to the account that has this address. The answer is the same if there is none.
#[server(prefix = "", endpoint = "register/link")]
async fn request_link(#[server(default)] email: String) -> Result<LinkResponse, WebError> {
    let request = current_request()?;
    limit_user(&request, None, None).await?;
    let email = match Email::parse(&email) {
        Ok(email) => email,
        Err(error) => return Ok(LinkResponse::Invalid(error)),
    };
    let Some(mail) = mails::account_link_mail(&request, &email)? else { return Err(WebError::NotFound) };
    if let Some(SessionData::Pending(pending)) = request.session_data().await? {
        request.state.rate_limits.count_mail(&pending.openid, &email)?;
    }
    let requested = request.state.login.request_account_link(email, &request.session, mail).await?;
    Ok(LinkResponse::Redirect(match requested {
        Ok(()) => Redirection::to("/register").with_flash(Flash::AccountLinkSent),
        Err(outcome) => redirection(outcome),
    }))
}

/// Creates an account with a generated username.
#[server(prefix = "", endpoint = "register/auto")]
pub(super) async fn register_auto() -> Result<Redirection, WebError> {
    let request = current_request()?;
    limit_user(&request, None, None).await?;
    Ok(redirection(request.state.login.register_generated(&request.session).await?))
}

/// Returns the code of what is wrong with a username, or an empty text if it is available. Only users who are
/// registering or signed in get an answer, and each a limited number, so nobody can list the accounts.
#[server(endpoint = "check-username", input = GetUrl, output = JsonCodec)]
async fn check_username(#[server(default)] username: String) -> Result<String, WebError> {
    let request = current_request()?;
    let is_closed = request.state.login.registration() == Registration::Closed;
    let owner = match request.session_data().await? {
        Some(SessionData::Pending(_)) if !is_closed => None,
        Some(SessionData::SignedIn(user)) => {
            request.state.rate_limits.count_username(&username)?;
            Some(user.user_id)
        }
        // Not an error: the session may have just ended.
        _ => return Ok("nobody".to_owned()),
    };
    limit_user(&request, Some(&username), None).await?;
    let error = request.state.login.check_username(&username, owner).await?;
    Ok(error.map_or("", |error| error.code()).to_owned())
}

/// Returns the mails that verify the typed address. An address that gets too many does not keep anybody from registering:
/// its mail can be sent later.
fn verification_mails(request: &PageRequest, typed: &str) -> Result<Option<AddressMails>, WebError> {
    let Ok(email) = Email::parse(typed) else { return Ok(None) };
    let mails = mails::address_mails(request, email.as_str())?;
    Ok(mails.filter(|_| request.state.rate_limits.count_mail_to(&email).is_ok()))
}

fn redirection(outcome: RegisterOutcome) -> Redirection {
    match outcome {
        RegisterOutcome::SignedIn(next, session) => Redirection::to(next.as_str()).starting_session(session),
        RegisterOutcome::Expired(next) => Redirection::to_login(LoginFailure::Expired, &next),
        RegisterOutcome::Closed(next) => Redirection::to_login(LoginFailure::Closed, &next),
        RegisterOutcome::Blocked(next) => Redirection::to_login(LoginFailure::Blocked, &next),
        RegisterOutcome::NothingPending | RegisterOutcome::Invalid(_) => Redirection::to("/login"),
    }
}

/// Counts the request for the user, and for the username and email if the user is registering: otherwise others
/// could keep them from the user. Without a session, nothing is looked up.
async fn limit_user(request: &PageRequest, username: Option<&str>, email: Option<&str>) -> Result<(), WebError> {
    let limits = &request.state.rate_limits;
    let Some(data) = request.session_data().await? else { return Ok(()) };
    limits.count_user(data.openid())?;
    if matches!(data, SessionData::Pending(_)) {
        username.map_or(Ok(()), |username| limits.count_username(username))?;
        email.map_or(Ok(()), |email| limits.count_email(email))?;
    }
    Ok(())
}
