//! Step 5: decides by openid and registration policy who gets in.

use sqlx::any::{Any, AnyArguments};
use sqlx::query::Query;
use tower_sessions::Session;
use tower_sessions::session::Id;

use super::session::QqLogin;
use super::{CallbackOutcome, LoginError, LoginFailure, LoginOutcome, LoginService, ReturnTo};
use crate::accounts::{KnownAccount, OpenId, update_profile};
use crate::audit::{self, Event};
use crate::config::Registration;
use crate::database::QueryError;
use crate::sessions::{FormDraft, NewSession, SessionData};

/// A user whom QQ has identified, and the session that they will get.
struct SignIn {
    qq_login: QqLogin,
    draft: Option<FormDraft>,
    /// The session that ends.
    previous: Option<Id>,
    /// The other user who was signed in to this browser.
    replaced_user_id: Option<i64>,
    session: NewSession,
}

/// What a sign-in wrote.
enum Decision {
    SignedIn { user_id: i64, is_new: bool },
    NeedsRegistration,
    TurnedAway(LoginFailure),
}

impl LoginService {
    pub(super) async fn find_account(&self, open_id: &OpenId) -> Result<Option<KnownAccount>, QueryError> {
        self.accounts.find_or_link(open_id, self.now()).await
    }

    /// Signs in an existing user and does with a new one what `registration` says.
    ///
    /// Ends the session of any other user of this browser, even if the new one is turned away and would otherwise see
    /// that user's account.
    pub(super) async fn sign_in_or_register(
        &self,
        qq_login: QqLogin,
        known: Option<KnownAccount>,
        registration: Registration,
        return_to: ReturnTo,
        session: &Session,
    ) -> Result<CallbackOutcome, LoginError> {
        let id = |data: &SessionData| (data.company().map(str::to_owned), data.openid().to_owned());
        let own_id = (qq_login.company.clone(), qq_login.identity.openid.clone());
        // The same user has another openid if the site has got another App ID.
        let known_id = known.as_ref().map(|known| known.account.user_id);
        let data = SessionData::read_including_expired(session).await?;
        let sign_in = SignIn {
            qq_login,
            previous: session.id().filter(|_| data.is_some()),
            replaced_user_id: match &data {
                Some(data @ SessionData::SignedIn(user)) if id(data) != own_id && known_id != Some(user.user_id) => {
                    Some(user.user_id)
                }
                _ => None,
            },
            draft: data.filter(|data| id(data) == own_id).and_then(|data| draft(data, self.now())),
            session: NewSession::generate(&self.random)?,
        };
        let decision = match self.decide(&sign_in, known, registration, &return_to).await {
            // The account was deleted after it had been looked up.
            Err(error) if error.is_missing_reference() => {
                let known = self.find_account(&sign_in.qq_login.open_id()).await?;
                self.decide(&sign_in, known, registration, &return_to).await?
            }
            decision => decision?,
        };
        let replaced_user_id = sign_in.replaced_user_id;
        let (login, session) = match decision {
            Decision::SignedIn { user_id, is_new } => {
                if is_new {
                    audit::record(Event::Registered { user_id });
                }
                audit::record(Event::SignedIn { user_id });
                (LoginOutcome::SignedIn(return_to), Some(sign_in.session))
            }
            Decision::NeedsRegistration => (LoginOutcome::NeedsRegistration, Some(sign_in.session)),
            Decision::TurnedAway(failure) => (LoginOutcome::Failed(failure, return_to), None),
        };
        if let Some(user_id) = replaced_user_id {
            audit::record(Event::PersonReplaced { user_id });
        }
        Ok(CallbackOutcome { login, has_replaced_user: replaced_user_id.is_some(), session })
    }

    async fn decide(
        &self,
        sign_in: &SignIn,
        known: Option<KnownAccount>,
        registration: Registration,
        return_to: &ReturnTo,
    ) -> Result<Decision, LoginError> {
        match (known, registration) {
            (Some(known), _) if known.is_blocked => self.turn_away(sign_in, LoginFailure::Blocked).await,
            (Some(known), _) => self.sign_in_known(sign_in, known).await,
            (None, Registration::Auto) => self.register_automatically(sign_in).await,
            (None, Registration::Form) => {
                let pending = sign_in.qq_login.clone().into_pending(return_to, sign_in.draft.clone());
                self.start_session(sign_in, SessionData::Pending(pending), None).await?;
                Ok(Decision::NeedsRegistration)
            }
            (None, Registration::Closed) => self.turn_away(sign_in, LoginFailure::Closed).await,
        }
    }

    async fn turn_away(&self, sign_in: &SignIn, failure: LoginFailure) -> Result<Decision, LoginError> {
        if let (Some(_), Some(previous)) = (sign_in.replaced_user_id, sign_in.previous) {
            self.sessions.remove(previous).await?;
        }
        Ok(Decision::TurnedAway(failure))
    }

    async fn sign_in_known(&self, sign_in: &SignIn, mut known: KnownAccount) -> Result<Decision, LoginError> {
        let QqLogin { identity, profile, .. } = &sign_in.qq_login;
        let open_id = sign_in.qq_login.open_id();
        let has_changed = known.apply(identity.unionid.as_deref(), profile) | known.note_use(self.now());
        let update = has_changed.then(|| update_profile(&open_id.company, &open_id.openid, &known));
        let user_id = known.account.user_id;
        self.start_session(sign_in, sign_in.qq_login.signed_in(known), update).await?;
        Ok(Decision::SignedIn { user_id, is_new: false })
    }

    /// Starts the session, together with `update` if there is one.
    async fn start_session(
        &self,
        sign_in: &SignIn,
        data: SessionData,
        update: Option<Query<'static, Any, AnyArguments>>,
    ) -> Result<(), LoginError> {
        let (sessions, previous, id) = (self.sessions.clone(), sign_in.previous, sign_in.session.id());
        let Some(update) = update else { return Ok(sessions.start(previous, id, &data).await?) };
        let transaction = self.database.write(move |connection| {
            Box::pin(async move {
                update.execute(&mut *connection).await.map_err(QueryError::from)?;
                sessions.start_in(connection, previous, id, &data).await
            })
        });
        Ok(transaction.await?)
    }

    async fn register_automatically(&self, sign_in: &SignIn) -> Result<Decision, LoginError> {
        let (login, qq_login) = (self.clone(), sign_in.qq_login.clone());
        let (previous, id) = (sign_in.previous, sign_in.session.id());
        let transaction = self.database.write(move |connection| {
            Box::pin(async move {
                let (known, is_new) = login.create_with_generated_username(&mut *connection, &qq_login).await?;
                let user_id = known.account.user_id;
                login.sessions.start_in(connection, previous, id, &qq_login.signed_in(known)).await?;
                Ok::<_, LoginError>(Decision::SignedIn { user_id, is_new })
            })
        });
        transaction.await
    }
}

/// The form that the same user submitted after their registration had expired.
fn draft(previous: SessionData, now: i64) -> Option<FormDraft> {
    match previous {
        SessionData::Pending(pending) => pending.draft(now).cloned(),
        SessionData::SignedIn(_) => None,
    }
}
