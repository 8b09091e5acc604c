//! The data of a session, and how it is read and written.

use std::fmt;

use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::device::Device;
use super::error::SessionError;
use super::token::StoredToken;
use crate::clock::MAX_SKEW_SECS;
use crate::sealing::fingerprint;

/// The only stored key of a session record.
pub(super) const KEY: &str = "person";
/// The key of the [`PrimaryEmail`], which is not stored with the session.
pub(super) const EMAIL_KEY: &str = "email";

/// How long a new user has to register after the callback, in seconds.
pub const REGISTRATION_LIFETIME_SECS: i64 = 15 * 60;

/// How long a sign-in counts as recent, and a QQ account may be linked after it was chosen, in seconds.
const RECENT_SIGN_IN_SECS: i64 = 10 * 60;

/// How long an expired registration is kept for its [`FormDraft`].
pub(super) const DRAFT_LIFETIME_SECS: i64 = 2 * 60 * 60;

/// Who a session belongs to.
#[derive(Clone, Serialize, Deserialize)]
pub enum SessionData {
    /// A new user who has not registered yet.
    Pending(PendingRegistration),
    /// A signed-in user.
    SignedIn(SignedInUser),
}

/// A signed-in user.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignedInUser {
    /// The row in `users`.
    pub user_id: i64,
    /// The username, as it is now.
    pub username: String,
    /// The user's id at QQ.
    pub openid: String,
    /// The row in `open_ids`. `None` in sessions of earlier versions.
    #[serde(default)]
    pub identity_id: Option<i64>,
    /// The company whose openid it is, if that is not QQ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// The nickname at QQ. It is not unique.
    pub nickname: Option<String>,
    /// The hash of the stored avatar.
    pub avatar_hash: Option<String>,
    /// The access token.
    pub token: StoredToken,
    /// When the user came from QQ, in seconds since 1970. Refreshing the token does not change it. `None` in sessions of
    /// earlier versions.
    #[serde(default)]
    pub signed_in_at: Option<i64>,
    /// A QQ account that the user may link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_link: Option<PendingLink>,
    /// The browser and system that the session was started with. Unknown in sessions of earlier versions.
    #[serde(default)]
    pub device: Device,
}

/// A QQ account that a user has chosen at QQ, to be linked when they confirm it.
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingLink {
    /// The id at QQ. It never goes through a form, where it could be forged.
    pub openid: String,
    /// The unionid, if requested and received.
    pub unionid: Option<String>,
    /// The nickname at QQ.
    pub nickname: Option<String>,
    /// The hash of the stored avatar.
    pub avatar_hash: Option<String>,
    /// When the callback arrived, in seconds since 1970.
    pub started_at: i64,
}

impl PendingLink {
    /// Identifies the QQ account in a form.
    pub fn handle(&self) -> String {
        fingerprint(&self.openid)
    }
}

impl SignedInUser {
    /// The QQ account that the user may link, unless it was chosen too long ago. `now` is in seconds since 1970.
    pub fn pending_link(&self, now: i64) -> Option<&PendingLink> {
        self.pending_link.as_ref().filter(|link| is_recent(link.started_at, now))
    }

    /// Whether the user has come from QQ a moment ago: what cannot be undone asks for it, in case somebody else uses the
    /// browser by now. `now` is in seconds since 1970.
    pub fn has_signed_in_recently(&self, now: i64) -> bool {
        self.signed_in_at.is_some_and(|at| is_recent(at, now))
    }

    /// Returns the nickname, or the username if QQ gave none.
    pub fn display_name(&self) -> &str {
        self.nickname.as_deref().unwrap_or(&self.username)
    }
}

/// A new user who came from QQ and has no account yet.
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingRegistration {
    /// The user's id at QQ. It never goes through a form, where it could be forged.
    pub openid: String,
    /// The company whose openid it is, if that is not QQ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// The unionid, if requested and received.
    pub unionid: Option<String>,
    /// The nickname at QQ.
    pub nickname: Option<String>,
    /// The hash of the stored avatar.
    pub avatar_hash: Option<String>,
    /// The access token.
    pub token: StoredToken,
    /// The browser and system that the session was started with. Unknown in sessions of earlier versions.
    #[serde(default)]
    pub device: Device,
    /// Where to redirect after the registration.
    pub next: String,
    /// When the callback arrived, in seconds since 1970.
    #[serde(rename = "since")]
    pub started_at: i64,
    /// The form that was sent after the registration had expired.
    pub draft: Option<FormDraft>,
}

/// A registration form that was sent too late. `Debug` does not show it.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct FormDraft {
    /// The username as typed.
    pub username: String,
    /// The email address as typed.
    pub email: String,
}

impl fmt::Debug for FormDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FormDraft").finish_non_exhaustive()
    }
}

/// The primary email address of the session's user, as it is now. `Debug` is not implemented, since it would show it.
#[derive(Clone, Serialize, Deserialize)]
pub struct PrimaryEmail {
    pub address: String,
    /// Whether it is known to be the user's.
    pub is_verified: bool,
}

impl PrimaryEmail {
    /// Reads the address along with the session.
    pub async fn read(session: &Session) -> Result<Option<PrimaryEmail>, SessionError> {
        Ok(session.get(EMAIL_KEY).await?)
    }
}

impl SessionData {
    /// Reads the session, unless its registration has expired. `now` is in seconds since 1970.
    pub async fn read(session: &Session, now: i64) -> Result<Option<SessionData>, SessionError> {
        Ok(SessionData::read_including_expired(session).await?.filter(|data| match data {
            SessionData::SignedIn(_) => true,
            SessionData::Pending(pending) => pending.is_current(now),
        }))
    }

    /// Reads the session, even if its registration has expired.
    pub async fn read_including_expired(session: &Session) -> Result<Option<SessionData>, SessionError> {
        Ok(session.get_value(KEY).await?.and_then(SessionData::parse))
    }

    /// Returns `None` for data written by an incompatible version: such a session counts as expired.
    pub(super) fn parse(value: serde_json::Value) -> Option<SessionData> {
        serde_json::from_value(value).ok()
    }

    /// Sets the username in stored data, which may be older than the user's last change of it.
    pub(super) fn set_username(value: &mut serde_json::Value, username: String) {
        if let Some(stored) = value.pointer_mut("/SignedIn/username") {
            *stored = username.into();
        }
    }

    /// Replaces the data of a pending registration. The session of a signed-in user is changed by
    /// [`super::SqlSessionStore::update`].
    pub async fn replace(self, session: &Session) -> Result<(), SessionError> {
        Ok(session.insert(KEY, self).await?)
    }

    /// The user's id at QQ.
    pub fn openid(&self) -> &str {
        match self {
            SessionData::Pending(pending) => &pending.openid,
            SessionData::SignedIn(signed_in) => &signed_in.openid,
        }
    }

    /// The company whose openid it is, if that is not QQ.
    pub fn company(&self) -> Option<&str> {
        match self {
            SessionData::Pending(pending) => pending.company.as_deref(),
            SessionData::SignedIn(signed_in) => signed_in.company.as_deref(),
        }
    }

    /// The value of the column `user_id`, by which a user's sessions are found without decrypting them.
    pub(super) fn user_id(&self) -> Option<i64> {
        match self {
            SessionData::Pending(_) => None,
            SessionData::SignedIn(signed_in) => Some(signed_in.user_id),
        }
    }

    /// The value of the column `identity_id`, by which the sessions of an openid are found.
    pub(super) fn identity_id(&self) -> Option<i64> {
        match self {
            SessionData::Pending(_) => None,
            SessionData::SignedIn(signed_in) => signed_in.identity_id,
        }
    }

    /// The signed-in user, if there is one.
    pub fn signed_in(self) -> Option<SignedInUser> {
        match self {
            SessionData::SignedIn(signed_in) => Some(signed_in),
            SessionData::Pending(_) => None,
        }
    }
}

impl PendingRegistration {
    /// The draft, unless it is too old. `now` is in seconds since 1970.
    pub fn draft(&self, now: i64) -> Option<&FormDraft> {
        self.draft.as_ref().filter(|_| now <= self.started_at.saturating_add(DRAFT_LIFETIME_SECS))
    }

    fn is_current(&self, now: i64) -> bool {
        (-MAX_SKEW_SECS..=REGISTRATION_LIFETIME_SECS).contains(&now.saturating_sub(self.started_at))
    }
}

fn is_recent(at: i64, now: i64) -> bool {
    (-MAX_SKEW_SECS..=RECENT_SIGN_IN_SECS).contains(&now.saturating_sub(at))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Renaming a stored field would end all sessions.
    #[test]
    fn stored_names_stay_the_same() {
        let token = json!({
            "access_token": "a", "refresh_token": "r", "obtained_at": 1, "lifetime_secs": 2, "refused_at": 3
        });
        let device = json!({ "browser": "Chrome", "system": "Windows" });
        let profile = json!({ "openid": "o", "nickname": "n", "avatar_hash": "h", "token": token, "device": device });
        for (variant, more) in [
            ("SignedIn", json!({ "user_id": 1, "username": "ann", "identity_id": 5, "signed_in_at": 6 })),
            (
                "Pending",
                json!({ "unionid": "u", "next": "/", "since": 4, "draft": { "username": "ann", "email": "a@b.cd" } }),
            ),
        ] {
            let mut fields = profile.clone();
            fields.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            let stored = json!({ variant: fields });
            let data = SessionData::parse(stored.clone()).expect(variant);
            assert_eq!(serde_json::to_value(data).expect("JSON"), stored);
        }
    }

    #[test]
    fn session_of_an_earlier_version_is_read_and_has_no_recent_sign_in() {
        let token = json!({ "access_token": "a", "refresh_token": null, "obtained_at": 1, "lifetime_secs": 2 });
        let user = json!({
            "user_id": 1, "username": "ann", "openid": "o", "nickname": null, "avatar_hash": null, "token": token
        });
        let data = SessionData::parse(json!({ "SignedIn": user })).and_then(SessionData::signed_in);
        let user = data.expect("a signed-in user");
        assert!(!user.has_signed_in_recently(1));
        for (age_secs, is_recent) in [(0, true), (600, true), (601, false), (-MAX_SKEW_SECS, true), (-3600, false)] {
            let user = SignedInUser { signed_in_at: Some(10_000), ..user.clone() };
            assert_eq!(user.has_signed_in_recently(10_000 + age_secs), is_recent, "{age_secs}");
        }
    }

    #[test]
    fn s32_debug_hides_the_draft() {
        let draft = FormDraft { username: "CANARY".to_owned(), email: "CANARY@example.com".to_owned() };
        assert!(!format!("{draft:?}").contains("CANARY"));
    }
}
