//! From a page's view to a response.

use std::pin::Pin;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Method, Request, StatusCode, Uri, header};
use axum::response::Response;
use futures_util::Stream;
use leptos::prelude::*;

use super::app::shell;
use super::flash::{self, Flash};
use super::i18n::Messages;
use super::preferences::Theme;
use super::request::RequestInfo;
use crate::language::Lang;
use crate::sessions::SignedInUser;

/// Who is signed in, as far as every page shows it.
#[derive(Clone)]
pub(super) struct Viewer {
    pub(super) username: String,
    pub(super) nickname: Option<String>,
    pub(super) avatar_hash: Option<String>,
}

impl Viewer {
    /// What to call them: names at QQ are not unique, but their own.
    pub(super) fn name(&self) -> &str {
        self.nickname.as_deref().unwrap_or(&self.username)
    }
}

/// What stands round every page.
#[derive(Clone)]
pub(super) struct PageContext {
    pub(super) messages: &'static Messages,
    pub(super) lang: Lang,
    pub(super) theme: Theme,
    pub(super) title: String,
    pub(super) viewer: Option<Viewer>,
    pub(super) here: String,
    pub(super) setting: RequestInfo,
    /// Whether the page has buttons or fields that need the script.
    pub(super) has_script: bool,
    /// What happened just before.
    pub(super) flash: Option<Flash>,
}

impl PageContext {
    pub(super) fn new(setting: RequestInfo, title: impl Into<String>) -> PageContext {
        PageContext {
            messages: setting.messages(),
            lang: setting.lang,
            theme: setting.theme,
            title: title.into(),
            viewer: None,
            here: setting.here(),
            flash: Flash::read(&setting.parts.headers),
            setting,
            has_script: false,
        }
    }

    pub(super) fn seen_by(mut self, signed_in: Option<&SignedInUser>) -> PageContext {
        self.viewer = signed_in.map(|signed_in| Viewer {
            username: signed_in.username.clone(),
            nickname: signed_in.nickname.clone(),
            avatar_hash: signed_in.avatar_hash.clone(),
        });
        self
    }

    pub(super) fn with_script(mut self) -> PageContext {
        self.has_script = true;
        self
    }
}

/// Renders the page at the request's address with what was prepared for it, in one piece.
pub(super) async fn render<P>(status: StatusCode, frame: PageContext, page: P) -> Response
where
    P: Clone + Send + Sync + 'static,
{
    let mut request = Request::new(Body::empty());
    *request.method_mut() = Method::GET;
    // Requests to a proxy name a host and no path, which Leptos does not bear.
    let path = frame.setting.parts.uri.path_and_query().cloned();
    *request.uri_mut() = path.map_or_else(Uri::default, Uri::from);
    let setting = frame.setting.clone();
    let context = move || {
        provide_context(frame.clone());
        provide_context(page.clone());
    };
    let rendered = leptos_axum::handle_response_inner(context, shell, request, whole_page).await;
    let (mut head, body) = rendered.into_parts();
    // The page is there already: sent as one piece it has a length and needs no chunks.
    let page = to_bytes(body, usize::MAX).await.unwrap_or_default();
    head.status = status;
    // A page shows who is signed in, so nobody else may see a copy of it.
    head.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    flash::forget(&setting.parts.headers, &mut head.headers, &setting.site.facts.public_url);
    Response::from_parts(head, Body::from(page))
}

type Chunks = Pin<Box<dyn Stream<Item = String> + Send>>;

/// Gives the page without what Leptos would add after it: scripts with the data of resources,
/// of which these pages have none. They would be the only scripts of some pages.
fn whole_page<V: IntoView + 'static>(
    page: V,
    _data_of_resources: Box<dyn FnOnce() -> Chunks + Send>,
    _out_of_order: bool,
) -> Pin<Box<dyn Future<Output = Chunks> + Send>> {
    let chunks = page.to_html_stream_in_order();
    Box::pin(async move { Box::pin(chunks) as Chunks })
}
