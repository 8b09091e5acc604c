//! Step 7: starts the session of a signed-in user.

use tower_sessions::Session;

use super::{LoginError, LoginService, ReturnTo};
use crate::accounts::{Account, Profile, ProfileUpdate};
use crate::audit::{self, Event};
use crate::qq::{Identity, Token};
use crate::sessions::{FormDraft, PendingRegistration, SessionData, SignedInUser, StoredToken};

/// What QQ returned for a login.
pub(super) struct QqLogin {
    pub(super) identity: Identity,
    pub(super) profile: ProfileUpdate,
    pub(super) token: StoredToken,
}

impl LoginService {
    /// Updates the stored profile and starts a session under a new id.
    pub(super) async fn start_session(
        &self,
        account: Account,
        qq_login: QqLogin,
        session: &Session,
    ) -> Result<(), LoginError> {
        let QqLogin { identity: Identity { openid, unionid }, profile, token } = qq_login;
        let profile = self.accounts.update_profile(&openid, unionid.as_deref(), profile).await?;
        let Profile { nickname, avatar_hash } = profile.unwrap_or_default();
        let Account { user_id, username } = account;
        let user = SignedInUser { user_id, username, openid, nickname, avatar_hash, token };
        SessionData::SignedIn(user).start(session).await?;
        audit::record(Event::SignedIn { user_id });
        Ok(())
    }
}

impl QqLogin {
    pub(super) fn into_pending(self, return_to: &ReturnTo, draft: Option<FormDraft>, now: i64) -> PendingRegistration {
        PendingRegistration {
            openid: self.identity.openid,
            unionid: self.identity.unionid,
            nickname: self.profile.nickname.flatten(),
            avatar_hash: self.profile.avatar_hash.flatten(),
            token: self.token,
            next: return_to.as_str().to_owned(),
            started_at: now,
            draft,
        }
    }
}

impl From<PendingRegistration> for QqLogin {
    fn from(pending: PendingRegistration) -> QqLogin {
        QqLogin {
            identity: Identity { openid: pending.openid, unionid: pending.unionid },
            profile: ProfileUpdate { nickname: pending.nickname.map(Some), avatar_hash: pending.avatar_hash.map(Some) },
            token: pending.token,
        }
    }
}

/// `obtained_at` is the time before the request to QQ, in seconds since 1970.
pub(super) fn stored_token(token: Token, obtained_at: i64) -> StoredToken {
    StoredToken {
        access_token: token.access_token,
        refresh_token: token.refresh_token,
        obtained_at,
        lifetime_secs: token.lifetime_secs,
        rejected_at: None,
    }
}
