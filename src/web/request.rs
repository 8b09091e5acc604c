//! One request as the pages see it: who, in which language and theme, from where.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use tower_sessions::Session;

use super::error_page;
use super::i18n::Messages;
use super::preferences::{Theme, page_to_return_to};
use super::state::AppState;
use crate::language::Lang;
use crate::login::ReturnTo;
use crate::sessions::SessionData;

/// What can be told of a request without asking who it is.
#[derive(Clone)]
pub(super) struct RequestInfo {
    pub(super) site: AppState,
    pub(super) lang: Lang,
    pub(super) theme: Theme,
    pub(super) parts: Parts,
}

/// A request with the person who made it.
pub(super) struct PageRequest {
    pub(super) setting: RequestInfo,
    pub(super) session: Session,
    pub(super) visitor: Option<SessionData>,
}

impl RequestInfo {
    pub(super) fn read(site: AppState, parts: Parts) -> RequestInfo {
        let jar = CookieJar::from_headers(&parts.headers);
        let chosen = jar.get("lang").and_then(|cookie| Lang::from_tag(cookie.value()));
        let lang = chosen.unwrap_or_else(|| Lang::from_headers(&parts.headers));
        let theme = jar.get("theme").and_then(|cookie| Theme::from_name(cookie.value())).unwrap_or_default();
        RequestInfo { site, lang, theme, parts }
    }

    pub(super) fn messages(&self) -> &'static Messages {
        self.lang.messages()
    }

    pub(super) fn path(&self) -> &str {
        self.parts.uri.path()
    }

    /// The path and query, for coming back here: if that is a page, since other addresses are not to
    /// be shown. QQ's callback holds an authorization code.
    pub(super) fn here(&self) -> String {
        page_to_return_to(self.parts.uri.path_and_query().map_or("/", PathAndQuery::as_str))
    }

    /// A parameter of the query, unless it stands there twice.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let query = self.parts.uri.query()?;
        let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
        values.next().filter(|_| values.next().is_none()).map(|(_, value)| value.into_owned())
    }

    /// Where the person wants to go afterwards.
    pub(super) fn next(&self) -> ReturnTo {
        self.query("next").map(|path| ReturnTo::parse(&path)).unwrap_or_default()
    }
}

impl FromRequestParts<AppState> for RequestInfo {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &AppState) -> Result<RequestInfo, Self::Rejection> {
        Ok(RequestInfo::read(site.clone(), parts.clone()))
    }
}

impl FromRequestParts<AppState> for PageRequest {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &AppState) -> Result<PageRequest, Response> {
        let setting = RequestInfo::read(site.clone(), parts.clone());
        let Some(session) = parts.extensions.get::<Session>().cloned() else {
            tracing::error!("the session layer is missing");
            return Err(error_page::broken(setting).await);
        };
        match SessionData::read(&session, site.login.now()).await {
            Ok(visitor) => Ok(PageRequest { setting, session, visitor }),
            Err(error) => Err(error_page::failed(setting, "a session could not be read", &error.into()).await),
        }
    }
}
