//! The trail of what matters to security: one line for each event, under a name that stays.
//!
//! The lines have the target `audit`. Who asked stands in the span round them: the request's id and
//! the network it came from. Nothing that a person typed or QQ told is in them, so neither can
//! forge a line.

/// Something that is written down.
#[derive(Clone, Copy, Debug)]
pub enum Event {
    /// Somebody left for QQ.
    SignInStarted,
    /// Somebody is signed in.
    SignedIn {
        /// The row in `users`.
        user_id: i64,
    },
    /// A sign-in came to nothing.
    SignInFailed {
        /// The code that stands in the address of the login page.
        reason: &'static str,
    },
    /// An account was made.
    Registered {
        /// The row in `users`.
        user_id: i64,
    },
    /// Somebody else came back from QQ than was signed in, whose session has ended.
    PersonReplaced {
        /// The row in `users` of who was signed in.
        user_id: i64,
    },
    /// An access token was renewed.
    TokenRenewed {
        /// The row in `users`.
        user_id: i64,
    },
    /// An access token could not be renewed, and not because it is refused.
    TokenNotRenewed {
        /// The row in `users`.
        user_id: i64,
        /// In the words of the login page's addresses.
        reason: &'static str,
    },
    /// QQ refused a token or its renewal.
    TokenRefused {
        /// The row in `users`.
        user_id: i64,
    },
    /// Somebody signed out.
    SignedOut {
        /// The row in `users`.
        user_id: i64,
    },
    /// Somebody ended other sessions of theirs.
    SessionsEnded {
        /// The row in `users`.
        user_id: i64,
    },
    /// Somebody took a copy of what is known of them.
    DataExported {
        /// The row in `users`.
        user_id: i64,
    },
    /// Somebody deleted their account.
    AccountDeleted {
        /// The row in `users`, as it was.
        user_id: i64,
    },
    /// Somebody asked too often.
    RateLimited,
    /// Another site had a browser ask for a change.
    CrossSiteBlocked,
}

/// Writes an event down.
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
        Event::DataExported { user_id } => ("data_exported", Some(user_id), None),
        Event::AccountDeleted { user_id } => ("account_deleted", Some(user_id), None),
        Event::RateLimited => ("rate_limited", None, None),
        Event::CrossSiteBlocked => ("cross_site_blocked", None, None),
    };
    tracing::info!(target: "audit", event = name, user_id, reason);
}
