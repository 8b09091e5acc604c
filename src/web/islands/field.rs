//! The message of an input, which follows what is typed.

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlInputElement, InputEvent};

use super::{availability, pause};

#[derive(Clone)]
struct Message {
    text: String,
    is_error: bool,
}

/// Shows a message next to the input among its children, by the rules in `validate`.
#[component]
pub(super) fn Field(
    /// The `id` of the input.
    id: &'static str,
    /// Returns the code of the error in a text.
    validate: fn(&str) -> Option<&'static str>,
    /// Whether to ask the server about valid texts.
    checks_availability: bool,
    children: Children,
) -> impl IntoView {
    let message = RwSignal::new(server_error(id));
    // `None` as long as the input holds what the server rendered.
    let typed = RwSignal::new(None::<String>);
    let is_composing = RwSignal::new(false);
    let is_invalid = move || message.with(|message| message.as_ref().is_some_and(|message| message.is_error));

    let edit = move |text: String| {
        // An error stays until the text is valid; a remark goes with the text it is about.
        message.update(|message| drop(message.take_if(|message| !message.is_error || validate(&text).is_none())));
        typed.set(Some(text));
    };

    // Each change cancels the task that judges the previous text. Texts from an input method are judged when they are
    // complete.
    on_change(Box::new(move || {
        let Some(text) = typed.get().filter(|_| !is_composing.get()) else { return };
        spawn_local_scoped_with_cancellation(async move {
            pause::after_typing().await;
            let error_code = validate(&text);
            if error_code.is_some() || !checks_availability {
                message.set(error_code.and_then(|code| error(id, code)));
                return;
            }
            message.set(remark(id, "checking"));
            let answer = availability::check(&text).await;
            pause::until_released().await;
            message.set(match answer.as_deref() {
                Ok("") => remark(id, "available"),
                Ok(code) => error(id, code),
                // The response to the form will say what is wrong.
                Err(_) => None,
            });
        });
    }));

    // The server alone renders the input, so that hydration cannot touch what was typed before. It is read and marked
    // as a DOM element.
    on_change(Box::new(move || {
        if let Some(input) = input(id).filter(|input| input.value() != input.default_value()) {
            edit(input.value());
        }
    }));
    on_change(Box::new(move || {
        let Some(input) = input(id) else { return };
        let _ = match is_invalid() {
            true => input.set_attribute("aria-invalid", "true"),
            false => input.remove_attribute("aria-invalid"),
        };
    }));

    // The first input of a composition says that it is one; the last one does not say that it has ended.
    let on_input = move |event: ev::Event| {
        is_composing.set(event.unchecked_ref::<InputEvent>().is_composing());
        edit(event_target_value(&event));
    };
    let on_composition_end = move |event: ev::CompositionEvent| {
        is_composing.set(false);
        edit(event_target_value(&event));
    };
    view! {
        <div
            class="field-input"
            on:input=on_input
            on:compositionend=on_composition_end
        >
            <div class="field-message" id=[id, "-message"].concat() aria-live="polite">
                {move || message.get().map(|Message { text, is_error }| view! {
                    <p
                        class=if is_error { "field-error" } else { "field-status" }
                        data-testid=is_error.then_some("field-error")
                    >
                        {text}
                    </p>
                })}
            </div>
            {children()}
        </div>
    }
}

/// An effect. For each type of closure, the WebAssembly would contain the code of an effect once more.
fn on_change(run: Box<dyn Fn()>) {
    Effect::new(move |_| run());
}

/// The errors that the server found in the form, for its first view.
#[derive(Clone, Copy)]
pub struct ServerErrors {
    pub username: Option<&'static str>,
    pub email: Option<&'static str>,
}

#[cfg(not(feature = "hydrate"))]
fn server_error(id: &str) -> Option<Message> {
    let ServerErrors { username, email } = use_context()?;
    let text = if id == "username" { username } else { email }?;
    Some(Message { text: text.to_owned(), is_error: true })
}

#[cfg(feature = "hydrate")]
fn server_error(id: &str) -> Option<Message> {
    let place = document().get_element_by_id(&[id, "-message"].concat())?;
    let text = place.text_content().filter(|text| !text.is_empty())?;
    Some(Message { text, is_error: true })
}

fn input(id: &str) -> Option<HtmlInputElement> {
    document().get_element_by_id(id).map(JsCast::unchecked_into)
}

fn error(id: &str, code: &str) -> Option<Message> {
    text(id, code).map(|text| Message { text, is_error: true })
}

fn remark(id: &str, code: &str) -> Option<Message> {
    text(id, code).map(|text| Message { text, is_error: false })
}

/// The texts are attributes of the input.
fn text(id: &str, code: &str) -> Option<String> {
    input(id)?.get_attribute(&["data-", code].concat())
}
