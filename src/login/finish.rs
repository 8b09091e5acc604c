//! Coming back from QQ: authorization code → access token → openid → person.

use axum_extra::extract::CookieJar;
use secrecy::SecretString;
use tower_sessions::Session;

use super::attempt::Attempt;
use super::callback::{Answer, Callback};
use super::keep_token::stored;
use super::receive::Arrival;
use super::{Failure, Login, LoginError, Next};
use crate::accounts::{COMPANY_QQ, News};
use crate::audit::{self, Event};
use crate::config::Registration;
use crate::qq::{Identity, OnBehalfOf, QqError, Token};
use crate::sessions::Visitor;

/// What came of a callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Where it ends.
    pub ending: Ending,
    /// Whether somebody else was signed in in this browser, and is not any more.
    pub has_replaced_somebody: bool,
}

/// Where a callback ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The person is signed in and goes on.
    GoOn(Next),
    /// A first-time visitor is to register.
    Register,
    /// Nobody was signed in. A new attempt leads to where this one would have.
    Failed(Failure, Next),
}

impl From<Ending> for Finished {
    fn from(ending: Ending) -> Finished {
        Finished { ending, has_replaced_somebody: false }
    }
}

impl Login {
    /// Finishes an attempt. `query` is what stands behind the `?` of the callback's address.
    ///
    /// Whatever QQ or the browser sends ends in an [`Ending`]; an error means that something of
    /// ours broke.
    pub async fn finish(&self, query: &str, jar: &CookieJar, session: &Session) -> Result<Finished, LoginError> {
        let callback = Callback::read(query);
        let attempt = callback.state.as_deref().and_then(|state| self.attempts.find(jar, state));
        let finished = match (attempt, callback.answer) {
            (Some(attempt), answer) => self.finish_attempt(attempt, answer, session).await?,
            // Turning back harms nobody, so it is believed even of a browser that began nothing:
            // a phone may return in another browser than it left. An error code is not: anybody's
            // link can hold one, and would call the operator.
            (None, Answer::Cancelled) => Ending::Failed(Failure::Cancelled, Next::default()).into(),
            (None, _) => Ending::Failed(Failure::Expired, Next::default()).into(),
        };
        if let Ending::Failed(failure, _) = &finished.ending {
            audit::record(Event::SignInFailed { reason: failure.code() });
        }
        Ok(finished)
    }

    async fn finish_attempt(
        &self,
        attempt: Attempt,
        answer: Answer,
        session: &Session,
    ) -> Result<Finished, LoginError> {
        if matches!(answer, Answer::Unreadable) {
            return Ok(Ending::Failed(Failure::Expired, attempt.next()).into());
        }
        if !self.attempts.spend(&attempt).await? {
            return Ok(self.finish_again(attempt, session).await?.into());
        }
        let code = match answer {
            Answer::Code(code) => code,
            other => {
                let failure = self.refusal(&other).unwrap_or(Failure::Cancelled);
                return Ok(Ending::Failed(failure, attempt.next()).into());
            }
        };
        let obtained_at = self.now();
        match self.learn_who(&code).await {
            Ok((identity, token)) => {
                let news = self.learn_how_they_look(&identity, &token).await?;
                let arrival = Arrival { identity, news, token: stored(token, obtained_at) };
                self.receive(arrival, attempt.next(), session).await
            }
            Err(error) => Ok(Ending::Failed(self.explain(&error), attempt.next()).into()),
        }
    }

    /// A callback opened a second time, by the back button or a nervous browser: its first answer
    /// still holds.
    async fn finish_again(&self, attempt: Attempt, session: &Session) -> Result<Ending, LoginError> {
        Ok(match Visitor::read(session, self.now()).await? {
            Some(Visitor::SignedIn(_)) => Ending::GoOn(attempt.next()),
            Some(Visitor::Pending(_)) => Ending::Register,
            None => Ending::Failed(Failure::Expired, attempt.next()),
        })
    }

    async fn learn_who(&self, code: &SecretString) -> Result<(Identity, Token), QqError> {
        let token = self.qq.exchange_code(code).await?;
        let identity = self.qq.identify(&token.access_token).await?;
        Ok((identity, token))
    }

    /// Nickname and avatar are nice to have: the identity is proven without them. Of somebody who
    /// does not get in, nothing is asked and nothing kept.
    async fn learn_how_they_look(&self, identity: &Identity, token: &Token) -> Result<News, LoginError> {
        if !self.lets_in(identity).await? {
            return Ok(News::NONE);
        }
        let who = OnBehalfOf { access_token: &token.access_token, openid: &identity.openid };
        Ok(self.look_at(who).await.unwrap_or_else(|error| {
            self.log_refusal(&error);
            News::NONE
        }))
    }

    async fn lets_in(&self, identity: &Identity) -> Result<bool, LoginError> {
        if self.rules.registration != Registration::Closed {
            return Ok(true);
        }
        Ok(self.accounts.find_by_openid(COMPANY_QQ, &identity.openid).await?.is_some())
    }
}
