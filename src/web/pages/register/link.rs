//! The form for users who have an account already: a mailed link adds their QQ account to it.

use leptos::prelude::*;

use crate::validation::EmailError;
use crate::web::i18n::Messages;
use crate::web::pages::components::SubmitButton;

/// What the form shows.
#[derive(Clone, Default)]
pub(in crate::web) struct LinkFormData {
    pub(in crate::web) typed: String,
    pub(in crate::web) error: Option<EmailError>,
}

#[component]
pub(super) fn LinkForm(messages: &'static Messages, data: LinkFormData) -> impl IntoView {
    let LinkFormData { typed, error } = data;
    let error = error.map(messages.email_error);
    let description = if error.is_some() { "link-email-hint link-email-message" } else { "link-email-hint" };
    view! {
        <details class="more" open=error.is_some()>
            <summary>{messages.register_link_title}</summary>
            <form class="stack" method="post" action="/register/link" data-testid="register-link" novalidate>
                <p class="small">{messages.register_link_lead}</p>
                <div class="field">
                    <label for="link-email">{messages.register_link_email}</label>
                    <p class="hint" id="link-email-hint">{messages.email_hint}</p>
                    {error.map(|error| {
                        view! { <p class="field-error" id="link-email-message" data-testid="field-error">{error}</p> }
                    })}
                    <input
                        id="link-email"
                        name="email"
                        type="email"
                        inputmode="email"
                        value=typed
                        autocomplete="email"
                        autocapitalize="none"
                        spellcheck="false"
                        aria-describedby=description
                        aria-required="true"
                        aria-invalid=error.map(|_| "true")
                    />
                </div>
                <SubmitButton
                    class="button"
                    label=messages.register_link_submit
                    busy_label=messages.register_link_submitting
                />
            </form>
        </details>
    }
}
