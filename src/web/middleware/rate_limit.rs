//! Holding up a network that asks too often for what costs something: a call to QQ, a look for a user
//! name, an account.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::audit::{self, Event};
use crate::web::client_address;
use crate::web::error_page::{self, TemporaryError};
use crate::web::forms;
use crate::web::rate_limits::RateLimited;
use crate::web::request::RequestInfo;
use crate::web::state::AppState;

/// Answers 429 once a network has asked too often.
pub(in crate::web) async fn limit_networks(State(site): State<AppState>, request: Request, next: Next) -> Response {
    let Some(limits) = &site.facts.rate_limits else { return next.run(request).await };
    match limits.count_network(client_address::of(&request, site.facts.trusted_proxies)) {
        Ok(()) => next.run(request).await,
        Err(RateLimited { wait_secs }) => {
            audit::record(Event::RateLimited);
            if forms::is_registration(&request) {
                return forms::give_back(site, request, TemporaryError::RateLimited(wait_secs)).await;
            }
            let (parts, _) = request.into_parts();
            error_page::too_many(RequestInfo::read(site, parts), wait_secs).await
        }
    }
}
