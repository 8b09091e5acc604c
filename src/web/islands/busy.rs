//! Links and buttons that show that they are at work.

use std::cell::Cell;
use std::time::Duration;

use leptos::ev::MouseEvent;
use leptos::prelude::{document, set_timeout, window_event_listener_untyped};
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Any link or button that can be busy.
const PRESSABLE: &str = ".busy-scope a, .busy-scope button";

/// Those of them that are.
const BUSY: &str = ".busy-scope [aria-busy]";

/// When something pressed can be pressed again: a browser does not tell that a person stopped it.
const GIVEN_UP: Duration = Duration::from_secs(15);

thread_local! {
    /// How often something was pressed: only the latest press is given up.
    static PRESSES: Cell<u32> = const { Cell::new(0) };
}

/// Marks what was pressed as busy; a second press of it does nothing.
pub(super) fn press(event: MouseEvent) {
    let opens_elsewhere = event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0;
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(pressed) = target.and_then(|target| target.closest(PRESSABLE).ok().flatten()) else { return };
    if opens_elsewhere {
        return;
    }
    if pressed.has_attribute("aria-busy") {
        event.prevent_default();
    } else {
        let _ = pressed.set_attribute("aria-busy", "true");
        let press = PRESSES.get() + 1;
        PRESSES.set(press);
        set_timeout(move || give_up(press), GIVEN_UP);
    }
}

/// QQ's page may just close, or a person goes back: the page is then shown again from the
/// browser's memory, as it was left.
pub(super) fn recover_when_shown_again() {
    let listener = window_event_listener_untyped("pageshow", |_| recover());
    // It listens as long as the page lives.
    std::mem::forget(listener);
}

/// An earlier press was followed by another one: what is busy now is not what it made busy.
fn give_up(press: u32) {
    if PRESSES.get() == press {
        recover();
    }
}

fn recover() {
    while let Ok(Some(busy)) = document().query_selector(BUSY) {
        let _ = busy.remove_attribute("aria-busy");
    }
}
