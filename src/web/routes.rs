//! Which address leads where, and through which guards.

use axum::Router;
use axum::extract::Request;
use axum::middleware;
use axum::routing::{get, post};
use leptos_axum::generate_route_list;
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use tracing::{Level, Span, info_span};

use super::app::App;
use super::client_address::{self, without_last_part};
use super::middleware::{
    RequestId, add_security_headers, canonical_host, catch_panic, explain_errors, limit_body, limit_networks,
    refuse_other_origins, refuse_other_sites, set_request_id,
};
use super::state::AppState;
use super::{api, assets, avatar, export, forms, health, pages, preferences, qq_trip};
use crate::config::Config;
use crate::sessions;

/// The whole site.
pub fn router(site: AppState) -> Router {
    let facts = site.facts.clone();
    let limited = Router::new()
        .route("/login/qq", get(qq_trip::start))
        .route(Config::CALLBACK_PATH, get(qq_trip::callback))
        .route("/register", post(forms::register))
        .route("/register/auto", post(forms::register_auto))
        .route("/account/renew", post(forms::account))
        .route("/account/portrait", post(forms::account))
        .route("/account/sessions/end", post(forms::end_sessions))
        .route("/account/delete", post(forms::account))
        .route("/account/export", get(export::send))
        .route("/api/finish-login", post(api::call))
        .route("/api/check-username", get(api::call))
        .route_layer(middleware::from_fn_with_state(site.clone(), limit_networks));
    let changing = Router::new()
        .route("/logout", post(forms::logout))
        .route("/language", post(preferences::choose_language))
        .route("/theme", post(preferences::choose_theme))
        .merge(limited)
        .route_layer(middleware::from_fn_with_state(site.clone(), limit_body));
    let pages = generate_route_list(App);
    let pages = pages.iter().fold(Router::new(), |router, page| router.route(page.path(), get(pages::show)));
    pages
        .merge(changing)
        .fallback(pages::show)
        .layer(sessions::layer(site.sessions.clone(), &facts.public_url, facts.session_max_secs))
        .layer(middleware::from_fn_with_state(site.clone(), refuse_other_origins))
        .layer(refuse_other_sites(&facts.public_url))
        .merge(assets::router(&facts.site_root, &facts.assets))
        .route("/avatar/{hash}", get(avatar::show))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .layer(middleware::from_fn_with_state(site.clone(), explain_errors))
        .layer(middleware::from_fn_with_state(site.clone(), canonical_host))
        .layer(middleware::from_fn_with_state(site.clone(), catch_panic))
        .layer(middleware::from_fn_with_state(site.clone(), add_security_headers))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span_for(facts.trusted_proxies))
                .on_response(DefaultOnResponse::new().level(Level::INFO)),
        )
        .layer(middleware::from_fn_with_state(site.clone(), set_request_id))
        .with_state(site)
}

/// What the log tells of a request: never its query, which may hold an authorization code.
fn span_for(trusted_proxies: usize) -> impl Fn(&Request) -> Span + Clone {
    move |request| {
        let id = request.extensions().get::<RequestId>().map(|RequestId(id)| id.as_str());
        let network = without_last_part(client_address::of(request, trusted_proxies));
        // Of the target of the trail, so that its lines have it however quiet the rest is.
        info_span!(target: "audit", "request", id, network, method = %request.method(), path = request.uri().path())
    }
}
