//! Calls that only the doctor makes: what QQ's authorize page shows, and requests without a retry.

use reqwest::header::{DATE, LOCATION};
use reqwest::{Response, Url};
use secrecy::SecretString;

use super::authorize::{Display, authorize_url};
use super::client::{Client, RetryPolicy};
use super::error::{QqError, TransportError};
use super::error_codes::code_info;
use super::identity::Identity;
use super::openapi::{UserCredentials, UserInfo};
use super::response::{MalformedResponse, decode_utf8};
use super::transport::{read_body, with_deadline};

/// The result of opening the authorization URL.
pub struct AuthorizeProbe {
    /// QQ's time in Unix seconds, from the `Date` header.
    pub date: Option<i64>,
    /// What a browser would have reached.
    pub page: Result<AuthorizePage, QqError>,
}

/// What a browser reaches from the authorization URL. Not `Debug`, because a code is a secret.
pub enum AuthorizePage {
    Login,
    /// A page without an error code.
    NoRedirect,
    /// A redirect to neither QQ's login page nor the callback.
    UnknownRedirect,
    /// An error code, on QQ's page or at the callback.
    Error(i64),
    /// The callback with a code. Only the sandbox logs in at once.
    Code(SecretString),
    /// The callback with another `state`, or none.
    StateMismatch,
    /// The callback with `usercancel`.
    Cancelled,
}

impl Client {
    /// Opens the authorization URL like a browser, without following a redirect. The sandbox logs
    /// in as `sandbox_user` at once; pass `None` for QQ itself.
    ///
    /// QQ redirects a bad request to `/oauth2.0/show?which=error&error=100010&…`, a good one to
    /// `/oauth2.0/show?which=Login&…`. Neither reaches the callback.
    pub async fn probe_authorize(&self, state: &str, sandbox_user: Option<&str>) -> AuthorizeProbe {
        let mut url = authorize_url(&self.config, state, Display::Desktop);
        if let Some(name) = sandbox_user {
            url.query_pairs_mut().append_pair("sandbox_user", name);
        }
        let mut date = None;
        let page = with_deadline(self.deadline(), async {
            let response = self.transport.send(url.clone()).await?;
            date = date_header(&response);
            self.read_page(&url, response, state).await
        })
        .await;
        AuthorizeProbe { date, page }
    }

    /// As [`Client::fetch_openid`], without a retry. Requests the unionid if `request_unionid`.
    pub async fn fetch_openid_once(
        &self,
        access_token: &SecretString,
        request_unionid: bool,
    ) -> Result<Identity, QqError> {
        self.request_openid(access_token, request_unionid, RetryPolicy::Never, self.deadline()).await
    }

    /// As [`Client::fetch_user_info`], without a retry.
    pub async fn fetch_user_info_once(&self, user: UserCredentials<'_>) -> Result<UserInfo, QqError> {
        self.request_user_info(user, RetryPolicy::Never).await
    }

    async fn read_page(&self, url: &Url, response: Response, state: &str) -> Result<AuthorizePage, QqError> {
        let status = response.status();
        if status.is_redirection() {
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            return match location.and_then(|location| url.join(location).ok()) {
                Some(target) => Ok(classify_redirect(&target, &self.config.redirect_uri, state)?),
                None => Ok(AuthorizePage::UnknownRedirect),
            };
        }
        if !status.is_success() {
            return Err(TransportError::Status(status.as_u16()).into());
        }
        Ok(classify_page(&read_body(response).await?)?)
    }
}

fn date_header(response: &Response) -> Option<i64> {
    let date = httpdate::parse_http_date(response.headers().get(DATE)?.to_str().ok()?).ok()?;
    i64::try_from(date.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs()).ok()
}

fn classify_redirect(target: &Url, redirect_uri: &str, state: &str) -> Result<AuthorizePage, MalformedResponse> {
    let parameter = |name| target.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    if let Some(error) = parameter("error") {
        return error.parse().map(AuthorizePage::Error).map_err(|_| MalformedResponse::ErrorWithoutCode);
    }
    if is_callback(target, redirect_uri) {
        if parameter("usercancel").is_some_and(|cancel| cancel != "0") {
            return Ok(AuthorizePage::Cancelled);
        }
        if parameter("state").as_deref() != Some(state) {
            return Ok(AuthorizePage::StateMismatch);
        }
        let code = parameter("code").filter(|code| !code.is_empty());
        return code.map(|code| AuthorizePage::Code(code.into())).ok_or(MalformedResponse::MissingField("code"));
    }
    match parameter("which").as_deref() {
        Some("error") => Err(MalformedResponse::ErrorWithoutCode),
        _ if target.path().ends_with("/oauth2.0/show") => Ok(AuthorizePage::Login),
        _ => Ok(AuthorizePage::UnknownRedirect),
    }
}

fn is_callback(url: &Url, redirect_uri: &str) -> bool {
    Url::parse(redirect_uri).is_ok_and(|callback| callback.origin() == url.origin() && callback.path() == url.path())
}

fn classify_page(body: &[u8]) -> Result<AuthorizePage, MalformedResponse> {
    let text = decode_utf8(body)?.trim_ascii();
    if text.is_empty() {
        return Err(MalformedResponse::Empty);
    }
    if let Some(code) = find_error_code(text) {
        return Ok(AuthorizePage::Error(code));
    }
    let is_truncated = text.starts_with("<html") && !text.contains("</html>");
    if is_truncated { Err(MalformedResponse::Truncated) } else { Ok(AuthorizePage::NoRedirect) }
}

/// Finds the code on QQ's error page, whose text is like `redirect uri is illegal(100010)`: a known
/// six-digit code in parentheses at the end of a piece of text.
fn find_error_code(page: &str) -> Option<i64> {
    page.match_indices('(').find_map(|(at, _)| {
        let (digits, rest) = page.get(at + 1..)?.split_once(')')?;
        let rest = rest.trim_ascii_start();
        let is_code = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let code = digits.parse().ok().filter(|code| is_code && code_info(*code).is_some())?;
        (rest.is_empty() || rest.starts_with('<')).then_some(code)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    const CALLBACK: &str = "https://a.example/login/qq/callback";

    fn name_of(page: Result<AuthorizePage, MalformedResponse>) -> String {
        match page {
            Ok(AuthorizePage::Login) => "login".to_owned(),
            Ok(AuthorizePage::NoRedirect) => "no redirect".to_owned(),
            Ok(AuthorizePage::UnknownRedirect) => "unknown redirect".to_owned(),
            Ok(AuthorizePage::Error(code)) => code.to_string(),
            Ok(AuthorizePage::Code(code)) => format!("code {}", code.expose_secret()),
            Ok(AuthorizePage::StateMismatch) => "state mismatch".to_owned(),
            Ok(AuthorizePage::Cancelled) => "cancelled".to_owned(),
            Err(malformed) => malformed.to_string(),
        }
    }

    #[test]
    fn redirects_are_classified() {
        let show = "https://graph.qq.com/oauth2.0/show?which=";
        for (target, page) in [
            (format!("{show}error&display=pc&error=100010&client_id=1"), "100010"),
            (format!("{show}error&display=pc&error=no"), "the error has no numeric code"),
            (format!("{show}error&display=pc"), "the error has no numeric code"),
            (format!("{show}Login&display=pc&client_id=1"), "login"),
            ("https://portal.example/?which=Login".to_owned(), "unknown redirect"),
            (format!("{CALLBACK}?code=C&state=S"), "code C"),
            (format!("{CALLBACK}?code=C"), "state mismatch"),
            (format!("{CALLBACK}?code=C&state=T"), "state mismatch"),
            (format!("{CALLBACK}?state=S"), "code is missing"),
            (format!("{CALLBACK}?usercancel=1&state=S"), "cancelled"),
            (format!("{CALLBACK}?error=100044&state=S"), "100044"),
            ("https://a.example/login/qq?code=C&state=S".to_owned(), "unknown redirect"),
        ] {
            assert_eq!(name_of(classify_redirect(&Url::parse(&target).unwrap(), CALLBACK, "S")), page, "{target}");
        }
    }

    #[test]
    fn error_pages_are_detected_by_a_code_that_ends_a_text() {
        for (body, page) in [
            ("<html><p>redirect uri is illegal(100010)</p></html>", "100010"),
            ("<p>client id is illegal, not exist [appid: 1] (100008)\n</p>", "100008"),
            ("redirect uri is illegal(100010)", "100010"),
            ("<p>(110406)</p>", "110406"),
            ("<html><script>f(100010);</script></html>", "no redirect"),
            ("<html>call (100010) now</html>", "no redirect"),
            ("<html>(123456)</html>", "no redirect"),
            ("<html>(1000100)</html>", "no redirect"),
            ("<html>(10001", "the body is truncated"),
            ("<html>（登录）(</html>", "no redirect"),
            (" \n", "the body is empty"),
        ] {
            assert_eq!(name_of(classify_page(body.as_bytes())), page, "{body}");
        }
        assert_eq!(name_of(classify_page(&[0xC4, 0xE3])), "the body is not UTF-8");
    }
}
