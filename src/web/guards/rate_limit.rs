//! Holding up a network that asks too often for what costs something: a call to QQ, a look for a user
//! name, an account.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::audit::{self, Event};
use crate::web::client_address;
use crate::web::forms;
use crate::web::limits::TooOften;
use crate::web::notice::{self, Hindrance};
use crate::web::site::Site;
use crate::web::visit::Setting;

/// Answers 429 once a network has asked too often.
pub(in crate::web) async fn limit_networks(State(site): State<Site>, request: Request, next: Next) -> Response {
    let Some(limits) = &site.facts.rate_limits else { return next.run(request).await };
    match limits.count_network(client_address::of(&request, site.facts.trusted_proxies)) {
        Ok(()) => next.run(request).await,
        Err(TooOften { wait_secs }) => {
            audit::record(Event::RateLimited);
            if forms::is_registration(&request) {
                return forms::give_back(site, request, Hindrance::TooOften(wait_secs)).await;
            }
            let (parts, _) = request.into_parts();
            notice::too_many(Setting::read(site, parts), wait_secs).await
        }
    }
}
