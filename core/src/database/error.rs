//! Classifies database errors by what the caller can do about them.

use std::io;
use std::sync::Arc;

use sqlx::migrate::MigrateError;

/// Why the database could not be opened or written.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The SQLite file or its folder could not be created.
    #[error("cannot create the database file {0}: {1}")]
    File(String, io::Error),
    /// A statement or the connection failed.
    #[error("cannot use the database: {0}")]
    Sql(#[from] sqlx::Error),
    /// The database contains tables of another program, such as this one.
    #[error("the database belongs to another program, whose table {0:?} it contains; use an empty database")]
    Foreign(String),
    /// The tables could not be migrated.
    #[error("cannot migrate the database: {0}")]
    Migration(#[from] MigrateError),
}

/// Why a query or a transaction failed.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// A statement failed.
    #[error(transparent)]
    Statement(#[from] sqlx::Error),
    /// The transaction could not be begun or committed. It may have been shared by several callers.
    #[error("{0}")]
    Transaction(Arc<sqlx::Error>),
    /// The transaction waited too long for its turn.
    #[error("the database did not commit in time")]
    Timeout,
    /// The database was closed.
    #[error("the database is closed")]
    Closed,
    /// The code of the transaction panicked.
    #[error("a transaction panicked")]
    Panic,
}

/// What a database error means for the caller. All but `Other` may pass without a new configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseErrorKind {
    /// Another writer held a lock for too long.
    #[error("the database is busy")]
    Busy,
    /// The file, its folder or the tables cannot be written.
    #[error("the database is read-only")]
    ReadOnly,
    /// The disk is full, or reading or writing it fails.
    #[error("the database's disk is full or failing")]
    Full,
    /// There is no connection, or no answer in time, or the tables are not migrated yet.
    #[error("the database is unreachable")]
    Unreachable,
    /// Anything else: a wrong password, a damaged file, a violated constraint.
    #[error("the database reports an error")]
    Other,
}

use DatabaseErrorKind::{Busy, Full, Other, ReadOnly, Unreachable};

impl QueryError {
    /// Whether the same query may succeed later.
    pub fn is_unavailable(&self) -> bool {
        DatabaseErrorKind::from(self) != Other
    }

    /// Whether a statement refers to a row that does not exist, perhaps since a moment ago.
    pub fn is_missing_reference(&self) -> bool {
        match self {
            QueryError::Statement(error) => {
                error.as_database_error().is_some_and(|error| error.is_foreign_key_violation())
            }
            _ => false,
        }
    }
}

impl DatabaseErrorKind {
    /// What the operator can do about it.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Busy => "stop other programs that write to the database",
            ReadOnly => {
                "let the site's user write the file and its folder, or the tables; remove mode=ro and immutable \
                 from DATABASE_URL; check whether the file system is mounted read-only"
            }
            Full => "free disk space; check the system log for disk errors",
            Unreachable => "check that the database runs and that DATABASE_URL is right",
            Other => "see the error",
        }
    }

    /// PostgreSQL's codes have five characters
    /// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>). SQLite's are numbers whose low
    /// eight bits are the primary code (<https://www.sqlite.org/rescode.html>).
    fn from_code(code: &str, message: &str) -> DatabaseErrorKind {
        match code {
            "55P03" | "40001" | "40P01" => return Busy,
            "25006" | "42501" => return ReadOnly,
            "53100" => return Full,
            // No such table, no such column; the database accepts no connections.
            "42P01" | "42703" | "55000" => return Unreachable,
            _ => {}
        }
        if code.len() == 5 {
            return match code.get(..2) {
                Some("08" | "53" | "57") => Unreachable,
                Some("58") => Full,
                _ => Other,
            };
        }
        match code.parse::<u32>().map(|code| code & 0xFF) {
            Ok(5 | 6 | 15) => Busy,
            Ok(8) => ReadOnly,
            Ok(10 | 13) => Full,
            Ok(14) => Unreachable,
            Ok(1) if message.starts_with("no such table") || message.starts_with("no such column") => Unreachable,
            _ => Other,
        }
    }
}

impl From<&io::Error> for DatabaseErrorKind {
    fn from(error: &io::Error) -> DatabaseErrorKind {
        use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        match error.kind() {
            PermissionDenied | ReadOnlyFilesystem => ReadOnly,
            StorageFull | QuotaExceeded => Full,
            _ => Other,
        }
    }
}

impl From<&sqlx::Error> for DatabaseErrorKind {
    fn from(error: &sqlx::Error) -> DatabaseErrorKind {
        match error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) | sqlx::Error::Tls(_) => {
                Unreachable
            }
            sqlx::Error::Database(error) => {
                DatabaseErrorKind::from_code(error.code().as_deref().unwrap_or_default(), error.message())
            }
            _ => Other,
        }
    }
}

impl From<&QueryError> for DatabaseErrorKind {
    fn from(error: &QueryError) -> DatabaseErrorKind {
        match error {
            QueryError::Statement(error) => error.into(),
            QueryError::Transaction(error) => error.as_ref().into(),
            QueryError::Timeout => Busy,
            QueryError::Closed => Unreachable,
            QueryError::Panic => Other,
        }
    }
}

impl From<&DatabaseError> for DatabaseErrorKind {
    fn from(error: &DatabaseError) -> DatabaseErrorKind {
        match error {
            DatabaseError::File(_, error) => error.into(),
            DatabaseError::Sql(error)
            | DatabaseError::Migration(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => {
                error.into()
            }
            DatabaseError::Migration(_) | DatabaseError::Foreign(_) => Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_are_classified() {
        for (kind, codes) in [
            (Busy, &["55P03", "40001", "40P01", "5", "261", "517", "6", "15"][..]),
            (ReadOnly, &["42501", "25006", "8", "776", "1032"]),
            (Full, &["53100", "58030", "10", "266", "778", "13"]),
            (Unreachable, &["42P01", "53300", "55000", "57P01", "08006", "14", "1"]),
            (Other, &["28P01", "28000", "3D000", "25093", "23505", "22001", "11", "19", "26", "1811", "2067", "", "x"]),
        ] {
            for code in codes {
                assert_eq!(DatabaseErrorKind::from_code(code, "no such table: users"), kind, "{code}");
            }
        }
        assert_eq!(DatabaseErrorKind::from_code("1", "near \"SELEC\": syntax error"), Other);
    }

    #[test]
    fn file_errors_are_classified() {
        for (error, kind) in [
            (io::ErrorKind::PermissionDenied, ReadOnly),
            (io::ErrorKind::ReadOnlyFilesystem, ReadOnly),
            (io::ErrorKind::StorageFull, Full),
            (io::ErrorKind::NotADirectory, Other),
        ] {
            assert_eq!(DatabaseErrorKind::from(&DatabaseError::File("x".to_owned(), error.into())), kind, "{error}");
        }
    }
}
