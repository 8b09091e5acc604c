//! The state of the access token, and the form that refreshes it.

use leptos::prelude::*;

use super::REAUTHORIZE;
use crate::sessions::{StoredToken, TokenStatus};
use crate::web::flash::Flash;
use crate::web::i18n::Messages;
use crate::web::page::PageContext;
use crate::web::pages::components::{QqButton, SubmitButton, Time};

/// What the page shows of a token.
#[derive(Clone, Copy)]
pub(super) struct TokenInfo {
    obtained_at: i64,
    expires_at: i64,
    expires_soon: bool,
    has_expired: bool,
    problem: Option<TokenProblem>,
}

/// Why a token is shown that cannot be used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenProblem {
    /// It should have been refreshed, but QQ was unreachable.
    QqUnreachable,
    /// The user was sent to QQ a moment ago, and needs a new token again.
    StillUnusable,
}

impl TokenInfo {
    pub(super) fn new(token: &StoredToken, problem: Option<TokenProblem>, now: i64, notice_secs: i64) -> TokenInfo {
        TokenInfo {
            obtained_at: token.obtained_at,
            expires_at: token.expires_at(),
            expires_soon: token.expires_soon(now, notice_secs),
            has_expired: token.status(now) != TokenStatus::Valid,
            problem,
        }
    }

    fn state(self, messages: &Messages) -> &'static str {
        match (self.has_expired, self.expires_soon) {
            (true, _) => messages.qq_authorization_expired,
            (false, true) => messages.qq_authorization_expiring,
            (false, false) => messages.qq_authorization_active,
        }
    }
}

#[component]
pub(super) fn TokenSection(page: PageContext, token: TokenInfo) -> impl IntoView {
    let messages = page.messages;
    view! {
        <div class="card-section">
            <h2>{messages.qq_authorization_title}</h2>
            <TokenNote messages flash=page.request.flash token />
            <dl class="details">
                <dt>{messages.qq_authorization_status}</dt>
                <dd data-testid="token-state">{token.state(messages)}</dd>
                <dt>{messages.qq_authorization_issued}</dt>
                <dd><Time timestamp=token.obtained_at test_id="token-obtained" /></dd>
                <dt>{messages.qq_authorization_expires}</dt>
                <dd>
                    <Time timestamp=token.expires_at test_id="token-expires" />
                    " · "
                    <Time timestamp=token.expires_at is_relative=true />
                </dd>
            </dl>
            <RenewButton messages problem=token.problem />
        </div>
    }
}

#[component]
fn RenewButton(messages: &'static Messages, problem: Option<TokenProblem>) -> impl IntoView {
    let label = match problem {
        Some(TokenProblem::StillUnusable) => return view! { <QqButton href=REAUTHORIZE.to_owned() /> }.into_any(),
        Some(TokenProblem::QqUnreachable) => messages.try_again,
        None => messages.qq_authorization_renew,
    };
    view! {
        <form method="post" action="/account/renew" data-testid="renew" novalidate>
            <SubmitButton class="secondary" label busy_label=messages.contacting_qq />
        </form>
    }
    .into_any()
}

#[component]
fn TokenNote(messages: &'static Messages, flash: Option<Flash>, token: TokenInfo) -> impl IntoView {
    let problem = token.problem.map(|problem| match problem {
        TokenProblem::QqUnreachable => messages.qq_authorization_refresh_failed,
        TokenProblem::StillUnusable => messages.qq_authorization_still_unusable,
    });
    if let Some(message) = problem {
        view! {
            <div class="notice alert" role="alert">
                <p><strong>{message.title}</strong></p>
                <p>{message.advice}</p>
            </div>
        }
        .into_any()
    } else if flash == Some(Flash::TokenRefreshed) {
        view! { <p class="notice" role="status">{messages.qq_authorization_renewed}</p> }.into_any()
    } else if token.expires_soon {
        view! { <p class="notice" data-testid="token-notice">{messages.qq_authorization_expiring_note}</p> }.into_any()
    } else {
        ().into_any()
    }
}
