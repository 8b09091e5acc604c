//! What all pages share.

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::style::STYLE;
use crate::language::Lang;
use crate::sandbox::texts::texts;

/// No `form-action`: browsers apply it to redirects as well, and approval redirects to the site.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// A page around its content.
pub(super) fn page(lang: Lang, status: StatusCode, title: &str, content: &Markup) -> Response {
    let text = texts(lang);
    let page = html! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " · " (text.sandbox) }
                link rel="icon" href="/favicon.ico" type="image/png";
                style { (PreEscaped(STYLE)) }
            }
            body {
                header.banner {
                    strong { (text.sandbox) }
                    span { (text.not_qq) }
                }
                main { (content) }
            }
        }
    };
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, Html(page.into_string())).into_response()
}
