//! The top of a page.

use leptos::prelude::*;

use super::Icon;
use crate::web::page_context::PageContext;

/// The heading of a page below `/account`, with a link back to it.
#[component]
pub(in crate::web) fn PageHeader(
    title: &'static str,
    /// What the page is for, in one or two sentences.
    #[prop(optional)]
    lead: &'static str,
) -> impl IntoView {
    let messages = use_context::<PageContext>().map(|page| page.messages);
    messages.map(|messages| {
        view! {
            <div class="page-header">
                <a class="back" href="/account">{Icon::Back.view()} {messages.account_title}</a>
                <h1>{title}</h1>
                {(!lead.is_empty()).then(|| view! { <p class="lead">{lead}</p> })}
            </div>
        }
    })
}
