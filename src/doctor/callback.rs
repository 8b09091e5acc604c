//! The callback address: whether QQ would send people back to it.

use super::consultation::Consultation;
use super::qq_itself::Exchange;
use super::report::Finding;
use crate::qq::{AuthorizePage, MalformedResponse, QqError};

/// What both the authorize and the token endpoint say to an address that is not registered
/// (回调地址常见问题及修改方法).
pub(super) const CALLBACK_ILLEGAL: i64 = 100_010;

pub(super) fn judge(
    consultation: &Consultation<'_>,
    page: &Result<AuthorizePage, QqError>,
    exchange: &Exchange,
) -> Finding {
    let texts = consultation.texts();
    let address = &consultation.config.qq.redirect_uri;
    let is_stand_in = consultation.is_stand_in;
    let good = match page {
        // Only the sandbox has to answer by a redirect. What page QQ shows is its own affair.
        Err(QqError::MalformedResponse(
            MalformedResponse::TooLarge | MalformedResponse::Truncated | MalformedResponse::NotUtf8,
        )) if !is_stand_in => {
            return texts.callback_no_redirect.warning("", "");
        }
        Err(error) => return consultation.error(error),
        Ok(AuthorizePage::Error(code)) => return consultation.refusal(*code, ""),
        Ok(AuthorizePage::StateMismatch) => return texts.callback_state_lost.bad("", ""),
        Ok(AuthorizePage::Cancelled) => return texts.callback_cancelled.bad("", ""),
        Ok(AuthorizePage::NoRedirect) if is_stand_in => return texts.callback_no_redirect.bad("", ""),
        Ok(AuthorizePage::UnknownRedirect) if is_stand_in => return texts.callback_elsewhere.bad("", ""),
        Ok(AuthorizePage::UnknownRedirect) => return texts.callback_elsewhere.warning("", ""),
        Ok(AuthorizePage::NoRedirect) => return texts.callback_no_redirect.warning("", ""),
        Ok(AuthorizePage::Code(_)) => texts.callback_signed_in.good(address),
        Ok(AuthorizePage::Login) => texts.callback_good.good(address),
    };
    match exchange.error() {
        Some(QqError::Api(refusal)) if refusal.code == CALLBACK_ILLEGAL => {
            consultation.refusal(refusal.code, &refusal.description)
        }
        _ => good,
    }
}
