//! The server functions with which people end what is theirs: sessions, and the account itself.

use leptos::prelude::*;

use super::flash::Flash;
use super::server_fns::{internal_error, remove_cookie, require_user, server_context, set_flash};
use crate::audit::{self, Event};

/// The page that lists a person's sessions.
pub(super) const SESSIONS: &str = "/account/sessions";
/// What stands in place of a handle for all sessions but the one of the browser that asks.
pub(super) const OTHERS: &str = "others";

/// Ends a session of the person's own: the one with this handle, or all others.
#[server(prefix = "", endpoint = "account/sessions/end")]
pub(super) async fn end_sessions(#[server(default)] session: String) -> Result<(), ServerFnError> {
    let (site, _, asking) = server_context()?;
    let Some((signed_in, current)) = require_user(&site, &asking).await?.zip(asking.id()) else { return Ok(()) };
    let has_ended = if session == OTHERS {
        site.sessions.end_others(signed_in.user_id, current).await.map(|()| true)
    } else {
        site.sessions.end_by_handle(signed_in.user_id, &session).await
    };
    if has_ended.map_err(|error| internal_error(error.into()))? {
        audit::record(Event::SessionsEnded { user_id: signed_in.user_id });
        set_flash(&site, Flash::SessionsEnded);
    }
    leptos_axum::redirect(SESSIONS);
    Ok(())
}

/// Deletes the account with all that is the person's, and signs them out.
#[server(prefix = "", endpoint = "account/delete")]
pub(super) async fn delete_account() -> Result<(), ServerFnError> {
    let (site, _, session) = server_context()?;
    let Some(signed_in) = require_user(&site, &session).await? else { return Ok(()) };
    site.login.accounts().delete(signed_in.user_id).await.map_err(|error| internal_error(error.into()))?;
    audit::record(Event::AccountDeleted { user_id: signed_in.user_id });
    remove_cookie(&site);
    set_flash(&site, Flash::AccountDeleted);
    leptos_axum::redirect("/");
    Ok(())
}
