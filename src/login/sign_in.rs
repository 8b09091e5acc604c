//! Step 5: decides by openid and registration policy who gets in.

use tower_sessions::Session;

use super::session::QqLogin;
use super::{CallbackOutcome, LoginError, LoginFailure, LoginOutcome, LoginService, ReturnTo};
use crate::accounts::COMPANY_QQ;
use crate::audit::{self, Event};
use crate::config::Registration;
use crate::sessions::{FormDraft, SessionData};

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
        let replaced_user_id = match &previous {
            Some(SessionData::SignedIn(user)) if user.openid != *openid => Some(user.user_id),
            _ => None,
        };
        let account = self.accounts.find_by_openid(COMPANY_QQ, openid).await?;
        let login = match (account, self.policy.registration) {
            (Some(account), _) => {
                self.start_session(account, qq_login, session).await?;
                LoginOutcome::SignedIn(return_to)
            }
            (None, Registration::Closed) => {
                if replaced_user_id.is_some() {
                    session.flush().await?;
                }
                LoginOutcome::Failed(LoginFailure::Closed, return_to)
            }
            (None, Registration::Form) => {
                let draft = draft_of_same_user(previous, openid, self.now());
                let pending = qq_login.into_pending(&return_to, draft, self.now());
                SessionData::Pending(pending).start(session).await?;
                LoginOutcome::NeedsRegistration
            }
            (None, Registration::Auto) => {
                self.register_with_generated_username(qq_login, session).await?;
                LoginOutcome::SignedIn(return_to)
            }
        };
        if let Some(user_id) = replaced_user_id {
            audit::record(Event::PersonReplaced { user_id });
        }
        Ok(CallbackOutcome { login, has_replaced_user: replaced_user_id.is_some() })
    }
}

/// The form that the same user submitted after their registration had expired.
fn draft_of_same_user(previous: Option<SessionData>, openid: &str, now: i64) -> Option<FormDraft> {
    match previous {
        Some(SessionData::Pending(pending)) if pending.openid == openid => pending.draft(now).cloned(),
        _ => None,
    }
}
