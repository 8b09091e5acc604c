//! A site with its own database and sandbox, and a signed-in user.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode};
use qq_login::clock::Clock;
use qq_login::config::{Config, Environment};
use qq_login::server::Application;
use qq_login::{random, sandbox};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

pub struct Site {
    runtime: Runtime,
    router: Router,
    /// The user's session cookie, `name=value`.
    pub session: String,
    /// The cookie of a used login attempt that returns to `/wanted`.
    pub attempt: String,
    /// The state of that attempt.
    pub state: String,
}

pub struct TestResponse {
    pub status: StatusCode,
    pub location: Option<String>,
    cookies: Vec<String>,
}

impl Site {
    pub fn start() -> Site {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("runtime");
        let (router, sandbox) = runtime.block_on(build());
        let empty = String::new;
        let mut site = Site { runtime, router, session: empty(), attempt: empty(), state: empty() };
        let (attempt, authorize, _) = site.start_login("/account");
        let approved = site.send(&sandbox, &format!("{authorize}&sandbox_user=Ann"), &HeaderValue::from_static("a=b"));
        let callback = approved.location.expect("redirect").replace("http://127.0.0.1", "");
        let signed_in = site.get(&callback, &header(&attempt));
        site.session = signed_in.cookie("session=");
        (site.attempt, _, site.state) = site.start_login("/wanted");
        let cancelled =
            site.get(&format!("/login/qq/callback?usercancel=1&state={}", site.state), &header(&site.attempt));
        assert_eq!(cancelled.location.as_deref(), Some("/login?error=cancelled&next=%2Fwanted"));
        site
    }

    pub fn get(&self, path: &str, cookies: &HeaderValue) -> TestResponse {
        self.send(&self.router, path, cookies)
    }

    /// Starts a login. Returns the attempt's cookie, the authorization path at QQ, and the state.
    fn start_login(&self, next: &str) -> (String, String, String) {
        let response = self.get(&format!("/login/qq?next={next}"), &HeaderValue::from_static("a=b"));
        let location = url::Url::parse(&response.location.clone().expect("redirect")).expect("valid address");
        let state = location.query_pairs().find(|(name, _)| name == "state").expect("state").1.into_owned();
        (response.cookie("attempt-"), location[url::Position::BeforePath..].to_owned(), state)
    }

    fn send(&self, router: &Router, path: &str, cookies: &HeaderValue) -> TestResponse {
        let request = Request::get(path).header("host", "127.0.0.1").header("cookie", cookies);
        let request = request.body(Body::empty()).expect("valid request");
        let response = self.runtime.block_on(router.clone().oneshot(request)).expect("response");
        let texts = |name: &str| -> Vec<String> {
            let values = response.headers().get_all(name).iter();
            values.map(|value| value.to_str().expect("ASCII").to_owned()).collect()
        };
        TestResponse { status: response.status(), location: texts("location").pop(), cookies: texts("set-cookie") }
    }
}

impl TestResponse {
    /// Returns the cookie with this name prefix, as `name=value`.
    fn cookie(&self, prefix: &str) -> String {
        let cookie = self.cookies.iter().find(|cookie| cookie.starts_with(prefix)).expect("cookie");
        cookie.split(';').next().unwrap_or_default().to_owned()
    }
}

fn header(cookie: &str) -> HeaderValue {
    HeaderValue::from_str(cookie).expect("valid header")
}

/// Returns the routers of the site and of its sandbox. New users get an account without a form.
async fn build() -> (Router, Router) {
    let folder = std::env::temp_dir().join(format!("qq-login-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("directory");
    let listener = sandbox::bind("127.0.0.1:0".parse().expect("valid address")).await.expect("free port");
    let variables = [
        ("PUBLIC_URL", "http://127.0.0.1".to_owned()),
        ("DATABASE_URL", format!("sqlite://{}/fuzz.db", folder.display())),
        ("SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=".to_owned()),
        ("QQ_APP_ID", "100000001".to_owned()),
        ("QQ_APP_KEY", "the sandbox's key".to_owned()),
        ("QQ_GRAPH_URL", format!("http://{}", listener.local_addr().expect("valid address"))),
        ("SANDBOX_APP_KEY", "the sandbox's key".to_owned()),
        ("REGISTRATION", "auto".to_owned()),
        ("RATE_LIMIT", "off".to_owned()),
    ];
    let env = Environment::new(variables.map(|(name, value)| (name.to_owned(), value)), |_| vec![]);
    let config = Config::read(&env).expect("valid configuration");
    let sandbox_config = Config::read_sandbox(&env).expect("valid configuration");
    // A fixed time, so that sessions and attempts do not expire.
    let clock: Clock = Arc::new(|| 1_800_000_000);
    let sandbox = sandbox::router(sandbox_config.settings, clock.clone());
    tokio::spawn(sandbox::serve(listener, sandbox.clone(), std::future::pending()));
    let application = Application::build(&config, clock, random::system()).await.expect("site");
    (application.into_router(), sandbox)
}
