//! From a page's data to a response.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hydration_context::SsrSharedContext;
use leptos::nonce::Nonce;
use leptos::prelude::*;

use super::app::Document;
use super::error::WebError;
use super::flash;
use super::middleware::content_security_policy;
use super::page_context::PageContext;
use super::request::RequestInfo;
use super::template::{self, PublicPage, Values, Visitor};
use crate::random;
use crate::sessions::SignedInUser;

const NONCE_BYTES: usize = 16;

/// A page that can be rendered: all its data is loaded.
pub(super) struct Page {
    context: PageContext,
    template: Option<PublicPage>,
    error: Option<WebError>,
    provide_data: Arc<dyn Fn() + Send + Sync>,
}

/// Makes the part of a page that is its own.
pub(super) type Content = fn() -> AnyView;

/// What the loader of a page returns.
pub(super) enum PageResponse {
    Page(Box<Page>),
    Redirect(Response),
}

impl Page {
    pub(super) fn new(request: &RequestInfo, title: impl Into<String>) -> Page {
        let (request, messages) = (request.clone(), request.messages());
        let context = PageContext { request, messages, title: title.into(), user: None };
        Page { context, template: None, error: None, provide_data: Arc::new(|| ()) }
    }

    pub(super) fn with_user(mut self, user: Option<SignedInUser>) -> Page {
        self.context.user = user;
        self
    }

    /// Adds what the page's component finds with [`page_data`](super::page_context::page_data).
    pub(super) fn with_data<T: Clone + Send + Sync + 'static>(mut self, data: T) -> Page {
        self.provide_data = Arc::new(move || provide_context(data.clone()));
        self
    }

    /// Takes status and `Retry-After` from an error.
    pub(super) fn with_error(mut self, error: Option<WebError>) -> Page {
        self.error = error;
        self
    }

    /// Takes the page's HTML from its template, if the visitor is not signed in and no message is due.
    pub(super) fn with_template(mut self, page: PublicPage) -> Page {
        self.template = Some(page);
        self
    }

    /// Renders the page. `content` is shown within the [`Document`].
    pub(super) fn render(self, content: Content) -> Response {
        let (info, error) = (self.context.request.clone(), self.error);
        let site = &info.state.site;
        // Without randomness there is no nonce, and so no script; the page works without it.
        let nonce = random::bytes::<NONCE_BYTES>(&info.state.random).ok();
        let nonce = nonce.map(|nonce| URL_SAFE_NO_PAD.encode(nonce));
        let policy = content_security_policy(&site.form_targets, nonce.as_deref());
        let mut response = Html(self.html(nonce.as_deref(), content)).into_response();
        *response.status_mut() = error.map_or(StatusCode::OK, WebError::status);
        let headers = response.headers_mut();
        if let Some(retry_after_secs) = error.and_then(WebError::retry_after_secs) {
            headers.insert(header::RETRY_AFTER, retry_after_secs.into());
        }
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        // A page shows who is signed in.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match flash::removal_cookie(&info.cookies, &site.public_url) {
            Some(removal) => (CookieJar::new().add(removal), response).into_response(),
            None => response,
        }
    }

    /// Fills in the page's template if it can be used, or renders the page.
    fn html(self, nonce: Option<&str>, content: Content) -> String {
        let info = self.context.request.clone();
        let is_personal = self.context.user.is_some() || info.flash.is_some();
        let template = self.template.filter(|_| !is_personal);
        let Some((page, nonce)) = template.zip(nonce) else { return self.render_html(nonce, content) };
        let next = info.next();
        let values = Values { nonce, page_path: &info.page_path, next: next.as_str() };
        let visitor = Visitor { lang: info.lang, theme: info.theme, is_wechat: info.is_wechat };
        info.state.templates.fill(page, visitor, &values, || self.render_template(page, content))
    }

    /// Renders the page with placeholders instead of what is known about the visitor.
    fn render_template(mut self, page: PublicPage, content: Content) -> String {
        self.context.request = self.context.request.for_template(page);
        self.render_html(Some(template::NONCE), content)
    }

    /// Renders in one piece: all data is loaded, so nothing waits.
    fn render_html(self, nonce: Option<&str>, content: Content) -> String {
        let Page { context, provide_data, .. } = self;
        let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
        let html = owner.with(|| {
            if let Some(nonce) = nonce {
                provide_context(Nonce::from_value(nonce));
            }
            provide_context(context);
            provide_data();
            view! { <Document>{content()}</Document> }.to_html()
        });
        owner.unset_with_forced_cleanup();
        html
    }
}

impl PageResponse {
    pub(super) fn redirect(path: &str) -> PageResponse {
        PageResponse::Redirect(Redirect::to(path).into_response())
    }

    /// Renders the page, or redirects.
    pub(super) fn respond(self, content: Content) -> Response {
        match self {
            PageResponse::Page(page) => page.render(content),
            PageResponse::Redirect(response) => response,
        }
    }
}

impl From<Page> for PageResponse {
    fn from(page: Page) -> PageResponse {
        PageResponse::Page(Box::new(page))
    }
}
