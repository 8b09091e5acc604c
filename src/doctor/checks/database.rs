//! Checks that the database is reachable, migrated and writable.

use super::new_file;
use crate::config::DatabaseUrl;
use crate::database::{DatabaseErrorKind, SchemaState, check_status};
use crate::doctor::finding::Finding;
use crate::doctor::i18n::Messages;

pub(super) async fn check(url: &DatabaseUrl, messages: &Messages) -> Finding {
    let place = url.place();
    match check_status(url.as_str()).await {
        Ok(SchemaState::NotCreated(_)) if has_mode_ro(url.as_str()) => {
            messages.database_read_only.error(&[place, "mode=ro"])
        }
        Ok(SchemaState::NotCreated(file)) => new_file::check(&file, messages),
        Ok(SchemaState::Writable { pending: 0 }) => messages.database_ok.ok(&[place]),
        Ok(SchemaState::Writable { pending }) => messages.database_pending.warning(&[place, &pending.to_string()]),
        Ok(SchemaState::Newer) => messages.database_newer.error(&[place]),
        Ok(SchemaState::Damaged) => messages.database_damaged.error(&[place]),
        Ok(SchemaState::Foreign(table)) => messages.database_foreign.error(&[place, &table]),
        Err(error) => explain(&error, place, messages),
    }
}

/// Distinguishes more errors than [`DatabaseErrorKind`] does, since their remedies differ.
fn explain(error: &sqlx::Error, place: &str, messages: &Messages) -> Finding {
    let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default();
    let reason = error.as_database_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
    let message = match (error, &*code) {
        (sqlx::Error::PoolTimedOut, _) => messages.database_timeout,
        (_, "28P01" | "28000") => messages.database_login_rejected,
        (_, "3D000") => messages.database_not_found,
        // SQLITE_CORRUPT with its extended codes, and SQLITE_NOTADB.
        (_, "11" | "267" | "523" | "779" | "26") => messages.database_not_a_database,
        _ => match DatabaseErrorKind::from(error) {
            DatabaseErrorKind::Busy => messages.database_locked,
            DatabaseErrorKind::ReadOnly => messages.database_read_only,
            DatabaseErrorKind::Full => messages.database_full,
            DatabaseErrorKind::Unreachable => messages.database_unreachable,
            DatabaseErrorKind::Other => messages.database_other,
        },
    };
    message.error(&[place, &reason])
}

fn has_mode_ro(url: &str) -> bool {
    url.split(['?', '&']).skip(1).any(|parameter| parameter == "mode=ro")
}
