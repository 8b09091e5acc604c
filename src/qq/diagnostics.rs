//! The questions that only the doctor asks: whether QQ would let people in at all, and what its
//! answers are at the first try.

use reqwest::header::{DATE, LOCATION};
use reqwest::{Response, Url};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, timeout_at};

use super::authorize::{Display, authorize_url};
use super::client::{Client, ME, RetryPolicy};
use super::codes::{UNIONID_NOT_GRANTED, code_info};
use super::error::{MalformedResponse, QqError, TransportError};
use super::identity::Identity;
use super::openapi::{UserCredentials, UserInfo};
use super::transport::{body, unreachable};

/// What a look at the authorize address gave.
pub struct AuthorizeProbe {
    /// QQ's time in seconds since 1970, from the `Date` header.
    pub date: Option<i64>,
    /// Where a browser would have come to.
    pub page: Result<AuthorizePage, QqError>,
}

/// Where a browser comes to that opens the authorize address. No `Debug`: a code is a secret.
pub enum AuthorizePage {
    /// The page on which QQ asks for the person's consent.
    Login,
    /// Some page, shown without a redirect, that names no error.
    NoRedirect,
    /// A redirect to neither QQ's own page nor the callback.
    UnknownRedirect,
    /// An error of this number: on QQ's page, or at the callback.
    Error(i64),
    /// The callback, with a code: somebody was signed in at once, as only a stand-in does it.
    Code(SecretString),
    /// The callback without the state that was sent.
    StateMismatch,
    /// The callback, as if the person had turned back.
    Cancelled,
}

impl Client {
    /// Opens the authorize address as a browser does, and follows no redirect. The sandbox signs
    /// `person` in at once; QQ knows nothing of it and is not to be asked so.
    ///
    /// For a bad request QQ redirects to `/oauth2.0/show?which=error&error=100010&…`, for a good
    /// one to `/oauth2.0/show?which=Login&…`; the site's callback hears of neither.
    pub async fn probe_authorize(&self, state: &str, person: Option<&str>) -> AuthorizeProbe {
        let address = authorize_url(&self.settings, state, Display::Desktop);
        let Ok(mut url) = Url::parse(&address) else {
            return AuthorizeProbe {
                date: None,
                page: Err(MalformedResponse::InvalidField("the authorize address").into()),
            };
        };
        if let Some(name) = person {
            url.query_pairs_mut().append_pair("sandbox_user", name);
        }
        let deadline = self.deadline();
        let sent = timeout_at(deadline, self.transport.http.get(url.clone()).send()).await;
        match sent {
            Err(_) => AuthorizeProbe { date: None, page: Err(TransportError::Timeout.into()) },
            Ok(Err(error)) => AuthorizeProbe { date: None, page: Err(unreachable(error)) },
            Ok(Ok(response)) => {
                AuthorizeProbe { date: date(&response), page: self.page(&url, response, state, deadline).await }
            }
        }
    }

    /// Asks `/me` once, for a unionid too if `request_unionid`; [`Client::identify`] asks a second
    /// time where that may help.
    pub async fn fetch_openid_once(
        &self,
        access_token: &SecretString,
        request_unionid: bool,
    ) -> Result<Identity, QqError> {
        let mut parameters = vec![("access_token", access_token.expose_secret()), ("fmt", "json")];
        if request_unionid {
            parameters.push(("unionid", "1"));
        }
        let answer = self.ask(ME, &parameters, RetryPolicy::Never).await?;
        Identity::from_response(&answer, &self.settings.app_id)
    }

    /// Asks `get_user_info` once; [`Client::fetch_user_info`] asks a second time where that may help.
    pub async fn fetch_user_info_once(&self, who: UserCredentials<'_>) -> Result<UserInfo, QqError> {
        self.fetch_user_info_with(who, RetryPolicy::Never).await
    }

    async fn page(
        &self,
        url: &Url,
        response: Response,
        state: &str,
        deadline: Instant,
    ) -> Result<AuthorizePage, QqError> {
        let status = response.status();
        if status.is_redirection() {
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let to = location.and_then(|location| url.join(location).ok());
            return to.map_or(Ok(AuthorizePage::UnknownRedirect), |to| {
                Ok(destination(&to, &self.settings.redirect_uri, state)?)
            });
        }
        if !status.is_success() {
            return Err(TransportError::Status(status.as_u16()).into());
        }
        let body = timeout_at(deadline, body(response)).await.unwrap_or(Err(TransportError::Timeout.into()))?;
        Ok(shown(&body)?)
    }
}

impl QqError {
    /// Whether QQ wants the app's right to ask for unionid.
    pub fn is_unionid_denied(&self) -> bool {
        matches!(self, QqError::Api(refusal) if refusal.code == UNIONID_NOT_GRANTED)
    }
}

fn date(response: &Response) -> Option<i64> {
    let text = response.headers().get(DATE)?.to_str().ok()?;
    let moment = httpdate::parse_http_date(text).ok()?;
    i64::try_from(moment.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs()).ok()
}

/// Reads where a redirect leads to.
fn destination(to: &Url, redirect_uri: &str, state: &str) -> Result<AuthorizePage, MalformedResponse> {
    let value = |name: &str| to.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    if let Some(error) = value("error") {
        return error.parse().map(AuthorizePage::Error).map_err(|_| MalformedResponse::ErrorWithoutCode);
    }
    if is_callback(to, redirect_uri) {
        return Ok(match value("code").filter(|code| !code.is_empty()) {
            _ if value("usercancel").is_some_and(|cancel| cancel != "0") => AuthorizePage::Cancelled,
            _ if value("state").as_deref() != Some(state) => AuthorizePage::StateMismatch,
            Some(code) => AuthorizePage::Code(code.into()),
            None => return Err(MalformedResponse::MissingField("code")),
        });
    }
    match value("which").as_deref() {
        Some("error") => Err(MalformedResponse::ErrorWithoutCode),
        _ if to.path().ends_with("/oauth2.0/show") => Ok(AuthorizePage::Login),
        _ => Ok(AuthorizePage::UnknownRedirect),
    }
}

fn is_callback(to: &Url, redirect_uri: &str) -> bool {
    Url::parse(redirect_uri).is_ok_and(|callback| callback.origin() == to.origin() && callback.path() == to.path())
}

/// Reads a page that came without a redirect.
fn shown(body: &[u8]) -> Result<AuthorizePage, MalformedResponse> {
    let text = std::str::from_utf8(body).map_err(|_| MalformedResponse::NotUtf8)?;
    if text.trim_ascii().is_empty() {
        return Err(MalformedResponse::Empty);
    }
    if let Some(code) = error_number(text) {
        return Ok(AuthorizePage::Error(code));
    }
    let is_cut_off = text.trim_ascii_start().starts_with("<html") && !text.contains("</html>");
    if is_cut_off { Err(MalformedResponse::Truncated) } else { Ok(AuthorizePage::NoRedirect) }
}

/// The number on QQ's error page, whose text is like `redirect uri is illegal(100010)`: a known
/// code in parentheses with which a piece of text ends.
fn error_number(page: &str) -> Option<i64> {
    const DIGITS: usize = 6;
    page.match_indices('(').find_map(|(at, _)| {
        let number = page.get(at + 1..at + 1 + DIGITS).filter(|number| number.bytes().all(|b| b.is_ascii_digit()))?;
        let rest = page.get(at + 1 + DIGITS..)?.strip_prefix(')')?.trim_ascii_start();
        let code = number.parse().ok()?;
        (code_info(code).is_some() && (rest.is_empty() || rest.starts_with('<'))).then_some(code)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALLBACK: &str = "https://a.example/login/qq/callback";

    fn seen(page: Result<AuthorizePage, MalformedResponse>) -> String {
        match page {
            Ok(AuthorizePage::Login) => "login".to_owned(),
            Ok(AuthorizePage::NoRedirect) => "shown".to_owned(),
            Ok(AuthorizePage::UnknownRedirect) => "elsewhere".to_owned(),
            Ok(AuthorizePage::Error(code)) => code.to_string(),
            Ok(AuthorizePage::Code(code)) => format!("approved {}", code.expose_secret()),
            Ok(AuthorizePage::StateMismatch) => "state lost".to_owned(),
            Ok(AuthorizePage::Cancelled) => "cancelled".to_owned(),
            Err(malformed) => malformed.to_string(),
        }
    }

    #[test]
    fn redirects_are_read() {
        let show = "https://graph.qq.com/oauth2.0/show?which=";
        for (to, page) in [
            (format!("{show}error&display=pc&error=100010&client_id=1"), "100010"),
            (format!("{show}error&display=pc&error=no"), "it reports an error without a number"),
            (format!("{show}error&display=pc"), "it reports an error without a number"),
            (format!("{show}Login&display=pc&client_id=1"), "login"),
            ("https://portal.example/?which=Login".to_owned(), "elsewhere"),
            (format!("{CALLBACK}?code=C&state=S"), "approved C"),
            (format!("{CALLBACK}?code=C"), "state lost"),
            (format!("{CALLBACK}?code=C&state=T"), "state lost"),
            (format!("{CALLBACK}?state=S"), "code is missing"),
            (format!("{CALLBACK}?usercancel=1&state=S"), "cancelled"),
            (format!("{CALLBACK}?error=100044&state=S"), "100044"),
            ("https://a.example/login/qq?code=C&state=S".to_owned(), "elsewhere"),
        ] {
            assert_eq!(seen(destination(&Url::parse(&to).unwrap(), CALLBACK, "S")), page, "{to}");
        }
    }

    #[test]
    fn an_error_page_is_known_by_the_number_its_text_ends_with() {
        for (body, page) in [
            ("<html><p>redirect uri is illegal(100010)</p></html>", "100010"),
            ("<p>client id is illegal, not exist [appid: 1] (100008)\n</p>", "100008"),
            ("redirect uri is illegal(100010)", "100010"),
            ("<p>(110406)</p>", "110406"),
            ("<html><script>f(100010);</script></html>", "shown"),
            ("<html>call (100010) now</html>", "shown"),
            ("<html>(123456)</html>", "shown"),
            ("<html>(1000100)</html>", "shown"),
            ("<html>(10001", "it breaks off"),
            ("<html>（登录）(</html>", "shown"),
            (" \n", "it is empty"),
        ] {
            assert_eq!(seen(shown(body.as_bytes())), page, "{body}");
        }
        assert_eq!(seen(shown(&[0xC4, 0xE3])), "it is not UTF-8");
    }
}
