//! The forms of `/account/emails`.

use axum::response::Response;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::account::{counted_user, is_shown};
use crate::accounts::{AddEmailOutcome, EmailAddress, PrimaryEmailOutcome};
use crate::login::may_send_verification;
use crate::sessions::SignedInUser;
use crate::validation::Email;
use crate::web::error::WebError;
use crate::web::flash::Flash;
use crate::web::forms::{FormFields, Redirection, call, current_request};
use crate::web::mails;
use crate::web::pages::emails::{self as page, AddEmailError, EMAILS, SIGN_IN};
use crate::web::request::PageRequest;

/// How the form that adds an address ends.
#[derive(Debug, Serialize, Deserialize)]
enum AddEmailResponse {
    Redirect(Redirection),
    Invalid(AddEmailError),
}

/// `POST /account/emails`: on errors, shows the page again with what the user typed.
pub(super) async fn submit(request: PageRequest, fields: FormFields) -> Result<Response, WebError> {
    let typed = fields.get("email");
    let (error, failure) = match call(&request, add_email(typed.clone(), fields.get("account"))).await {
        Ok(AddEmailResponse::Redirect(redirection)) => return Ok(redirection.into_form_response(&request).await),
        Ok(AddEmailResponse::Invalid(error)) => (Some(error), None),
        Err(failure) => (None, Some(failure.if_temporary()?)),
    };
    let response = page::load_again(request, typed, error, failure).await;
    super::respond(response, || view! { <page::EmailsPage /> }.into_any())
}

/// Adds an address, and mails a link that verifies it. The answer is the same if another user has the address.
/// `account` is the username that the page has shown.
#[server(prefix = "", endpoint = "account/emails")]
async fn add_email(
    #[server(default)] email: String,
    #[server(default)] account: String,
) -> Result<AddEmailResponse, WebError> {
    let redirect = |redirection| Ok(AddEmailResponse::Redirect(redirection));
    let request = current_request()?;
    let Some(user) = counted_user(&request).await? else { return redirect(Redirection::to(SIGN_IN)) };
    if !is_shown(&user, &account) {
        return redirect(Redirection::to(EMAILS).with_flash(Flash::AccountMismatch));
    }
    let email = match Email::parse(&email) {
        Ok(email) => email,
        Err(error) => return Ok(AddEmailResponse::Invalid(AddEmailError::Email(error))),
    };
    let mails = mails::address_mails(&request, email.as_str())?;
    if mails.is_some() {
        request.state.rate_limits.count_mail(&user.openid, &email)?;
    }
    Ok(match request.state.login.add_email(user.user_id, email, mails).await? {
        AddEmailOutcome::Added => AddEmailResponse::Redirect(Redirection::to(EMAILS).with_flash(Flash::EmailAdded)),
        AddEmailOutcome::Exists => AddEmailResponse::Invalid(AddEmailError::Exists),
        AddEmailOutcome::TooMany => AddEmailResponse::Invalid(AddEmailError::TooMany),
        AddEmailOutcome::NoUser => AddEmailResponse::Redirect(Redirection::to(SIGN_IN)),
    })
}

/// Mails another link that verifies an address, unless the last one was mailed a moment ago: the page says when.
#[server(prefix = "", endpoint = "account/emails/verify")]
pub(super) async fn send_verification(#[server(default)] id: String) -> Result<Redirection, WebError> {
    let request = current_request()?;
    let Some(user) = counted_user(&request).await? else { return Ok(Redirection::to(SIGN_IN)) };
    let login = &request.state.login;
    let address = find(&request, &user, &id).await?;
    let address = address.filter(|address| !address.is_verified && may_send_verification(address, login.now()));
    let Some((email, address)) = address.and_then(|address| Some((Email::parse(&address.email).ok()?, address.email)))
    else {
        return Ok(Redirection::to(EMAILS));
    };
    let Some(mails) = mails::address_mails(&request, &address)? else { return Ok(Redirection::to(EMAILS)) };
    request.state.rate_limits.count_mail(&user.openid, &email)?;
    let is_sent = login.send_verification(user.user_id, address, mails).await?;
    Ok(Redirection::to(EMAILS).with_flash(is_sent.then_some(Flash::VerificationSent)))
}

/// Makes an address the primary one, and tells the previous one.
#[server(prefix = "", endpoint = "account/emails/primary")]
pub(super) async fn make_email_primary(#[server(default)] id: String) -> Result<Redirection, WebError> {
    let request = current_request()?;
    let Some(user) = counted_user(&request).await? else { return Ok(Redirection::to(SIGN_IN)) };
    let Ok(id) = id.parse() else { return Ok(Redirection::to(EMAILS)) };
    let addresses = request.state.login.accounts().email_addresses(user.user_id).await?;
    let previous = addresses.into_iter().find(|address| address.is_primary);
    let notice = previous
        .and_then(|address| mails::primary_email_notice(&request, user.user_id, &user.username, &address.email));
    let flash = match request.state.login.make_email_primary(user.user_id, id, notice).await? {
        PrimaryEmailOutcome::Changed { .. } => Some(Flash::PrimaryEmailChanged),
        PrimaryEmailOutcome::Unverified => Some(Flash::PrimaryEmailUnverified),
        PrimaryEmailOutcome::Unchanged | PrimaryEmailOutcome::NotFound => None,
    };
    Ok(Redirection::to(EMAILS).with_flash(flash))
}

/// Removes an address, and tells it if it was the primary one.
#[server(prefix = "", endpoint = "account/emails/remove")]
pub(super) async fn remove_email(#[server(default)] id: String) -> Result<Redirection, WebError> {
    let request = current_request()?;
    let Some(user) = counted_user(&request).await? else { return Ok(Redirection::to(SIGN_IN)) };
    let Some(address) = find(&request, &user, &id).await? else { return Ok(Redirection::to(EMAILS)) };
    let notice = mails::primary_email_notice(&request, user.user_id, &user.username, &address.email);
    let removed = request.state.login.remove_email(user.user_id, address.id, notice).await?;
    Ok(Redirection::to(EMAILS).with_flash(removed.map(|_| Flash::EmailRemoved)))
}

/// Returns the user's address with this id.
async fn find(request: &PageRequest, user: &SignedInUser, id: &str) -> Result<Option<EmailAddress>, WebError> {
    let Ok(id) = id.parse::<i64>() else { return Ok(None) };
    let addresses = request.state.login.accounts().email_addresses(user.user_id).await?;
    Ok(addresses.into_iter().find(|address| address.id == id))
}
