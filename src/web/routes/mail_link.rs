//! `/mail/{token}`: the page of a mailed link.
//!
//! Opening it changes nothing, since programs that scan mails open links. Its form does what the link is for, once.

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use leptos::prelude::*;

use crate::accounts::MailToken;
use crate::audit::{self, Event};
use crate::login::{AccountLinkOutcome, LinkChoice, LinkSides, LoginFailure, OpenedLink};
use crate::web::error::WebError;
use crate::web::flash::Flash;
use crate::web::forms::{FormFields, Redirection};
use crate::web::mails;
use crate::web::pages::emails::EMAILS;
use crate::web::pages::mail_link as page;
use crate::web::request::PageRequest;

pub(super) async fn show(request: PageRequest, Path(token): Path<String>) -> Result<Response, WebError> {
    let token = MailToken::from_link(&token);
    let link = request.state.login.open_mail_link(&token, &request.session).await?;
    let is_gone = matches!(link, OpenedLink::Unusable);
    let response = page::load(request, token, link).await;
    let mut response = super::respond(response, || view! { <page::MailLinkPage /> }.into_any())?;
    if is_gone {
        *response.status_mut() = StatusCode::GONE;
    }
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    Ok(response)
}

/// Does what the link is for. If that is not possible, the page says why.
pub(super) async fn submit(
    request: PageRequest,
    Path(token): Path<String>,
    fields: FormFields,
) -> Result<Response, WebError> {
    let token = MailToken::from_link(&token);
    if let Some(data) = request.session_data().await? {
        request.state.rate_limits.count_user(data.openid())?;
    }
    let redirection = match request.state.login.open_mail_link(&token, &request.session).await? {
        OpenedLink::VerifyEmail { .. } => verify_email(&request, &token).await?,
        OpenedLink::LinkQq(sides) => link_account(&request, &token, *sides, &fields).await?,
        OpenedLink::EmailVerified { .. } | OpenedLink::EmailTaken { .. } => Redirection::to(token.path()),
        // The form may have been sent twice.
        OpenedLink::Unusable | OpenedLink::OtherBrowser | OpenedLink::QqTaken => {
            let outcome = request.state.login.repeated_account_link(&request.session).await?;
            link_redirection(&token, outcome)
        }
    };
    Ok(redirection.into_form_response(&request).await)
}

async fn verify_email(request: &PageRequest, token: &MailToken) -> Result<Redirection, WebError> {
    let user_id = request.state.login.verify_email(token.clone()).await?;
    let signed_in = request.signed_in_user().await?.map(|user| user.user_id);
    Ok(match user_id {
        Some(_) if user_id == signed_in => Redirection::to(EMAILS).with_flash(Flash::EmailVerified),
        _ => Redirection::to(token.path()),
    })
}

/// `sides` is what the page of the link has shown.
async fn link_account(
    request: &PageRequest,
    token: &MailToken,
    sides: LinkSides,
    fields: &FormFields,
) -> Result<Redirection, WebError> {
    let Some(queue) = request.state.mail.clone() else { return Ok(Redirection::to(token.path())) };
    let LinkSides { user_id, username, .. } = sides;
    let unlinks_others = fields.get("unlink") == "on";
    let addresses = request.state.login.accounts().email_addresses(user_id).await?;
    let notice = |email| mails::qq_linked_notice(request, user_id, &username, unlinks_others, email);
    let verified = addresses.into_iter().filter(|address| address.is_verified);
    let notices = verified.map(|address| notice(address.email)).collect();
    let choice = LinkChoice { unlinks_others, queue, notices };
    Ok(link_redirection(token, request.state.login.link_account(token.clone(), &request.session, choice).await?))
}

fn link_redirection(token: &MailToken, outcome: AccountLinkOutcome) -> Redirection {
    match outcome {
        AccountLinkOutcome::SignedIn(next, session) => {
            let redirection = Redirection::to(next.as_str()).starting_session(session).with_sign_in_reported();
            redirection.with_flash(Flash::QqLinkedByMail)
        }
        AccountLinkOutcome::Blocked(next) => {
            audit::record(Event::SignInFailed { reason: LoginFailure::Blocked.code() });
            Redirection::to_login(LoginFailure::Blocked, &next)
        }
        AccountLinkOutcome::Refused => Redirection::to(token.path()),
    }
}
