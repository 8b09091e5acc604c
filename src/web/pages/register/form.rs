//! The registration form and its two fields.

use leptos::prelude::*;

use crate::login::{FormErrors, RegistrationForm};
use crate::validation::EmailError;
use crate::web::components::{SubmitButton, UsernameInput, UsernameSuggestions};
use crate::web::i18n::Messages;
use crate::web::islands::{EmailField, ServerErrors};

#[component]
pub(super) fn RegisterForm(
    messages: &'static Messages,
    typed: RegistrationForm,
    errors: FormErrors,
    suggestions: Vec<String>,
) -> impl IntoView {
    provide_context(ServerErrors {
        username: errors.username.map(messages.username_error),
        email: errors.email.map(messages.email_error),
    });
    view! {
        <h2 class="divider" id="form-title">{messages.register_form_title}</h2>
        <form
            class="stack"
            method="post"
            action="/register"
            data-testid="register-form"
            id="register-form"
            novalidate
            aria-labelledby="form-title"
        >
            <p class="small">{messages.register_form_lead}</p>
            <UsernameInput messages value=typed.username is_invalid=errors.username.is_some() />
            <EmailInput messages value=typed.email is_invalid=errors.email.is_some() />
            <SubmitButton class="button" label=messages.register_form_submit busy_label=messages.register_submitting />
        </form>
        <UsernameSuggestions messages names=suggestions form="register-form" />
    }
}

/// The island reads its texts from the `data-` attributes of the input.
#[component]
fn EmailInput(messages: &'static Messages, value: String, is_invalid: bool) -> impl IntoView {
    let error = messages.email_error;
    view! {
        <div class="field">
            <label for="email">{messages.email_label}</label>
            <p class="hint" id="email-hint">{messages.email_hint}</p>
            <EmailField>
                <input
                    id="email"
                    name="email"
                    type="email"
                    inputmode="email"
                    value=value
                    autocomplete="email"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-describedby="email-hint email-message"
                    aria-required="true"
                    aria-invalid=is_invalid.then_some("true")
                    data-missing=error(EmailError::Missing)
                    data-malformed=error(EmailError::Malformed)
                    data-too-long=error(EmailError::TooLong)
                />
            </EmailField>
        </div>
    }
}
