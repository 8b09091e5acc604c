//! The HTML document around every page.

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use leptos::prelude::*;

use crate::language::Lang;
use crate::sandbox::texts::texts;

const STYLE: &str = include_str!("style.css");

/// Without `form-action`: browsers apply it to redirects, too, and approval redirects to the site.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// Renders a page with this content.
pub(super) fn page(lang: Lang, status: StatusCode, title: &str, content: impl IntoView + 'static) -> Response {
    let texts = texts(lang);
    let document = view! {
        <!DOCTYPE html>
        <html lang=lang.tag()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="robots" content="noindex" />
                <title>{format!("{title} · {}", texts.sandbox)}</title>
                <link rel="icon" href="/favicon.ico" type="image/png" />
                <style>{STYLE}</style>
            </head>
            <body>
                <header class="banner">
                    <strong>{texts.sandbox}</strong>
                    <span>{texts.not_qq}</span>
                </header>
                <main>{content}</main>
            </body>
        </html>
    };
    let headers = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, Html(document.to_html())).into_response()
}
