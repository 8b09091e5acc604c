//! The app's id and key: the token endpoint looks at both before it looks at the code, so being
//! refused for a made-up code alone means that they are right.

use super::callback::CALLBACK_ILLEGAL;
use super::consultation::Consultation;
use super::qq_itself::Exchange;
use super::report::Finding;
use crate::qq::{ErrorClass, QqError};

pub(super) fn judge(consultation: &Consultation<'_>, exchange: &Exchange, is_callback_told: bool) -> Finding {
    let texts = consultation.texts();
    let error = match exchange {
        Exchange::Real(Ok(_)) => return texts.app_good_code.good(""),
        Exchange::MadeUp(Ok(_)) => return texts.app_impossible.bad(consultation.qq_address(), ""),
        Exchange::Real(Err(error)) | Exchange::MadeUp(Err(error)) => error,
    };
    let QqError::Api(refusal) = error else { return consultation.error(error) };
    match (exchange, error.class()) {
        // Which of key and callback QQ looks at first is not known.
        _ if refusal.code == CALLBACK_ILLEGAL && is_callback_told => {
            Finding::not_checked(texts, texts.because_of_callback)
        }
        (Exchange::MadeUp(_), ErrorClass::ReauthRequired) => texts.app_good.good(""),
        (Exchange::Real(_), _) => consultation.error_about_fresh(error),
        (Exchange::MadeUp(_), _) => consultation.error(error),
    }
}
