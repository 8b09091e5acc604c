//! The card of export and deletion.

use leptos::prelude::*;

use crate::web::components::Card;
use crate::web::i18n::Messages;

#[component]
pub(super) fn DataCard(messages: &'static Messages) -> impl IntoView {
    view! {
        <Card id="data" title=messages.account_data_title is_wide=true>
            <p class="muted">{messages.account_data_lead}</p>
            <p class="actions">
                <a class="button small" href="/account/data">{messages.account_export}</a>
                <a class="button danger small" href="/account/delete">{messages.delete_title}</a>
            </p>
        </Card>
    }
}
