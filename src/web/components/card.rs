//! Parts of a page.

use leptos::prelude::*;

use super::Icon;

/// A part of a page with a heading. Two of them stand side by side on wide screens.
#[component]
pub(in crate::web) fn Card(
    /// The `id` of the heading, which names the card for screen readers.
    id: &'static str,
    title: &'static str,
    /// What stands beside the heading: a badge, or a link to the page that does the work (`button small`).
    #[prop(optional)]
    aside: Option<AnyView>,
    /// Whether the card takes the whole width of the page.
    #[prop(optional)]
    is_wide: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <section class=if is_wide { "card wide" } else { "card" } aria-labelledby=id>
            <div class="card-header">
                <h2 id=id>{title}</h2>
                {aside}
            </div>
            {children()}
        </section>
    }
}

/// What stands in place of a list without items: what is missing, and what to do about it.
#[component]
pub(in crate::web) fn EmptyState(
    icon: Icon,
    text: &'static str,
    /// The link or the form that adds the first item.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            {icon.view()}
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
}
