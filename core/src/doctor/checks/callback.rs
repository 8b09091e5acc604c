//! Checks whether QQ accepts the callback URL.

use super::code_exchange::CodeExchange;
use crate::doctor::context::Context;
use crate::doctor::finding::Finding;
use crate::doctor::report::Status;
use crate::qq::MalformedResponse::{NotUtf8, TooLarge, Truncated};
use crate::qq::{AuthorizePage, QqError};

pub(super) fn check(context: &Context<'_>, page: &Result<AuthorizePage, QqError>, exchange: &CodeExchange) -> Finding {
    let messages = context.messages;
    // QQ may show any page. Only the sandbox has to redirect.
    let unexpected = if context.is_sandbox { Status::Error } else { Status::Warning };
    match page {
        Err(QqError::MalformedResponse(TooLarge | Truncated | NotUtf8)) if !context.is_sandbox => {
            messages.callback_no_redirect.warning(&[])
        }
        Err(error) => context.qq_error(error),
        Ok(AuthorizePage::Error(code)) => context.qq_code(*code, ""),
        Ok(AuthorizePage::StateMismatch) => messages.callback_state_lost.error(&[]),
        Ok(AuthorizePage::Cancelled) => messages.callback_cancelled.error(&[]),
        Ok(AuthorizePage::NoRedirect) => messages.callback_no_redirect.with_status(unexpected, &[]),
        Ok(AuthorizePage::UnknownRedirect) => messages.callback_unknown_redirect.with_status(unexpected, &[]),
        Ok(AuthorizePage::Code(_) | AuthorizePage::Login) => match &exchange.result {
            Err(error) if exchange.is_callback_illegal() => context.qq_error(error),
            _ => messages.callback_accepted.ok(&[&context.config.qq.redirect_uri]),
        },
    }
}
