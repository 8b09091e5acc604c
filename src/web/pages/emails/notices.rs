//! What just happened to the addresses.

use leptos::prelude::*;

use crate::web::components::{Notice, NoticeKind};
use crate::web::flash::Flash;
use crate::web::i18n::{Message, Messages};

#[component]
pub(super) fn EmailNotices(messages: &'static Messages, flash: Option<Flash>, sends_mail: bool) -> impl IntoView {
    let short = |title| view! { <Notice kind=NoticeKind::Success title /> }.into_any();
    let long = |kind, Message { title, advice }| view! { <Notice kind title><p>{advice}</p></Notice> }.into_any();
    match flash? {
        Flash::EmailAdded if sends_mail => Some(long(NoticeKind::Success, messages.email_added_check_mail)),
        Flash::EmailAdded => Some(short(messages.email_added)),
        Flash::EmailRemoved => Some(short(messages.email_removed)),
        Flash::EmailVerified => Some(short(messages.email_now_verified)),
        Flash::VerificationSent => Some(long(NoticeKind::Success, messages.email_verification_sent)),
        Flash::PrimaryEmailChanged => Some(short(messages.email_primary_changed)),
        Flash::PrimaryEmailUnverified => Some(long(NoticeKind::Error, messages.email_primary_unverified)),
        _ => None,
    }
}
