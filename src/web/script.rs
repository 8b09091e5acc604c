//! The script of every page, `public/page.js`.

use leptos::prelude::*;

use super::assets::Assets;

/// Loads the script, which loads the WebAssembly if the page has islands. Written by hand instead of
/// `HydrationScripts`: the preload links of Leptos 0.8 are never used by the browser (leptos-rs/leptos#4843), and a page
/// without islands loads no WebAssembly.
#[component]
pub(super) fn PageScript(nonce: String, assets: Assets) -> impl IntoView {
    view! { <script type="module" nonce=nonce src=assets.script() data-js=assets.js() data-wasm=assets.wasm()></script> }
}
