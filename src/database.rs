//! The database: SQLite in a file, or PostgreSQL when one machine is not enough.
//!
//! All SQL of the program is written so that both understand it: `$1`, `RETURNING`,
//! `ON CONFLICT`, moments as integers. Only the migrations come in two dialects.

mod inspect;

use std::path::Path;
use std::str::FromStr;

use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyPool, SqlStr};

pub use inspect::{State, Trouble, inspect};

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The SQLite file or its folder could not be made.
    #[error("the database file {0} could not be made: {1}")]
    File(String, std::io::Error),
    /// The database refused.
    #[error("the database cannot be used: {0}")]
    Sql(#[from] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("the tables could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

/// Whether a failure is the database's: busy for too long, full, read-only, out of reach. The same
/// statement may well succeed later; until then nobody can be helped.
pub fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| is_code_of_unavailability(&code)),
        _ => false,
    }
}

/// SQLite's codes are numbers, whose lowest byte says what it is about (result codes busy, locked,
/// read-only, I/O error, full, cannot open). PostgreSQL's have five characters, of which the first
/// two do (connection, resources, operator's intervention), or all (lock, serialization, read-only).
fn is_code_of_unavailability(code: &str) -> bool {
    const SQLITE: [u32; 6] = [5, 6, 8, 10, 13, 14];
    const POSTGRES_CLASSES: [&str; 3] = ["08", "53", "57"];
    const POSTGRES: [&str; 4] = ["55P03", "40001", "40P01", "25006"];
    if code.len() == 5 {
        return POSTGRES.contains(&code) || POSTGRES_CLASSES.iter().any(|class| code.starts_with(class));
    }
    code.parse::<u32>().is_ok_and(|code| SQLITE.contains(&(code & 0xFF)))
}

/// How many connections are kept at most.
const MAX_CONNECTIONS: u32 = 8;

/// The steps by which the tables came to be, in both dialects. They are listed here, and not read
/// by sqlx's macro, since that would build both database drivers a second time for the compiler.
const SQLITE: [(&str, &str); 3] = [
    ("accounts", include_str!("../migrations/sqlite/0001_accounts.sql")),
    ("sessions", include_str!("../migrations/sqlite/0002_sessions.sql")),
    ("permissions", include_str!("../migrations/sqlite/0003_permissions.sql")),
];
const POSTGRES: [(&str, &str); 3] = [
    ("accounts", include_str!("../migrations/postgres/0001_accounts.sql")),
    ("sessions", include_str!("../migrations/postgres/0002_sessions.sql")),
    ("permissions", include_str!("../migrations/postgres/0003_permissions.sql")),
];

/// Opens the database at a checked address, making the file and the tables that are missing.
pub async fn open(url: &str) -> Result<AnyPool, DatabaseError> {
    sqlx::any::install_default_drivers();
    let is_sqlite = url.starts_with("sqlite:");
    if is_sqlite {
        make_sqlite_file(url)?;
    }
    let pool = AnyPoolOptions::new()
        .max_connections(MAX_CONNECTIONS)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                if is_sqlite { prepare_sqlite(connection).await } else { prepare_postgres(connection).await }
            })
        })
        .connect(url)
        .await?;
    migrations(if is_sqlite { &SQLITE } else { &POSTGRES }).run(&pool).await?;
    Ok(pool)
}

fn migrations(steps: &[(&'static str, &'static str)]) -> Migrator {
    let numbered = steps.iter().zip(1..).map(|((name, sql), version)| {
        Migration::new(version, (*name).into(), MigrationType::Simple, SqlStr::from_static(sql), false)
    });
    Migrator::with_migrations(numbered.collect())
}

/// Write-ahead logging lets readers go on while one writes; writers wait for each other rather
/// than fail; after five seconds they do.
async fn prepare_sqlite(connection: &mut sqlx::AnyConnection) -> Result<(), sqlx::Error> {
    for pragma in [
        "PRAGMA busy_timeout = 5000",
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = NORMAL",
        "PRAGMA foreign_keys = ON",
    ] {
        sqlx::query(pragma).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Waits for others as long as SQLite does.
async fn prepare_postgres(connection: &mut sqlx::AnyConnection) -> Result<(), sqlx::Error> {
    sqlx::query("SET lock_timeout = '5s'").execute(connection).await?;
    Ok(())
}

/// Makes the file readable by its owner alone; SQLite gives its side files the same mode.
fn make_sqlite_file(url: &str) -> Result<(), DatabaseError> {
    let options = SqliteConnectOptions::from_str(url)?;
    let path: &Path = options.get_filename();
    let failed = |error| DatabaseError::File(path.display().to_string(), error);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut open = std::fs::OpenOptions::new();
    open.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    open.open(path).map_err(failed)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_code_of_unavailability;

    #[test]
    fn what_the_database_cannot_do_now_is_told_from_what_is_wrong() {
        for code in
            ["5", "261", "517", "6", "8", "776", "10", "266", "13", "14", "53300", "57P01", "08006", "55P03", "25006"]
        {
            assert!(is_code_of_unavailability(code), "{code}");
        }
        for code in ["1", "19", "2067", "1811", "11", "26", "23505", "42P01", "22001", "", "x"] {
            assert!(!is_code_of_unavailability(code), "{code}");
        }
    }
}
