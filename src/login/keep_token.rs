//! Keeping the access token good: go on, renew it, or go through QQ again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tower_sessions::Session;
use tower_sessions::session::Id;

use super::finish::store;
use super::{Login, LoginError};
use crate::qq::Class;
use crate::sessions::{SignedIn, TokenAge, Visitor};

/// What became of a session's token.
pub enum TokenState {
    /// It is good; here is the session as it is now.
    Good(SignedIn),
    /// It could not be renewed, since QQ could not be reached. The session stays.
    Stale(SignedIn),
    /// The person has to pass by QQ again.
    PassByQq,
    /// The person signed out meanwhile.
    SignedOut,
}

/// One lock per session that is being renewed. A refresh token is good once (QQ Connect wiki,
/// note on code 100021): of several requests at a time, one renews and the others wait for it.
#[derive(Default)]
pub(super) struct Renewals {
    locks: Mutex<HashMap<Id, Arc<tokio::sync::Mutex<()>>>>,
}

impl Renewals {
    fn lock(&self, id: Id) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        locks.entry(id).or_default().clone()
    }
}

impl Login {
    /// Looks at the token's timestamp and does what it asks for.
    pub async fn keep_token(&self, signed_in: SignedIn, session: &Session) -> Result<TokenState, LoginError> {
        match (signed_in.token.age(self.now()), session.id()) {
            (TokenAge::Good, _) => Ok(TokenState::Good(signed_in)),
            (TokenAge::Renewable, Some(id)) => {
                // On a task of its own: were the browser to hang up now, the refresh token would be
                // spent and the new tokens lost.
                let login = self.clone();
                tokio::spawn(async move { login.renew_once(id).await }).await?
            }
            (TokenAge::Renewable | TokenAge::Expired, _) => Ok(TokenState::PassByQq),
        }
    }

    /// Renews under the session's lock, on a handle of its own that is saved before the lock is
    /// given back. The request's own session stays untouched: saved again at the request's end,
    /// it could put an older token back.
    async fn renew_once(&self, id: Id) -> Result<TokenState, LoginError> {
        let lock = self.renewals.lock(id);
        let _renewing = lock.lock().await;
        let session = Session::new(Some(id), Arc::new(self.sessions.clone()), None);
        let visitor = Visitor::read(&session, self.now()).await?;
        let Some(signed_in) = visitor.and_then(Visitor::signed_in) else { return Ok(TokenState::SignedOut) };
        match signed_in.token.age(self.now()) {
            TokenAge::Good => Ok(TokenState::Good(signed_in)),
            TokenAge::Expired => Ok(TokenState::PassByQq),
            TokenAge::Renewable => self.renew(signed_in, &session).await,
        }
    }

    async fn renew(&self, mut signed_in: SignedIn, session: &Session) -> Result<TokenState, LoginError> {
        let Some(refresh_token) = signed_in.token.refresh_token.clone() else { return Ok(TokenState::PassByQq) };
        let obtained_at = self.now();
        match self.qq.renew_token(&refresh_token).await {
            Ok(token) => {
                signed_in.token = store(token, obtained_at);
                Visitor::SignedIn(signed_in.clone()).keep(session).await?;
                tracing::info!(user_id = signed_in.user_id, "renewed an access token");
                Ok(TokenState::Good(signed_in))
            }
            Err(error) => {
                tracing::warn!(%error, user_id = signed_in.user_id, "an access token could not be renewed");
                Ok(match error.class() {
                    Class::QqFailure | Class::TryLater => TokenState::Stale(signed_in),
                    Class::SignInAgain | Class::OperatorMustAct | Class::OurBug => TokenState::PassByQq,
                })
            }
        }
    }
}
