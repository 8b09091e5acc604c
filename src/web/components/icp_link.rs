//! The number of the site's filing.

use leptos::prelude::*;

/// The ICP filing number. Sites in mainland China must show it with a link to the ministry's register.
#[component]
pub(in crate::web) fn IcpLink(number: String) -> impl IntoView {
    view! { <a href="https://beian.miit.gov.cn/">{number}</a> }
}
