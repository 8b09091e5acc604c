//! Asking the server what only it can know of a user name.

use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlInputElement, Response};

use super::field::{self, Rules};

/// Asks whether `value` can be had and shows the answer, unless it was changed meanwhile. Without
/// an answer nothing is said: the form's own answer will.
pub(super) fn ask(field: Element, input: HtmlInputElement, value: String) {
    let Some(address) = field.get_attribute("data-check") else { return };
    field::remark(&field, "data-checking");
    spawn_local(async move {
        let answer = fetch(&address, &value).await;
        if input.value() != value {
            return;
        }
        if field::is_pressing() {
            field::judge_later(Rules::Username, field, input);
            return;
        }
        match answer.as_deref() {
            Ok("") => field::remark(&field, "data-available"),
            Ok(code) => field::show(&field, &input, Some(code)),
            Err(_) => field::show(&field, &input, None),
        }
    });
}

/// Gives the problem's code; an empty one for a name that can be had.
async fn fetch(address: &str, username: &str) -> Result<String, JsValue> {
    let name = String::from(js_sys::encode_uri_component(username));
    let address = [address, "?username=", &name].concat();
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let response: Response = JsFuture::from(window.fetch_with_str(&address)).await?.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::UNDEFINED);
    }
    let json = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    // The server function answers with a JSON string; its codes have nothing to escape.
    Ok(json.trim_matches('"').to_owned())
}
