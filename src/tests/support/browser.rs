//! A browser: cookies, no scripts, and redirects only when asked to follow them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::header::{COOKIE, HOST, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};

use super::site::TestSite;

static PEOPLE: AtomicU64 = AtomicU64::new(0);

/// A client that follows no redirects and keeps no cookies.
pub(crate) fn http() -> Client {
    // Asked for by the client even where nothing is encrypted. A second call finds it done.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Nothing here is https, and to read this machine's certificates takes longer than a sign-in.
    let builder = Client::builder().tls_certs_only([]);
    builder.redirect(Policy::none()).no_proxy().build().expect("a client")
}

/// A browser with its own cookies.
#[derive(Clone)]
pub(crate) struct Browser {
    client: Client,
    base: String,
    authority: String,
    qq: String,
    cookie_name: &'static str,
    /// Cookies by name.
    pub(crate) cookies: BTreeMap<String, String>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// The header's value, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Where the answer sends the browser.
    pub(crate) fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    /// The values of `Set-Cookie`.
    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()).collect()
    }

    /// The page's text where a mark stands: from the mark's tag to the end of that element's line.
    pub(crate) fn marked(&self, mark: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("data-testid=\"{mark}\""))?;
        let (_, rest) = rest.split_once('>')?;
        Some(rest.split('<').next().unwrap_or_default().to_owned())
    }
}

impl Browser {
    pub(super) fn new(site: &TestSite) -> Browser {
        Browser {
            client: site.client.clone(),
            base: format!("http://127.0.0.1:{}", site.port),
            authority: site.authority.clone(),
            qq: site.qq.clone(),
            cookie_name: if site.is_https { "__Host-session" } else { "session" },
            cookies: BTreeMap::new(),
        }
    }

    /// The same browser seen from a site started anew.
    pub(crate) fn moved_to(&self, site: &TestSite) -> Browser {
        Browser { cookies: self.cookies.clone(), ..Browser::new(site) }
    }

    /// The same browser on its way to another machine that serves the same site.
    pub(crate) fn through(&self, port: u16) -> Browser {
        Browser { base: format!("http://127.0.0.1:{port}"), ..self.clone() }
    }

    /// The session id, if there is a session.
    pub(crate) fn session_id(&self) -> Option<&str> {
        self.cookies.get(self.cookie_name).map(String::as_str)
    }

    /// Puts a session id of the test's choice into the browser.
    pub(crate) fn plant_session(&mut self, id: &str) {
        self.cookies.insert(self.cookie_name.to_owned(), id.to_owned());
    }

    /// A request of this browser to a path of the site, not yet sent.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.client.request(method, format!("{}{path}", self.base)).header(HOST, &self.authority);
        let request = request.header("accept-language", "en");
        if jar.is_empty() { request } else { request.header(COOKIE, jar.join("; ")) }
    }

    /// A request to a path of the site that says nothing more than the test has it say, not yet sent.
    pub(crate) fn client_request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// Sends a request and keeps the cookies that come back.
    pub(crate) async fn send(&mut self, request: RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let answer = Answer { status, headers, body: response.text().await.expect("a body") };
        for cookie in answer.set_cookies() {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').expect("a cookie");
            if value.is_empty() || attributes.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Opens a page.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path);
        self.send(request).await
    }

    /// Opens a page and follows redirects within the site.
    pub(crate) async fn visit(&mut self, path: &str) -> (Answer, String) {
        let mut path = path.to_owned();
        for _ in 0..10 {
            let answer = self.get(&path).await;
            let location = answer.location().to_owned();
            if !(300..400).contains(&answer.status) || !location.starts_with('/') {
                return (answer, path);
            }
            path = location;
        }
        panic!("redirected for ever, lately to {path}");
    }

    /// Posts a form.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(body)).await
    }

    /// Posts a form, or opens a page where there are no fields, until that is refused as too often:
    /// gives the refusal. Whatever was refused a moment ago may be let through by now.
    pub(crate) async fn until_refused(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        const MANY: usize = 1000;
        for _ in 0..MANY {
            let answer = if fields.is_empty() { self.get(path).await } else { self.post(path, fields).await };
            if answer.status == 429 {
                return answer;
            }
        }
        panic!("{path}: {MANY} requests, and none was refused");
    }

    /// Presses the QQ button: gives the address of QQ's page.
    pub(crate) async fn leave(&mut self, next: Option<&str>) -> String {
        let query = next.map(|next| form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish());
        let path = query.map_or("/login/qq".to_owned(), |query| format!("/login/qq?{query}"));
        let answer = self.get(&path).await;
        assert!(matches!(answer.status, 302 | 303), "{}", answer.status);
        answer.location().to_owned()
    }

    /// Approves on QQ's page as somebody: gives the path and query of the callback.
    pub(crate) async fn approve(&self, authorize_url: &str, name: &str) -> String {
        assert!(authorize_url.starts_with(&self.qq), "{authorize_url}");
        let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        let answer = self.client.get(format!("{authorize_url}&sandbox_user={name}")).send().await.expect("an answer");
        let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok()).expect("a redirect");
        let callback = url::Url::parse(location).expect("an address");
        format!("{}?{}", callback.path(), callback.query().unwrap_or_default())
    }

    /// Goes to QQ and approves as somebody: gives the callback, not yet opened.
    pub(crate) async fn come_back_as(&mut self, name: &str, next: Option<&str>) -> String {
        let authorize_url = self.leave(next).await;
        self.approve(&authorize_url, name).await
    }

    /// Signs in as somebody at QQ: gives the answer to the callback.
    pub(crate) async fn sign_in(&mut self, name: &str) -> Answer {
        let callback = self.come_back_as(name, None).await;
        self.get(&callback).await
    }

    /// Signs in as somebody new and registers a user name: gives the last answer.
    pub(crate) async fn register(&mut self, name: &str, username: &str, email: &str) -> Answer {
        let answer = self.sign_in(name).await;
        assert_eq!(answer.location(), "/register");
        self.post("/register", &[("username", username), ("email", email)]).await
    }

    /// Becomes a registered, signed-in person with names that nobody else has.
    pub(crate) async fn become_somebody(&mut self) -> String {
        let username = format!("person-{}", PEOPLE.fetch_add(1, Ordering::Relaxed) + 1000);
        let answer = self.register(&username, &username, &format!("{username}@example.com")).await;
        assert_eq!((answer.status, answer.location()), (303, "/account"), "{}", answer.body);
        username
    }

    /// Who is signed in here, as the home page shows it.
    pub(crate) async fn signed_in_as(&mut self) -> Option<String> {
        let answer = self.get("/").await;
        assert_eq!(answer.status, 200);
        answer.marked("username")
    }
}
