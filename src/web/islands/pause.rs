//! When a message may change.

use std::time::Duration;

use js_sys::Promise;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// The pause after which typing counts as finished.
const PAUSE: Duration = Duration::from_millis(400);

/// Waits until typing has paused and no pointer is pressed.
pub(super) async fn after_typing() {
    sleep().await;
    until_released().await;
}

/// Waits while a pointer is pressed. A message that appeared then would move the button away from the pointer, and
/// the browser would not count the press as a click.
pub(super) async fn until_released() {
    while document().query_selector(":active").is_ok_and(|pressed| pressed.is_some()) {
        sleep().await;
    }
}

async fn sleep() {
    let elapsed = Promise::new(&mut |resolve, _| {
        set_timeout(move || drop(resolve.call0(&JsValue::UNDEFINED)), PAUSE);
    });
    let _ = JsFuture::from(elapsed).await;
}
