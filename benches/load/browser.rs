//! A virtual browser: two connections, a cookie jar, and the journeys through the site.
//! Every unexpected status or redirect is an error.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};

use crate::http::{Connection, Response};

const HEADERS: &str = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\
    Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: en-US,en;q=0.5\r\n";

pub(crate) struct Browser {
    site: Connection,
    more_instances: Vec<Connection>,
    /// How many requests were sent to the site.
    requests: usize,
    qq: Connection,
    /// Names and values.
    cookies: Vec<(String, String)>,
}

impl Browser {
    pub(crate) fn new(site: SocketAddr, qq: SocketAddr) -> Browser {
        Browser {
            site: Connection::new(site),
            more_instances: Vec::new(),
            requests: 0,
            qq: Connection::new(qq),
            cookies: Vec::new(),
        }
    }

    /// Sends each request to the next instance, as a load balancer does.
    pub(crate) fn with_more_instances(mut self, addresses: &[SocketAddr]) -> Browser {
        self.more_instances = addresses.iter().copied().map(Connection::new).collect();
        self
    }

    /// Removes all cookies, and so becomes a new browser on the same connections.
    pub(crate) fn forget(&mut self) {
        self.cookies.clear();
    }

    /// Signs a known user in and shows the account page.
    pub(crate) async fn login(&mut self, name: &str) -> Result<()> {
        self.sign_in(name, "/account").await?;
        self.page("/account").await?;
        Ok(())
    }

    /// Signs a new user in, fills in the registration form and shows the account page.
    pub(crate) async fn sign_up(&mut self, name: &str) -> Result<()> {
        self.sign_in(name, "/register").await?;
        self.page("/register").await?;
        self.submit_registration(name).await?;
        self.page("/account").await?;
        Ok(())
    }

    /// Shows the registration page with the avatar, which the site stores after the callback.
    pub(crate) async fn show_registration(&mut self) -> Result<()> {
        let page = self.get("/register").await?;
        let html = String::from_utf8_lossy(&page.body).into_owned();
        let avatar = html.split("<img src=\"").nth(1).and_then(|rest| rest.split('"').next());
        self.page(avatar.context("GET /register: no avatar")?).await?;
        Ok(())
    }

    pub(crate) async fn submit_registration(&mut self, name: &str) -> Result<()> {
        let form = format!("username={name}&email={name}%40example.com");
        expect_redirect(&self.post("/register", &form).await?, "/account").context("POST /register")
    }

    pub(crate) async fn sign_out(&mut self) -> Result<()> {
        expect_redirect(&self.post("/logout", "").await?, "/").context("POST /logout")
    }

    /// Requests a page and returns its length in bytes.
    pub(crate) async fn page(&mut self, path: &str) -> Result<usize> {
        let response = self.get(path).await?;
        ensure!(response.status == 200, "GET {path}: {}", describe(&response));
        Ok(response.body.len())
    }

    /// Goes to QQ and back. The callback has to redirect to `destination`.
    pub(crate) async fn sign_in(&mut self, name: &str, destination: &str) -> Result<()> {
        let start = self.get("/login/qq").await?;
        let authorize = start.location.as_deref().and_then(path_of);
        let authorize = authorize.with_context(|| format!("GET /login/qq: {}", describe(&start)))?;
        let request =
            format!("GET {authorize}&sandbox_user={name} HTTP/1.1\r\nHost: {}\r\n{HEADERS}\r\n", self.qq.address());
        let approval = self.qq.send(request.as_bytes()).await.context("GET authorize")?;
        let callback = approval.location.as_deref().and_then(path_of);
        let callback = callback.with_context(|| format!("GET authorize: {}", describe(&approval)))?;
        expect_redirect(&self.get(callback).await?, destination).context("GET callback")
    }

    async fn get(&mut self, path: &str) -> Result<Response> {
        let request = format!("GET {path} HTTP/1.1\r\n{}\r\n", self.headers());
        self.send(request).await.with_context(|| format!("GET {}", path.split('?').next().unwrap_or(path)))
    }

    async fn post(&mut self, path: &str, form: &str) -> Result<Response> {
        let request = format!(
            "POST {path} HTTP/1.1\r\n{}Origin: http://{}\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.headers(),
            self.site.address(),
            form.len()
        );
        self.send(request).await.with_context(|| format!("POST {path}"))
    }

    fn headers(&self) -> String {
        let mut headers = format!("Host: {}\r\n{HEADERS}", self.site.address());
        for (index, (name, value)) in self.cookies.iter().enumerate() {
            headers += if index == 0 { "Cookie: " } else { "; " };
            headers.extend([name, "=", value]);
        }
        if !self.cookies.is_empty() {
            headers += "\r\n";
        }
        headers
    }

    async fn send(&mut self, request: String) -> Result<Response> {
        let turn = self.requests % (1 + self.more_instances.len());
        self.requests += 1;
        let instance = turn.checked_sub(1).and_then(|index| self.more_instances.get_mut(index));
        let response = instance.unwrap_or(&mut self.site).send(request.as_bytes()).await?;
        for cookie in &response.cookies {
            self.store(cookie);
        }
        Ok(response)
    }

    /// Stores or removes a cookie.
    fn store(&mut self, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
        let Some((name, value)) = pair.split_once('=') else { return };
        self.cookies.retain(|(known, _)| known != name);
        if !attributes.contains("Max-Age=0") && !value.is_empty() {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }
}

fn expect_redirect(response: &Response, destination: &str) -> Result<()> {
    let is_redirect = matches!(response.status, 302 | 303);
    ensure!(is_redirect && response.location.as_deref() == Some(destination), "{}", describe(response));
    Ok(())
}

/// Status and redirect, without the query, so that equal errors are counted together.
fn describe(response: &Response) -> String {
    let location = response.location.as_deref().unwrap_or_default();
    format!("status {}, location '{}'", response.status, location.split("&").next().unwrap_or(location))
}

/// Returns path and query of an absolute URL.
fn path_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    Some(&rest[rest.find('/')?..])
}
