//! The endpoints of graph.qq.com.
//! [`router`] mounts them.
//! They must not know the sandbox's controls (`/sandbox/*`).

mod api;
mod authorize;
mod avatar;
mod me;
mod show;
mod token;
mod user_info;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::request::QqRequest;
use super::state::Sandbox;

pub(super) fn router() -> Router<Sandbox> {
    Router::new()
        .route("/oauth2.0/authorize", get(authorize::authorize).post(authorize::decide))
        .route("/oauth2.0/show", get(show::show))
        // Documented as GET. POST with a form was seen to work.
        .route("/oauth2.0/token", get(token::token).post(token::token))
        .route("/oauth2.0/me", get(me::me).post(me::me))
        .route("/user/get_user_info", get(user_info::user_info).post(user_info::user_info))
        .route("/qzapp/{app}/{openid}/{size}", get(avatar::qzone_avatar))
        .route("/ek_qqapp/{openid}/{size}", get(avatar::qq_avatar))
        .method_not_allowed_fallback(method_not_allowed)
}

async fn method_not_allowed(request: QqRequest) -> Response {
    request.respond(StatusCode::METHOD_NOT_ALLOWED)
}
