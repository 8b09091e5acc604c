//! Answers plain form posts by calling the server function behind them.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, post};
use axum_extra::extract::CookieJar;
use leptos::prelude::{Owner, provide_context, use_context};
use leptos::reactive::computed::ScopedFuture;
use serde::{Deserialize, Serialize};

use super::error::WebError;
use super::flash::Flash;
use super::known_browser;
use super::redirect_page;
use super::request::{PageRequest, RequestInfo};
use super::state::AppState;
use crate::login::{LoginFailure, ReturnTo};
use crate::sessions::{self, NewSession, TokenStatus};

/// How a server function ends that has done what the user wanted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Redirection {
    location: String,
    flash: Option<Flash>,
    ends_session: bool,
    clears_cache: bool,
    /// Not serialized: nothing but the cookie may contain the id.
    #[serde(skip)]
    new_session: Option<NewSession>,
    #[serde(skip)]
    is_sign_in_reported: bool,
}

impl Redirection {
    pub(super) fn to(location: impl Into<String>) -> Redirection {
        Redirection {
            location: location.into(),
            flash: None,
            ends_session: false,
            clears_cache: false,
            new_session: None,
            is_sign_in_reported: false,
        }
    }

    /// Leads to the login page, which says what went wrong. A new login leads to `next`.
    pub(super) fn to_login(failure: LoginFailure, next: &ReturnTo) -> Redirection {
        Redirection::to(next.append_to(&format!("/login?error={}", failure.code())))
    }

    /// Shows a message on the next page.
    pub(super) fn with_flash(mut self, flash: impl Into<Option<Flash>>) -> Redirection {
        self.flash = flash.into();
        self
    }

    /// Removes the session cookie: the session has ended.
    pub(super) fn ending_session(mut self) -> Redirection {
        self.ends_session = true;
        self
    }

    /// Makes the browser forget what it has cached of this site, such as avatars.
    pub(super) fn clearing_cache(mut self) -> Redirection {
        self.clears_cache = true;
        self
    }

    /// Sets the session cookie.
    pub(super) fn starting_session(mut self, session: Option<NewSession>) -> Redirection {
        self.new_session = session;
        self
    }

    /// Another mail tells the user about the sign-in, so none is sent about a new browser.
    pub(super) fn with_sign_in_reported(mut self) -> Redirection {
        self.is_sign_in_reported = true;
        self
    }

    pub(super) fn into_response(self, request: &RequestInfo) -> Response {
        let redirect = Redirect::to(&self.location).into_response();
        self.add_headers(redirect, request)
    }

    /// Answers a form. A redirect that may go on to QQ is a page: browsers apply `form-action` to every redirect of a
    /// form, and QQ redirects to hosts that are not known in advance.
    pub(super) async fn into_form_response(self, request: &PageRequest) -> Response {
        if !self.may_lead_to_qq(request).await {
            return self.into_response(request);
        }
        let page = redirect_page::render(request, &self.location);
        self.add_headers(page, request)
    }

    /// The account page redirects to QQ by itself if the token cannot be used, except after a failed refresh.
    async fn may_lead_to_qq(&self, request: &PageRequest) -> bool {
        if self.location.starts_with("/login/qq") {
            return true;
        }
        let is_account_page = self.location.split('?').next() == Some("/account");
        if !is_account_page || self.flash == Some(Flash::TokenRefreshFailed) {
            return false;
        }
        let user = request.signed_in_user().await.ok().flatten();
        user.is_some_and(|user| user.token.status(request.state.login.now()) != TokenStatus::Valid)
    }

    fn add_headers(self, response: Response, request: &RequestInfo) -> Response {
        let public_url = &request.state.site.public_url;
        let flash = self.flash.and_then(|flash| flash.cookie(public_url));
        let is_reported = self.is_sign_in_reported;
        let browser = self.new_session.and_then(|session| known_browser::remember(request, session, is_reported));
        let cookies = flash.into_iter().chain(browser).fold(CookieJar::new(), CookieJar::add);
        let mut response = (cookies, response).into_response();
        let cookie = match self.new_session {
            Some(session) => Some(sessions::cookie(session, public_url, request.state.site.session_max_secs)),
            None => self.ends_session.then(|| sessions::removal_cookie(public_url)),
        };
        if let Some(Ok(cookie)) = cookie.map(|cookie| HeaderValue::from_str(&cookie)) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        if self.clears_cache {
            response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
        }
        response
    }
}

/// Routes a form to a server function.
pub(super) fn form<F, R>(function: F) -> MethodRouter<AppState>
where
    F: Fn(FormFields) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Result<Redirection, WebError>> + Send + 'static,
{
    post(async move |request: PageRequest, fields: FormFields| {
        Ok::<_, WebError>(call(&request, function(fields)).await?.into_form_response(&request).await)
    })
}

/// Calls a server function, which finds the request with [`current_request`].
pub(super) async fn call<T>(request: &PageRequest, function: impl Future<Output = T>) -> T {
    let request = request.clone();
    let scoped = Owner::new().with(|| {
        provide_context(request);
        ScopedFuture::new(function)
    });
    scoped.await
}

/// Returns the request that a server function works for.
pub(super) fn current_request() -> Result<PageRequest, WebError> {
    use_context().ok_or(WebError::Internal)
}

/// The fields of a form, whose size and type the middleware `limit_body` has checked.
pub(super) struct FormFields(Bytes);

impl FormFields {
    /// Returns the first field of that name, or an empty text.
    pub(super) fn get(&self, name: &str) -> String {
        let field = form_urlencoded::parse(&self.0).find(|(key, _)| key == name);
        field.map(|(_, value)| value.into_owned()).unwrap_or_default()
    }
}

impl<S: Send + Sync> FromRequest<S> for FormFields {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &S) -> Result<FormFields, WebError> {
        Bytes::from_request(request, state).await.map(FormFields).map_err(|_| WebError::BadRequest)
    }
}
