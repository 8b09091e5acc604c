//! Checks App ID and App Key.

use super::code_exchange::CodeExchange;
use crate::doctor::context::Context;
use crate::doctor::finding::Finding;
use crate::qq::{ErrorClass, QqError};

/// The token endpoint checks App ID and App Key before the code, so both are right if it rejects
/// only a dummy code.
pub(super) fn check(context: &Context<'_>, exchange: &CodeExchange, is_callback_rejected: bool) -> Finding {
    let messages = context.messages;
    match &exchange.result {
        Ok(_) if exchange.is_dummy => messages.not_qq.error(&[context.qq_url()]),
        Ok(_) => messages.app_token_issued.ok(&[]),
        // QQ does not document whether it checks the key or the callback first.
        Err(_) if is_callback_rejected && exchange.is_callback_illegal() => {
            messages.skipped_callback_rejected.warning(&[])
        }
        Err(error) if !exchange.is_dummy => context.fresh_token_error(error),
        Err(error @ QqError::Api(_)) if error.class() == ErrorClass::ReauthRequired => {
            messages.app_dummy_code_rejected.ok(&[])
        }
        Err(error) => context.qq_error(error),
    }
}
