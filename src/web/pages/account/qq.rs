//! The card of the QQ authorization: the state of the access token, and the form that refreshes it.

use leptos::prelude::*;

use super::REAUTHORIZE;
use crate::sessions::{StoredToken, TokenStatus};
use crate::web::components::{Badge, BadgeKind, Card, Notice, NoticeKind, QqButton, SubmitButton, Time};
use crate::web::i18n::Messages;
use crate::web::page_context::PageContext;
use crate::web::pages::qq_accounts::QQ_ACCOUNTS;

/// What the page shows of a token.
#[derive(Clone, Copy)]
pub(super) struct TokenInfo {
    obtained_at: i64,
    expires_at: i64,
    percent_left: i64,
    expires_soon: bool,
    has_expired: bool,
    pub(super) problem: Option<TokenProblem>,
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
            percent_left: percent_left(token.obtained_at, token.expires_at(), now),
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
pub(super) fn QqCard(page: PageContext, token: TokenInfo) -> impl IntoView {
    let messages = page.messages;
    let kind = if token.has_expired || token.expires_soon { BadgeKind::Warning } else { BadgeKind::Good };
    let state = view! { <Badge kind label=token.state(messages) attr:data-testid="token-state" /> };
    // A problem is at the top of the page.
    let expires_soon = (token.expires_soon && token.problem.is_none()).then(|| {
        view! {
            <Notice
                kind=NoticeKind::Warning
                title=messages.qq_authorization_expiring_note
                attr:data-testid="token-notice"
            />
        }
    });
    view! {
        <Card id="qq" title=messages.qq_authorization_title aside=state.into_any()>
            {expires_soon}
            <div class="stack">
                <p>
                    {messages.qq_authorization_ends} " "
                    <strong class="figure"><Time timestamp=token.expires_at is_relative=true /></strong>
                </p>
                <meter
                    min="0"
                    max="100"
                    low="12"
                    value=token.percent_left
                    data-start=token.obtained_at
                    data-end=token.expires_at
                    aria-label=messages.qq_authorization_left
                ></meter>
                <dl class="details small">
                    <dt>{messages.qq_authorization_expires}</dt>
                    <dd><Time timestamp=token.expires_at test_id="token-expires" /></dd>
                    <dt>{messages.qq_authorization_issued}</dt>
                    <dd><Time timestamp=token.obtained_at test_id="token-obtained" /></dd>
                </dl>
            </div>
            <RenewButton messages problem=token.problem />
            <p><a href=QQ_ACCOUNTS>{messages.qq_accounts_manage}</a></p>
        </Card>
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
            <SubmitButton class="button small" label busy_label=messages.contacting_qq />
        </form>
    }
    .into_any()
}

/// Returns how much is left of a period, in percent.
fn percent_left(start: i64, end: i64, now: i64) -> i64 {
    let (left, whole) = (end.saturating_sub(now), end.saturating_sub(start).max(1));
    left.saturating_mul(100).div_euclid(whole).clamp(0, 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentage_is_within_its_bounds() {
        for (now, percent) in [(0, 100), (100, 100), (150, 50), (199, 1), (200, 0), (9_999, 0)] {
            assert_eq!(percent_left(100, 200, now), percent, "{now}");
        }
        assert_eq!(percent_left(5, 5, 5), 0);
    }
}
