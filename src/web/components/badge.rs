//! A state in one word.

use leptos::prelude::*;

/// The colour of a badge. Its label says the same in words.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum BadgeKind {
    Good,
    Warning,
}

/// A state beside what it is about: "Verified", "This browser".
#[component]
pub(in crate::web) fn Badge(kind: BadgeKind, label: &'static str) -> impl IntoView {
    let class = match kind {
        BadgeKind::Good => "badge good",
        BadgeKind::Warning => "badge warning",
    };
    view! { <span class=class>{label}</span> }
}
