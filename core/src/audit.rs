//! The security audit log: one line per event, with target `audit` and a stable event name.
//!
//! The enclosing span adds the request id and the client's network. Lines contain nothing that users or QQ sent, so
//! neither can forge one. The log keeps memory for them apart, so that other lines do not displace them.

use crate::metrics;

/// The target of audit events, and of the span of a request, so that the events have it whatever `RUST_LOG` says.
pub const TARGET: &str = "audit";

/// `user_id` is the row in `users`.
#[derive(Clone, Copy, Debug)]
pub enum Event {
    SignInStarted,
    SignedIn {
        user_id: i64,
    },
    /// `reason` is the error code in the login page's URL.
    SignInFailed {
        reason: &'static str,
    },
    Registered {
        user_id: i64,
    },
    /// Another user signed in to the same browser, which ended this user's session.
    PersonReplaced {
        user_id: i64,
    },
    TokenRenewed {
        user_id: i64,
    },
    /// A refresh failed, but QQ did not reject the token.
    TokenNotRenewed {
        user_id: i64,
        reason: &'static str,
    },
    /// QQ rejected an access token or refresh token.
    TokenRefused {
        user_id: i64,
    },
    SignedOut {
        user_id: i64,
    },
    /// A user ended other sessions of theirs.
    SessionsEnded {
        user_id: i64,
    },
    EmailAdded {
        user_id: i64,
    },
    EmailRemoved {
        user_id: i64,
    },
    EmailVerified {
        user_id: i64,
    },
    PrimaryEmailChanged {
        user_id: i64,
    },
    QqLinked {
        user_id: i64,
    },
    QqUnlinked {
        user_id: i64,
    },
    /// A user changed their username.
    UsernameChanged {
        user_id: i64,
    },
    DataExported {
        user_id: i64,
    },
    AccountDeleted {
        user_id: i64,
    },
    /// The operator did this and the following.
    UserBlocked {
        user_id: i64,
    },
    UserUnblocked {
        user_id: i64,
    },
    UserSignedOut {
        user_id: i64,
    },
    UserDeleted {
        user_id: i64,
    },
    RateLimited,
    CrossSiteBlocked,
}

/// Logs the event and counts it.
pub fn record(event: Event) {
    let (name, user_id, reason) = match event {
        Event::SignInStarted => ("sign_in_started", None, None),
        Event::SignedIn { user_id } => ("signed_in", Some(user_id), None),
        Event::SignInFailed { reason } => ("sign_in_failed", None, Some(reason)),
        Event::Registered { user_id } => ("registered", Some(user_id), None),
        Event::PersonReplaced { user_id } => ("person_replaced", Some(user_id), None),
        Event::TokenRenewed { user_id } => ("token_renewed", Some(user_id), None),
        Event::TokenNotRenewed { user_id, reason } => ("token_not_renewed", Some(user_id), Some(reason)),
        Event::TokenRefused { user_id } => ("token_refused", Some(user_id), None),
        Event::SignedOut { user_id } => ("signed_out", Some(user_id), None),
        Event::SessionsEnded { user_id } => ("sessions_ended", Some(user_id), None),
        Event::EmailAdded { user_id } => ("email_added", Some(user_id), None),
        Event::EmailRemoved { user_id } => ("email_removed", Some(user_id), None),
        Event::EmailVerified { user_id } => ("email_verified", Some(user_id), None),
        Event::PrimaryEmailChanged { user_id } => ("primary_email_changed", Some(user_id), None),
        Event::QqLinked { user_id } => ("qq_linked", Some(user_id), None),
        Event::QqUnlinked { user_id } => ("qq_unlinked", Some(user_id), None),
        Event::UsernameChanged { user_id } => ("username_changed", Some(user_id), None),
        Event::DataExported { user_id } => ("data_exported", Some(user_id), None),
        Event::AccountDeleted { user_id } => ("account_deleted", Some(user_id), None),
        Event::UserBlocked { user_id } => ("user_blocked", Some(user_id), None),
        Event::UserUnblocked { user_id } => ("user_unblocked", Some(user_id), None),
        Event::UserSignedOut { user_id } => ("user_signed_out", Some(user_id), None),
        Event::UserDeleted { user_id } => ("user_deleted", Some(user_id), None),
        Event::RateLimited => ("rate_limited", None, None),
        Event::CrossSiteBlocked => ("cross_site_blocked", None, None),
    };
    tracing::info!(target: TARGET, event = name, user_id, reason);
    metrics::audit_event(name, reason);
}
