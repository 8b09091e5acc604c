//! Judging a field while it is typed, by the same rules as the server's.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use leptos::ev::Event;
use leptos::prelude::{TimeoutHandle, document, set_timeout_with_handle};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use super::username_check;
use crate::validation::{Email, username};

/// How long after the last keystroke a field is judged.
const PAUSE: Duration = Duration::from_millis(400);

/// Which rules a field follows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rules {
    Username,
    Email,
}

thread_local! {
    /// The judgements that are due, at most one a field.
    static DUE: RefCell<BTreeMap<Rules, TimeoutHandle>> = const { RefCell::new(BTreeMap::new()) };
}

/// Called at every change of a field: mended errors go at once, others come after a pause.
pub(super) fn typed(rules: Rules, event: &Event) {
    let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
    let Some(field) = input.closest(".field").ok().flatten() else { return };
    if problem(rules, &input.value()).is_none() {
        show(&field, &input, None);
    }
    judge_later(rules, field, input);
}

/// Judges a field after a pause, in place of any judgement of it that is due.
pub(super) fn judge_later(rules: Rules, field: Element, input: HtmlInputElement) {
    let judgement = set_timeout_with_handle(move || judge(rules, field, input), PAUSE).ok();
    DUE.with_borrow_mut(|due| {
        let earlier = judgement.and_then(|judgement| due.insert(rules, judgement));
        if let Some(earlier) = earlier {
            earlier.clear();
        }
    });
}

fn judge(rules: Rules, field: Element, input: HtmlInputElement) {
    if is_pressing() {
        judge_later(rules, field, input);
        return;
    }
    let value = input.value();
    match problem(rules, &value) {
        Some(code) => show(&field, &input, Some(code)),
        None if rules == Rules::Username => username_check::ask(field, input, value),
        None => show(&field, &input, None),
    }
}

/// Whether a pointer is down. A message that comes just then moves the button from under it, and a
/// button that is not under the pointer when it goes up is not clicked.
pub(super) fn is_pressing() -> bool {
    document().query_selector(":active").is_ok_and(|pressed| pressed.is_some())
}

/// What is wrong as far as the browser can tell. It normalises as the server does.
fn problem(rules: Rules, value: &str) -> Option<&'static str> {
    match rules {
        Rules::Email => Email::parse(value).err().map(|problem| problem.code()),
        Rules::Username => {
            let normalized = String::from(js_sys::JsString::from(value.trim()).normalize("NFKC"));
            username::check(&normalized).err().map(|problem| problem.code())
        }
    }
}

/// Shows the text for `code` that the server left in the field, or removes the error.
pub(super) fn show(field: &Element, input: &HtmlInputElement, code: Option<&str>) {
    let text = code.and_then(|code| field.get_attribute(&["data-", code].concat()));
    match &text {
        Some(_) => drop(input.set_attribute("aria-invalid", "true")),
        None => drop(input.remove_attribute("aria-invalid")),
    }
    write(field, text.as_deref(), Some("field-error"));
}

/// Shows a text that is no error.
pub(super) fn remark(field: &Element, attribute: &str) {
    write(field, field.get_attribute(attribute).as_deref(), None);
}

fn write(field: &Element, text: Option<&str>, error: Option<&str>) {
    let Some(place) = field.query_selector(".field-message").ok().flatten() else { return };
    if place.text_content().as_deref() == text.or(Some("")) {
        return;
    }
    place.set_text_content(None);
    let (Some(text), Ok(message)) = (text, document().create_element("p")) else { return };
    message.set_class_name(error.unwrap_or("field-remark"));
    if let Some(error) = error {
        let _ = message.set_attribute("data-testid", error);
    }
    message.set_text_content(Some(text));
    let _ = place.append_child(&message);
}
