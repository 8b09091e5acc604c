//! The script of every page, `public/page.js`, and what its parts do. Browsers download its comments, so they are here.
//! Without the script, links and forms do the same.
//!
//! - **Busy controls.** A pressed link or button with a second label shows that label and ignores further presses, until
//!   the page is shown again from the back/forward cache. The first `pageshow` is that of the page just loaded.
//! - **Times** are shown in the browser's zone, and distances from now are kept up to date. There are spaces around
//!   numbers, in Chinese too. Less than a minute ago, the server's "just now" stays.
//! - **Theme and language.** Their forms are sent in the background, one after the other, and as forms if that fails. The
//!   answer is the page in the other language: `update` makes the nodes of the document equal to those of the answer.
//!   Nodes that have a counterpart stay, and with them focus, typed text and islands. Islands own their live regions, and
//!   judge the text again with the texts that they find in the page then.
//! - **The end of the session.** A page that is shown again asks whether its session still exists. The link of the notice
//!   opens a new tab, so that what was typed stays and can be sent after signing in there.
//! - **Islands.** The WebAssembly is loaded when the page is idle. A browser that cannot load it reports no error.

use leptos::prelude::*;

use super::assets::Assets;

/// Loads the script, which loads the WebAssembly if the page has islands. Written by hand instead of
/// `HydrationScripts`: the preload links of Leptos 0.8 are never used by the browser (leptos-rs/leptos#4843), and a page
/// without islands loads no WebAssembly.
#[component]
pub(super) fn PageScript(nonce: String, assets: Assets) -> impl IntoView {
    view! { <script type="module" nonce=nonce src=assets.script() data-js=assets.js() data-wasm=assets.wasm()></script> }
}
