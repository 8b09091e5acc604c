//! A browser without JavaScript. It keeps cookies and follows redirects only on request.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::header::{COOKIE, HOST, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};

use super::site::TestSite;

static REGISTERED_USERS: AtomicU64 = AtomicU64::new(0);

/// An HTTP client that follows no redirects and keeps no cookies.
pub(crate) fn http_client() -> Client {
    // The client requires a provider even without TLS. Fails if one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Reading the system's root certificates would take longer than a whole login.
    let builder = Client::builder().tls_certs_only([]);
    builder.redirect(Policy::none()).no_proxy().build().expect("a client")
}

/// Returns the `state` parameter of an authorization URL.
pub(crate) fn state_param(authorize_url: &str) -> String {
    let url = url::Url::parse(authorize_url).expect("a URL");
    let state = url.query_pairs().find(|(name, _)| name == "state").expect("a state");
    state.1.into_owned()
}

#[derive(Clone)]
pub(crate) struct Browser {
    client: Client,
    base_url: String,
    authority: String,
    qq_url: String,
    session_cookie: &'static str,
    /// Cookies by name.
    pub(crate) cookies: BTreeMap<String, String>,
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Response {
    /// Returns the header's value, or an empty string.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    /// Returns where a redirect leads, or a page that leads there by itself.
    pub(crate) fn destination(&self) -> &str {
        self.header("refresh").strip_prefix("0; url=").unwrap_or_else(|| self.location())
    }

    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()).collect()
    }

    /// Returns the text of the element with this `data-testid`, up to its first child element.
    pub(crate) fn text_by_test_id(&self, test_id: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("data-testid=\"{test_id}\""))?;
        let (_, rest) = rest.split_once('>')?;
        Some(rest.split('<').next().unwrap_or_default().to_owned())
    }

    /// Whether this is a login page with an error message and the QQ button.
    pub(crate) fn is_login_error_page(&self) -> bool {
        let has_error = self.body.contains("role=\"alert\"");
        self.status == 200 && has_error && self.body.contains("data-testid=\"login-qq\"")
    }
}

impl Browser {
    pub(super) fn new(site: &TestSite) -> Browser {
        Browser {
            client: site.client.clone(),
            base_url: format!("http://127.0.0.1:{}", site.port),
            authority: site.authority.clone(),
            qq_url: site.qq_url.clone(),
            session_cookie: if site.is_https { "__Host-session" } else { "session" },
            cookies: BTreeMap::new(),
        }
    }

    /// The same browser, connected to a restarted site.
    pub(crate) fn moved_to(&self, site: &TestSite) -> Browser {
        Browser { cookies: self.cookies.clone(), ..Browser::new(site) }
    }

    /// The same browser, connected to the replica of the site on this port.
    pub(crate) fn via_port(&self, port: u16) -> Browser {
        Browser { base_url: format!("http://127.0.0.1:{port}"), ..self.clone() }
    }

    pub(crate) fn session_id(&self) -> Option<&str> {
        self.cookies.get(self.session_cookie).map(String::as_str)
    }

    pub(crate) fn set_session_cookie(&mut self, id: &str) {
        self.cookies.insert(self.session_cookie.to_owned(), id.to_owned());
    }

    /// Builds a request as this browser sends it.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.bare_request(method, path).header(HOST, &self.authority).header("accept-language", "en");
        if cookies.is_empty() { request } else { request.header(COOKIE, cookies.join("; ")) }
    }

    /// Builds a request without the headers and cookies of the browser.
    pub(crate) fn bare_request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base_url))
    }

    /// Sends a request and stores the cookies of the response.
    pub(crate) async fn send(&mut self, request: RequestBuilder) -> Response {
        let response = request.send().await.expect("a response");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let response = Response { status, headers, body: response.text().await.expect("a body") };
        for cookie in response.set_cookies() {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').expect("a cookie");
            if value.is_empty() || attributes.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        response
    }

    pub(crate) async fn get(&mut self, path: &str) -> Response {
        let request = self.request(Method::GET, path);
        self.send(request).await
    }

    /// Opens a page and follows redirects within the site. Returns the last response and its path.
    pub(crate) async fn get_following_redirects(&mut self, path: &str) -> (Response, String) {
        let mut path = path.to_owned();
        for _ in 0..10 {
            let response = self.get(&path).await;
            let location = response.location().to_owned();
            if !(300..400).contains(&response.status) || !location.starts_with('/') {
                return (response, path);
            }
            path = location;
        }
        panic!("too many redirects, the last one to {path}");
    }

    /// Posts a form.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(body)).await
    }

    /// Posts a form, or opens a page if there are no fields, until the response is 429. Returns that response.
    pub(crate) async fn request_until_rate_limited(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        const MAX_REQUESTS: usize = 1000;
        for _ in 0..MAX_REQUESTS {
            let response = if fields.is_empty() { self.get(path).await } else { self.post(path, fields).await };
            if response.status == 429 {
                return response;
            }
        }
        panic!("{path}: none of {MAX_REQUESTS} requests was rate limited");
    }

    /// Presses the QQ button. Returns the authorization URL.
    pub(crate) async fn start_login(&mut self, next: Option<&str>) -> String {
        let query = next.map(|next| form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish());
        let path = query.map_or("/login/qq".to_owned(), |query| format!("/login/qq?{query}"));
        let response = self.get(&path).await;
        assert!(matches!(response.status, 302 | 303), "{}", response.status);
        response.location().to_owned()
    }

    /// Approves the login at QQ as this QQ user. Returns path and query of the callback.
    pub(crate) async fn approve(&self, authorize_url: &str, name: &str) -> String {
        assert!(authorize_url.starts_with(&self.qq_url), "{authorize_url}");
        let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        let response =
            self.client.get(format!("{authorize_url}&sandbox_user={name}")).send().await.expect("a response");
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).expect("a redirect");
        let callback = url::Url::parse(location).expect("a URL");
        format!("{}?{}", callback.path(), callback.query().unwrap_or_default())
    }

    /// Starts a login and approves it as this QQ user. Returns path and query of the callback.
    pub(crate) async fn authorize_as(&mut self, name: &str, next: Option<&str>) -> String {
        let authorize_url = self.start_login(next).await;
        self.approve(&authorize_url, name).await
    }

    /// Signs in as this QQ user. Returns the response to the callback.
    pub(crate) async fn sign_in(&mut self, name: &str) -> Response {
        let callback = self.authorize_as(name, None).await;
        self.get(&callback).await
    }

    /// Signs in as a new QQ user and submits the registration form. Returns the response to the form.
    pub(crate) async fn register(&mut self, name: &str, username: &str, email: &str) -> Response {
        let response = self.sign_in(name).await;
        assert_eq!(response.location(), "/register");
        self.post("/register", &[("username", username), ("email", email)]).await
    }

    /// Registers a user with a unique name and stays signed in. Returns the username, which is also the QQ name.
    pub(crate) async fn register_new_user(&mut self) -> String {
        let username = format!("user-{}", REGISTERED_USERS.fetch_add(1, Ordering::Relaxed) + 1000);
        let response = self.register(&username, &username, &format!("{username}@example.com")).await;
        assert_eq!((response.status, response.location()), (303, "/account"), "{}", response.body);
        username
    }

    /// Returns the username that the home page shows.
    pub(crate) async fn signed_in_as(&mut self) -> Option<String> {
        let response = self.get("/").await;
        assert_eq!(response.status, 200);
        response.text_by_test_id("username")
    }
}
