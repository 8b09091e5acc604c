//! The questions to QQ, in the order in which a sign-in asks them.
//!
//! The real QQ is asked nothing that concerns a person: the authorize address (not followed), a
//! token for a made-up code, the owner of a made-up token. The sandbox signs somebody in.

use secrecy::SecretString;

use super::consultation::Consultation;
use super::report::{Finding, Status};
use super::{app, callback, clock_skew, reach, rehearsal};
use crate::qq::{AuthorizePage, AuthorizeProbe, QqError, Token, TransportError};

/// An authorization code and an access token that QQ cannot have given to anybody.
pub(super) const MADE_UP: &str = "00000000000000000000000000000000";
/// The state to come back with. Nobody waits for it, so it need not be random.
const STATE: &str = "qq-login-doctor";
/// Whom the sandbox signs in.
const PERSON: &str = "doctor";

/// What was found at QQ.
pub(super) struct QqFindings {
    pub(super) clock: Finding,
    pub(super) dns_and_tls: Finding,
    pub(super) app: Finding,
    pub(super) callback: Finding,
    pub(super) identity: Finding,
    pub(super) profile: Finding,
    pub(super) renewal: Finding,
}

/// What the token endpoint said to a code.
pub(super) enum Exchange {
    /// To one that QQ had just given.
    Real(Result<Token, QqError>),
    /// To one that nobody has.
    MadeUp(Result<Token, QqError>),
}

pub(super) async fn examine(consultation: &Consultation<'_>) -> QqFindings {
    let (client, clock, texts) = (consultation.client, consultation.clock, consultation.texts());
    let asked_at = clock();
    let glance = client.probe_authorize(STATE, consultation.is_stand_in.then_some(PERSON)).await;
    let clock = clock_skew::judge(asked_at, clock(), glance.date, texts);
    if let Err(error @ QqError::Transport(TransportError::Connect(_))) = &glance.page {
        return if consultation.config.sandbox.is_some() { asleep(consultation) } else { silent(consultation, error) };
    }
    let exchange = exchange(consultation, &glance).await;
    if let (Some(error), Some(_)) = (silence(&glance), exchange.silence()) {
        return silent(consultation, error);
    }
    let callback = callback::judge(consultation, &glance.page, &exchange);
    let rehearsal = rehearsal::go_through(consultation, exchange.token()).await;
    QqFindings {
        clock: if silence(&glance).is_some() { Finding::not_checked(texts, texts.because_no_answer) } else { clock },
        dns_and_tls: reach::answered(consultation),
        app: app::judge(consultation, &exchange, callback.status == Status::Error),
        callback,
        identity: rehearsal.identity,
        profile: rehearsal.profile,
        renewal: rehearsal.renewal,
    }
}

/// A code from the sandbox is traded in; so is one that nobody has if there is none, since QQ
/// looks at app and key before it looks at the code.
async fn exchange(consultation: &Consultation<'_>, glance: &AuthorizeProbe) -> Exchange {
    match &glance.page {
        Ok(AuthorizePage::Code(code)) => Exchange::Real(consultation.client.exchange_code(code).await),
        _ => Exchange::MadeUp(consultation.client.exchange_code(&SecretString::from(MADE_UP)).await),
    }
}

impl Exchange {
    pub(super) fn error(&self) -> Option<&QqError> {
        match self {
            Exchange::Real(result) | Exchange::MadeUp(result) => result.as_ref().err(),
        }
    }

    fn token(&self) -> Option<&Token> {
        match self {
            Exchange::Real(Ok(token)) => Some(token),
            Exchange::Real(Err(_)) | Exchange::MadeUp(_) => None,
        }
    }

    fn silence(&self) -> Option<&QqError> {
        self.error().filter(|error| is_silence(error))
    }
}

/// The error if not even the head of an answer came.
fn silence(glance: &AuthorizeProbe) -> Option<&QqError> {
    glance.page.as_ref().err().filter(|error| glance.date.is_none() && is_silence(error))
}

fn is_silence(error: &QqError) -> bool {
    use TransportError::{Connect, Interrupted, Timeout};
    matches!(error, QqError::Transport(Timeout | Connect(_) | Interrupted(_)))
}

/// The findings if QQ cannot be reached.
fn silent(consultation: &Consultation<'_>, error: &QqError) -> QqFindings {
    let texts = consultation.texts();
    let unknown = Finding::not_checked(texts, texts.because_unreachable);
    QqFindings { dns_and_tls: reach::judge(consultation, error), ..all(&unknown) }
}

/// The findings if the sandbox is the site's own and the site does not run.
fn asleep(consultation: &Consultation<'_>) -> QqFindings {
    let texts = consultation.texts();
    let because = (texts.because_sandbox_sleeps)(consultation.qq_address());
    all(&Finding::not_needed(texts, &because))
}

fn all(finding: &Finding) -> QqFindings {
    let finding = || finding.clone();
    QqFindings {
        clock: finding(),
        dns_and_tls: finding(),
        app: finding(),
        callback: finding(),
        identity: finding(),
        profile: finding(),
        renewal: finding(),
    }
}
