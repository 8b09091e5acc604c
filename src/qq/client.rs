//! The calls to QQ Connect, one method each.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, sleep};
use url::Url;

use super::authorize::{Display, authorize_url, endpoint};
use super::avatar::{AvatarRule, AvatarTransport};
use super::codes::UNIONID_NOT_GRANTED;
use super::error::QqError;
use super::identity::Identity;
use super::settings::{ClientConfig, ClientSetupError};
use super::token::Token;
use super::transport::Transport;
use super::wire::{ResponseBody, query};

const TOKEN: &str = "oauth2.0/token";
pub(super) const ME: &str = "oauth2.0/me";

/// Pause before a harmless question is asked a second time.
const BACK_OFF: Duration = Duration::from_millis(250);

/// No call is worth more, and an instant centuries away cannot be represented.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// Talks to QQ Connect for one app. Cloning it is cheap and shares its connections.
/// `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct Client {
    pub(super) settings: Arc<ClientConfig>,
    pub(super) transport: Transport,
    avatars: AvatarTransport,
}

/// When a call is made a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RetryPolicy {
    /// For questions, which change nothing at QQ: whenever the failure may pass.
    IfTransient,
    /// For calls that may change something: if QQ says that it did nothing.
    IfRejected,
    /// For a doctor, who wants to see every failure.
    Never,
}

impl RetryPolicy {
    fn covers(self, error: &QqError) -> bool {
        match self {
            RetryPolicy::IfTransient => error.is_transient(),
            RetryPolicy::Never => false,
            RetryPolicy::IfRejected => error.is_transient() && matches!(error, QqError::Api(_)),
        }
    }
}

impl Client {
    /// A client for the app of `settings`. QQ is not asked anything yet, but where the base is
    /// http on another name than `localhost`, the name is looked up, which may block.
    pub fn new(settings: ClientConfig) -> Result<Client, ClientSetupError> {
        settings.check()?;
        let (transport, avatars) = (Transport::new(&settings)?, AvatarTransport::new(&settings)?);
        Ok(Client { transport, avatars, settings: Arc::new(settings) })
    }

    /// Where to send a browser to sign in. QQ sends it on to the redirect address with
    /// `code` and this `state`; or, for most errors and a cancel on a computer, never.
    pub fn authorize_url(&self, state: &str, display: Display) -> String {
        authorize_url(&self.settings, state, display)
    }

    /// Trades the code of a callback for a token. Sent once, whatever happens: a code works
    /// once, and QQ may have taken it even though its answer was lost (公共返回码说明, 100020).
    pub async fn exchange_code(&self, code: &SecretString) -> Result<Token, QqError> {
        let parameters = [
            ("grant_type", "authorization_code"),
            ("client_id", &self.settings.app_id),
            ("client_secret", self.settings.app_key.expose_secret()),
            ("code", code.expose_secret()),
            ("redirect_uri", &self.settings.redirect_uri),
            ("fmt", "json"),
        ];
        let url = self.url(TOKEN, &parameters);
        let answer = self.transport.get(url, self.deadline()).await?;
        Ok(Token::from_response(&answer)?)
    }

    /// Trades a refresh token for a new token, which brings the next refresh token. Sent once:
    /// a refresh token works once too (公共返回码说明, 100021).
    pub async fn refresh_token(&self, refresh_token: &SecretString) -> Result<Token, QqError> {
        let parameters = [
            ("grant_type", "refresh_token"),
            ("client_id", &self.settings.app_id),
            ("client_secret", self.settings.app_key.expose_secret()),
            ("refresh_token", refresh_token.expose_secret()),
            ("fmt", "json"),
        ];
        let url = self.url(TOKEN, &parameters);
        let answer = self.transport.get(url, self.deadline()).await?;
        Ok(Token::from_response(&answer)?)
    }

    /// Asks whose token this is, and that it was issued to this app.
    ///
    /// If unionid is wanted but not granted, QQ withholds the openid as well
    /// (overtrue/socialite#22); the question is then put again without it.
    pub async fn fetch_openid(&self, access_token: &SecretString) -> Result<Identity, QqError> {
        let deadline = self.deadline();
        let token = access_token.expose_secret();
        let plain = [("access_token", token), ("fmt", "json")];
        let with_unionid = [("access_token", token), ("unionid", "1"), ("fmt", "json")];
        let answer = if self.settings.request_unionid {
            match self.ask_until(deadline, ME, &with_unionid, RetryPolicy::IfTransient).await {
                Err(QqError::Api(refusal)) if refusal.code == UNIONID_NOT_GRANTED => {
                    tracing::warn!("QQ does not grant unionid to this app; going on without it");
                    self.ask_until(deadline, ME, &plain, RetryPolicy::IfTransient).await?
                }
                answer => answer?,
            }
        } else {
            self.ask_until(deadline, ME, &plain, RetryPolicy::IfTransient).await?
        };
        Identity::from_response(&answer, &self.settings.app_id)
    }

    /// How long one call may take at most.
    pub fn timeout(&self) -> Duration {
        self.settings.timeout.min(LONGEST_TIMEOUT)
    }

    pub(super) fn app_id(&self) -> &str {
        &self.settings.app_id
    }

    pub(super) fn avatar_rule(&self) -> AvatarRule {
        AvatarRule::beside(&self.settings.graph_url)
    }

    pub(super) fn avatars(&self) -> &AvatarTransport {
        &self.avatars
    }

    /// Puts a question.
    pub(super) async fn ask(
        &self,
        path: &str,
        parameters: &[(&str, &str)],
        repeat: RetryPolicy,
    ) -> Result<ResponseBody, QqError> {
        self.ask_until(self.deadline(), path, parameters, repeat).await
    }

    /// Puts a question, and puts it a second time if the first failed in a way that `repeat`
    /// covers and there is time left.
    async fn ask_until(
        &self,
        deadline: Instant,
        path: &str,
        parameters: &[(&str, &str)],
        repeat: RetryPolicy,
    ) -> Result<ResponseBody, QqError> {
        let url = self.url(path, parameters);
        let first = self.transport.get(url.clone(), deadline).await;
        let time_is_left = Instant::now() + BACK_OFF < deadline;
        match first {
            Err(error) if repeat.covers(&error) && time_is_left => {
                sleep(BACK_OFF).await;
                self.transport.get(url, deadline).await
            }
            other => other,
        }
    }

    pub(super) fn url(&self, path: &str, parameters: &[(&str, &str)]) -> Url {
        let mut url = endpoint(&self.settings.graph_url, path);
        url.set_query(Some(&query(parameters)));
        url
    }

    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.timeout()
    }
}
