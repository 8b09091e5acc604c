//! The reference: a plain axum server that does the same exchange with QQ and answers as many bytes,
//! but has no database, renders nothing, encrypts nothing and keeps sessions in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use form_urlencoded::Serializer;
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::setup::{APP_ID, APP_KEY};

/// What the reference needs to know; passed as arguments to its process.
pub(crate) struct Settings {
    /// Where to listen, as `host:port`.
    pub(crate) address: String,
    /// The base URL of QQ.
    pub(crate) graph_url: String,
    /// The lengths in bytes of the home page, the login page and the account page.
    pub(crate) page_bytes: [usize; 3],
}

struct Reference {
    settings: Settings,
    client: Client<HttpConnector, Empty<Bytes>>,
    /// Session ids and nicknames.
    sessions: Mutex<HashMap<String, String>>,
    pages: [Bytes; 3],
}

pub(crate) async fn serve(settings: Settings) -> Result<()> {
    let listener = TcpListener::bind(&settings.address).await?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let pages = settings.page_bytes.map(|bytes| Bytes::from(vec![b'x'; bytes]));
    let reference = Arc::new(Reference { settings, client, sessions: Mutex::default(), pages });
    let router = Router::new()
        .route("/", get(async |State(reference): State<Arc<Reference>>| page(&reference.pages[0])))
        .route("/login", get(async |State(reference): State<Arc<Reference>>| page(&reference.pages[1])))
        .route("/login/qq", get(start))
        .route("/login/qq/callback", get(callback))
        .route("/account", get(account))
        .with_state(reference);
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}

fn page(bytes: &Bytes) -> Response {
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], bytes.clone()).into_response()
}

async fn start(State(reference): State<Arc<Reference>>) -> Result<Response, StatusCode> {
    let state = random_id()?;
    let redirect_uri = reference.redirect_uri();
    let query = encode(&[
        ("response_type", "code"),
        ("client_id", APP_ID),
        ("redirect_uri", &redirect_uri),
        ("state", &state),
        ("scope", "get_user_info"),
    ]);
    let location = format!("{}/oauth2.0/authorize?{query}", reference.settings.graph_url);
    Ok(redirect(&location, &format!("state={state}; HttpOnly; SameSite=Lax; Path=/")))
}

async fn callback(
    State(reference): State<Arc<Reference>>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, StatusCode> {
    let (Some(code), Some(state)) = (query.get("code"), query.get("state")) else {
        return Err(StatusCode::BAD_REQUEST);
    };
    if cookie(&headers, "state") != Some(state) {
        return Err(StatusCode::BAD_REQUEST);
    }
    let nickname = reference.exchange(code).await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    let session = random_id()?;
    reference.sessions.lock().unwrap_or_else(PoisonError::into_inner).insert(session.clone(), nickname);
    Ok(redirect("/account", &format!("session={session}; HttpOnly; SameSite=Lax; Path=/")))
}

async fn account(State(reference): State<Arc<Reference>>, headers: HeaderMap) -> Response {
    let sessions = reference.sessions.lock().unwrap_or_else(PoisonError::into_inner);
    if cookie(&headers, "session").is_some_and(|session| sessions.contains_key(session)) {
        page(&reference.pages[2])
    } else {
        redirect("/login", "session=; Max-Age=0; Path=/")
    }
}

impl Reference {
    fn redirect_uri(&self) -> String {
        format!("http://{}/login/qq/callback", self.settings.address)
    }

    /// Exchanges the code and returns the user's nickname.
    async fn exchange(&self, code: &str) -> Result<String> {
        let redirect_uri = self.redirect_uri();
        let query = encode(&[
            ("grant_type", "authorization_code"),
            ("client_id", APP_ID),
            ("client_secret", APP_KEY),
            ("code", code),
            ("redirect_uri", &redirect_uri),
            ("fmt", "json"),
        ]);
        let token = self.get(&format!("/oauth2.0/token?{query}")).await?;
        let token = token["access_token"].as_str().context("access_token")?;
        let me = self.get(&format!("/oauth2.0/me?access_token={token}&fmt=json")).await?;
        let openid = me["openid"].as_str().context("openid")?;
        let user =
            format!("/user/get_user_info?access_token={token}&oauth_consumer_key={APP_ID}&openid={openid}&format=json");
        let user = self.get(&user).await?;
        Ok(user["nickname"].as_str().context("nickname")?.to_owned())
    }

    async fn get(&self, path: &str) -> Result<Value> {
        let response = self.client.get(format!("{}{path}", self.settings.graph_url).parse()?).await?;
        let body = response.into_body().collect().await?.to_bytes();
        Ok(serde_json::from_slice(&body)?)
    }
}

fn encode(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn redirect(location: &str, cookie: &str) -> Response {
    (StatusCode::FOUND, [(LOCATION, location), (SET_COOKIE, cookie)]).into_response()
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get(COOKIE)?.to_str().ok()?;
    cookies.split("; ").find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

fn random_id() -> Result<String, StatusCode> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(hex::encode(bytes))
}
