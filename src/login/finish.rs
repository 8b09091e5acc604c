//! Coming back from QQ: authorization code → access token → openid → person.

use axum_extra::extract::CookieJar;
use secrecy::SecretString;
use tower_sessions::Session;

use super::attempt::Attempt;
use super::callback::{Answer, Callback};
use super::{Login, LoginError, Next};
use crate::accounts::{Account, COMPANY_QQ};
use crate::config::Registration;
use crate::qq::{self, Class, QqError};
use crate::sessions::{Pending, Person, SignedIn, StoredToken, Visitor};

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

/// Why nobody was signed in, in the words of `/login?error=…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The attempt is unknown, too old, used up, or begun in another browser.
    Expired,
    /// The person turned back.
    Cancelled,
    /// QQ wants the person to sign in again.
    Denied,
    /// The operator must act, or our request was wrong.
    Misconfigured,
    /// QQ did not answer, or in no way that can be understood.
    Unreachable,
    /// Only known people get in.
    Closed,
}

impl Failure {
    /// Every failure, for those who need a text for each.
    pub const ALL: [Failure; 6] =
        [Self::Expired, Self::Cancelled, Self::Denied, Self::Misconfigured, Self::Unreachable, Self::Closed];

    /// The word in the address.
    pub fn code(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Denied => "denied",
            Self::Misconfigured => "misconfigured",
            Self::Unreachable => "unreachable",
            Self::Closed => "closed",
        }
    }

    /// Finds the failure for a word in the address.
    pub fn from_code(code: &str) -> Option<Failure> {
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }

    fn from_class(class: Class) -> Failure {
        match class {
            Class::SignInAgain => Self::Denied,
            Class::OperatorMustAct | Class::OurBug => Self::Misconfigured,
            Class::QqFailure | Class::TryLater => Self::Unreachable,
        }
    }
}

/// What QQ told about somebody.
struct Arrival {
    identity: qq::Identity,
    person: Person,
    token: StoredToken,
}

impl Login {
    /// Finishes an attempt. `query` is what stands behind the `?` of the callback's address.
    ///
    /// Whatever QQ or the browser sends ends in an [`Ending`]; an error means that something of
    /// ours broke.
    pub async fn finish(&self, query: &str, jar: &CookieJar, session: &Session) -> Result<Ending, LoginError> {
        let callback = Callback::read(query);
        let attempt = callback.state.as_deref().and_then(|state| self.attempts.find(jar, state));
        match (attempt, callback.answer) {
            (Some(attempt), answer) => self.finish_attempt(attempt, answer, session).await,
            // Turning back harms nobody, so it is believed even of a browser that began nothing:
            // a phone may return in another browser than it left.
            (None, answer) => Ok(Ending::Failed(refusal(&answer).unwrap_or(Failure::Expired), Next::default())),
        }
    }

    async fn finish_attempt(&self, attempt: Attempt, answer: Answer, session: &Session) -> Result<Ending, LoginError> {
        if matches!(answer, Answer::Unreadable) {
            return Ok(Ending::Failed(Failure::Expired, attempt.next()));
        }
        if !self.attempts.spend(&attempt).await? {
            return self.finish_again(attempt, session).await;
        }
        let code = match answer {
            Answer::Code(code) => code,
            other => {
                return Ok(Ending::Failed(refusal(&other).unwrap_or(Failure::Cancelled), attempt.next()));
            }
        };
        match self.ask_qq(&code).await {
            Ok(arrival) => self.receive(arrival, attempt.next(), session).await,
            Err(error) => Ok(Ending::Failed(explain(&error), attempt.next())),
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

    async fn ask_qq(&self, code: &SecretString) -> Result<Arrival, QqError> {
        let obtained_at = self.now();
        let token = self.qq.exchange_code(code).await?;
        let identity = self.qq.identify(&token.access_token).await?;
        let person = self.look_at(&token.access_token, &identity.openid).await;
        Ok(Arrival { identity, person, token: store(token, obtained_at) })
    }

    /// Nickname and avatar are nice to have: the identity is proven without them.
    async fn look_at(&self, access_token: &SecretString, openid: &str) -> Person {
        match self.qq.user_info(access_token, openid).await {
            Ok(profile) => Person { nickname: profile.nickname, avatar_url: profile.avatar_url },
            Err(error) => {
                tracing::warn!(%error, "QQ gave no nickname and avatar; signing in without");
                Person::default()
            }
        }
    }

    async fn receive(&self, arrival: Arrival, next: Next, session: &Session) -> Result<Ending, LoginError> {
        let known = self.accounts.find_by_openid(COMPANY_QQ, &arrival.identity.openid).await?;
        if let Some(account) = known {
            let pending = arrival.into_pending(&next, self.now());
            self.sign_in(account, pending, session).await?;
            return Ok(Ending::GoOn(next));
        }
        match self.rules.registration {
            Registration::Closed => {
                tracing::info!("somebody without an account was turned away: registration is closed");
                Ok(Ending::Failed(Failure::Closed, next))
            }
            Registration::Form => {
                Visitor::Pending(arrival.into_pending(&next, self.now())).start(session).await?;
                Ok(Ending::Register)
            }
            Registration::Auto => {
                self.make_generated_account(arrival.into_pending(&next, self.now()), session).await?;
                Ok(Ending::GoOn(next))
            }
        }
    }

    /// Starts the session of somebody whose account is known or was just made.
    pub(super) async fn sign_in(
        &self,
        account: Account,
        pending: Pending,
        session: &Session,
    ) -> Result<(), LoginError> {
        tracing::info!(user_id = account.user_id, "signed in");
        let signed_in = SignedIn {
            user_id: account.user_id,
            username: account.username,
            openid: pending.openid,
            person: pending.person,
            token: pending.token,
        };
        Visitor::SignedIn(signed_in).start(session).await?;
        Ok(())
    }
}

impl Arrival {
    fn into_pending(self, next: &Next, since: i64) -> Pending {
        Pending {
            openid: self.identity.openid,
            unionid: self.identity.unionid,
            person: self.person,
            token: self.token,
            next: next.as_str().to_owned(),
            since,
        }
    }
}

/// The token as the session keeps it, with its timestamp.
pub(super) fn store(token: qq::Token, obtained_at: i64) -> StoredToken {
    StoredToken {
        access_token: token.access_token,
        refresh_token: token.refresh_token,
        obtained_at,
        lifetime_secs: token.lifetime_secs,
    }
}

/// What an answer without a code means, unless it means nothing by itself.
fn refusal(answer: &Answer) -> Option<Failure> {
    match answer {
        Answer::Cancelled => Some(Failure::Cancelled),
        Answer::Refused(code) => {
            let class = qq::code_info(*code).map_or(Class::QqFailure, |info| info.class);
            tracing::warn!(code, ?class, "QQ sent an error code to the callback");
            Some(Failure::from_class(class))
        }
        Answer::UnknownError => Some(Failure::Unreachable),
        Answer::Code(_) | Answer::NoCode | Answer::Unreadable => None,
    }
}

/// Logs what QQ said for the operator and gives what to tell the person.
fn explain(error: &QqError) -> Failure {
    let failure = match error {
        QqError::ForeignToken => Failure::Denied,
        other => Failure::from_class(other.class()),
    };
    match failure {
        Failure::Misconfigured => tracing::error!(%error, "QQ refuses this site; run `qq-login doctor`"),
        _ => tracing::warn!(%error, "a sign-in failed at QQ"),
    }
    failure
}
