//! Composes the mails that users get, in the language of the request that causes them.

use super::error::WebError;
use super::i18n::MailText;
use super::request::{PageRequest, RequestInfo};
use crate::accounts::MailToken;
use crate::login::{AccountLinkMail, AddressMails, Notice};
use crate::mail::{Mail, MailContent, MailLink, MailMessage};
use crate::sessions::{PrimaryEmail, SignedInUser};
use crate::validation::Email;

/// Returns the mails about an address that a user typed, or `None` if addresses are not verified by mail.
pub(super) fn address_mails(request: &RequestInfo, email: &str) -> Result<Option<AddressMails>, WebError> {
    let Some(queue) = request.state.verification_queue() else { return Ok(None) };
    let token = MailToken::generate(&request.state.random)?;
    let (messages, site) = (request.messages(), site_name(request));
    Ok(Some(AddressMails {
        verification: compose(request, (messages.verify_email_mail)(site, email), &token.path(), email),
        already_verified: compose(request, (messages.already_verified_mail)(site, email), "", email),
        queue: queue.clone(),
        token,
    }))
}

/// Returns the mail with a link that adds a QQ account to the account that has `email`, or `None` without mail.
pub(super) fn account_link_mail(request: &RequestInfo, email: &Email) -> Result<Option<AccountLinkMail>, WebError> {
    let Some(queue) = &request.state.mail else { return Ok(None) };
    let token = MailToken::generate(&request.state.random)?;
    let text = (request.messages().link_qq_mail)(site_name(request));
    let message = compose(request, text, &token.path(), email.as_str());
    Ok(Some(AccountLinkMail { queue: queue.clone(), token, message }))
}

/// Returns the mail that tells `email` that it is no longer a user's primary address, or `None` without mail.
pub(super) fn primary_email_notice(request: &RequestInfo, user_id: i64, username: &str, email: &str) -> Option<Notice> {
    let queue = request.state.mail.clone()?;
    let text = (request.messages().primary_email_mail)(site_name(request), username, email);
    let message = compose(request, text, "/account", email);
    Some(Notice { queue, mail: notice(user_id, message) })
}

/// Returns the mail that tells `email` that a QQ account was linked to a user.
pub(super) fn qq_linked_notice(
    request: &RequestInfo,
    user_id: i64,
    username: &str,
    unlinks_others: bool,
    email: String,
) -> Mail {
    let text = (request.messages().qq_linked_mail)(site_name(request), username, unlinks_others);
    notice(user_id, compose(request, text, "/account", &email))
}

/// Returns the mail that tells a user about a change of their QQ accounts, or `None` without mail or a verified address.
pub(super) async fn qq_account_notice(
    request: &PageRequest,
    user: &SignedInUser,
    text: fn(site: &str, username: &str) -> MailText,
) -> Result<Option<Notice>, WebError> {
    let email = PrimaryEmail::read(&request.session).await?.filter(|email| email.is_verified);
    let Some((queue, email)) = request.state.mail.clone().zip(email) else { return Ok(None) };
    let message = compose(request, text(site_name(request), &user.username), "/account/qq", &email.address);
    Ok(Some(Notice { queue, mail: notice(user.user_id, message) }))
}

/// Returns the mail about a sign-in from a browser that the user has not used before.
pub(super) fn new_browser_message(request: &RequestInfo, user: &SignedInUser, email: String) -> MailMessage {
    let messages = request.messages();
    let time = messages.format_datetime(request.state.login.now(), &request.state.site.time_zone);
    let device = (messages.device)(&user.device);
    let text = (messages.new_browser_mail)(site_name(request), &user.username, &device, &time);
    compose(request, text, "/account/sessions", &email)
}

fn notice(user_id: i64, message: MailMessage) -> Mail {
    Mail { user_id, lifetime_secs: Mail::MAX_LIFETIME_SECS, message }
}

/// `path` is that of the link, if the text has one.
fn compose(request: &RequestInfo, text: MailText, path: &str, to: &str) -> MailMessage {
    let MailText { subject, paragraphs, action, footer } = text;
    let url = format!("{}{path}", request.state.site.public_url.origin());
    let link = (!action.is_empty()).then_some(MailLink { label: action, url });
    MailContent { lang: request.lang, subject, paragraphs, link, footer }.into_message(to.to_owned())
}

fn site_name(request: &RequestInfo) -> &str {
    request.state.site.name(request.messages())
}
