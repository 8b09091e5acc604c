//! The database: reachable, up to date, writable.

use url::Url;

use super::folder;
use super::report::Finding;
use super::texts::Texts;
use crate::database::{DatabaseErrorKind, SchemaState, check_status};

pub(super) async fn examine(url: &str, texts: &Texts) -> Finding {
    let place = without_secrets(url);
    match check_status(url).await {
        Ok(SchemaState::NotCreated(_)) if is_mode_ro(url) => texts.database_read_only.bad(&place, "mode=ro"),
        Ok(SchemaState::NotCreated(file)) => match folder::could_hold(&file) {
            Ok(()) => texts.database_not_made.good(&file.display().to_string()),
            Err(error) => texts.folder_bad.bad(&file.display().to_string(), &error.to_string()),
        },
        Ok(SchemaState::Writable { pending: 0 }) => texts.database_good.good(&place),
        Ok(SchemaState::Writable { pending }) => texts.database_pending.warning(&place, &pending.to_string()),
        Ok(SchemaState::Newer) => texts.database_newer.bad(&place, ""),
        Ok(SchemaState::Damaged) => texts.database_damaged.bad(&place, ""),
        Err(error) => explain(&error, &place, texts),
    }
}

/// More exactly than [`DatabaseErrorKind`] where the operator has to do something else.
fn explain(error: &sqlx::Error, place: &str, texts: &Texts) -> Finding {
    let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default();
    let message = error.as_database_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
    match (error, &*code) {
        (sqlx::Error::Configuration(_), _) => return texts.database_address.bad("", ""),
        (sqlx::Error::PoolTimedOut, _) => return texts.database_silent.bad(place, ""),
        (_, "28P01" | "28000") => return texts.database_login.bad(place, ""),
        (_, "3D000") => return texts.database_missing.bad(place, ""),
        // SQLITE_CORRUPT with its extended codes, and SQLITE_NOTADB.
        (_, "11" | "267" | "523" | "779" | "26") => return texts.database_other_file.bad(place, ""),
        _ => {}
    }
    match DatabaseErrorKind::from(error) {
        DatabaseErrorKind::Busy => texts.database_locked.bad(place, ""),
        DatabaseErrorKind::ReadOnly => texts.database_read_only.bad(place, &message),
        DatabaseErrorKind::Full => texts.database_full.bad(place, &message),
        DatabaseErrorKind::Unreachable => texts.database_unreachable.bad(place, &message),
        DatabaseErrorKind::Other => texts.database_other.bad(place, &message),
    }
}

fn is_mode_ro(url: &str) -> bool {
    url.split(['?', '&']).skip(1).any(|parameter| parameter == "mode=ro")
}

/// The address without user, password and parameters, any of which may be a secret.
fn without_secrets(url: &str) -> String {
    if let Some(path) = url.strip_prefix("sqlite://") {
        return path.split('?').next().unwrap_or(path).to_owned();
    }
    let parsed = Url::parse(url).ok();
    let parts = parsed.as_ref().and_then(|url| Some((url.host_str()?, url.port(), url.path())));
    match parts {
        Some((host, Some(port), path)) => format!("postgres://{host}:{port}{path}"),
        Some((host, None, path)) => format!("postgres://{host}{path}"),
        None => "PostgreSQL".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn no_password_is_shown() {
        for (url, shown) in [
            ("sqlite://data/qq-login.db?mode=rwc", "data/qq-login.db"),
            ("sqlite:///srv/a.db", "/srv/a.db"),
            ("postgres://user:canary@db.example:5433/site?sslpassword=canary", "postgres://db.example:5433/site"),
            ("postgresql://user:canary@db.example/site", "postgres://db.example/site"),
            ("postgres:///site?host=/run&password=canary", "PostgreSQL"),
            ("postgres://user:canary@[broken/site", "PostgreSQL"),
        ] {
            assert_eq!(without_secrets(url), shown);
        }
    }
}
