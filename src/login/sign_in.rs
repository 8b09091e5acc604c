//! Letting in whom QQ knows: a known person signs in, a new one registers.

use tower_sessions::Session;

use super::callback::{CallbackOutcome, LoginOutcome};
use super::{LoginError, LoginFailure, LoginService, ReturnTo};
use crate::accounts::{Account, COMPANY_QQ, Profile, ProfileUpdate};
use crate::audit::{self, Event};
use crate::config::Registration;
use crate::qq;
use crate::sessions::{FormDraft, PendingRegistration, SessionData, SignedInUser, StoredToken};

/// What QQ told about somebody.
pub(super) struct QqLogin {
    pub(super) identity: qq::Identity,
    pub(super) news: ProfileUpdate,
    pub(super) token: StoredToken,
}

impl LoginService {
    /// Lets somebody in whom QQ knows. Whoever else was signed in in this browser is not any more,
    /// even if the new person does not get in: they would look at a stranger's account.
    pub(super) async fn sign_in_or_register(
        &self,
        qq_login: QqLogin,
        next: ReturnTo,
        session: &Session,
    ) -> Result<CallbackOutcome, LoginError> {
        let before = SessionData::read_including_expired(session).await?;
        let replaced = match &before {
            Some(SessionData::SignedIn(signed_in)) if signed_in.openid != qq_login.identity.openid => {
                Some(signed_in.user_id)
            }
            _ => None,
        };
        let known = self.accounts.find_by_openid(COMPANY_QQ, &qq_login.identity.openid).await?;
        let ending = match (known, self.rules.registration) {
            (Some(account), _) => {
                self.sign_in_existing(account, qq_login, session).await?;
                LoginOutcome::SignedIn(next)
            }
            (None, Registration::Closed) => {
                if replaced.is_some() {
                    session.flush().await?;
                }
                LoginOutcome::Failed(LoginFailure::Closed, next)
            }
            (None, Registration::Form) => {
                let draft = draft_of(before, &qq_login.identity.openid, self.now());
                SessionData::Pending(qq_login.into_pending(&next, draft, self.now())).start(session).await?;
                LoginOutcome::NeedsRegistration
            }
            (None, Registration::Auto) => {
                self.create_generated_account(qq_login.into_pending(&next, None, self.now()), session).await?;
                LoginOutcome::SignedIn(next)
            }
        };
        if let Some(user_id) = replaced {
            audit::record(Event::PersonReplaced { user_id });
        }
        Ok(CallbackOutcome { ending, has_replaced_user: replaced.is_some() })
    }

    /// Starts the session of somebody who has an account, with what QQ tells of them now.
    async fn sign_in_existing(&self, account: Account, qq_login: QqLogin, session: &Session) -> Result<(), LoginError> {
        let identity = &qq_login.identity;
        let portrait =
            self.accounts.update_profile(&identity.openid, identity.unionid.as_deref(), qq_login.news).await?;
        self.start_session(account, qq_login.identity.openid, portrait, qq_login.token, session).await
    }

    /// Starts the session of somebody whose account was just made.
    pub(super) async fn sign_in_new_user(
        &self,
        account: Account,
        pending: PendingRegistration,
        session: &Session,
    ) -> Result<(), LoginError> {
        let news = ProfileUpdate { nickname: pending.nickname.map(Some), avatar_hash: pending.avatar_hash.map(Some) };
        let portrait = self.accounts.update_profile(&pending.openid, pending.unionid.as_deref(), news).await?;
        self.start_session(account, pending.openid, portrait, pending.token, session).await
    }

    async fn start_session(
        &self,
        account: Account,
        openid: String,
        portrait: Option<Profile>,
        token: StoredToken,
        session: &Session,
    ) -> Result<(), LoginError> {
        let Profile { nickname, avatar_hash } = portrait.unwrap_or_default();
        let Account { user_id, username } = account;
        let signed_in = SignedInUser { user_id, username, openid, nickname, avatar_hash, token };
        SessionData::SignedIn(signed_in).start(session).await?;
        audit::record(Event::SignedIn { user_id });
        Ok(())
    }
}

impl QqLogin {
    fn into_pending(self, next: &ReturnTo, draft: Option<FormDraft>, since: i64) -> PendingRegistration {
        PendingRegistration {
            openid: self.identity.openid,
            unionid: self.identity.unionid,
            nickname: self.news.nickname.flatten(),
            avatar_hash: self.news.avatar_hash.flatten(),
            token: self.token,
            next: next.as_str().to_owned(),
            since,
            draft,
        }
    }
}

/// What the same person typed before their registration lapsed.
fn draft_of(before: Option<SessionData>, openid: &str, now: i64) -> Option<FormDraft> {
    match before {
        Some(SessionData::Pending(pending)) if pending.openid == openid => pending.draft(now).cloned(),
        _ => None,
    }
}
