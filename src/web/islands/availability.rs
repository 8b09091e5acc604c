//! Asks the server whether a username is available.

use leptos::prelude::window;
use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// Returns the code of what is wrong with the name, or an empty string for an available one.
pub(super) async fn check(username: &str) -> Result<String, JsValue> {
    let query = String::from(js_sys::encode_uri_component(username));
    let url = ["/api/check-username?username=", &query].concat();
    let response: Response = JsFuture::from(window().fetch_with_str(&url)).await?.unchecked_into();
    if !response.ok() {
        return Err(JsValue::UNDEFINED);
    }
    JsFuture::from(response.json()?).await?.as_string().ok_or(JsValue::UNDEFINED)
}
