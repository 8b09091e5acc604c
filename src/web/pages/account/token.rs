//! The state of the access token, and the form that refreshes it.

use leptos::prelude::*;

use super::rfc3339;
use crate::sessions::{StoredToken, TokenStatus};
use crate::web::flash::Flash;
use crate::web::i18n::Messages;
use crate::web::page::PageContext;
use crate::web::pages::components::SubmitButton;

/// What the page shows of a token.
#[derive(Clone, Copy)]
pub(super) struct TokenInfo {
    obtained_at: i64,
    expires_at: i64,
    expires_soon: bool,
    has_expired: bool,
    /// Whether the token should have been refreshed, but QQ was unreachable.
    is_stale: bool,
}

impl TokenInfo {
    pub(super) fn new(token: &StoredToken, is_stale: bool, now: i64, notice_secs: i64) -> TokenInfo {
        TokenInfo {
            obtained_at: token.obtained_at,
            expires_at: token.expires_at(),
            expires_soon: token.expires_soon(now, notice_secs),
            has_expired: token.status(now) != TokenStatus::Valid,
            is_stale,
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
    let time = |seconds: i64| (rfc3339(seconds).unwrap_or_default(), page.request.lang.format_datetime(seconds));
    let (obtained, obtained_text) = time(token.obtained_at);
    let (expires, expires_text) = time(token.expires_at);
    view! {
        <div class="card-section">
            <h2>{messages.qq_authorization_title}</h2>
            <TokenNote messages flash=page.request.flash token />
            <dl class="details">
                <dt>{messages.qq_authorization_status}</dt>
                <dd data-testid="token-state">{token.state(messages)}</dd>
                <dt>{messages.qq_authorization_issued}</dt>
                <dd><time data-testid="token-obtained" datetime=obtained>{obtained_text}</time></dd>
                <dt>{messages.qq_authorization_expires}</dt>
                <dd><time data-testid="token-expires" datetime=expires>{expires_text}</time></dd>
            </dl>
            <form method="post" action="/account/renew" data-testid="renew" novalidate>
                <SubmitButton
                    class="secondary"
                    label=if token.is_stale { messages.try_again } else { messages.qq_authorization_renew }
                    busy_label=messages.contacting_qq
                />
            </form>
        </div>
    }
}

#[component]
fn TokenNote(messages: &'static Messages, flash: Option<Flash>, token: TokenInfo) -> impl IntoView {
    if token.is_stale {
        let message = messages.qq_authorization_refresh_failed;
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
