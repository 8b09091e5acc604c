//! Messages about what happened.

use leptos::prelude::*;

use super::Icon;
use crate::web::error::WebError;
use crate::web::page_context::PageContext;

/// What a notice is about. It decides on colour and icon.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum NoticeKind {
    /// What the user wanted was done.
    Success,
    /// Good to know; nothing to do.
    Info,
    /// Something needs attention soon.
    Warning,
    /// Something failed. Screen readers announce it at once.
    Error,
}

/// A message on a page that can be used all the same. A notice with more than one sentence has a heading.
///
/// ```ignore
/// <Notice kind=NoticeKind::Success title=messages.profile_refreshed />
/// <Notice kind=NoticeKind::Error title=message.title><p>{message.advice}</p></Notice>
/// ```
#[component]
pub(in crate::web) fn Notice(
    kind: NoticeKind,
    #[prop(into)] title: String,
    /// Whether it is announced at once, like an error.
    #[prop(optional)]
    is_alert: bool,
    /// Whether it gets the focus when the page opens: for the errors of a form.
    #[prop(optional)]
    has_focus: bool,
    /// Paragraphs with details, or what to do.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (class, icon) = match kind {
        NoticeKind::Success => ("notice success", Icon::Check),
        NoticeKind::Info => ("notice info", Icon::Info),
        NoticeKind::Warning => ("notice warning", Icon::Warning),
        NoticeKind::Error => ("notice error", Icon::Error),
    };
    let role = if kind == NoticeKind::Error || is_alert { "alert" } else { "status" };
    let content = match children {
        Some(children) => view! { <h2>{title}</h2> {children()} }.into_any(),
        None => view! { <p>{title}</p> }.into_any(),
    };
    view! {
        <div class=class role=role tabindex="-1" autofocus=has_focus>
            {icon.view()}
            <div>{content}</div>
        </div>
    }
}

/// The errors of a form, first on the page and with the focus. Each links to its field.
#[component]
pub(in crate::web) fn ErrorSummary(
    /// Pairs of a link to the field (`#username`) and what is wrong with it. Without any, nothing is shown.
    items: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    let messages = use_context::<PageContext>().map(|page| page.messages);
    messages.filter(|_| !items.is_empty()).map(|messages| {
        let items = items.into_iter().map(|(href, text)| view! { <li><a href=href>{text}</a></li> }).collect_view();
        view! {
            <Notice kind=NoticeKind::Error title=messages.form_errors_title has_focus=true>
                <ul>{items}</ul>
            </Notice>
        }
    })
}

/// Why the site could not process a form now. What the user typed is still there.
#[component]
pub(in crate::web) fn FormFailure(failure: WebError) -> impl IntoView {
    use_context::<PageContext>().map(|PageContext { messages, .. }| {
        let (title, advice) = failure.message(messages);
        view! {
            <Notice kind=NoticeKind::Error title has_focus=true>
                <p>{advice}</p>
                <p>{messages.form_input_kept}</p>
            </Notice>
        }
    })
}
