//! What handlers, pages and middleware know about a request.

use std::net::{IpAddr, Ipv6Addr};
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request};

use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum_extra::extract::CookieJar;
use tower_http::request_id::RequestId;
use tower_sessions::Session;

use super::client_address::client_ip;
use super::error::WebError;
use super::flash::Flash;
use super::i18n::Messages;
use super::state::AppState;
use super::template::{self, PublicPage};
use super::theme::Theme;
use crate::language::Lang;
use crate::login::ReturnTo;
use crate::sessions::{Device, SessionData, SignedInUser};

/// A request without its session, parsed once and kept in its extensions. Cloning it is cheap.
#[derive(Clone)]
pub struct RequestInfo(Arc<RequestData>);

pub struct RequestData {
    pub(super) state: AppState,
    pub(super) uri: Uri,
    pub(super) cookies: CookieJar,
    pub(super) lang: Lang,
    pub(super) theme: Theme,
    pub(super) flash: Option<Flash>,
    pub(super) client_ip: IpAddr,
    pub(super) id: Option<String>,
    user_agent: Option<HeaderValue>,
    /// Whether the user opened the URL, instead of following a link or a redirect. `false` if the browser does not say.
    pub(super) is_opened_directly: bool,
    /// Whether the browser is the one within WeChat, where QQ lets nobody sign in.
    pub(super) is_wechat: bool,
    /// The path and query of the page, to come back to it; `/` for a request that is not for a page.
    pub(super) page_path: String,
}

/// A request and its session. Handlers take it as an argument.
#[derive(Clone)]
pub struct PageRequest {
    pub(super) info: RequestInfo,
    pub(super) session: Session,
}

impl RequestInfo {
    /// Parses a request. `pages` are the paths of all pages.
    pub(super) fn parse(state: AppState, request: &Request, pages: &[&str]) -> RequestInfo {
        let (uri, headers) = (request.uri(), request.headers());
        let cookies = CookieJar::from_headers(headers);
        let chosen_lang = cookies.get("lang").and_then(|cookie| Lang::from_tag(cookie.value()));
        let chosen_theme = cookies.get("theme").and_then(|cookie| Theme::from_name(cookie.value()));
        let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
        RequestInfo(Arc::new(RequestData {
            lang: chosen_lang.unwrap_or_else(|| Lang::from_headers(headers)),
            theme: chosen_theme.unwrap_or_default(),
            flash: Flash::read(&cookies),
            client_ip: client_ip(request, state.site.trusted_proxies),
            id: id.map(str::to_owned),
            user_agent: headers.get(header::USER_AGENT).cloned(),
            is_opened_directly: headers.get("sec-fetch-site").is_some_and(|site| site == "none"),
            is_wechat: is_wechat(headers),
            page_path: page_path_or_home(uri.path_and_query().map_or("/", PathAndQuery::as_str), pages),
            uri: uri.clone(),
            cookies,
            state,
        }))
    }
}

impl RequestInfo {
    /// Returns a request for the template of a page: of its visitor, only language, theme and kind of browser are known.
    pub(super) fn for_template(&self, page: PublicPage) -> RequestInfo {
        let has_next = matches!(page, PublicPage::Login { has_next: true, .. });
        RequestInfo(Arc::new(RequestData {
            state: self.state.clone(),
            uri: if has_next { template::uri_with_next() } else { Uri::default() },
            cookies: CookieJar::new(),
            lang: self.lang,
            theme: self.theme,
            flash: None,
            client_ip: IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            id: None,
            user_agent: None,
            is_opened_directly: false,
            is_wechat: self.is_wechat,
            page_path: template::PAGE_PATH.to_owned(),
        }))
    }
}

impl RequestData {
    pub(super) fn messages(&self) -> &'static Messages {
        Messages::of(self.lang)
    }

    /// Returns what the browser says about itself.
    pub(super) fn device(&self) -> Device {
        self.user_agent.as_ref().map(|header| Device::recognize(header.as_bytes())).unwrap_or_default()
    }

    /// Returns a query parameter, unless the query has it twice.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let query = self.uri.query()?;
        let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
        values.next().filter(|_| values.next().is_none()).map(|(_, value)| value.into_owned())
    }

    /// Returns where the user wants to go after signing in.
    pub(super) fn next(&self) -> ReturnTo {
        self.query("next").map(|path| ReturnTo::parse(&path)).unwrap_or_default()
    }
}

impl PageRequest {
    /// Reads the session, which is loaded once per request.
    pub(super) async fn session_data(&self) -> Result<Option<SessionData>, WebError> {
        Ok(SessionData::read(&self.session, self.state.login.now()).await?)
    }

    pub(super) async fn signed_in_user(&self) -> Result<Option<SignedInUser>, WebError> {
        Ok(self.session_data().await?.and_then(SessionData::signed_in))
    }
}

impl Deref for RequestInfo {
    type Target = RequestData;

    fn deref(&self) -> &RequestData {
        &self.0
    }
}

impl Deref for PageRequest {
    type Target = RequestInfo;

    fn deref(&self) -> &RequestInfo {
        &self.info
    }
}

impl<S: Sync> FromRequestParts<S> for RequestInfo {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<RequestInfo, WebError> {
        parts.extensions.get().cloned().ok_or(WebError::Internal)
    }
}

impl<S: Sync> FromRequestParts<S> for PageRequest {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<PageRequest, WebError> {
        let info = RequestInfo::from_request_parts(parts, state).await?;
        let session = parts.extensions.get().cloned().ok_or(WebError::Internal)?;
        Ok(PageRequest { info, session })
    }
}

/// `User-Agent` may have bytes that are not ASCII, such as the name of a phone.
fn is_wechat(headers: &HeaderMap) -> bool {
    const WECHAT: &[u8] = b"MicroMessenger";
    let user_agent = headers.get(header::USER_AGENT).map_or(&b""[..], HeaderValue::as_bytes);
    user_agent.windows(WECHAT.len()).any(|part| part == WECHAT)
}

/// Returns `path` if it leads to one of the `pages`, else `/`. It must be one of them and not just any path of this
/// site: `/login?next=…` has to be shown again, and QQ's callback, whose query holds an authorization code, must not.
pub(super) fn page_path_or_home(path: &str, pages: &[&str]) -> String {
    let path_only = path.split(['?', '#']).next().unwrap_or_default();
    let is_page = pages.contains(&path_only) || is_mail_link(path_only);
    let is_plain = path.len() <= 4096 && path.bytes().all(|byte| byte.is_ascii_graphic());
    if is_page && is_plain { path.to_owned() } else { "/".to_owned() }
}

/// Whether a path holds the token of a mailed link.
pub(super) fn is_mail_link(path: &str) -> bool {
    path.strip_prefix("/mail/").is_some_and(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_are_returned_to() {
        let pages = ["/", "/login", "/register", "/account"];
        for path in ["/", "/login?next=%2Fa&error=expired", "/register", "/account", "/mail/token"] {
            assert_eq!(page_path_or_home(path, &pages), path);
        }
        for path in ["", "//evil", "https://evil", "/\\evil", "/login/qq", "/logout", "/ok\r\nX: y", "/login\t"] {
            assert_eq!(page_path_or_home(path, &pages), "/", "{path:?}");
        }
    }
}
