//! What just happened on the account page, and what is wrong with the access token.

use leptos::prelude::*;

use super::qq::TokenProblem;
use crate::web::components::{Notice, NoticeKind};
use crate::web::flash::Flash;
use crate::web::i18n::Messages;

#[component]
pub(super) fn AccountNotices(
    messages: &'static Messages,
    flash: Option<Flash>,
    problem: Option<TokenProblem>,
) -> impl IntoView {
    let problem = problem.map(|problem| {
        let message = match problem {
            TokenProblem::QqUnreachable => messages.qq_authorization_refresh_failed,
            TokenProblem::StillUnusable => messages.qq_authorization_still_unusable,
        };
        view! { <Notice kind=NoticeKind::Error title=message.title><p>{message.advice}</p></Notice> }
    });
    let has_problem = problem.is_some();
    let flash = match flash {
        Some(Flash::ProfileUpdated) => Some((NoticeKind::Success, messages.profile_refreshed)),
        Some(Flash::ProfilePartlyUpdated) => Some((NoticeKind::Error, messages.profile_partial)),
        Some(Flash::ProfileUnavailable) => Some((NoticeKind::Error, messages.profile_unreachable)),
        Some(Flash::ProfileRefused) => Some((NoticeKind::Error, messages.profile_denied)),
        Some(Flash::TokenRefreshed) if !has_problem => Some((NoticeKind::Success, messages.qq_authorization_renewed)),
        Some(Flash::QqLinkedByMail) => Some((NoticeKind::Success, messages.link_qq_done)),
        _ => None,
    };
    view! {
        {problem}
        {flash.map(|(kind, title)| view! { <Notice kind title /> })}
    }
}
