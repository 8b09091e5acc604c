//! The card that leads to the user's sessions.

use leptos::prelude::*;

use crate::web::components::Card;
use crate::web::i18n::Messages;

#[component]
pub(super) fn SessionsCard(messages: &'static Messages) -> impl IntoView {
    view! {
        <Card id="sessions" title=messages.sessions_title>
            <p class="muted">{messages.account_sessions_lead} {messages.space} {messages.logout_note}</p>
            <p><a class="button small" href="/account/sessions">{messages.account_sessions_manage}</a></p>
        </Card>
    }
}
