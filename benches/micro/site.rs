//! A site with its own database and sandbox, a signed-in user and a user who has not registered yet.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{HOST, LOCATION, SET_COOKIE};
use axum::http::{Method, Request, Response, StatusCode};
use qq_login::clock;
use qq_login::config::{Config, Environment};
use qq_login::server::Application;
use qq_login::{random, sandbox};
use tokio::runtime::Runtime;
use tower::ServiceExt;

pub(crate) struct Site {
    pub(crate) runtime: Runtime,
    router: Router,
    /// The session cookie of a signed-in user.
    pub(crate) signed_in: String,
    /// The session cookie of a user who has not registered yet.
    pub(crate) pending: String,
}

impl Site {
    pub(crate) fn start() -> Site {
        let runtime = Runtime::new().unwrap();
        let (router, sandbox) = runtime.block_on(build());
        let mut site = Site { runtime, router, signed_in: String::new(), pending: String::new() };
        let session = site.runtime.block_on(site.sign_in(&sandbox, "Ann"));
        let registered = site.runtime.block_on(send(&site.router, Method::POST, "/register/auto", &session));
        site.signed_in = cookies(&registered);
        site.pending = site.runtime.block_on(site.sign_in(&sandbox, "Bob"));
        site
    }

    /// Requests a page and reads it. Returns its status and its length in bytes.
    pub(crate) async fn get(&self, path: &str, cookies: &str) -> (StatusCode, usize) {
        let response = send(&self.router, Method::GET, path, cookies).await;
        let status = response.status();
        (status, to_bytes(response.into_body(), usize::MAX).await.unwrap().len())
    }

    /// Signs in a new QQ user. Returns the session cookie.
    async fn sign_in(&self, sandbox: &Router, name: &str) -> String {
        let start = send(&self.router, Method::GET, "/login/qq", "").await;
        let authorize = path_of(&location(&start));
        let approval = send(sandbox, Method::GET, &format!("{authorize}&sandbox_user={name}"), "").await;
        cookies(&send(&self.router, Method::GET, &path_of(&location(&approval)), &cookies(&start)).await)
    }
}

async fn send(router: &Router, method: Method, path: &str, cookies: &str) -> Response<Body> {
    let request = Request::builder().method(method).uri(path).header(HOST, "127.0.0.1").header("cookie", cookies);
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(Body::empty()).unwrap();
    router.clone().oneshot(request).await.unwrap()
}

fn location(response: &Response<Body>) -> String {
    response.headers()[LOCATION].to_str().unwrap().to_owned()
}

/// Returns path and query of an absolute URL.
fn path_of(url: &str) -> String {
    let (_, rest) = url.split_once("://").unwrap();
    rest[rest.find('/').unwrap()..].to_owned()
}

/// Returns the cookies that a response sets.
fn cookies(response: &Response<Body>) -> String {
    let cookies = response.headers().get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap());
    cookies.map(|cookie| cookie.split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
}

/// Returns the routers of the site and of its sandbox.
async fn build() -> (Router, Router) {
    let folder = std::env::temp_dir().join(format!("qq-login-micro-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let listener = sandbox::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let variables = [
        ("PUBLIC_URL", "http://127.0.0.1".to_owned()),
        ("DATABASE_URL", format!("sqlite://{}/micro.db", folder.display())),
        ("SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=".to_owned()),
        ("QQ_APP_ID", "100000001".to_owned()),
        ("QQ_APP_KEY", "key".to_owned()),
        ("QQ_GRAPH_URL", format!("http://{}", listener.local_addr().unwrap())),
        ("SANDBOX_APP_KEY", "key".to_owned()),
        ("RATE_LIMIT", "off".to_owned()),
    ];
    let env = Environment::new(variables.map(|(name, value)| (name.to_owned(), value)), |_| vec![]);
    let config = Config::read(&env).unwrap();
    let sandbox = sandbox::router(Config::read_sandbox(&env).unwrap().settings, clock::system());
    tokio::spawn(sandbox::serve(listener, sandbox.clone(), std::future::pending()));
    let application = Application::build(&config, clock::system(), random::system()).await.unwrap();
    (application.into_router(), sandbox)
}
