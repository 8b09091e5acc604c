//! The server functions with which people end what is theirs: sessions, and the account itself.

use leptos::prelude::*;

use super::flash::Flash;
use super::permission::SIGN_IN;
use super::server_fns::{broken, limit, remove_cookie, surroundings, tell, visitor};
use crate::audit::{self, Event};
use crate::sessions::Visitor;

/// The page that lists a person's sessions.
pub(super) const SESSIONS: &str = "/account/sessions";
/// What stands in place of a handle for all sessions but the one of the browser that asks.
pub(super) const OTHERS: &str = "others";

/// Ends a session of the person's own: the one with this handle, or all others.
#[server(prefix = "", endpoint = "account/sessions/end")]
pub(super) async fn end_sessions(#[server(default)] session: String) -> Result<(), ServerFnError> {
    let (site, _, asking) = surroundings()?;
    let visitor = visitor(&site, &asking).await?;
    limit(&site, visitor.as_ref(), |_| Ok(()))?;
    let (Some(signed_in), Some(current)) = (visitor.and_then(Visitor::signed_in), asking.id()) else {
        leptos_axum::redirect(SIGN_IN);
        return Ok(());
    };
    let has_ended = if session == OTHERS {
        site.sessions.end_others(signed_in.user_id, current).await.map(|()| true)
    } else {
        site.sessions.end_own(signed_in.user_id, &session).await
    };
    if has_ended.map_err(|error| broken(error.into()))? {
        audit::record(Event::SessionsEnded { user_id: signed_in.user_id });
        tell(&site, Flash::SessionsEnded);
    }
    leptos_axum::redirect(SESSIONS);
    Ok(())
}

/// Deletes the account with all that is the person's, and signs them out.
#[server(prefix = "", endpoint = "account/delete")]
pub(super) async fn delete_account() -> Result<(), ServerFnError> {
    let (site, _, session) = surroundings()?;
    let visitor = visitor(&site, &session).await?;
    limit(&site, visitor.as_ref(), |_| Ok(()))?;
    let Some(signed_in) = visitor.and_then(Visitor::signed_in) else {
        leptos_axum::redirect(SIGN_IN);
        return Ok(());
    };
    site.login.accounts().delete(signed_in.user_id).await.map_err(|error| broken(error.into()))?;
    audit::record(Event::AccountDeleted { user_id: signed_in.user_id });
    remove_cookie(&site);
    tell(&site, Flash::AccountDeleted);
    leptos_axum::redirect("/");
    Ok(())
}
