//! The form for users who have an account already: a mailed link adds their QQ account to it. It is one of the choices, or
//! what the page is for.

use leptos::prelude::*;

use crate::validation::EmailError;
use crate::web::components::{EmailInput, SubmitButton};
use crate::web::i18n::Messages;

/// What the form shows.
#[derive(Clone, Default)]
pub(in crate::web) struct LinkFormData {
    pub(in crate::web) typed: String,
    pub(in crate::web) error: Option<EmailError>,
}

#[component]
pub(super) fn LinkChoice(messages: &'static Messages, data: LinkFormData) -> impl IntoView {
    let is_open = data.error.is_some() || !data.typed.is_empty();
    view! {
        <details class="more" open=is_open>
            <summary>{messages.register_link_title}</summary>
            <LinkForm messages data class="button" />
        </details>
    }
}

#[component]
pub(super) fn LinkForm(messages: &'static Messages, data: LinkFormData, class: &'static str) -> impl IntoView {
    let LinkFormData { typed, error } = data;
    let error = error.map(messages.email_error);
    view! {
        <form class="stack" method="post" action="/register/link" data-testid="register-link" novalidate>
            <p class="small">{messages.register_link_lead}</p>
            <EmailInput messages id="link-email" label=messages.register_link_email value=typed error />
            <SubmitButton
                class
                label=messages.register_link_submit
                busy_label=messages.register_link_submitting
            />
        </form>
    }
}
