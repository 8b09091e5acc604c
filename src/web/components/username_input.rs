//! The field of a username, with names to choose instead of one that cannot be had.

use leptos::prelude::*;

use crate::validation::UsernameError;
use crate::web::i18n::Messages;
use crate::web::islands::UsernameField;

/// The island reads its texts from the `data-` attributes of the input: remarks by name, errors by code.
#[component]
pub(in crate::web) fn UsernameInput(messages: &'static Messages, value: String, is_invalid: bool) -> impl IntoView {
    let error = messages.username_error;
    view! {
        <div class="field">
            <label for="username">{messages.username_label}</label>
            <p class="hint" id="username-hint">{messages.username_hint}</p>
            <UsernameField>
                <input
                    id="username"
                    name="username"
                    type="text"
                    value=value
                    autocomplete="username"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-describedby="username-hint username-message"
                    aria-required="true"
                    aria-invalid=is_invalid.then_some("true")
                    data-checking=messages.username_checking
                    data-available=messages.username_available
                    data-missing=error(UsernameError::Missing)
                    data-too-short=error(UsernameError::TooShort)
                    data-too-long=error(UsernameError::TooLong)
                    data-forbidden-character=error(UsernameError::ForbiddenCharacter)
                    data-forbidden-start=error(UsernameError::ForbiddenStart)
                    data-reserved=error(UsernameError::Reserved)
                    data-look-alike=error(UsernameError::LookAlikeScripts)
                    data-taken=error(UsernameError::Taken)
                />
            </UsernameField>
        </div>
    }
}

/// Free names. Their buttons send the form with the field `suggestion`. They stand behind the form: Enter presses its
/// first button.
#[component]
pub(in crate::web) fn UsernameSuggestions(
    messages: &'static Messages,
    names: Vec<String>,
    /// The `id` of the form.
    form: &'static str,
) -> impl IntoView {
    (!names.is_empty()).then(|| {
        let buttons = names.into_iter().map(|name| {
            let value = name.clone();
            view! {
                <button class="button small" type="submit" form=form name="suggestion" value=value>
                    <bdi>{name}</bdi>
                </button>
            }
        });
        view! {
            <div class="actions" role="group" aria-labelledby="suggestions-label" data-testid="suggestions">
                <span class="muted" id="suggestions-label">{messages.username_suggestions}</span>
                {buttons.collect_view()}
            </div>
        }
    })
}
