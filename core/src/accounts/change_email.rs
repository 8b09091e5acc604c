//! Adds, removes and verifies email addresses of a user, and chooses the primary one.
//!
//! Each change locks the user's row first, so that those of one user run one after the other on PostgreSQL, too.

use sqlx::AnyConnection;

use super::email_addresses::{
    EmailAddress, EmailTrust, MAX_EMAIL_ADDRESSES, NewRow, delete_claims, ensure_primary, insert_email, insert_row,
    list,
};
use crate::database::QueryError;
use crate::validation::Email;

/// The result of [`add_email`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddEmailOutcome {
    /// The address was added.
    Added,
    /// The user has it already.
    Exists,
    /// The user has as many addresses as possible.
    TooMany,
    /// The user was deleted.
    NoUser,
}

/// The result of [`make_email_primary`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrimaryEmailOutcome {
    /// The address is the primary one now, instead of `previous`.
    Changed { previous: Option<EmailAddress> },
    /// It was the primary one already.
    Unchanged,
    /// It is not verified, and another one is.
    Unverified,
    /// The user does not have it.
    NotFound,
}

/// The result of [`verify_email`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyEmailOutcome {
    /// The address is verified now, or was already.
    Verified,
    /// Another user has verified it.
    Taken,
    /// The user has removed it.
    Removed,
}

/// Adds an address, in the transaction of `connection`. `now` is in seconds since 1970.
pub async fn add_email(
    connection: &mut AnyConnection,
    user_id: i64,
    email: &Email,
    trust: EmailTrust,
    now: i64,
) -> Result<AddEmailOutcome, QueryError> {
    if !lock_user(connection, user_id).await? {
        return Ok(AddEmailOutcome::NoUser);
    }
    let addresses = list(&mut *connection, user_id).await?;
    if addresses.iter().any(|address| address.email == email.as_str()) {
        return Ok(AddEmailOutcome::Exists);
    }
    if addresses.len() >= MAX_EMAIL_ADDRESSES {
        return Ok(AddEmailOutcome::TooMany);
    }
    insert_email(connection, user_id, email, trust, addresses.is_empty(), now).await?;
    Ok(AddEmailOutcome::Added)
}

/// Removes an address, in the transaction of `connection`. Returns it, or `None` if the user does not have it.
pub async fn remove_email(
    connection: &mut AnyConnection,
    user_id: i64,
    id: i64,
    trust: EmailTrust,
) -> Result<Option<EmailAddress>, QueryError> {
    let Some(address) = find(connection, user_id, id).await? else { return Ok(None) };
    sqlx::query("DELETE FROM email_addresses WHERE id = $1").bind(id).execute(&mut *connection).await?;
    ensure_primary(connection, user_id, trust).await?;
    Ok(Some(address))
}

/// Makes an address the primary one, in the transaction of `connection`.
pub async fn make_email_primary(
    connection: &mut AnyConnection,
    user_id: i64,
    id: i64,
    trust: EmailTrust,
) -> Result<PrimaryEmailOutcome, QueryError> {
    lock_user(connection, user_id).await?;
    let addresses = list(&mut *connection, user_id).await?;
    let Some(address) = addresses.iter().find(|address| address.id == id) else {
        return Ok(PrimaryEmailOutcome::NotFound);
    };
    if address.is_primary {
        return Ok(PrimaryEmailOutcome::Unchanged);
    }
    let any_verified = addresses.iter().any(|address| address.is_verified);
    if trust == EmailTrust::VerifiedOnly && any_verified && !address.is_verified {
        return Ok(PrimaryEmailOutcome::Unverified);
    }
    set_primary(connection, user_id, id).await?;
    Ok(PrimaryEmailOutcome::Changed { previous: addresses.into_iter().find(|address| address.is_primary) })
}

/// Marks a user's address as verified, in the transaction of `connection`, and deletes what other users have of it. If the
/// primary address is not verified, this one takes its place. A unique index decides who is first.
pub async fn verify_email(
    connection: &mut AnyConnection,
    user_id: i64,
    email: &str,
) -> Result<VerifyEmailOutcome, QueryError> {
    lock_user(connection, user_id).await?;
    let addresses = list(&mut *connection, user_id).await?;
    let Some(address) = addresses.iter().find(|address| address.email == email) else {
        let is_taken = is_verified_by_any(connection, email).await?;
        return Ok(if is_taken { VerifyEmailOutcome::Taken } else { VerifyEmailOutcome::Removed });
    };
    if address.is_verified {
        return Ok(VerifyEmailOutcome::Verified);
    }
    // A new row, since an `UPDATE` that violates a unique index would fail the whole transaction.
    let created_at = address.created_at;
    if !insert_row(connection, &NewRow { user_id, email, is_verified: true, is_primary: false, created_at }).await? {
        return Ok(VerifyEmailOutcome::Taken);
    }
    delete_claims(connection, email, EmailTrust::VerifiedOnly).await?;
    let addresses = list(&mut *connection, user_id).await?;
    let verified = addresses.iter().find(|address| address.email == email);
    let has_verified_primary = addresses.iter().any(|address| address.is_primary && address.is_verified);
    if let Some(verified) = verified.filter(|_| !has_verified_primary) {
        set_primary(connection, user_id, verified.id).await?;
    }
    Ok(VerifyEmailOutcome::Verified)
}

/// Returns a user's address unless it is verified, and keeps it from being changed until the transaction ends.
pub async fn find_unverified_email(
    connection: &mut AnyConnection,
    user_id: i64,
    email: &str,
) -> Result<Option<EmailAddress>, QueryError> {
    lock_user(connection, user_id).await?;
    let addresses = list(connection, user_id).await?;
    Ok(addresses.into_iter().find(|address| address.email == email && !address.is_verified))
}

/// Returns the user who has verified this address.
pub async fn find_user_by_verified_email(
    executor: impl sqlx::Executor<'_, Database = sqlx::Any>,
    email: &str,
) -> Result<Option<i64>, QueryError> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT user_id FROM email_addresses WHERE email = $1 AND verified")
        .bind(email)
        .fetch_optional(executor)
        .await?;
    Ok(row.map(|(user_id,)| user_id))
}

async fn is_verified_by_any(connection: &mut AnyConnection, email: &str) -> Result<bool, QueryError> {
    Ok(find_user_by_verified_email(connection, email).await?.is_some())
}

/// Returns false if there is no such user. An `UPDATE`, since SQLite has no `SELECT … FOR UPDATE`.
async fn lock_user(connection: &mut AnyConnection, user_id: i64) -> Result<bool, QueryError> {
    let lock = sqlx::query("UPDATE users SET created_at = created_at WHERE id = $1").bind(user_id);
    Ok(lock.execute(connection).await?.rows_affected() == 1)
}

async fn find(connection: &mut AnyConnection, user_id: i64, id: i64) -> Result<Option<EmailAddress>, QueryError> {
    lock_user(connection, user_id).await?;
    Ok(list(connection, user_id).await?.into_iter().find(|address| address.id == id))
}

async fn set_primary(connection: &mut AnyConnection, user_id: i64, id: i64) -> Result<(), QueryError> {
    let clear = sqlx::query("UPDATE email_addresses SET is_primary = FALSE WHERE user_id = $1 AND is_primary");
    clear.bind(user_id).execute(&mut *connection).await?;
    sqlx::query("UPDATE email_addresses SET is_primary = TRUE WHERE id = $1").bind(id).execute(connection).await?;
    Ok(())
}
