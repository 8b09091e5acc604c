//! The field of an email address that is checked on the server only.

use leptos::prelude::*;

use crate::web::i18n::Messages;

/// The field with its label, hint and error. Its name is `email`.
#[component]
pub(in crate::web) fn EmailInput(
    messages: &'static Messages,
    /// Distinguishes the field from others on the page.
    id: &'static str,
    label: &'static str,
    /// What the user typed.
    value: String,
    error: Option<&'static str>,
) -> impl IntoView {
    let (hint_id, message_id) = (format!("{id}-hint"), format!("{id}-message"));
    let description = if error.is_some() { format!("{hint_id} {message_id}") } else { hint_id.clone() };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <p class="hint" id=hint_id>{messages.email_hint}</p>
            {error.map(|error| {
                view! { <p class="field-error" id=message_id data-testid="field-error">{error}</p> }
            })}
            <input
                id=id
                name="email"
                type="email"
                inputmode="email"
                value=value
                autocomplete="email"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=description
                aria-required="true"
                aria-invalid=error.map(|_| "true")
            />
        </div>
    }
}
