//! Looks at the database as it is: nothing is made, brought up to date or left behind.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyConnection, Connection, Row};
use tokio::time::timeout;

use super::{POSTGRES, SQLITE, migrations};

/// How long the database may take for everything together.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait for another writer to an SQLite file.
const SQLITE_WAIT: &str = "PRAGMA busy_timeout = 2000";

/// What state the database is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// There is no file yet: the site makes it when it starts.
    NotMadeYet(PathBuf),
    /// It can be written, and this many steps are still to be taken towards today's tables.
    Writable {
        /// How many steps the next start will take.
        pending: usize,
    },
    /// The tables were made by a newer version of this program.
    Newer,
    /// A step was changed after it had been taken, or failed half-way.
    Damaged,
}

/// Why the database cannot be used.
#[derive(Debug)]
pub enum Trouble {
    /// The address has a form that the database's driver does not understand.
    Address,
    /// It did not answer in time.
    Silent,
    /// There is no connection: wrong host, port or folder, or nothing listens there.
    Unreachable(String),
    /// User or password are wrong.
    Login,
    /// There is no database of this name.
    NoDatabase,
    /// The file is something else.
    NotADatabase,
    /// Somebody else is writing all the time.
    Locked,
    /// It may be read only.
    ReadOnly(String),
    /// Anything else, in the database's own words.
    Other(String),
}

/// Connects, compares the tables with what this version wants, and writes a row that is taken
/// back at once.
pub async fn inspect(url: &str) -> Result<State, Trouble> {
    sqlx::any::install_default_drivers();
    let is_sqlite = url.starts_with("sqlite:");
    if is_sqlite {
        let options = SqliteConnectOptions::from_str(url).map_err(|_| Trouble::Address)?;
        let file = options.get_filename();
        if !file.try_exists().map_err(|error| Trouble::Unreachable(error.to_string()))? {
            let read_only = "mode=ro";
            let is_read_only = url.split(['?', '&']).skip(1).any(|parameter| parameter == read_only);
            return if is_read_only {
                Err(Trouble::ReadOnly(read_only.to_owned()))
            } else {
                Ok(State::NotMadeYet(file.to_owned()))
            };
        }
    }
    timeout(PATIENCE, look(url, is_sqlite)).await.unwrap_or(Err(Trouble::Silent))
}

async fn look(url: &str, is_sqlite: bool) -> Result<State, Trouble> {
    let mut connection = AnyConnection::connect(url).await?;
    if is_sqlite {
        sqlx::query(SQLITE_WAIT).execute(&mut connection).await?;
    }
    let state = compare(&mut connection, is_sqlite).await?;
    if let State::Writable { pending } = state {
        try_to_write(&mut connection, pending == 0).await?;
    }
    // What was to be known is known.
    let _ = connection.close().await;
    Ok(state)
}

/// Compares the steps taken, which sqlx notes in a table of its own, with those of this version.
async fn compare(connection: &mut AnyConnection, is_sqlite: bool) -> Result<State, Trouble> {
    const SQLITE_TABLE: &str = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
    const POSTGRES_TABLE: &str = "SELECT COUNT(*) FROM information_schema.tables \
                                  WHERE table_schema = current_schema() AND table_name = '_sqlx_migrations'";
    let wanted = migrations(if is_sqlite { &SQLITE } else { &POSTGRES });
    let table = if is_sqlite { SQLITE_TABLE } else { POSTGRES_TABLE };
    if number(connection, table).await? == 0 {
        return Ok(State::Writable { pending: wanted.iter().count() });
    }
    if number(connection, "SELECT COUNT(*) FROM _sqlx_migrations WHERE NOT success").await? > 0 {
        return Ok(State::Damaged);
    }
    let rows = sqlx::query("SELECT version, checksum FROM _sqlx_migrations").fetch_all(&mut *connection).await?;
    let mut taken = 0;
    for row in &rows {
        let (version, checksum): (i64, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
        match wanted.iter().find(|step| step.version == version) {
            None => return Ok(State::Newer),
            Some(step) if step.checksum.as_ref() != checksum => return Ok(State::Damaged),
            Some(_) => taken += 1,
        }
    }
    Ok(State::Writable { pending: wanted.iter().count().saturating_sub(taken) })
}

async fn number(connection: &mut AnyConnection, sql: &'static str) -> Result<i64, Trouble> {
    let (number,): (i64,) = sqlx::query_as(sql).fetch_one(connection).await?;
    Ok(number)
}

/// Writes as the site would: a row, or while tables are missing, a table.
async fn try_to_write(connection: &mut AnyConnection, has_tables: bool) -> Result<(), Trouble> {
    const ROW: &str = "INSERT INTO spent_attempts (state_hash, spent_at) VALUES ('qq-login doctor', 0)";
    const TABLE: &str = "CREATE TABLE qq_login_doctor (id BIGINT)";
    let mut transaction = connection.begin().await?;
    let written = sqlx::query(if has_tables { ROW } else { TABLE }).execute(&mut *transaction).await;
    transaction.rollback().await?;
    written?;
    Ok(())
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Trouble {
        match &error {
            sqlx::Error::Configuration(_) => Trouble::Address,
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) => Trouble::Unreachable(error.to_string()),
            sqlx::Error::Database(said) => Trouble::of_code(said.code().as_deref().unwrap_or_default(), said.message()),
            _ => Trouble::Other(error.to_string()),
        }
    }
}

impl Trouble {
    /// SQLite's result codes are numbers (<https://www.sqlite.org/rescode.html>, the low eight
    /// bits tell the kind); PostgreSQL's have five characters (appendix "Error Codes").
    fn of_code(code: &str, message: &str) -> Trouble {
        match code {
            "28P01" | "28000" => return Trouble::Login,
            "3D000" => return Trouble::NoDatabase,
            "42501" | "25006" => return Trouble::ReadOnly(message.to_owned()),
            _ => {}
        }
        // Five digits in a row could be taken for a number of SQLite's, which has four at most.
        let sqlite_code = code.parse::<u32>().ok().filter(|code| *code < 10_000);
        match sqlite_code.map(|code| code & 0xFF) {
            Some(5 | 6) => Trouble::Locked,
            Some(8) => Trouble::ReadOnly(message.to_owned()),
            Some(14) => Trouble::Unreachable(message.to_owned()),
            Some(26 | 11) => Trouble::NotADatabase,
            _ => Trouble::Other(message.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_databases_codes_are_told_apart() {
        let kind = |code| format!("{:?}", Trouble::of_code(code, "words"));
        for (code, kind_of) in [
            ("28P01", "Login"),
            ("28000", "Login"),
            ("3D000", "NoDatabase"),
            ("42501", "ReadOnly(\"words\")"),
            ("25006", "ReadOnly(\"words\")"),
            ("53100", "Other(\"words\")"),
            ("25093", "Other(\"words\")"),
            ("5", "Locked"),
            ("261", "Locked"),
            ("8", "ReadOnly(\"words\")"),
            ("1032", "ReadOnly(\"words\")"),
            ("14", "Unreachable(\"words\")"),
            ("26", "NotADatabase"),
            ("13", "Other(\"words\")"),
            ("", "Other(\"words\")"),
        ] {
            assert_eq!(kind(code), kind_of, "{code}");
        }
    }
}
