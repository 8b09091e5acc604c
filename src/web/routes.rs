//! Which address leads where, and through which guards.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use leptos::prelude::provide_context;
use leptos_axum::{generate_route_list, handle_server_fns_with_context};
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use tracing::{Level, Span, info_span};

use super::app::App;
use super::client_address::{self, without_last_part};
use super::guards::{
    RequestId, add_security_headers, explain_bare_errors, explain_refusal, keep_to_public_url, limit_networks,
    mend_cookie_removal, name_requests, refuse_other_sites, survive_panics,
};
use super::site::Site;
use super::visit::Setting;
use super::{assets, avatar, forms, health, notice, pages, preferences, qq_trip};
use crate::config::Config;
use crate::sessions;

/// The largest body that is read. The longest form has two short fields.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// The whole site.
pub fn router(site: Site) -> Router {
    let facts = site.facts.clone();
    let limited = Router::new()
        .route("/login/qq", get(qq_trip::leave))
        .route(Config::CALLBACK_PATH, get(qq_trip::come_back))
        .route("/register", post(forms::register))
        .route("/register/auto", post(forms::register_auto))
        .route("/account/renew", post(forms::account))
        .route("/account/portrait", post(forms::account))
        .route("/api/finish-login", post(call_server_fn))
        .route("/api/check-username", get(call_server_fn))
        .layer(middleware::from_fn_with_state(site.clone(), limit_networks));
    let pages = generate_route_list(App);
    let pages = pages.iter().fold(Router::new(), |router, page| router.route(page.path(), get(pages::show)));
    pages
        .merge(limited)
        .route("/logout", post(forms::logout))
        .route("/language", post(preferences::choose_language))
        .route("/theme", post(preferences::choose_theme))
        .fallback(pages::show)
        .method_not_allowed_fallback(notice::wrong_method)
        .layer(sessions::layer(site.sessions.clone(), &facts.public_url, facts.session_max_secs))
        .layer(middleware::from_fn_with_state(site.clone(), mend_cookie_removal))
        .layer(middleware::from_fn_with_state(site.clone(), explain_bare_errors))
        .layer(refuse_other_sites(&facts.public_url))
        .layer(middleware::from_fn_with_state(site.clone(), explain_refusal))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .merge(assets::router(&facts.site_root))
        .route("/avatar/{hash}", get(avatar::show))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .layer(middleware::from_fn_with_state(site.clone(), keep_to_public_url))
        .layer(middleware::from_fn_with_state(site.clone(), survive_panics))
        .layer(middleware::from_fn_with_state(site.clone(), add_security_headers))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span_for(facts.trusted_proxies))
                .on_response(DefaultOnResponse::new().level(Level::INFO)),
        )
        .layer(middleware::from_fn_with_state(site.clone(), name_requests))
        .with_state(site)
}

/// The server functions that scripts call, each at its own address under `/api`.
async fn call_server_fn(setting: Setting, request: Request) -> Response {
    let site = setting.site;
    handle_server_fns_with_context(move || provide_context(site.clone()), request).await.into_response()
}

/// What the log tells of a request: never its query, which may hold an authorization code.
fn span_for(trusted_proxies: usize) -> impl Fn(&Request) -> Span + Clone {
    move |request| {
        let id = request.extensions().get::<RequestId>().map(|RequestId(id)| id.as_str());
        let network = without_last_part(client_address::of(request, trusted_proxies));
        info_span!("request", id, network, method = %request.method(), path = request.uri().path())
    }
}
