//! Asking QQ for something with the token of somebody who is signed in.

use tower_sessions::Session;

use super::{Login, LoginError, TokenState};
use crate::qq::{Class, OnBehalfOf, QqError};
use crate::sessions::SignedIn;

/// What came of asking.
pub enum Asked<T> {
    /// QQ answered; here is the session as it is now.
    Answered(T, SignedIn),
    /// QQ cannot be reached, or failed. The session stays, and asking again later may help.
    Unavailable,
    /// QQ refuses this site; the operator has to act.
    Misconfigured,
    /// There is no token to ask with.
    NoToken(TokenState),
}

/// How much of nickname and avatar was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// All there is.
    Whole,
    /// QQ lost some of it, or its picture could not be had. That stays as it was.
    Partly,
}

impl Login {
    /// Fetches nickname and avatar anew.
    pub async fn update_portrait(&self, signed_in: SignedIn, session: &Session) -> Result<Asked<Fetched>, LoginError> {
        let asked = self.with_token(signed_in, session, async |login, who| login.look_at(who).await).await?;
        let (news, signed_in) = match asked {
            Asked::Answered(news, signed_in) => (news, signed_in),
            Asked::Unavailable => return Ok(Asked::Unavailable),
            Asked::Misconfigured => return Ok(Asked::Misconfigured),
            Asked::NoToken(state) => return Ok(Asked::NoToken(state)),
        };
        let fetched = if news.is_whole() { Fetched::Whole } else { Fetched::Partly };
        let portrait = self.accounts.remember(&signed_in.openid, None, news).await?.unwrap_or_default();
        let Some(id) = session.id() else { return Ok(Asked::NoToken(TokenState::SignedOut)) };
        let show = |signed_in: &SignedIn| {
            let (nickname, avatar_hash) = (portrait.nickname.clone(), portrait.avatar_hash.clone());
            Some(SignedIn { nickname, avatar_hash, ..signed_in.clone() })
        };
        let changed = self.sessions.change(id, show).await?;
        Ok(changed.map_or(Asked::NoToken(TokenState::SignedOut), |signed_in| Asked::Answered(fetched, signed_in)))
    }

    /// Asks QQ with the person's token, renewed if need be. A token that QQ refuses is dead from
    /// then on; one that it calls expired, against our clock, is renewed first, once.
    async fn with_token<T>(
        &self,
        signed_in: SignedIn,
        session: &Session,
        ask: impl AsyncFn(&Login, OnBehalfOf<'_>) -> Result<T, QqError>,
    ) -> Result<Asked<T>, LoginError> {
        let mut signed_in = match self.keep_token(signed_in, session).await? {
            TokenState::Good(signed_in) => signed_in,
            TokenState::Stale(_) => return Ok(Asked::Unavailable),
            state => return Ok(Asked::NoToken(state)),
        };
        let Some(id) = session.id() else { return Ok(Asked::NoToken(TokenState::SignedOut)) };
        let mut answer = ask(self, on_behalf_of(&signed_in)).await;
        let may_renew = signed_in.token.refresh_token.is_some();
        if may_renew && answer.as_ref().is_err_and(QqError::is_token_expired) {
            signed_in = match self.renew(id, Some(signed_in.token)).await? {
                TokenState::Good(signed_in) => signed_in,
                TokenState::Stale(_) => return Ok(Asked::Unavailable),
                state => return Ok(Asked::NoToken(state)),
            };
            answer = ask(self, on_behalf_of(&signed_in)).await;
        }
        let error = match answer {
            Ok(answer) => return Ok(Asked::Answered(answer, signed_in)),
            Err(error) => error,
        };
        self.log_refusal(&error);
        Ok(match error.class() {
            Class::SignInAgain => Asked::NoToken(self.bury_token(id, &signed_in.token).await?),
            Class::OperatorMustAct | Class::OurBug => Asked::Misconfigured,
            Class::QqFailure | Class::TryLater => Asked::Unavailable,
        })
    }
}

fn on_behalf_of(signed_in: &SignedIn) -> OnBehalfOf<'_> {
    OnBehalfOf { access_token: &signed_in.token.access_token, openid: &signed_in.openid }
}
