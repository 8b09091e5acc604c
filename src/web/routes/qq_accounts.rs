//! The forms that link and unlink QQ accounts.

use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;

use super::account::counted_user;
use super::login::display;
use crate::login::ReturnTo;
use crate::web::error::WebError;
use crate::web::flash::Flash;
use crate::web::forms::{Redirection, current_request};
use crate::web::pages::qq_accounts::link::CONFIRM;
use crate::web::pages::qq_accounts::{QQ_ACCOUNTS, SIGN_IN, failed};
use crate::web::request::PageRequest;
use crate::web::{mails, redirect_page};

/// `POST /account/qq/add`: goes to QQ for another account. The page asks for a sign-in if there was none a moment ago: who
/// finds a browser open must not add a way to sign in.
pub(super) async fn add(request: PageRequest, headers: HeaderMap) -> Result<Response, WebError> {
    let user = counted_user(&request).await?;
    let Some((user, session)) = user.zip(request.session.id()) else {
        return Ok(Redirection::to(SIGN_IN).into_response(&request));
    };
    let login = &request.state.login;
    if !user.has_signed_in_recently(login.now()) {
        return Ok(Redirection::to(QQ_ACCOUNTS).into_response(&request));
    }
    request.state.rate_limits.count_start(request.client_ip)?;
    let (cookies, return_to) = (request.cookies.clone(), ReturnTo::parse(CONFIRM));
    let (cookies, location) = login.start_link(cookies, &user, session, &return_to, display(&headers))?;
    Ok((cookies, redirect_page::render(&request, &location)).into_response())
}

/// Links the QQ account that the user has chosen at QQ. `link` is the handle of the one that the page has shown.
#[server(prefix = "", endpoint = "account/qq/link")]
pub(super) async fn confirm_link(#[server(default)] link: String) -> Result<Redirection, WebError> {
    let request = current_request()?;
    let Some(user) = counted_user(&request).await? else { return Ok(Redirection::to(SIGN_IN)) };
    let notice = mails::qq_account_notice(&request, &user, request.messages().qq_account_linked_mail).await?;
    Ok(match request.state.login.confirm_link(&request.session, &link, notice).await? {
        Ok(()) => Redirection::to(QQ_ACCOUNTS).with_flash(Flash::QqLinked),
        Err(failure) => Redirection::to(failed(failure)),
    })
}

/// Unlinks a QQ account, named by its row, and ends its sessions. Needs a recent sign-in, as [`add`] does.
#[server(prefix = "", endpoint = "account/qq/unlink")]
pub(super) async fn unlink(#[server(default)] identity: String) -> Result<Redirection, WebError> {
    let request = current_request()?;
    let Some(user) = counted_user(&request).await? else { return Ok(Redirection::to(SIGN_IN)) };
    let login = &request.state.login;
    let identity_id = identity.parse().ok().filter(|_| user.has_signed_in_recently(login.now()));
    let Some(identity_id) = identity_id else { return Ok(Redirection::to(QQ_ACCOUNTS)) };
    let notice = mails::qq_account_notice(&request, &user, request.messages().qq_account_unlinked_mail).await?;
    Ok(match login.unlink_qq(&user, identity_id, notice).await? {
        Ok(is_unlinked) => Redirection::to(QQ_ACCOUNTS).with_flash(is_unlinked.then_some(Flash::QqUnlinked)),
        Err(failure) => Redirection::to(failed(failure)),
    })
}
