//! The two addresses that browsers reach by GET on the way to QQ and back.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;

use super::notice;
use super::server_fns::finish_login;
use super::site::Site;
use super::visit::Setting;
use crate::qq::Display;

/// `GET /login/qq?next=…`: off to QQ.
pub(super) async fn leave(State(site): State<Site>, setting: Setting, jar: CookieJar) -> Response {
    match site.login.begin(jar, &setting.next(), display(&setting.parts.headers)) {
        Ok((jar, address)) => uncached((jar, Redirect::to(&address)).into_response()),
        Err(error) => {
            tracing::error!(%error, "a sign-in could not be begun");
            notice::broken(setting).await
        }
    }
}

/// `GET /login/qq/callback`: back from QQ. Reads the query as it stands, since a malformed one is
/// an answer of QQ's too, and hands it to the server function.
pub(super) async fn come_back(setting: Setting) -> Response {
    let query = setting.parts.uri.query().unwrap_or_default().to_owned();
    let (site, parts) = (setting.site.clone(), setting.parts.clone());
    let finished = Owner::new().with(|| {
        provide_context(site);
        provide_context(parts);
        ScopedFuture::new(finish_login(query))
    });
    match finished.await {
        Ok(path) => uncached(Redirect::to(&path).into_response()),
        Err(_) => notice::broken(setting).await,
    }
}

/// QQ has a page of its own for phones; without `display` some of them cannot sign in.
fn display(headers: &HeaderMap) -> Display {
    let says = |name: &str, word: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(word))
    };
    if says("sec-ch-ua-mobile", "?1") || says("user-agent", "Mobi") { Display::Mobile } else { Display::Desktop }
}

fn uncached(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
