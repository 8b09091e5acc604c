//! Tests of the sandbox through its router, as a site, a browser or a script uses it.

mod authorize;
mod controls;
mod faults;
mod mailbox;
mod on_a_port;
mod pages;
mod profile;
mod tokens;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt;

use super::params::encode;
use super::{Clock, Mailbox, SandboxSettings, router_with_mailbox};

const APP: &str = "100000001";
const KEY: &str = "sandbox-key";
const CALLBACK: &str = "http://localhost:3000/login/qq/callback";
const TTL: i64 = 5_184_000;

/// A sandbox with an adjustable clock.
struct TestSandbox {
    router: Router,
    mailbox: Mailbox,
    time: Arc<AtomicI64>,
}

struct TestResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl TestResponse {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn location(&self) -> String {
        self.headers[header::LOCATION].to_str().unwrap().to_owned()
    }

    /// Returns a query parameter of the redirect target.
    fn redirect_param(&self, name: &str) -> Option<String> {
        let location = self.location();
        let (_, query) = location.split_once('?').unwrap();
        url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

fn clock_of(time: &Arc<AtomicI64>) -> Clock {
    let time = Arc::clone(time);
    Arc::new(move || time.load(Ordering::SeqCst))
}

impl TestSandbox {
    fn new() -> Self {
        let time = Arc::new(AtomicI64::new(1_800_000_000));
        let settings = SandboxSettings {
            app_id: APP.to_owned(),
            app_key: KEY.to_owned(),
            callbacks: vec![CALLBACK.to_owned()],
            token_ttl_secs: TTL.unsigned_abs(),
        };
        let mailbox = Mailbox::default();
        let router = router_with_mailbox(settings, mailbox.clone(), clock_of(&time));
        Self { router, mailbox, time }
    }

    fn clock(&self) -> Clock {
        clock_of(&self.time)
    }

    fn advance_clock(&self, seconds: i64) {
        self.time.fetch_add(seconds, Ordering::SeqCst);
    }

    async fn send(&self, request: Builder, body: impl Into<Body>) -> TestResponse {
        let request = request.body(body.into()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        TestResponse { status: parts.status, headers: parts.headers, body: body.to_vec() }
    }

    async fn get(&self, url: &str) -> TestResponse {
        let request = Request::get(url).header(header::HOST, "127.0.0.1:3010");
        self.send(request, Body::empty()).await
    }

    async fn post_form(&self, url: &str, form: &str) -> TestResponse {
        let request = Request::post(url).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, form.to_owned()).await
    }

    async fn plan(&self, endpoint: &str, fault: &str, times: u32) {
        let request = Request::put(format!("/sandbox/faults/{endpoint}"));
        let body = format!(r#"{{"fault":"{fault}","times":{times}}}"#);
        let response = self.send(request, body).await;
        assert_eq!(response.status, StatusCode::OK, "{}", response.text());
    }

    async fn requests(&self) -> Vec<Value> {
        serde_json::from_value(self.get("/sandbox/requests").await.json()).unwrap()
    }

    /// Signs in and returns the code.
    async fn code(&self, name: &str) -> String {
        let response = self.get(&format!("{}&sandbox_user={}", authorize(), encode(name))).await;
        response.redirect_param("code").unwrap()
    }

    /// Exchanges a code and returns the JSON response.
    async fn exchange(&self, code: &str) -> Value {
        self.get(&format!("{}&fmt=json", exchange(code))).await.json()
    }

    async fn refresh(&self, refresh_token: &str) -> Value {
        let url = format!(
            "/oauth2.0/token?grant_type=refresh_token&client_id={APP}&client_secret={KEY}\
             &refresh_token={refresh_token}&fmt=json"
        );
        self.get(&url).await.json()
    }

    /// Signs in and returns the access token and the refresh token.
    async fn tokens(&self, name: &str) -> (String, String) {
        let tokens = self.exchange(&self.code(name).await).await;
        (field(&tokens, "access_token"), field(&tokens, "refresh_token"))
    }

    async fn me(&self, access_token: &str) -> Value {
        self.get(&format!("/oauth2.0/me?access_token={access_token}&fmt=json")).await.json()
    }

    async fn user_info(&self, access_token: &str, openid: &str) -> Value {
        self.get(&format!("/user/get_user_info?access_token={access_token}&oauth_consumer_key={APP}&openid={openid}"))
            .await
            .json()
    }
}

fn authorize() -> String {
    format!("/oauth2.0/authorize?response_type=code&client_id={APP}&redirect_uri={}&state=S", encode(CALLBACK))
}

fn exchange(code: &str) -> String {
    format!(
        "/oauth2.0/token?grant_type=authorization_code&client_id={APP}&client_secret={KEY}\
         &code={code}&redirect_uri={}",
        encode(CALLBACK)
    )
}

fn field(json: &Value, name: &str) -> String {
    json[name].as_str().unwrap().to_owned()
}
