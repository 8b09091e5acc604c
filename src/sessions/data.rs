//! The typed session: what a record holds, and the only ways to change it.

use std::fmt;

use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::token::StoredToken;

/// The one key under which a record holds everything.
pub(super) const KEY: &str = "person";

/// How long somebody who comes from QQ for the first time has to register, in seconds.
pub(super) const PENDING_SECS: i64 = 15 * 60;

/// By how much the clocks of two machines may differ, in seconds.
const MAX_SKEW_SECS: i64 = 60;

/// How long their session is kept, in seconds. What they typed too late waits there for them.
pub(super) const LAPSED_SECS: i64 = 2 * 60 * 60;

/// Why the session could not be read or written.
pub type SessionError = tower_sessions::session::Error;

/// Somebody who is signed in.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignedInUser {
    /// The row in `users`.
    pub user_id: i64,
    /// The user name.
    pub username: String,
    /// Who they are at QQ.
    pub openid: String,
    /// The nickname at QQ; not unique, and no key to anything.
    pub nickname: Option<String>,
    /// The hash of the avatar that the site keeps.
    pub avatar_hash: Option<String>,
    /// The access token and its timestamp.
    pub token: StoredToken,
}

/// Somebody who came from QQ and has no account yet.
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingRegistration {
    /// Who they are at QQ: kept here and never in a form, or it could be forged.
    pub openid: String,
    /// The same across the apps of one developer, if asked for and given.
    pub unionid: Option<String>,
    /// The nickname at QQ.
    pub nickname: Option<String>,
    /// The hash of the avatar that the site keeps.
    pub avatar_hash: Option<String>,
    /// The access token and its timestamp.
    pub token: StoredToken,
    /// Where they wanted to go.
    pub next: String,
    /// When they came from QQ, in seconds since 1970.
    pub since: i64,
    /// What they typed into the form when it was too late to be taken.
    pub draft: Option<FormDraft>,
}

/// A registration form that was filled in and could not be taken. `Debug` does not show it.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct FormDraft {
    /// The user name as typed.
    pub username: String,
    /// The e-mail address as typed.
    pub email: String,
}

impl fmt::Debug for FormDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FormDraft").finish_non_exhaustive()
    }
}

/// Who a request comes from.
#[derive(Clone, Serialize, Deserialize)]
pub enum SessionData {
    /// Somebody who has yet to register.
    Pending(PendingRegistration),
    /// Somebody who is signed in.
    SignedIn(SignedInUser),
}

impl SessionData {
    /// Reads the session; `None` for everybody without one. `now` is in seconds since 1970.
    pub async fn read(session: &Session, now: i64) -> Result<Option<SessionData>, SessionError> {
        Ok(SessionData::read_including_expired(session).await?.filter(|visitor| match visitor {
            SessionData::SignedIn(_) => true,
            SessionData::Pending(pending) => pending.is_current(now),
        }))
    }

    /// Reads the session, even of somebody who took too long to register.
    pub async fn read_including_expired(session: &Session) -> Result<Option<SessionData>, SessionError> {
        Ok(session.get_value(KEY).await?.and_then(SessionData::parse))
    }

    /// A record that another version wrote and this one cannot read is a session no more.
    pub(super) fn parse(record: serde_json::Value) -> Option<SessionData> {
        serde_json::from_value(record).ok()
    }

    /// Starts a session for this visitor: a new id, the old row gone, and nothing of the time
    /// before carried over. It is in the database when this returns.
    pub async fn start(self, session: &Session) -> Result<(), SessionError> {
        session.clear().await;
        // Before `cycle_id`: if that fails with an empty session, tower-sessions removes the cookie.
        session.insert(KEY, self).await?;
        if session.id().is_some() {
            // Not `flush`: that deletes the row but would make the new one under the old id.
            session.cycle_id().await?;
        }
        session.save().await
    }

    /// Writes the visitor back to the session they have. For those who have yet to register: the
    /// session of somebody who is signed in is changed by [`super::SqlSessionStore::change`].
    pub async fn keep(self, session: &Session) -> Result<(), SessionError> {
        session.insert(KEY, self).await
    }

    /// Who they are at QQ.
    pub fn openid(&self) -> &str {
        match self {
            SessionData::Pending(pending) => &pending.openid,
            SessionData::SignedIn(signed_in) => &signed_in.openid,
        }
    }

    /// Who is signed in, if that is so.
    pub fn signed_in(self) -> Option<SignedInUser> {
        match self {
            SessionData::SignedIn(signed_in) => Some(signed_in),
            SessionData::Pending(_) => None,
        }
    }
}

impl PendingRegistration {
    /// What they typed too late, for a while.
    pub fn draft(&self, now: i64) -> Option<&FormDraft> {
        self.draft.as_ref().filter(|_| now <= self.since.saturating_add(LAPSED_SECS))
    }

    fn is_current(&self, now: i64) -> bool {
        // A little below zero: another machine's clock may be a little ahead.
        (-MAX_SKEW_SECS..=PENDING_SECS).contains(&now.saturating_sub(self.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s32_debug_shows_nothing_typed() {
        let draft = FormDraft { username: "CANARY".to_owned(), email: "CANARY@example.com".to_owned() };
        assert!(!format!("{draft:?}").contains("CANARY"));
    }
}
