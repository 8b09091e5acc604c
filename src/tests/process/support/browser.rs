//! A browser without JavaScript. It follows no redirects. Every request may fail, because the program may end.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, HOST, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder};

type Result<T> = reqwest::Result<T>;

#[derive(Clone)]
pub(crate) struct Browser {
    client: Client,
    base_url: String,
    /// Host and port of the public URL.
    authority: String,
    cookies: BTreeMap<String, String>,
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn location(&self) -> &str {
        self.headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Whether this is the error page of an unavailable database.
    pub(crate) fn is_unavailable(&self) -> bool {
        self.status == 503 && self.headers.contains_key("retry-after") && self.body.contains("Temporarily unavailable")
    }
}

impl Browser {
    pub(crate) fn new(port: u16) -> Browser {
        // The client requires a provider even without TLS. Fails if one is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build();
        Browser {
            client: client.expect("a client"),
            base_url: format!("http://127.0.0.1:{port}"),
            authority: format!("127.0.0.1:{port}"),
            cookies: BTreeMap::new(),
        }
    }

    /// The same browser, connected to a restarted program.
    pub(crate) fn moved_to(&self, port: u16) -> Browser {
        Browser { cookies: self.cookies.clone(), ..Browser::new(port) }
    }

    /// The same browser, whose requests a balancer passes to the instance on this port.
    pub(crate) fn via_port(&self, port: u16) -> Browser {
        Browser { base_url: format!("http://127.0.0.1:{port}"), ..self.clone() }
    }

    /// Returns the value of the `Cookie` header.
    pub(crate) fn cookies(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    async fn send(&mut self, request: RequestBuilder) -> Result<Response> {
        let mut request = request.header("accept-language", "en").header(HOST, &self.authority);
        if !self.cookies.is_empty() {
            request = request.header(COOKIE, self.cookies());
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let response = Response { status, headers, body: response.text().await? };
        for cookie in response.headers.get_all(SET_COOKIE) {
            let pair = cookie.to_str().expect("text").split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Ok(response)
    }

    pub(crate) async fn get(&mut self, path: &str) -> Result<Response> {
        let request = self.client.get(format!("{}{path}", self.base_url));
        self.send(request).await
    }

    /// Sends a header with the request.
    pub(crate) async fn get_with(&mut self, path: &str, header: &str, value: &str) -> Result<Response> {
        let request = self.client.get(format!("{}{path}", self.base_url));
        self.send(request.header(header, value)).await
    }

    /// Posts a form.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Response> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.client.post(format!("{}{path}", self.base_url));
        self.send(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
    }

    /// Starts a login and approves it as this QQ user. Returns path and query of the callback.
    pub(crate) async fn authorize_as(&mut self, name: &str) -> Result<String> {
        let start = self.get("/login/qq").await?;
        self.approve(start.location(), name).await
    }

    /// Approves the login at this URL of QQ as this QQ user. Returns path and query of the callback.
    pub(crate) async fn approve(&self, authorize_url: &str, name: &str) -> Result<String> {
        let approval = self.client.get(format!("{authorize_url}&sandbox_user={name}")).send().await?;
        let location = approval.headers().get(LOCATION).and_then(|value| value.to_str().ok()).expect("a redirect");
        Ok(location.trim_start_matches(&format!("http://{}", self.authority)).to_owned())
    }

    /// Signs in as this QQ user. Returns the response to the callback.
    pub(crate) async fn sign_in(&mut self, name: &str) -> Result<Response> {
        let callback = self.authorize_as(name).await?;
        self.get(&callback).await
    }

    /// Submits the registration form with the email address `username@example.com`.
    pub(crate) async fn submit_registration(&mut self, username: &str) -> Result<Response> {
        self.post("/register", &[("username", username), ("email", &format!("{username}@example.com"))]).await
    }

    /// Signs in as a new QQ user and registers the same name. Returns the response to the form.
    pub(crate) async fn register(&mut self, name: &str) -> Result<Response> {
        self.sign_in(name).await?;
        self.submit_registration(name).await
    }
}
