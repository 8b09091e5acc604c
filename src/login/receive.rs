//! Letting in whom QQ knows: a known person signs in, a new one registers.

use tower_sessions::Session;

use super::finish::{Ending, Finished};
use super::{Failure, Login, LoginError, Next};
use crate::accounts::{Account, COMPANY_QQ, News, Portrait, Told};
use crate::audit::{self, Event};
use crate::config::Registration;
use crate::qq;
use crate::sessions::{Draft, Pending, SignedIn, StoredToken, Visitor};

/// What QQ told about somebody.
pub(super) struct Arrival {
    pub(super) identity: qq::Identity,
    pub(super) news: News,
    pub(super) token: StoredToken,
}

impl Login {
    /// Lets somebody in whom QQ knows. Whoever else was signed in in this browser is not any more,
    /// even if the new person does not get in: they would look at a stranger's account.
    pub(super) async fn receive(
        &self,
        arrival: Arrival,
        next: Next,
        session: &Session,
    ) -> Result<Finished, LoginError> {
        let before = Visitor::read_lapsed(session).await?;
        let replaced = match &before {
            Some(Visitor::SignedIn(signed_in)) if signed_in.openid != arrival.identity.openid => {
                Some(signed_in.user_id)
            }
            _ => None,
        };
        let known = self.accounts.find_by_openid(COMPANY_QQ, &arrival.identity.openid).await?;
        let ending = match (known, self.rules.registration) {
            (Some(account), _) => {
                self.welcome_back(account, arrival, session).await?;
                Ending::GoOn(next)
            }
            (None, Registration::Closed) => {
                if replaced.is_some() {
                    session.flush().await?;
                }
                Ending::Failed(Failure::Closed, next)
            }
            (None, Registration::Form) => {
                let draft = draft_of(before, &arrival.identity.openid, self.now());
                Visitor::Pending(arrival.into_pending(&next, draft, self.now())).start(session).await?;
                Ending::Register
            }
            (None, Registration::Auto) => {
                self.make_generated_account(arrival.into_pending(&next, None, self.now()), session).await?;
                Ending::GoOn(next)
            }
        };
        if let Some(user_id) = replaced {
            audit::record(Event::PersonReplaced { user_id });
        }
        Ok(Finished { ending, has_replaced_somebody: replaced.is_some() })
    }

    /// Starts the session of somebody who has an account, with what QQ tells of them now.
    async fn welcome_back(&self, account: Account, arrival: Arrival, session: &Session) -> Result<(), LoginError> {
        let identity = &arrival.identity;
        let portrait = self.accounts.remember(&identity.openid, identity.unionid.as_deref(), arrival.news).await?;
        self.start_session(account, arrival.identity.openid, portrait, arrival.token, session).await
    }

    /// Starts the session of somebody whose account was just made.
    pub(super) async fn sign_in(
        &self,
        account: Account,
        pending: Pending,
        session: &Session,
    ) -> Result<(), LoginError> {
        let news = News { nickname: told(pending.nickname), avatar_hash: told(pending.avatar_hash) };
        let portrait = self.accounts.remember(&pending.openid, pending.unionid.as_deref(), news).await?;
        self.start_session(account, pending.openid, portrait, pending.token, session).await
    }

    async fn start_session(
        &self,
        account: Account,
        openid: String,
        portrait: Option<Portrait>,
        token: StoredToken,
        session: &Session,
    ) -> Result<(), LoginError> {
        let Portrait { nickname, avatar_hash } = portrait.unwrap_or_default();
        let Account { user_id, username } = account;
        let signed_in = SignedIn { user_id, username, openid, nickname, avatar_hash, token };
        Visitor::SignedIn(signed_in).start(session).await?;
        audit::record(Event::SignedIn { user_id });
        Ok(())
    }
}

impl Arrival {
    fn into_pending(self, next: &Next, draft: Option<Draft>, since: i64) -> Pending {
        Pending {
            openid: self.identity.openid,
            unionid: self.identity.unionid,
            nickname: self.news.nickname.or_none(),
            avatar_hash: self.news.avatar_hash.or_none(),
            token: self.token,
            next: next.as_str().to_owned(),
            since,
            draft,
        }
    }
}

fn told<T>(value: Option<T>) -> Told<T> {
    value.map_or(Told::Nothing, |value| Told::That(Some(value)))
}

/// What the same person typed before their registration lapsed.
fn draft_of(before: Option<Visitor>, openid: &str, now: i64) -> Option<Draft> {
    match before {
        Some(Visitor::Pending(pending)) if pending.openid == openid => pending.draft(now).cloned(),
        _ => None,
    }
}
