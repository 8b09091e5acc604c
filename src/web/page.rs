//! From a page's data to a response.

use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Request, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use futures_util::Stream;
use leptos::prelude::*;

use super::error::WebError;
use super::flash;
use super::i18n::Messages;
use super::request::RequestInfo;
use crate::sessions::SignedInUser;

/// What the document around every page shows.
#[derive(Clone)]
pub(super) struct PageContext {
    pub(super) request: RequestInfo,
    pub(super) messages: &'static Messages,
    pub(super) title: String,
    pub(super) user: Option<SignedInUser>,
    /// Whether the page has buttons or fields that need the script.
    pub(super) has_script: bool,
}

/// A page that can be rendered: all its data is loaded.
pub(super) struct Page {
    context: PageContext,
    error: Option<WebError>,
    provide_data: Arc<dyn Fn() + Send + Sync>,
}

/// What the loader of a page returns.
pub(super) enum PageResponse {
    Page(Box<Page>),
    Redirect(Response),
}

impl Page {
    pub(super) fn new(request: &RequestInfo, title: impl Into<String>) -> Page {
        let (request, messages) = (request.clone(), request.messages());
        let context = PageContext { request, messages, title: title.into(), user: None, has_script: false };
        Page { context, error: None, provide_data: Arc::new(|| ()) }
    }

    pub(super) fn with_user(mut self, user: Option<SignedInUser>) -> Page {
        self.context.user = user;
        self
    }

    pub(super) fn with_script(mut self) -> Page {
        self.context.has_script = true;
        self
    }

    /// Adds what the page's component finds with [`page_data`].
    pub(super) fn with_data<T: Clone + Send + Sync + 'static>(mut self, data: T) -> Page {
        self.provide_data = Arc::new(move || provide_context(data.clone()));
        self
    }

    /// Takes status and `Retry-After` from an error.
    pub(super) fn with_error(mut self, error: Option<WebError>) -> Page {
        self.error = error;
        self
    }

    /// Renders the view `app` in one piece: the page has a length, its status is right, and nothing of it waits.
    pub(super) async fn render<V: IntoView + 'static>(self, app: impl FnOnce() -> V + Send + 'static) -> Response {
        let Page { context, error, provide_data } = self;
        let info = context.request.clone();
        // A CONNECT request has no path, which Leptos does not accept.
        let uri = info.uri.path_and_query().cloned().map_or_else(Uri::default, Uri::from);
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = uri;
        let provide = move || {
            provide_context(context.clone());
            provide_data();
        };
        let response = leptos_axum::handle_response_inner(provide, app, request, without_resource_scripts).await;
        let (mut parts, body) = response.into_parts();
        let html = to_bytes(body, usize::MAX).await.unwrap_or_default();
        parts.status = error.map_or(StatusCode::OK, WebError::status);
        if let Some(retry_after_secs) = error.and_then(WebError::retry_after_secs) {
            parts.headers.insert(header::RETRY_AFTER, retry_after_secs.into());
        }
        // A page shows who is signed in.
        parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let removal = flash::removal_cookie(&info.cookies, &info.state.site.public_url);
        let cookies = removal.into_iter().fold(CookieJar::new(), CookieJar::add);
        (cookies, Response::from_parts(parts, Body::from(html))).into_response()
    }
}

impl PageResponse {
    pub(super) fn redirect(path: &str) -> PageResponse {
        PageResponse::Redirect(Redirect::to(path).into_response())
    }

    /// Renders the page, or redirects.
    pub(super) async fn respond<V: IntoView + 'static>(self, app: impl FnOnce() -> V + Send + 'static) -> Response {
        match self {
            PageResponse::Page(page) => page.render(app).await,
            PageResponse::Redirect(response) => response,
        }
    }
}

impl From<Page> for PageResponse {
    fn from(page: Page) -> PageResponse {
        PageResponse::Page(Box::new(page))
    }
}

/// Returns what the loader prepared for the component of a page.
pub(super) fn page_data<T: Clone + Send + Sync + 'static>() -> Option<(PageContext, T)> {
    use_context().zip(use_context())
}

type Chunks = Pin<Box<dyn Stream<Item = String> + Send>>;

/// Leaves out the scripts that Leptos adds for resources. These pages have no resources, and some have no
/// other scripts.
fn without_resource_scripts<V: IntoView + 'static>(
    app: V,
    _resource_scripts: Box<dyn FnOnce() -> Chunks + Send>,
    _supports_out_of_order: bool,
) -> Pin<Box<dyn Future<Output = Chunks> + Send>> {
    let chunks = app.to_html_stream_in_order();
    Box::pin(async move { Box::pin(chunks) as Chunks })
}
