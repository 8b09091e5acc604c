//! What runs in the browser: comfort round links and fields that work without it.
//!
//! An island surrounds HTML that the server wrote and never rewrites it, so that nothing a person
//! has typed is lost when the WebAssembly wakes up. It holds no messages and takes no props (props
//! would bring a JSON parser into the WebAssembly): what it may have to say stands in `data-`
//! attributes of the field.

#[cfg(feature = "hydrate")]
mod busy;
#[cfg(feature = "hydrate")]
mod field;
#[cfg(feature = "hydrate")]
mod username_check;

use leptos::prelude::*;

/// On the server nothing is ever clicked or typed.
#[cfg(not(feature = "hydrate"))]
mod busy {
    pub(super) fn press(_: leptos::ev::MouseEvent) {}
    pub(super) fn recover_when_shown_again() {}
}
#[cfg(not(feature = "hydrate"))]
mod field {
    #[derive(Clone, Copy)]
    pub(super) enum Rules {
        Username,
        Email,
    }
    pub(super) fn typed(_: Rules, _: &leptos::ev::Event) {}
}

/// Marks the link or button inside as busy once it is pressed, and swallows further presses.
#[island]
pub fn Busy(children: Children) -> impl IntoView {
    busy::recover_when_shown_again();
    view! { <span class="busy-scope" on:click=busy::press>{children()}</span> }
}

/// Says what is wrong with the user name inside while it is typed, a taken one included.
#[island]
pub fn UsernameField(children: Children) -> impl IntoView {
    view! { <div on:input=move |event| field::typed(field::Rules::Username, &event)>{children()}</div> }
}

/// Says what is wrong with the e-mail address inside while it is typed.
#[island]
pub fn EmailField(children: Children) -> impl IntoView {
    view! { <div on:input=move |event| field::typed(field::Rules::Email, &event)>{children()}</div> }
}
