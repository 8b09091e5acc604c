//! The parts of the registration page that react while the user types.
//!
//! [`UsernameField`] and [`EmailField`] surround an input and show the message next to it; the server renders them with
//! the errors of [`ServerErrors`]. They know neither accounts nor sessions, and the form works without them.

mod availability;
mod field;
mod pause;

use leptos::prelude::*;

use crate::validation::{Email, username};
use field::Field;
pub use field::ServerErrors;

// Islands take no props: these would add a JSON parser to the WebAssembly, 30 kB after compression.

/// The message of the username input inside: what is wrong with the name, or whether it is available.
#[island]
pub fn UsernameField(children: Children) -> impl IntoView {
    view! { <Field id="username" validate=username::validate checks_availability=true>{children()}</Field> }
}

/// The message of the email input inside: what is wrong with the address.
#[island]
pub fn EmailField(children: Children) -> impl IntoView {
    let validate = |typed: &str| Email::parse(typed).err().map(|error| error.code());
    view! { <Field id="email" validate checks_availability=false>{children()}</Field> }
}
