//! Pages without personal data: rendered once, then only filled in.
//!
//! Such a page differs between visitors in its nonce, in the page that the footer's forms return to, and in where a
//! login leads. It is rendered for a visitor of whom nothing is known, with a placeholder for each of the three. So
//! nothing of one visitor can reach another.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::http::Uri;

use super::theme::Theme;
use crate::language::Lang;
use crate::login::LoginFailure;

/// A page that looks the same to all visitors who are not signed in.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum PublicPage {
    Home,
    Login { failure: Option<LoginFailure>, has_next: bool },
    Privacy,
    NotFound,
}

/// Placeholders. The site's texts do not contain them.
pub(super) const NONCE: &str = "PLACEHOLDER-NONCE";
pub(super) const PAGE_PATH: &str = "/PLACEHOLDER-PAGE-PATH";
const NEXT: &str = "/PLACEHOLDER-NEXT";
/// [`NEXT`] in a query.
const ENCODED_NEXT: &str = "%2FPLACEHOLDER-NEXT";

/// A request's URI with the placeholder as `next`.
pub(super) fn uri_with_next() -> Uri {
    Uri::from_static("/?next=/PLACEHOLDER-NEXT")
}

/// What a template is filled with.
pub(super) struct Values<'a> {
    pub(super) nonce: &'a str,
    pub(super) page_path: &'a str,
    pub(super) next: &'a str,
}

/// What a template shows of its visitor.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Visitor {
    pub(super) lang: Lang,
    pub(super) theme: Theme,
    /// Whether the browser is the one within WeChat.
    pub(super) is_wechat: bool,
}

/// The templates of all pages that have been requested.
#[derive(Default)]
pub(super) struct Templates(RwLock<HashMap<(PublicPage, Visitor), Arc<Template>>>);

impl Templates {
    /// Fills in the page's template. `render` renders the page with the placeholders, the first time.
    pub(super) fn fill(
        &self,
        page: PublicPage,
        visitor: Visitor,
        values: &Values<'_>,
        render: impl FnOnce() -> String,
    ) -> String {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&(page, visitor)).cloned();
        let template = known.unwrap_or_else(|| {
            let template = Arc::new(Template::split(&render()));
            self.0.write().unwrap_or_else(PoisonError::into_inner).insert((page, visitor), template.clone());
            template
        });
        template.fill(values)
    }
}

/// HTML, split at its placeholders.
struct Template {
    parts: Vec<Part>,
}

enum Part {
    Html(String),
    Placeholder(Placeholder),
}

#[derive(Clone, Copy)]
enum Placeholder {
    Nonce,
    PagePath,
    Next,
    EncodedNext,
}

const PLACEHOLDERS: [(&str, Placeholder); 4] = [
    (NONCE, Placeholder::Nonce),
    (PAGE_PATH, Placeholder::PagePath),
    (NEXT, Placeholder::Next),
    (ENCODED_NEXT, Placeholder::EncodedNext),
];

impl Template {
    fn split(html: &str) -> Template {
        let (mut parts, mut rest) = (Vec::new(), html);
        while let Some(((before, after), placeholder)) = split_at_first_placeholder(rest) {
            parts.extend([Part::Html(before.to_owned()), Part::Placeholder(placeholder)]);
            rest = after;
        }
        parts.push(Part::Html(rest.to_owned()));
        Template { parts }
    }

    fn fill(&self, values: &Values<'_>) -> String {
        let mut html = String::with_capacity(8 * 1024);
        for part in &self.parts {
            match part {
                Part::Html(text) => html.push_str(text),
                Part::Placeholder(Placeholder::Nonce) => html.push_str(values.nonce),
                Part::Placeholder(Placeholder::PagePath) => push_escaped(&mut html, values.page_path),
                Part::Placeholder(Placeholder::Next) => push_escaped(&mut html, values.next),
                Part::Placeholder(Placeholder::EncodedNext) => {
                    html.extend(form_urlencoded::byte_serialize(values.next.as_bytes()));
                }
            }
        }
        html
    }
}

/// Returns what is before and after the first placeholder, if there is one.
fn split_at_first_placeholder(html: &str) -> Option<((&str, &str), Placeholder)> {
    let splits = PLACEHOLDERS.iter().filter_map(|(text, placeholder)| Some((html.split_once(text)?, *placeholder)));
    splits.min_by_key(|((before, _), _)| before.len())
}

/// Escapes a text or an attribute in double quotes, as Leptos does.
fn push_escaped(html: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::*;

    fn page(nonce: &str, page_path: &str, next: &str) -> String {
        let href = format!("/login/qq?next={}", form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>());
        let (nonce, page_path, next) = (nonce.to_owned(), page_path.to_owned(), next.to_owned());
        let page = view! {
            <script nonce=nonce></script>
            <a href=href>{next}</a>
            <input value=page_path.clone() />
            <input value=page_path />
        };
        page.to_html()
    }

    #[test]
    fn values_are_escaped_as_in_a_view() {
        let template = Template::split(&page(NONCE, PAGE_PATH, NEXT));
        for (page_path, next) in
            [("/", "/a"), ("/login?a=\"><script>&amp;b='c'", "/?a=<b>&c='%20&amp;"), (PAGE_PATH, NEXT), (NEXT, NONCE)]
        {
            let values = Values { nonce: "abc", page_path, next };
            assert_eq!(template.fill(&values), page("abc", page_path, next));
        }
    }
}
