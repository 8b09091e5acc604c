//! A site with a database and a QQ of its own, where somebody is signed in.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode};
use qq_login::clock::Clock;
use qq_login::config::{Config, Environment};
use qq_login::server::{Application, sandbox_settings};
use qq_login::{random, sandbox};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

pub struct Site {
    runtime: Runtime,
    router: Router,
    /// The cookie of the person's session, `name=value`.
    pub session: String,
    /// The cookie of an attempt of theirs to go to `/wanted`, which is used up.
    pub attempt: String,
    /// The state of that attempt.
    pub state: String,
}

pub struct Answer {
    pub status: StatusCode,
    pub location: Option<String>,
    cookies: Vec<String>,
}

impl Site {
    pub fn start() -> Site {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let (router, qq) = runtime.block_on(open());
        let nothing = String::new;
        let mut site = Site { runtime, router, session: nothing(), attempt: nothing(), state: nothing() };
        let (attempt, authorize, _) = site.leave("/account");
        let approved = site.ask(&qq, &format!("{authorize}&sandbox_user=Ann"), &HeaderValue::from_static("a=b"));
        let callback = approved.location.expect("an approval").replace("http://127.0.0.1", "");
        let signed_in = site.get(&callback, &header(&attempt));
        site.session = signed_in.cookie("session=");
        (site.attempt, _, site.state) = site.leave("/wanted");
        let cancelled =
            site.get(&format!("/login/qq/callback?usercancel=1&state={}", site.state), &header(&site.attempt));
        assert_eq!(cancelled.location.as_deref(), Some("/login?error=cancelled&next=%2Fwanted"));
        site
    }

    /// Opens a page with these cookies.
    pub fn get(&self, path: &str, cookies: &HeaderValue) -> Answer {
        self.ask(&self.router, path, cookies)
    }

    /// Begins an attempt: its cookie, the path at QQ that it leads to, and its state.
    fn leave(&self, next: &str) -> (String, String, String) {
        let answer = self.get(&format!("/login/qq?next={next}"), &HeaderValue::from_static("a=b"));
        let location = url::Url::parse(&answer.location.clone().expect("a way to QQ")).expect("an address");
        let state = location.query_pairs().find(|(name, _)| name == "state").expect("a state").1.into_owned();
        (answer.cookie("attempt-"), location[url::Position::BeforePath..].to_owned(), state)
    }

    fn ask(&self, router: &Router, path: &str, cookies: &HeaderValue) -> Answer {
        let request = Request::get(path).header("host", "127.0.0.1").header("cookie", cookies);
        let request = request.body(Body::empty()).expect("a request");
        let answer = self.runtime.block_on(router.clone().oneshot(request)).expect("an answer");
        let texts = |name: &str| -> Vec<String> {
            let values = answer.headers().get_all(name).iter();
            values.map(|value| value.to_str().expect("visible text").to_owned()).collect()
        };
        Answer { status: answer.status(), location: texts("location").pop(), cookies: texts("set-cookie") }
    }
}

impl Answer {
    /// The cookie whose name begins so, `name=value`.
    fn cookie(&self, name: &str) -> String {
        let cookie = self.cookies.iter().find(|cookie| cookie.starts_with(name)).expect("a cookie");
        cookie.split(';').next().unwrap_or_default().to_owned()
    }
}

fn header(cookie: &str) -> HeaderValue {
    HeaderValue::from_str(cookie).expect("a header")
}

/// The site, and its QQ. Who comes from there for the first time has an account at once.
async fn open() -> (Router, Router) {
    let folder = std::env::temp_dir().join(format!("qq-login-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let listener = sandbox::bind("127.0.0.1:0".parse().expect("an address")).await.expect("a free port");
    let variables = [
        ("PUBLIC_URL", "http://127.0.0.1".to_owned()),
        ("DATABASE_URL", format!("sqlite://{}/fuzz.db", folder.display())),
        ("SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=".to_owned()),
        ("QQ_APP_ID", "100000001".to_owned()),
        ("QQ_APP_KEY", "the sandbox's key".to_owned()),
        ("QQ_GRAPH_URL", format!("http://{}", listener.local_addr().expect("an address"))),
        ("SANDBOX_APP_KEY", "the sandbox's key".to_owned()),
        ("REGISTRATION", "auto".to_owned()),
        ("RATE_LIMIT", "off".to_owned()),
    ];
    let env = Environment::new(variables.map(|(name, value)| (name.to_owned(), value)), |_| vec![]);
    let config = Config::read(&env).expect("a configuration");
    let sandbox_config = Config::read_sandbox(&env).expect("a configuration");
    // It stands still, so that no session and no attempt ends by itself.
    let clock: Clock = Arc::new(|| 1_800_000_000);
    let qq = sandbox::router(sandbox_settings(&sandbox_config), clock.clone());
    tokio::spawn(sandbox::serve(listener, qq.clone(), std::future::pending()));
    let application = Application::build(&config, clock, random::system()).await.expect("a site");
    (application.into_router(), qq)
}
