//! The script of a page: busy buttons, and loading the WebAssembly of the islands.

use leptos::prelude::*;

use super::assets::Assets;

/// Written by hand instead of `HydrationScripts`: the preload links of Leptos 0.8 are never used by the browser
/// (leptos-rs/leptos#4843), and a page without islands loads no WebAssembly.
#[component]
pub(super) fn PageScript(nonce: String, assets: Assets) -> impl IntoView {
    let urls = format!("const js = {:?}, wasm = {:?};\n", assets.js(), assets.wasm());
    view! { <script type="module" nonce=nonce inner_html=urls + include_str!("script.js")></script> }
}
