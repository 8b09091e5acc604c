//! Stores user accounts: usernames, email addresses, openids, profiles and avatars.
//! The entry points are the methods of [`Accounts`] and [`ValidUsername::parse`].
//! It must not know about HTTP, sessions or how QQ is called.

mod admin;
mod avatars;
mod change_email;
mod change_username;
mod create;
mod email_addresses;
mod export;
mod generated_username;
mod mail_links;
mod open_ids;
mod profile;
mod suggest_username;
mod username;

use sqlx::AnyConnection;

use crate::database::{Database, QueryError};

pub use admin::UserSummary;
pub use change_email::{
    AddEmailOutcome, PrimaryEmailOutcome, VerifyEmailOutcome, add_email, find_unverified_email,
    find_user_by_verified_email, make_email_primary, remove_email, verify_email,
};
pub use change_username::{ChangeUsernameOutcome, FormerUsername, USERNAME_RESERVED_SECS};
pub use create::{CreateOutcome, NewAccount, create};
pub use email_addresses::{EmailAddress, EmailTrust, MAX_EMAIL_ADDRESSES};
pub use export::AccountExport;
pub use generated_username::generate_username;
pub use mail_links::{LinkPurpose, MailLink, MailToken, find_mail_link, insert_mail_link, spend_mail_link};
pub use open_ids::{
    LinkOutcome, LinkedIdentity, OpenId, UnlinkOutcome, add_open_id, link_open_id, unlink_open_id,
    unlink_other_open_ids,
};
pub use profile::{KnownAccount, Profile, ProfileUpdate, find_known, update_profile};
pub use suggest_username::username_candidates;
pub use username::ValidUsername;

/// The company that issues the openids: the first row of the table `companies`.
pub const COMPANY_QQ: &str = "qq";

/// A registered user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The row in `users`.
    pub user_id: i64,
    /// The username as typed.
    pub username: String,
}

/// Access to the account tables.
#[derive(Clone)]
pub struct Accounts {
    database: Database,
}

impl Accounts {
    pub fn new(database: Database) -> Accounts {
        Accounts { database }
    }

    /// Returns a user's name, or `None` if there is no such user.
    pub async fn username(&self, user_id: i64) -> Result<Option<String>, QueryError> {
        let row: Option<(String,)> = sqlx::query_as("SELECT username FROM users WHERE id = $1")
            .bind(user_id)
            .fetch_optional(self.database.reader())
            .await?;
        Ok(row.map(|(username,)| username))
    }

    /// Deletes a user with all email addresses, openids, sessions, and avatars that no other user has. On SQLite, the file
    /// keeps nothing of them.
    pub async fn delete(&self, user_id: i64) -> Result<(), QueryError> {
        self.database.write(move |connection| Box::pin(delete(connection, user_id))).await?;
        self.database.erase_deleted().await;
        Ok(())
    }
}

async fn delete(connection: &mut AnyConnection, user_id: i64) -> Result<(), QueryError> {
    sqlx::query(
        "DELETE FROM avatars WHERE hash IN (SELECT avatar_hash FROM open_ids WHERE user_id = $1) AND NOT EXISTS \
         (SELECT 1 FROM open_ids WHERE open_ids.avatar_hash = avatars.hash AND open_ids.user_id <> $1)",
    )
    .bind(user_id)
    .execute(&mut *connection)
    .await?;
    // Foreign keys delete the other rows; see the migration `leaving`.
    sqlx::query("DELETE FROM users WHERE id = $1").bind(user_id).execute(connection).await?;
    Ok(())
}
