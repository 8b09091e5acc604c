//! What QQ or another company returned for a login, and the session data that follows from it.

use super::ReturnTo;
use crate::accounts::{COMPANY_QQ, KnownAccount, OpenId, ProfileUpdate};
use crate::qq::{Identity, Token};
use crate::sessions::{Device, FormDraft, PendingRegistration, SessionData, SignedInUser, StoredToken};

/// What QQ, or another company, returned for a login.
#[derive(Clone)]
pub(super) struct QqLogin {
    /// The company that identified the user, if it is not QQ.
    pub(super) company: Option<String>,
    pub(super) identity: Identity,
    pub(super) profile: ProfileUpdate,
    pub(super) token: StoredToken,
    /// When the user came from QQ, in seconds since 1970.
    pub(super) signed_in_at: i64,
    pub(super) device: Device,
}

impl QqLogin {
    pub(super) fn open_id(&self) -> OpenId {
        open_id(self.company.as_deref(), &self.identity)
    }

    pub(super) fn signed_in(&self, known: KnownAccount) -> SessionData {
        SessionData::SignedIn(SignedInUser {
            user_id: known.account.user_id,
            username: known.account.username,
            openid: self.identity.openid.clone(),
            identity_id: Some(known.identity_id),
            company: self.company.clone(),
            nickname: known.profile.nickname,
            avatar_hash: known.profile.avatar_hash,
            token: self.token.clone(),
            signed_in_at: Some(self.signed_in_at),
            pending_link: None,
            device: self.device.clone(),
        })
    }

    pub(super) fn into_pending(self, return_to: &ReturnTo, draft: Option<FormDraft>) -> PendingRegistration {
        PendingRegistration {
            openid: self.identity.openid,
            company: self.company,
            unionid: self.identity.unionid,
            nickname: self.profile.nickname.flatten(),
            avatar_hash: self.profile.avatar_hash.flatten(),
            token: self.token,
            device: self.device,
            next: return_to.as_str().to_owned(),
            started_at: self.signed_in_at,
            draft,
        }
    }
}

impl From<PendingRegistration> for QqLogin {
    fn from(pending: PendingRegistration) -> QqLogin {
        QqLogin {
            company: pending.company,
            identity: Identity { openid: pending.openid, unionid: pending.unionid },
            profile: ProfileUpdate { nickname: pending.nickname.map(Some), avatar_hash: pending.avatar_hash.map(Some) },
            token: pending.token,
            signed_in_at: pending.started_at,
            device: pending.device,
        }
    }
}

/// `company` is `None` for QQ.
pub(super) fn open_id(company: Option<&str>, identity: &Identity) -> OpenId {
    OpenId {
        company: company.unwrap_or(COMPANY_QQ).to_owned(),
        openid: identity.openid.clone(),
        unionid: identity.unionid.clone(),
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
