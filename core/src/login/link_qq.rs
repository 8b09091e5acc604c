//! Links another QQ account to the account of a signed-in user, and unlinks one.
//!
//! The user goes through QQ, in a login attempt that is bound to the user and the session, and comes back to a page that
//! shows both sides. Nothing is linked before the user confirms there.

use axum_extra::extract::CookieJar;
use serde::{Deserialize, Serialize};
use tower_sessions::Session;
use tower_sessions::session::Id;

use super::profile::FetchedProfile;
use super::session::open_id;
use super::{CallbackOutcome, LoginError, LoginFailure, LoginOutcome, LoginService, Notice, ReturnTo};
use crate::accounts::{COMPANY_QQ, LinkOutcome, OpenId, Profile, UnlinkOutcome, add_open_id, unlink_open_id};
use crate::audit::{self, Event};
use crate::qq::{self, Display};
use crate::sealing::fingerprint;
use crate::sessions::{PendingLink, SessionData, SignedInUser};

/// Who wants to link a QQ account, and in which session.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct LinkRequest {
    user_id: i64,
    session_hash: String,
}

/// Why a QQ account was not linked or unlinked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkFailure {
    /// The user cancelled at QQ.
    Cancelled,
    /// The user has to sign in at QQ again.
    Denied,
    /// QQ rejected the app or the request; the operator has to act.
    Misconfigured,
    /// QQ did not respond, or its response cannot be understood.
    Unreachable,
    /// The page of the confirmation is too old, or about another QQ account than the last one.
    Expired,
    /// The session in which the user asked for it has ended.
    SignedOut,
    /// Another user has signed in since the attempt started.
    OtherUser,
    /// The QQ account belongs to the user already.
    AlreadyLinked,
    /// The QQ account belongs to another user.
    LinkedElsewhere,
    /// The session was signed in with the QQ account to unlink.
    InUse,
    /// The user has no other QQ account.
    LastOne,
}

impl LinkFailure {
    const ALL: [LinkFailure; 11] = [
        Self::Cancelled,
        Self::Denied,
        Self::Misconfigured,
        Self::Unreachable,
        Self::Expired,
        Self::SignedOut,
        Self::OtherUser,
        Self::AlreadyLinked,
        Self::LinkedElsewhere,
        Self::InUse,
        Self::LastOne,
    ];

    /// The value of the page's `error` parameter.
    pub fn code(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Denied => "denied",
            Self::Misconfigured => "misconfigured",
            Self::Unreachable => "unreachable",
            Self::Expired => "expired",
            Self::SignedOut => "signed-out",
            Self::OtherUser => "other-user",
            Self::AlreadyLinked => "already-linked",
            Self::LinkedElsewhere => "linked-elsewhere",
            Self::InUse => "in-use",
            Self::LastOne => "last-one",
        }
    }

    pub fn from_code(code: &str) -> Option<LinkFailure> {
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }
}

impl From<LoginFailure> for LinkFailure {
    fn from(failure: LoginFailure) -> LinkFailure {
        match failure {
            LoginFailure::Cancelled => Self::Cancelled,
            LoginFailure::Denied => Self::Denied,
            LoginFailure::Misconfigured => Self::Misconfigured,
            LoginFailure::Unreachable => Self::Unreachable,
            LoginFailure::Expired | LoginFailure::Closed | LoginFailure::Blocked | LoginFailure::Cookies => {
                Self::Expired
            }
        }
    }
}

impl LoginService {
    /// Returns the browser's cookies with a login attempt whose QQ account is to be linked, and the URL of QQ's
    /// authorization page. QQ documents no parameter that makes it ask which account to use. `return_to` is the page that
    /// asks for the confirmation. Writes nothing to the database.
    pub fn start_link(
        &self,
        jar: CookieJar,
        user: &SignedInUser,
        session: Id,
        return_to: &ReturnTo,
        display: Display,
    ) -> Result<(CookieJar, String), LoginError> {
        let request = LinkRequest { user_id: user.user_id, session_hash: session_hash(session) };
        let (jar, state) = self.attempts.start(jar, return_to, Some(request), false)?;
        audit::record(Event::SignInStarted);
        Ok((jar, self.qq.authorize_url(&state, display)))
    }

    /// Keeps the QQ account in the session of the user who wants to link it, until the user confirms.
    pub(super) async fn prepare_link(
        &self,
        request: &LinkRequest,
        return_to: ReturnTo,
        mut login: qq::Login,
        session: &Session,
    ) -> Result<CallbackOutcome, LoginError> {
        let known = self.find_account(&open_id(None, &login.identity)).await?;
        let FetchedProfile { update, avatar_url } = self.fetch_profile_for_login(&mut login, true).await;
        let (user, id) = match (SessionData::read(session, self.now()).await?, session.id()) {
            (Some(SessionData::SignedIn(user)), Some(id)) => (user, id),
            _ => return Ok(failed(LinkFailure::SignedOut)),
        };
        if user.user_id != request.user_id {
            return Ok(failed(LinkFailure::OtherUser));
        }
        if session_hash(id) != request.session_hash {
            return Ok(failed(LinkFailure::SignedOut));
        }
        match known.map(|known| known.account.user_id) {
            Some(owner) if owner == user.user_id => return Ok(failed(LinkFailure::AlreadyLinked)),
            Some(_) => return Ok(failed(LinkFailure::LinkedElsewhere)),
            None => {}
        }
        let Profile { nickname, avatar_hash } = update.into();
        let qq::Identity { openid, unionid } = login.identity;
        let pending = PendingLink { openid, unionid, nickname, avatar_hash, started_at: self.now() };
        let set_pending =
            |user: &SignedInUser| Some(SignedInUser { pending_link: Some(pending.clone()), ..user.clone() });
        if self.sessions.update(id, set_pending).await?.is_none() {
            return Ok(failed(LinkFailure::SignedOut));
        }
        if let Some(url) = avatar_url {
            // Goes on by itself.
            drop(self.download_avatar(url));
        }
        Ok(LoginOutcome::Linking(Ok(return_to)).into())
    }

    /// Links the QQ account that waits in the session. `shown` is the handle of the one that the page has shown: another
    /// tab may have come back from QQ since then.
    pub async fn confirm_link(
        &self,
        session: &Session,
        shown: &str,
        notice: Option<Notice>,
    ) -> Result<Result<(), LinkFailure>, LoginError> {
        let now = self.now();
        let (user, id) = match (SessionData::read(session, now).await?, session.id()) {
            (Some(SessionData::SignedIn(user)), Some(id)) => (user, id),
            _ => return Ok(Err(LinkFailure::SignedOut)),
        };
        let Some(link) = user.pending_link(now).filter(|link| link.handle() == shown) else {
            return Ok(Err(LinkFailure::Expired));
        };
        let open_id =
            OpenId { company: COMPANY_QQ.to_owned(), openid: link.openid.clone(), unionid: link.unionid.clone() };
        let profile = Profile { nickname: link.nickname.clone(), avatar_hash: link.avatar_hash.clone() };
        let (user_id, queue) = (user.user_id, notice.as_ref().map(|notice| notice.queue.clone()));
        let linking = self.database.write(move |connection| {
            Box::pin(async move {
                let outcome = add_open_id(&mut *connection, user_id, &open_id, &profile, now).await?;
                if let (LinkOutcome::Linked, Some(notice)) = (outcome, notice) {
                    notice.queue.queue_in(connection, &notice.mail).await?;
                }
                Ok::<_, LoginError>(outcome)
            })
        });
        let outcome = match linking.await {
            // The account was deleted since then.
            Err(error) if error.is_missing_reference() => return Ok(Err(LinkFailure::SignedOut)),
            outcome => outcome?,
        };
        let clear = |user: &SignedInUser| Some(SignedInUser { pending_link: None, ..user.clone() });
        self.sessions.update(id, clear).await?;
        Ok(match outcome {
            LinkOutcome::Linked => {
                queue.inspect(|queue| queue.wake());
                audit::record(Event::QqLinked { user_id });
                Ok(())
            }
            LinkOutcome::AlreadyLinked => Err(LinkFailure::AlreadyLinked),
            LinkOutcome::LinkedElsewhere => Err(LinkFailure::LinkedElsewhere),
        })
    }

    /// Unlinks a QQ account, a row in `open_ids`, and ends its sessions. The one that the session was signed in with stays.
    /// Returns false if the user has no such account, perhaps because the form was sent twice.
    pub async fn unlink_qq(
        &self,
        user: &SignedInUser,
        identity_id: i64,
        notice: Option<Notice>,
    ) -> Result<Result<bool, LinkFailure>, LoginError> {
        let user_id = user.user_id;
        let identities = self.accounts.identities(user_id).await?;
        let Some(identity) = identities.into_iter().find(|identity| identity.id == identity_id) else {
            return Ok(Ok(false));
        };
        if identity.openid == user.openid {
            return Ok(Err(LinkFailure::InUse));
        }
        let queue = notice.as_ref().map(|notice| notice.queue.clone());
        let unlinking = self.database.write(move |connection| {
            Box::pin(async move {
                let outcome = unlink_open_id(&mut *connection, user_id, identity_id).await?;
                if let (UnlinkOutcome::Unlinked, Some(notice)) = (outcome, notice) {
                    notice.queue.queue_in(connection, &notice.mail).await?;
                }
                Ok::<_, LoginError>(outcome)
            })
        });
        Ok(match unlinking.await? {
            UnlinkOutcome::Unlinked => {
                queue.inspect(|queue| queue.wake());
                audit::record(Event::QqUnlinked { user_id });
                Ok(true)
            }
            UnlinkOutcome::LastOne => Err(LinkFailure::LastOne),
            UnlinkOutcome::NotLinked => Ok(false),
        })
    }
}

fn session_hash(session: Id) -> String {
    fingerprint(&session.to_string())
}

pub(super) fn failed(failure: LinkFailure) -> CallbackOutcome {
    LoginOutcome::Linking(Err(failure)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_name_their_failures() {
        for failure in LinkFailure::ALL {
            assert_eq!(LinkFailure::from_code(failure.code()), Some(failure));
        }
        assert_eq!(LinkFailure::from_code("<script>"), None);
    }
}
