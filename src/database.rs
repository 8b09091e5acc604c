//! The database: SQLite in a file, or PostgreSQL when one machine is not enough.
//!
//! All SQL of the program is written so that both understand it: `$1`, `RETURNING`,
//! `ON CONFLICT`, moments as integers. Only the migrations come in two dialects.

use std::path::Path;
use std::str::FromStr;

use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyPool, SqlStr};

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

/// How many connections are kept at most.
const MAX_CONNECTIONS: u32 = 8;

/// The steps by which the tables came to be, in both dialects. They are listed here, and not read
/// by sqlx's macro, since that would build both database drivers a second time for the compiler.
const SQLITE: [(&str, &str); 2] = [
    ("accounts", include_str!("../migrations/sqlite/0001_accounts.sql")),
    ("sessions", include_str!("../migrations/sqlite/0002_sessions.sql")),
];
const POSTGRES: [(&str, &str); 2] = [
    ("accounts", include_str!("../migrations/postgres/0001_accounts.sql")),
    ("sessions", include_str!("../migrations/postgres/0002_sessions.sql")),
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
                if is_sqlite {
                    prepare_sqlite(connection).await?;
                }
                Ok(())
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
/// than fail.
async fn prepare_sqlite(connection: &mut sqlx::AnyConnection) -> Result<(), sqlx::Error> {
    for pragma in [
        "PRAGMA busy_timeout = 10000",
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = NORMAL",
        "PRAGMA foreign_keys = ON",
    ] {
        sqlx::query(pragma).execute(&mut *connection).await?;
    }
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
