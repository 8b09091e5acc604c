//! The state of the permission that a person gave at QQ, and renewing it.

use leptos::prelude::*;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::web::flash::Flash;
use crate::web::i18n::Messages;
use crate::web::page::PageContext;
use crate::web::pages::components::SubmitButton;

/// What there is to know of a token, short of the token.
#[derive(Clone, Copy)]
pub(super) struct Permission {
    /// When QQ gave it, in seconds since 1970.
    pub(super) obtained_at: i64,
    /// When it ends, in seconds since 1970.
    pub(super) expires_at: i64,
    /// Whether that is soon.
    pub(super) expires_soon: bool,
    /// Whether it is too old to be used.
    pub(super) has_ended: bool,
    /// Whether QQ could not be reached to renew it.
    pub(super) is_stale: bool,
}

/// The same in a word.
#[derive(Clone, Copy)]
enum State {
    Good,
    EndsSoon,
    Ended,
}

impl Permission {
    fn state(self) -> State {
        match (self.has_ended, self.expires_soon) {
            (true, _) => State::Ended,
            (false, true) => State::EndsSoon,
            (false, false) => State::Good,
        }
    }
}

impl State {
    fn name(self, messages: &Messages) -> &'static str {
        match self {
            State::Good => messages.qq_authorization_active,
            State::EndsSoon => messages.qq_authorization_expiring,
            State::Ended => messages.qq_authorization_expired,
        }
    }
}

/// The part of the account page about the permission.
#[component]
pub(super) fn PermissionPart(permission: Permission) -> impl IntoView {
    use_context::<PageContext>().map(|frame| {
        let messages = frame.messages;
        let moment = |seconds: i64| (rfc3339(seconds), frame.lang.format_datetime(seconds));
        let (obtained, obtained_text) = moment(permission.obtained_at);
        let (expires, expires_text) = moment(permission.expires_at);
        let said = if permission.is_stale {
            let trouble = messages.qq_authorization_refresh_failed;
            view! {
                <div class="remark trouble" role="alert">
                    <p><strong>{trouble.title}</strong></p>
                    <p>{trouble.advice}</p>
                </div>
            }
            .into_any()
        } else if frame.flash == Some(Flash::Renewed) {
            view! { <p class="remark" role="status">{messages.qq_authorization_renewed}</p> }.into_any()
        } else if permission.expires_soon {
            view! { <p class="remark" data-testid="token-notice">{messages.qq_authorization_expiring_note}</p> }
                .into_any()
        } else {
            ().into_any()
        };
        view! {
            <div class="part">
                <h2>{messages.qq_authorization_title}</h2>
                {said}
                <dl class="facts">
                    <dt>{messages.qq_authorization_status}</dt>
                    <dd data-testid="token-state">{permission.state().name(messages)}</dd>
                    <dt>{messages.qq_authorization_issued}</dt>
                    <dd><time data-testid="token-obtained" datetime=obtained>{obtained_text}</time></dd>
                    <dt>{messages.qq_authorization_expires}</dt>
                    <dd><time data-testid="token-expires" datetime=expires>{expires_text}</time></dd>
                </dl>
                <form method="post" action="/account/renew" data-testid="renew" novalidate>
                    <SubmitButton
                        class="quiet"
                        label=if permission.is_stale { messages.try_again } else { messages.qq_authorization_renew }
                        busy_label=messages.contacting_qq
                    />
                </form>
            </div>
        }
    })
}

/// A moment for machines; empty for one beyond the year 9999, which no calendar shows.
fn rfc3339(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_default()
}
