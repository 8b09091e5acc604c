//! Every path of the site: the pages, the forms, and the middleware around them.
//! [`router`] puts them together; a file below has the handlers of one concern and the server functions that they call.
//! They must not render HTML: they redirect, or leave it to [`pages`] and to the middleware `error_pages`.

mod account;
mod avatar;
#[cfg(debug_assertions)]
mod dev_bar;
mod emails;
mod export;
mod health;
mod login;
mod mail_link;
mod manifest;
mod preferences;
mod qq_accounts;
mod register;
mod session;
mod username;

use std::any::Any;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::{Next, from_fn, from_fn_with_state, map_request, map_request_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use leptos::prelude::*;
use leptos_axum::generate_route_list;
use leptos_router::any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute};
use leptos_router::components::{Router as PageRouter, Routes};
use leptos_router::{NestedRoute, PossibleRouteMatch, path};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::request_id::{PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;

use super::error::WebError;
use super::forms::form;
use super::middleware::{
    RandomRequestId, add_security_headers, canonical_host, error_pages, keep_proxy_request_id, limit_body,
    log_response, measure, note_route, remove_unreadable_cookies, request_span,
};
use super::page::{Content, PageResponse};
use super::pages::login::LoginPage;
use super::pages::qq_accounts::{QqAccountsPage, link::LinkQqPage};
use super::pages::{account::AccountPage, data::DataPage, delete::DeletePage, emails::EmailsPage, home::HomePage};
use super::pages::{privacy::PrivacyPage, register::RegisterPage, sessions::SessionsPage, username::UsernamePage};
use super::request::{PageRequest, RequestInfo};
use super::state::AppState;
use super::{assets, error_page, pages};
use crate::config::{Config, PublicUrl};
use crate::sessions;
pub(super) use login::redirection_after_login;

/// Declares the pages once, for axum and for leptos_router.
macro_rules! pages {
    ($($path:tt => $load:path, $Component:ident;)*) => {
        pub(super) const PAGE_PATHS: &[&str] = &[$($path),*];

        fn page_routes() -> Router<AppState> {
            Router::new()$(.route($path, get(async |request: PageRequest| respond($load(request).await, || view! { <$Component /> }.into_any()))))*
        }

        #[component]
        fn Pages() -> impl IntoView {
            view! {
                <PageRouter>
                    <Routes fallback=|| ()>
                        $(<PageRoute path=path!($path) view=|| view! { <$Component /> }.into_any() />)*
                    </Routes>
                </PageRouter>
            }
        }
    };
}

// Path, loader of the data, component.
pages! {
    "/" => pages::home::load, HomePage;
    "/login" => pages::login::load, LoginPage;
    "/register" => pages::register::load, RegisterPage;
    "/account" => pages::account::load, AccountPage;
    "/account/emails" => pages::emails::load, EmailsPage;
    "/account/sessions" => pages::sessions::load, SessionsPage;
    "/account/data" => pages::data::load, DataPage;
    "/account/delete" => pages::delete::load, DeletePage;
    "/account/qq" => pages::qq_accounts::load, QqAccountsPage;
    "/account/qq/link" => pages::qq_accounts::link::load, LinkQqPage;
    "/account/username" => pages::username::load, UsernamePage;
    "/privacy" => pages::privacy::load, PrivacyPage;
}

/// A route without its type: the names of types that contain those of all pages were nine tenths of a debug build.
#[component(transparent)]
fn PageRoute<Path>(path: Path, view: fn() -> AnyView) -> AnyNestedRoute
where
    Path: PossibleRouteMatch + Clone + Send + 'static,
{
    NestedRoute::new(path, view).into_any_nested_route()
}

fn form_routes() -> Router<AppState> {
    let routes = Router::new()
        .route("/register", post(register::submit))
        .route("/register/auto", form(|_| register::register_auto()))
        .route("/register/link", post(register::submit_link))
        .route("/account/renew", form(|_| account::refresh_token()))
        .route("/account/portrait", form(|_| account::refresh_profile()))
        .route("/account/sessions/end", form(|fields| account::end_sessions(fields.get("session"))))
        .route("/account/emails", post(emails::submit))
        .route("/account/emails/verify", form(|fields| emails::send_verification(fields.get("id"))))
        .route("/account/emails/primary", form(|fields| emails::make_email_primary(fields.get("id"))))
        .route("/account/emails/remove", form(|fields| emails::remove_email(fields.get("id"))))
        .route("/mail/{token}", post(mail_link::submit))
        .route("/account/delete", form(|fields| account::delete_account(fields.get("account"))))
        .route("/account/qq/add", post(qq_accounts::add))
        .route("/account/qq/link", form(|fields| qq_accounts::confirm_link(fields.get("link"))))
        .route("/account/qq/unlink", form(|fields| qq_accounts::unlink(fields.get("identity"))))
        .route("/account/username", post(username::submit))
        .route("/logout", form(|_| login::logout()))
        .route("/language", post(preferences::choose_language))
        .route("/theme", post(preferences::choose_theme));
    #[cfg(debug_assertions)]
    let routes = routes.merge(dev_bar::routes());
    routes.route_layer(from_fn(limit_body))
}

/// Builds the site with `routes` of a program that mounts it, behind the same middleware. Their handlers can take a
/// [`PageRequest`].
///
/// The layers are around whole routers: axum clones a route, with all layers added to it, for every request.
pub fn router_with(state: AppState, routes: Router<AppState>) -> Router {
    // Initializes the executor of Leptos.
    generate_route_list(Pages);
    let site = &state.site;
    let pages_and_forms = page_routes()
        .merge(form_routes())
        .route("/login/qq", get(login::start))
        .route(Config::CALLBACK_PATH, get(login::callback))
        .route("/mail/{token}", get(mail_link::show))
        .route("/account/export", get(export::download))
        .route("/api/session", get(session::is_signed_in))
        .route("/api/check-username", get(register::check_username_for_island))
        .merge(routes)
        .fallback(not_found);
    let is_measured = site.is_measured;
    let pages_and_forms = if is_measured { pages_and_forms.layer(from_fn(note_route)) } else { pages_and_forms };
    let pages_and_forms = ServiceBuilder::new()
        .layer(csrf_layer(&site.public_url))
        .layer(sessions::layer(state.sessions.clone(), &site.public_url, site.session_max_secs))
        .service(pages_and_forms.with_state(state.clone()));
    let routes = assets::router(&state.assets)
        .route("/avatar/{hash}", get(avatar::show))
        .route("/manifest.webmanifest", get(manifest::show))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback_service(pages_and_forms);
    let routes = if is_measured { routes.layer(from_fn(note_route)) } else { routes };
    let catch_panic = CatchPanicLayer::custom(|_: Box<dyn Any + Send>| WebError::Internal.into_response());
    let site = ServiceBuilder::new()
        .layer(map_request_with_state(state.clone(), keep_proxy_request_id))
        .layer(map_request(remove_unreadable_cookies))
        .layer(SetRequestIdLayer::x_request_id(RandomRequestId(state.random.clone())))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(from_fn_with_state(state.clone(), parse_request))
        .layer(TraceLayer::new_for_http().make_span_with(request_span).on_response(log_response).on_failure(()))
        .layer(from_fn(add_security_headers))
        // For a panic in an error page.
        .layer(catch_panic)
        .layer(from_fn(error_pages))
        .layer(from_fn(measure))
        .layer(catch_panic)
        .layer(from_fn(canonical_host))
        .service(routes.with_state(state));
    Router::new().fallback_service(site)
}

/// Renders what a loader returned, with the component that shows it.
fn respond(response: Result<PageResponse, WebError>, content: Content) -> Result<Response, WebError> {
    Ok(response?.respond(content))
}

/// Shows a 404 page. A page's path with a slash at its end leads to the page.
async fn not_found(method: Method, request: PageRequest) -> Result<Response, WebError> {
    let page = request.uri.path().strip_suffix('/').filter(|path| *path != "/" && PAGE_PATHS.contains(path));
    if let Some(page) = page.filter(|_| method.is_safe()) {
        let query = request.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        return Ok(Redirect::permanent(&format!("{page}{query}")).into_response());
    }
    Ok(error_page::render(&request, WebError::NotFound, request.signed_in_user().await?))
}

async fn parse_request(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let info = RequestInfo::parse(state, &request, PAGE_PATHS);
    request.extensions_mut().insert(info);
    next.run(request).await
}

/// Refuses requests that other sites send to change something, as Go 1.25 does: by `Sec-Fetch-Site`, then `Origin`.
/// It needs no tokens, so it protects users without a session too. Leptos leaves this to the application
/// (leptos-rs/leptos#3786).
fn csrf_layer(public_url: &PublicUrl) -> CsrfLayer {
    // Proxies may rewrite `Host`, so the layer must know the origin. The configuration accepts only origins that
    // are written as browsers send them, so this does not fail.
    CsrfLayer::new().add_trusted_origin(public_url.origin()).unwrap_or_default()
}
