//! Checks whether a PostgreSQL server gives the site what it relies on.

use std::time::Duration;

use sqlx::{AnyConnection, Connection};
use tokio::time::timeout;

use super::reader::is_behind_transaction_pooler;
use super::{MAX_CONNECTIONS, configure_pooled, is_sqlite};

const TIMEOUT: Duration = Duration::from_secs(10);
/// Those of the pool, and one to check the database's health.
const NEEDED_CONNECTIONS: i64 = MAX_CONNECTIONS as i64 + 1;
/// The oldest version that the tests run on, as PostgreSQL writes it in `server_version_num`.
const OLDEST_VERSION: i64 = 150_000;
/// What the pool asks for at most, in milliseconds.
const TIMEOUTS: [(&str, &str, i64); 3] = [
    ("lock_timeout", "5s", 5_000),
    ("statement_timeout", "30s", 30_000),
    ("idle_in_transaction_session_timeout", "30s", 30_000),
];
/// Without these, a crash of the server or its machine may lose what was committed.
const DURABILITY: [&str; 3] = ["synchronous_commit", "fsync", "full_page_writes"];

/// Something that the site relies on and that the server does not give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerProblem {
    /// Settings that the site asks for and that have another value: by name, the value, and what the site asks for.
    Settings(Vec<(&'static str, String, &'static str)>),
    /// Settings that are off.
    NotDurable(Vec<&'static str>),
    /// The server, the database or the user is limited to fewer connections than one instance uses.
    TooFewConnections { allowed: i64, needed: i64 },
    /// The server is of this version, with which the site is not tested.
    OldVersion(String),
    /// The database cannot store every character.
    Encoding(String),
}

struct Facts {
    version_number: i64,
    version: String,
    encoding: String,
    allowed_connections: i64,
    /// Values by name, times in milliseconds.
    settings: Vec<(String, String)>,
}

/// Returns what the server at `url` lacks; nothing if this is SQLite. Uses connections as the site does, so that it fails
/// if a pooler does not support the site's statements. Reports a timeout as [`sqlx::Error::PoolTimedOut`].
pub async fn check_server(url: &str) -> Result<Vec<ServerProblem>, sqlx::Error> {
    if is_sqlite(url) {
        return Ok(vec![]);
    }
    let facts = timeout(TIMEOUT, read_facts_twice(url)).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
    Ok(find_problems(&facts))
}

/// A pooler may give the connection the same server connection again as long as no other client needs it. So a second
/// client takes it away: settings and prepared statements of the first one are then gone, as they will be for the site.
async fn read_facts_twice(url: &str) -> Result<Facts, sqlx::Error> {
    let needs_transaction = is_behind_transaction_pooler(url);
    let mut connection = AnyConnection::connect(url).await?;
    configure_pooled(&mut connection, false).await?;
    read_facts_as_the_site(&mut connection, needs_transaction).await?;
    let mut other = AnyConnection::connect(url).await?;
    let mut transaction = other.begin().await?;
    read_facts(&mut transaction).await?;
    let facts = read_facts_as_the_site(&mut connection, needs_transaction).await?;
    transaction.rollback().await?;
    let _ = other.close().await;
    let _ = connection.close().await;
    Ok(facts)
}

async fn read_facts_as_the_site(connection: &mut AnyConnection, needs_transaction: bool) -> Result<Facts, sqlx::Error> {
    if !needs_transaction {
        return read_facts(connection).await;
    }
    let mut transaction = connection.begin().await?;
    let facts = read_facts(&mut transaction).await?;
    transaction.commit().await?;
    Ok(facts)
}

async fn read_facts(connection: &mut AnyConnection) -> Result<Facts, sqlx::Error> {
    const SERVER: &str = "SELECT CAST(current_setting('server_version_num') AS BIGINT), \
        current_setting('server_version'), current_setting('server_encoding'), (SELECT MIN(number) FROM \
        (SELECT CAST(current_setting('max_connections') AS BIGINT) \
             - CAST(current_setting('superuser_reserved_connections') AS BIGINT) \
         UNION ALL SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user AND rolconnlimit >= 0 \
         UNION ALL SELECT datconnlimit FROM pg_database WHERE datname = current_database() AND datconnlimit >= 0) \
        AS limits (number))";
    const SETTINGS: &str = "SELECT name, setting FROM pg_settings WHERE name IN ('lock_timeout', 'statement_timeout', \
        'idle_in_transaction_session_timeout', 'synchronous_commit', 'fsync', 'full_page_writes')";
    let (version_number, version, encoding, allowed_connections) =
        sqlx::query_as(SERVER).fetch_one(&mut *connection).await?;
    let settings = sqlx::query_as(SETTINGS).fetch_all(connection).await?;
    Ok(Facts { version_number, version, encoding, allowed_connections, settings })
}

fn find_problems(facts: &Facts) -> Vec<ServerProblem> {
    let setting = |name: &str| {
        let found = facts.settings.iter().find(|(found, _)| found == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let is_too_long = |name: &str, limit_ms: i64| match setting(name).parse::<i64>() {
        Ok(ms) => ms == 0 || ms > limit_ms, // 0 is no limit
        Err(_) => true,
    };
    let settings: Vec<_> = TIMEOUTS
        .into_iter()
        .filter(|(name, _, limit_ms)| is_too_long(name, *limit_ms))
        .map(|(name, wanted, _)| (name, setting(name).to_owned(), wanted))
        .collect();
    let not_durable: Vec<_> = DURABILITY.into_iter().filter(|name| setting(name) == "off").collect();
    let Facts { version_number, version, encoding, allowed_connections, .. } = facts;
    let problems = [
        (encoding != "UTF8").then(|| ServerProblem::Encoding(encoding.clone())),
        (!settings.is_empty()).then_some(ServerProblem::Settings(settings)),
        (!not_durable.is_empty()).then_some(ServerProblem::NotDurable(not_durable)),
        (*allowed_connections < NEEDED_CONNECTIONS)
            .then_some(ServerProblem::TooFewConnections { allowed: *allowed_connections, needed: NEEDED_CONNECTIONS }),
        (*version_number < OLDEST_VERSION).then(|| ServerProblem::OldVersion(version.clone())),
    ];
    problems.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Facts {
        let settings = [
            ("lock_timeout", "5000"),
            ("statement_timeout", "30000"),
            ("idle_in_transaction_session_timeout", "1"),
            ("synchronous_commit", "remote_apply"),
            ("fsync", "on"),
            ("full_page_writes", "on"),
        ];
        Facts {
            version_number: 150_000,
            version: "15.0".to_owned(),
            encoding: "UTF8".to_owned(),
            allowed_connections: NEEDED_CONNECTIONS,
            settings: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        }
    }

    fn with_setting(name: &str, value: &str) -> Facts {
        let mut facts = good();
        facts.settings.retain(|(found, _)| found != name);
        facts.settings.push((name.to_owned(), value.to_owned()));
        facts
    }

    #[test]
    fn stricter_settings_are_no_problem() {
        assert_eq!(find_problems(&good()), []);
    }

    #[test]
    fn each_problem_is_found() {
        for (facts, problem) in [
            (with_setting("lock_timeout", "0"), ServerProblem::Settings(vec![("lock_timeout", "0".to_owned(), "5s")])),
            (
                with_setting("statement_timeout", "30001"),
                ServerProblem::Settings(vec![("statement_timeout", "30001".to_owned(), "30s")]),
            ),
            (with_setting("synchronous_commit", "off"), ServerProblem::NotDurable(vec!["synchronous_commit"])),
            (with_setting("fsync", "off"), ServerProblem::NotDurable(vec!["fsync"])),
            (
                Facts { allowed_connections: 8, ..good() },
                ServerProblem::TooFewConnections { allowed: 8, needed: NEEDED_CONNECTIONS },
            ),
            (
                Facts { version_number: 140_020, version: "14.20".to_owned(), ..good() },
                ServerProblem::OldVersion("14.20".to_owned()),
            ),
            (Facts { encoding: "LATIN1".to_owned(), ..good() }, ServerProblem::Encoding("LATIN1".to_owned())),
        ] {
            assert_eq!(find_problems(&facts), [problem]);
        }
    }
}
