//! The client: one method per OAuth call.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, sleep};
use url::Url;

use super::authorize::{Display, authorize_url};
use super::avatar::{AvatarError, AvatarFetcher, AvatarImage};
use super::breaker::Breaker;
use super::config::{ClientConfig, ClientSetupError};
use super::error::QqError;
use super::identity::Identity;
use super::request_url::request_url;
use super::response::ResponseBody;
use super::token::Token;
use super::transport::{ParseBody, Transport};
use crate::metrics;
use crate::traces::Span;

const FORMAT_JSON: (&str, &str) = ("fmt", "json");

const RETRY_DELAY: Duration = Duration::from_millis(250);

/// A longer timeout is useless, and a deadline centuries away overflows [`Instant`].
const MAX_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// A QQ Connect client for one app. Clones are cheap and share connections. `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct Client {
    pub(super) config: Arc<ClientConfig>,
    pub(super) transport: Transport,
    pub(super) avatars: AvatarFetcher,
    pub(super) user_info_breaker: Arc<Breaker>,
}

/// When a failed request is sent a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RetryPolicy {
    /// After every transient error. For idempotent requests.
    IfTransient,
    /// Only if QQ rejected the request without processing it. For requests that may have side effects.
    IfRejected,
    /// Never, so that diagnostics see every failure.
    Never,
}

impl RetryPolicy {
    fn should_retry(self, error: &QqError) -> bool {
        match self {
            RetryPolicy::IfTransient => error.is_transient(),
            RetryPolicy::IfRejected => error.is_transient() && matches!(error, QqError::Api(_)),
            RetryPolicy::Never => false,
        }
    }
}

impl Client {
    /// Creates a client without contacting QQ. If the base URL is plain HTTP to a name other than
    /// `localhost`, resolves the name, which may block.
    pub fn new(config: ClientConfig) -> Result<Client, ClientSetupError> {
        config.validate()?;
        Ok(Client {
            transport: Transport::new(&config)?,
            avatars: AvatarFetcher::new(&config)?,
            user_info_breaker: Arc::new(Breaker::new("get_user_info")),
            config: Arc::new(config),
        })
    }

    /// The URL to which the browser is redirected to log in. QQ redirects it back to the callback
    /// with `code` and this `state`. After most errors, and a cancel on the desktop page, the browser
    /// never returns.
    pub fn authorize_url(&self, state: &str, display: Display) -> String {
        authorize_url(&self.config, state, display).into()
    }

    /// Exchanges the authorization code of a callback for a token. Never retried: a code works once,
    /// and QQ may have used it up even if the response was lost (公共返回码说明, 100020).
    pub async fn exchange_code(&self, code: &SecretString) -> Result<Token, QqError> {
        let redirect_uri = ("redirect_uri", self.config.redirect_uri.as_str());
        let grant = [("code", code.expose_secret()), redirect_uri, FORMAT_JSON, ("need_openid", "1")];
        self.request_token("authorization_code", &grant).await
    }

    /// Exchanges a refresh token for a new token, which has the next refresh token. Never retried: a
    /// refresh token works once (公共返回码说明, 100021).
    pub async fn refresh_token(&self, refresh_token: &SecretString) -> Result<Token, QqError> {
        self.request_token("refresh_token", &[("refresh_token", refresh_token.expose_secret()), FORMAT_JSON]).await
    }

    /// Fetches the identity that belongs to the token, and checks that the token was issued to this
    /// app.
    ///
    /// If the app lacks the UnionID permission, QQ withholds the openid as well
    /// (overtrue/socialite#22). The request is then sent again without `unionid`.
    pub async fn fetch_openid(&self, access_token: &SecretString) -> Result<Identity, QqError> {
        let deadline = self.deadline();
        let fetch = |unionid| self.request_openid(access_token, unionid, RetryPolicy::IfTransient, deadline);
        match fetch(self.config.request_unionid).await {
            Err(error) if self.config.request_unionid && error.is_unionid_denied() => {
                tracing::warn!("app has no UnionID permission, continuing without it");
                fetch(false).await
            }
            result => result,
        }
    }

    /// Downloads the avatar from a URL that [`Client::fetch_user_info`] returned. Takes at most
    /// three seconds and is not retried. Skipped for a while if downloads keep timing out.
    pub async fn fetch_avatar(&self, url: &str) -> Result<AvatarImage, AvatarError> {
        let span = Span::within("GET avatar");
        let result = span.run(self.avatars.fetch(url)).await;
        if result.is_err() {
            span.fail("avatar");
        }
        result
    }

    pub fn timeout(&self) -> Duration {
        self.config.timeout.min(MAX_TIMEOUT)
    }

    async fn request_token(&self, grant_type: &str, grant: &[(&str, &str)]) -> Result<Token, QqError> {
        let app_key = self.config.app_key.expose_secret();
        let mut parameters =
            vec![("grant_type", grant_type), ("client_id", &self.config.app_id), ("client_secret", app_key)];
        parameters.extend_from_slice(grant);
        let (retry, deadline) = (RetryPolicy::Never, self.deadline());
        let response = self.request("oauth2.0/token", &parameters, ResponseBody::parse, retry, deadline).await?;
        Ok(Token::from_response(&response)?)
    }

    pub(super) async fn request_openid(
        &self,
        access_token: &SecretString,
        with_unionid: bool,
        retry: RetryPolicy,
        deadline: Instant,
    ) -> Result<Identity, QqError> {
        let mut parameters = vec![("access_token", access_token.expose_secret())];
        if with_unionid {
            parameters.push(("unionid", "1"));
        }
        parameters.push(FORMAT_JSON);
        let response = self.request("oauth2.0/me", &parameters, ResponseBody::parse, retry, deadline).await?;
        Identity::from_response(&response, &self.config.app_id)
    }

    /// Sends a request, and a second one if `retry` covers the first error and there is time left.
    pub(super) async fn request(
        &self,
        path: &str,
        parameters: &[(&str, &str)],
        parse: ParseBody,
        retry: RetryPolicy,
        deadline: Instant,
    ) -> Result<ResponseBody, QqError> {
        let url = request_url(&self.config.graph_url, path, parameters);
        match self.measured_get(path, url.clone(), parse, deadline).await {
            Err(error) if retry.should_retry(&error) && Instant::now() + RETRY_DELAY < deadline => {
                sleep(RETRY_DELAY).await;
                self.measured_get(path, url, parse, deadline).await
            }
            result => result,
        }
    }

    async fn measured_get(
        &self,
        path: &str,
        url: Url,
        parse: ParseBody,
        deadline: Instant,
    ) -> Result<ResponseBody, QqError> {
        let (begin, span) = (Instant::now(), Span::within("GET"));
        if span.is_recorded() {
            span.rename(format!("GET /{path}"));
            span.set("http.request.method", "GET");
        }
        let result = span.run(self.transport.get(url, parse, deadline)).await;
        let error = result.as_ref().err().map(QqError::label);
        if let Some(label) = &error {
            span.fail(label);
        }
        metrics::qq_call(path, begin.elapsed(), error);
        result
    }

    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.timeout()
    }
}
