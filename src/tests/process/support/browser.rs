//! A browser: cookies, no scripts, no redirects by itself. The program may end while it waits, so
//! every answer may be an error.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder};

type Result<T> = reqwest::Result<T>;

/// A browser with its own cookies.
#[derive(Clone)]
pub(crate) struct Browser {
    client: Client,
    base: String,
    cookies: BTreeMap<String, String>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// Where the answer sends the browser.
    pub(crate) fn location(&self) -> &str {
        self.headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Whether it is the page that says that the site is not to be had just now.
    pub(crate) fn is_unavailable(&self) -> bool {
        self.status == 503 && self.headers.contains_key("retry-after") && self.body.contains("Temporarily unavailable")
    }
}

impl Browser {
    pub(crate) fn new(port: u16) -> Browser {
        // Asked for by the client even where nothing is encrypted. A second call finds it done.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build();
        Browser {
            client: client.expect("a client"),
            base: format!("http://127.0.0.1:{port}"),
            cookies: BTreeMap::new(),
        }
    }

    /// The same browser after the program was started again.
    pub(crate) fn moved_to(&self, port: u16) -> Browser {
        Browser { cookies: self.cookies.clone(), ..Browser::new(port) }
    }

    /// The cookies as a request names them.
    pub(crate) fn cookies(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    async fn send(&mut self, request: RequestBuilder) -> Result<Answer> {
        let mut request = request.header("accept-language", "en");
        if !self.cookies.is_empty() {
            request = request.header(COOKIE, self.cookies());
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let answer = Answer { status, headers, body: response.text().await? };
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let pair = cookie.to_str().expect("text").split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Ok(answer)
    }

    /// Opens a page.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer> {
        let request = self.client.get(format!("{}{path}", self.base));
        self.send(request).await
    }

    /// Posts a form.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.client.post(format!("{}{path}", self.base));
        self.send(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
    }

    /// Goes to QQ and approves as somebody: gives path and query of the callback, not yet opened.
    pub(crate) async fn come_back_as(&mut self, name: &str) -> Result<String> {
        let leaving = self.get("/login/qq").await?;
        let approved = self.client.get(format!("{}&sandbox_user={name}", leaving.location())).send().await?;
        let location = approved.headers().get(LOCATION).and_then(|value| value.to_str().ok()).expect("a redirect");
        Ok(location.trim_start_matches(&self.base).to_owned())
    }

    /// Signs in as somebody at QQ: gives the answer to the callback.
    pub(crate) async fn sign_in(&mut self, name: &str) -> Result<Answer> {
        let callback = self.come_back_as(name).await?;
        self.get(&callback).await
    }

    /// Posts the registration form, with an address that follows from the name.
    pub(crate) async fn fill_in_form(&mut self, username: &str) -> Result<Answer> {
        self.post("/register", &[("username", username), ("email", &format!("{username}@example.com"))]).await
    }

    /// Signs in as somebody new and registers under the same name: gives the last answer.
    pub(crate) async fn register(&mut self, name: &str) -> Result<Answer> {
        self.sign_in(name).await?;
        self.fill_in_form(name).await
    }
}
