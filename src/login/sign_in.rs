//! Step 5: decides by openid and registration policy who gets in.

use sqlx::AnyConnection;
use tower_sessions::Session;
use tower_sessions::session::Id;

use super::session::QqLogin;
use super::{CallbackOutcome, LoginError, LoginFailure, LoginOutcome, LoginService, ReturnTo};
use crate::accounts::{KnownAccount, link_by_unionid, update_profile};
use crate::audit::{self, Event};
use crate::config::Registration;
use crate::sessions::{FormDraft, NewSession, SessionData};

/// The transaction of a sign-in.
struct SignIn {
    login: LoginService,
    qq_login: QqLogin,
    return_to: ReturnTo,
    draft: Option<FormDraft>,
    previous: Option<Id>,
    /// Whether another user is signed in to this browser.
    replaces_user: bool,
    session: NewSession,
}

/// What the transaction did.
enum Decision {
    SignedIn { user_id: i64, is_new: bool },
    NeedsRegistration,
    Closed,
}

impl LoginService {
    /// Signs in an existing user and starts the registration of a new one.
    ///
    /// Ends the session of any other user of this browser, even if the new one is turned away and would otherwise see
    /// that user's account.
    pub(super) async fn sign_in_or_register(
        &self,
        qq_login: QqLogin,
        return_to: ReturnTo,
        session: &Session,
    ) -> Result<CallbackOutcome, LoginError> {
        let openid = &qq_login.identity.openid;
        let previous = SessionData::read_including_expired(session).await?;
        let mut replaced_user_id = match &previous {
            Some(SessionData::SignedIn(user)) if user.openid != *openid => Some(user.user_id),
            _ => None,
        };
        let new_session = NewSession::generate(&self.random)?;
        let sign_in = SignIn {
            login: self.clone(),
            draft: draft_of_same_user(previous, openid, self.now()),
            qq_login,
            return_to: return_to.clone(),
            previous: session.id(),
            replaces_user: replaced_user_id.is_some(),
            session: new_session,
        };
        let decision = self.database.write(move |connection| Box::pin(sign_in.run(connection))).await?;
        if let Decision::SignedIn { user_id, .. } = &decision {
            // The same user may have another openid since the site has another App ID.
            replaced_user_id.take_if(|replaced| replaced == user_id);
        }
        let (login, session) = match decision {
            Decision::SignedIn { user_id, is_new } => {
                if is_new {
                    audit::record(Event::Registered { user_id });
                }
                audit::record(Event::SignedIn { user_id });
                (LoginOutcome::SignedIn(return_to), Some(new_session))
            }
            Decision::NeedsRegistration => (LoginOutcome::NeedsRegistration, Some(new_session)),
            Decision::Closed => (LoginOutcome::Failed(LoginFailure::Closed, return_to), None),
        };
        if let Some(user_id) = replaced_user_id {
            audit::record(Event::PersonReplaced { user_id });
        }
        Ok(CallbackOutcome { login, has_replaced_user: replaced_user_id.is_some(), session })
    }
}

impl SignIn {
    async fn run(self, connection: &mut AnyConnection) -> Result<Decision, LoginError> {
        let known = self.find_account(connection).await?;
        let (known, is_new) = match (known, self.login.policy.registration) {
            (Some(known), _) => (known, false),
            (None, Registration::Auto) => self.login.create_with_generated_username(connection, &self.qq_login).await?,
            (None, Registration::Form) => {
                let pending = self.qq_login.clone().into_pending(&self.return_to, self.draft.clone(), self.login.now());
                self.replace_session(connection, &SessionData::Pending(pending)).await?;
                return Ok(Decision::NeedsRegistration);
            }
            (None, Registration::Closed) => {
                if self.replaces_user
                    && let Some(previous) = self.previous
                {
                    self.login.sessions.remove(connection, previous).await?;
                }
                return Ok(Decision::Closed);
            }
        };
        let user_id = known.account.user_id;
        self.replace_session(connection, &self.qq_login.signed_in(known)).await?;
        Ok(Decision::SignedIn { user_id, is_new })
    }

    /// Finds the account by openid, or else by unionid, and updates its profile.
    async fn find_account(&self, connection: &mut AnyConnection) -> Result<Option<KnownAccount>, LoginError> {
        let QqLogin { identity, profile, .. } = &self.qq_login;
        let (openid, unionid) = (&identity.openid, identity.unionid.as_deref());
        let known = update_profile(connection, openid, unionid, profile).await?;
        if known.is_some() || !link_by_unionid(connection, openid, unionid, self.login.now()).await? {
            return Ok(known);
        }
        Ok(update_profile(connection, openid, unionid, profile).await?)
    }

    async fn replace_session(&self, connection: &mut AnyConnection, data: &SessionData) -> Result<(), LoginError> {
        if let Some(previous) = self.previous {
            self.login.sessions.remove(connection, previous).await?;
        }
        Ok(self.login.sessions.insert(connection, self.session.id(), data).await?)
    }
}

/// The form that the same user submitted after their registration had expired.
fn draft_of_same_user(previous: Option<SessionData>, openid: &str, now: i64) -> Option<FormDraft> {
    match previous {
        Some(SessionData::Pending(pending)) if pending.openid == openid => pending.draft(now).cloned(),
        _ => None,
    }
}
