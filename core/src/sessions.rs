//! Stores sessions: what they contain, their rows, their cookie, and the status of their access token.
//! The entry points are [`layer`], [`SessionData`] and [`SqlSessionStore`].
//! It must not know about pages, login rules or how QQ is called.

mod cookie;
mod data;
mod device;
mod end;
mod error;
mod last_seen;
mod list;
mod purge;
mod refresh_lease;
mod start;
mod store;
mod token;

pub use cookie::{cookie, cookie_name, layer, removal_cookie};
pub use data::{
    FormDraft, PendingLink, PendingRegistration, PrimaryEmail, REGISTRATION_LIFETIME_SECS, SessionData, SignedInUser,
};
pub use device::Device;
pub use error::SessionError;
pub use list::SessionInfo;
pub use refresh_lease::{LeaseStatus, RefreshLease, StoredSession, TokenElsewhere};
pub use start::NewSession;
pub use store::{SessionLifetimes, SqlSessionStore};
pub use token::{StoredToken, TokenStatus};
