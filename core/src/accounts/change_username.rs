//! Changes usernames, and reserves the former ones for their owners.

use sqlx::AnyConnection;
use sqlx::Executor;
use sqlx::any::Any;

use super::{Accounts, ValidUsername};
use crate::database::QueryError;

/// How long a former username is reserved for its owner, in seconds.
pub const USERNAME_RESERVED_SECS: i64 = 30 * 24 * 60 * 60;
/// How often a user may change their username in [`CHANGES_PERIOD_SECS`].
const MAX_CHANGES: i64 = 3;
const CHANGES_PERIOD_SECS: i64 = 24 * 60 * 60;

/// The result of [`Accounts::change_username`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeUsernameOutcome {
    Changed,
    /// The user has this username already.
    Unchanged,
    /// Another user has this username or one that looks like it, or had it a while ago.
    Taken,
    /// The user has changed it too often.
    TooManyChanges,
    /// The account was deleted.
    NoSuchUser,
}

/// A username that a user had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerUsername {
    pub username: String,
    /// When the user gave it up, in seconds since 1970.
    pub given_up_at: i64,
}

impl Accounts {
    /// Changes a username. The user keeps the former one for a while and may go back to it. `now` is in seconds since 1970.
    pub async fn change_username(
        &self,
        user_id: i64,
        username: ValidUsername,
        now: i64,
    ) -> Result<ChangeUsernameOutcome, QueryError> {
        self.database.write(move |connection| Box::pin(change(connection, user_id, username, now))).await
    }

    /// Whether a user has this username or one that looks like it, or had it a while ago. Names of `owner` are not taken
    /// for that user. `now` is in seconds since 1970.
    pub async fn is_username_taken(
        &self,
        username: &ValidUsername,
        owner: Option<i64>,
        now: i64,
    ) -> Result<bool, QueryError> {
        is_taken(self.database.reader(), username, owner, now).await
    }

    /// Returns the reserved usernames of a user, the last one first.
    pub(super) async fn former_usernames(&self, user_id: i64) -> Result<Vec<FormerUsername>, QueryError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT username, given_up_at FROM former_usernames WHERE user_id = $1 ORDER BY given_up_at DESC, id DESC",
        )
        .bind(user_id)
        .fetch_all(self.database.reader())
        .await?;
        Ok(rows.into_iter().map(|(username, given_up_at)| FormerUsername { username, given_up_at }).collect())
    }

    /// Deletes former usernames that are no longer reserved. `now` is in seconds since 1970.
    pub async fn purge_former_usernames(&self, now: i64) -> Result<(), QueryError> {
        self.database
            .purge(
                "DELETE FROM former_usernames WHERE id IN \
                 (SELECT id FROM former_usernames WHERE given_up_at <= $1 LIMIT $2)",
                reserved_since(now),
            )
            .await
    }
}

/// Former usernames that were given up later are reserved.
pub(super) fn reserved_since(now: i64) -> i64 {
    now.saturating_sub(USERNAME_RESERVED_SECS)
}

async fn change(
    connection: &mut AnyConnection,
    user_id: i64,
    username: ValidUsername,
    now: i64,
) -> Result<ChangeUsernameOutcome, QueryError> {
    if connection.backend_name() == "PostgreSQL" {
        // Nobody may take the old name before its reservation is committed. On SQLite, others wait anyway.
        sqlx::query("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE").execute(&mut *connection).await?;
    }
    let row: Option<(String, i64)> = sqlx::query_as(
        "SELECT username, (SELECT COUNT(*) FROM former_usernames WHERE user_id = $1 AND given_up_at > $2) \
         FROM users WHERE id = $1",
    )
    .bind(user_id)
    .bind(now.saturating_sub(CHANGES_PERIOD_SECS))
    .fetch_optional(&mut *connection)
    .await?;
    match row {
        None => return Ok(ChangeUsernameOutcome::NoSuchUser),
        Some((current, _)) if current == username.shown() => return Ok(ChangeUsernameOutcome::Unchanged),
        Some((_, changes)) if changes >= MAX_CHANGES => return Ok(ChangeUsernameOutcome::TooManyChanges),
        Some(_) => {}
    }
    if is_taken(&mut *connection, &username, Some(user_id), now).await? {
        return Ok(ChangeUsernameOutcome::Taken);
    }
    sqlx::query(
        "INSERT INTO former_usernames (user_id, username, username_key, lookalike_key, given_up_at) \
         SELECT id, username, username_key, lookalike_key, $1 FROM users WHERE id = $2",
    )
    .bind(now)
    .bind(user_id)
    .execute(&mut *connection)
    .await?;
    sqlx::query("UPDATE users SET username = $1, username_key = $2, lookalike_key = $3 WHERE id = $4")
        .bind(username.shown())
        .bind(username.key())
        .bind(username.skeleton())
        .bind(user_id)
        .execute(connection)
        .await?;
    Ok(ChangeUsernameOutcome::Changed)
}

async fn is_taken<'c>(
    executor: impl Executor<'c, Database = Any>,
    username: &ValidUsername,
    owner: Option<i64>,
    now: i64,
) -> Result<bool, QueryError> {
    let row: Option<(i64,)> = sqlx::query_as(
        "SELECT id FROM users WHERE (username_key = $1 OR lookalike_key = $2) AND id <> $3 UNION ALL \
         SELECT user_id FROM former_usernames WHERE (username_key = $1 OR lookalike_key = $2) \
         AND user_id <> $3 AND given_up_at > $4 LIMIT 1",
    )
    .bind(username.key())
    .bind(username.skeleton())
    // Ids begin at 1.
    .bind(owner.unwrap_or_default())
    .bind(reserved_since(now))
    .fetch_optional(executor)
    .await?;
    Ok(row.is_some())
}
