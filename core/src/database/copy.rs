//! Copies a site to another database, SQLite or PostgreSQL.
//!
//! The copy is a comparison: rows of the destination that the source does not have are deleted, then the missing ones are
//! inserted. So it can be repeated, after an interruption or to fetch what has changed since. The source is read in one
//! transaction, so that it may be in use.

mod rows;
mod table;

use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, AssertSqlSafe, Connection};

use super::open_existing::{OpenError, check_has_same_tables};
use super::{Database, LOCK_TIMEOUT, QueryError, is_sqlite};
use rows::{Rows, Side};
use table::{TABLES, Table};

/// Why a database was not copied. What was copied by then stays, for the next try.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error("--from and --to name the same database")]
    SameDatabase,
    #[error("--from: {0}")]
    Source(OpenError),
    #[error("--to: {0}")]
    Destination(OpenError),
    #[error("--to: the database has users who were not copied from --from; use an empty database")]
    InUse,
    #[error("the copy of the table {0} differs from the original; is a site using the new database already?")]
    Differs(&'static str),
    #[error("cannot copy: {0}")]
    Sql(#[from] sqlx::Error),
}

/// What was copied of a table.
#[derive(Debug)]
pub struct CopiedTable {
    pub name: &'static str,
    pub rows: u64,
    /// SHA-256 of all rows, the same in both databases, in hexadecimal.
    pub checksum: String,
}

/// A database: its URL, and how to call it in messages and in the note about the copy, without a password.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub url: &'a str,
    pub name: &'a str,
}

/// Copies all tables. Calls `report` after each table that was compared and found equal.
pub async fn copy_database(
    from: Place<'_>,
    to: Place<'_>,
    mut report: impl FnMut(&CopiedTable),
) -> Result<(), CopyError> {
    if from.name == to.name {
        return Err(CopyError::SameDatabase);
    }
    check_has_same_tables(from.url).await.map_err(CopyError::Source)?;
    let mut source = open_source(from.url).await?;
    let mut destination = open_destination(from.name, to.url).await?;
    let mut tables = Vec::new();
    for (name, key) in TABLES {
        tables.push(Table::describe(name, key, &mut source, &mut destination).await?);
    }
    for table in tables.iter().rev() {
        delete_others(table, &mut source, &mut destination).await?;
    }
    for table in &tables {
        insert_missing(table, &mut source, &mut destination).await?;
    }
    for table in &tables {
        table.continue_ids(&mut destination).await?;
        report(&compare(table, &mut source, &mut destination).await?);
    }
    Ok(())
}

impl Database {
    /// Notes that a site uses this database, so that no copy overwrites what is written from now on.
    pub async fn note_use(&self) -> Result<(), QueryError> {
        let row: Option<(String,)> =
            sqlx::query_as("SELECT source FROM database_copies").fetch_optional(self.reader()).await?;
        if row.is_some() {
            self.execute(sqlx::query("DELETE FROM database_copies")).await?;
        }
        Ok(())
    }
}

async fn open_source(url: &str) -> Result<Side, CopyError> {
    let mut connection = AnyConnection::connect(url).await?;
    // SQLite's transactions are snapshots from the first read on.
    let begin = if is_sqlite(url) { "BEGIN" } else { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" };
    sqlx::query(begin).execute(&mut connection).await?;
    Ok(Side { connection, is_sqlite: is_sqlite(url) })
}

/// Opens a database that is empty, or that has an earlier copy from `source` which no site uses.
async fn open_destination(source: &str, url: &str) -> Result<Side, CopyError> {
    // Creates and migrates it.
    Database::open(url).await.map_err(|error| CopyError::Destination(error.into()))?.close().await;
    check_has_same_tables(url).await.map_err(CopyError::Destination)?;
    let mut connection = AnyConnection::connect(url).await?;
    LOCK_TIMEOUT.set(&mut connection, is_sqlite(url)).await?;
    let copied: Option<(String,)> =
        sqlx::query_as("SELECT source FROM database_copies").fetch_optional(&mut connection).await?;
    let (last_user,): (Option<i64>,) = sqlx::query_as("SELECT MAX(id) FROM users").fetch_one(&mut connection).await?;
    match (copied, last_user) {
        (Some((copied,)), _) if copied == source => {}
        (None, None) => {
            let note = sqlx::query("INSERT INTO database_copies (source) VALUES ($1)").bind(source.to_owned());
            note.execute(&mut connection).await?;
        }
        _ => return Err(CopyError::InUse),
    }
    Ok(Side { connection, is_sqlite: is_sqlite(url) })
}

async fn delete_others(table: &Table, source: &mut Side, destination: &mut Side) -> Result<(), sqlx::Error> {
    let (mut wanted, mut found) = (Rows::new(table), Rows::new(table));
    let mut others = Vec::new();
    let mut next = wanted.next(source).await?;
    while let Some(row) = found.next(destination).await? {
        while next.as_ref().is_some_and(|next| table.is_before(next, &row)) {
            next = wanted.next(source).await?;
        }
        if next.as_ref() != Some(&row) {
            others.push(row);
        }
        if others.len() >= rows::PAGE_SIZE {
            table.delete(destination, &std::mem::take(&mut others)).await?;
        }
    }
    table.delete(destination, &others).await
}

async fn insert_missing(table: &Table, source: &mut Side, destination: &mut Side) -> Result<(), sqlx::Error> {
    let (mut wanted, mut found) = (Rows::new(table), Rows::new(table));
    let mut missing = Vec::new();
    let mut next = found.next(destination).await?;
    while let Some(row) = wanted.next(source).await? {
        if next.as_ref() == Some(&row) {
            next = found.next(destination).await?;
        } else {
            missing.push(row);
        }
        if missing.len() >= rows::PAGE_SIZE {
            table.insert(destination, &std::mem::take(&mut missing)).await?;
        }
    }
    table.insert(destination, &missing).await
}

async fn compare(table: &Table, source: &mut Side, destination: &mut Side) -> Result<CopiedTable, CopyError> {
    let original = digest(table, source).await?;
    if digest(table, destination).await? != original {
        return Err(CopyError::Differs(table.name));
    }
    let (rows, checksum) = original;
    Ok(CopiedTable { name: table.name, rows, checksum })
}

/// Returns the number of rows and their checksum.
async fn digest(table: &Table, side: &mut Side) -> Result<(u64, String), sqlx::Error> {
    let (mut rows, mut count, mut hasher) = (Rows::new(table), 0, Sha256::new());
    while let Some(row) = rows.next(side).await? {
        count += 1;
        for value in row {
            // The length separates the values, and NULL from an empty text.
            let length = value.as_ref().map_or(-1, |value| i64::try_from(value.len()).unwrap_or(i64::MAX));
            hasher.update(length.to_be_bytes());
            hasher.update(value.unwrap_or_default());
        }
    }
    Ok((count, hex::encode(hasher.finalize())))
}

/// Runs a statement whose parts are names of this program's tables and columns.
fn statement(sql: String) -> AssertSqlSafe<String> {
    AssertSqlSafe(sql)
}
