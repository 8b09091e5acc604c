//! The database: reachable, up to date, writable.

use url::Url;

use super::folder;
use super::report::Finding;
use super::texts::Texts;
use crate::database::{SchemaState, Trouble, check_status};

pub(super) async fn examine(url: &str, texts: &Texts) -> Finding {
    let place = without_secrets(url);
    match check_status(url).await {
        Ok(SchemaState::NotMadeYet(file)) => match folder::could_hold(&file) {
            Ok(()) => texts.database_not_made.good(&file.display().to_string()),
            Err(error) => texts.folder_bad.bad(&file.display().to_string(), &error.to_string()),
        },
        Ok(SchemaState::Writable { pending: 0 }) => texts.database_good.good(&place),
        Ok(SchemaState::Writable { pending }) => texts.database_pending.warning(&place, &pending.to_string()),
        Ok(SchemaState::Newer) => texts.database_newer.bad(&place, ""),
        Ok(SchemaState::Damaged) => texts.database_damaged.bad(&place, ""),
        Err(Trouble::Address) => texts.database_address.bad("", ""),
        Err(Trouble::Silent) => texts.database_silent.bad(&place, ""),
        Err(Trouble::Unreachable(words)) => texts.database_unreachable.bad(&place, &words),
        Err(Trouble::Login) => texts.database_login.bad(&place, ""),
        Err(Trouble::NoDatabase) => texts.database_missing.bad(&place, ""),
        Err(Trouble::NotADatabase) => texts.database_other_file.bad(&place, ""),
        Err(Trouble::Locked) => texts.database_locked.bad(&place, ""),
        Err(Trouble::ReadOnly(words) | Trouble::Frozen(words)) => texts.database_read_only.bad(&place, &words),
        Err(Trouble::Full(words)) => texts.database_full.bad(&place, &words),
        Err(Trouble::Disk(words) | Trouble::Tables(words) | Trouble::Other(words)) => {
            texts.database_other.bad(&place, &words)
        }
    }
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
