//! What can be the matter with a database, told from what its driver says.

use std::io;

use sqlx::migrate::MigrateError;

use super::DatabaseError;

/// Why the database cannot be used.
#[derive(Clone, Debug)]
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
    /// The file system lets its files be read only, whoever opened them when.
    Frozen(String),
    /// The disk has no room left.
    Full(String),
    /// The disk does not do as it is told.
    Disk(String),
    /// The tables are not as this version wants them.
    Tables(String),
    /// Anything else, in the database's own words.
    Other(String),
}

/// Whether a failure is the database's: busy for too long, full, read-only, out of reach, its tables
/// not made yet. The same statement may well succeed later; until then nobody can be helped.
pub fn is_unavailable(error: &sqlx::Error) -> bool {
    Trouble::from(error).may_pass()
}

impl Trouble {
    /// Whether the same may succeed later without this program being configured otherwise.
    pub fn may_pass(&self) -> bool {
        use Trouble::{Disk, Frozen, Full, Locked, ReadOnly, Silent, Tables, Unreachable};
        matches!(self, Silent | Unreachable(_) | Locked | ReadOnly(_) | Frozen(_) | Full(_) | Disk(_) | Tables(_))
    }

    /// What is the matter, in words for anybody: without names, paths and SQL.
    pub fn plain(&self) -> &'static str {
        match self {
            Trouble::Silent => "the database does not answer in time",
            Trouble::Address | Trouble::Unreachable(_) | Trouble::Login | Trouble::NoDatabase => {
                "the database cannot be reached"
            }
            Trouble::NotADatabase => "the database is damaged",
            Trouble::Locked => "the database is busy: somebody else is writing all the time",
            Trouble::ReadOnly(_) | Trouble::Frozen(_) => "the database is read-only",
            Trouble::Full(_) => "the disk of the database is full",
            Trouble::Disk(_) => "the disk of the database fails, or is full",
            Trouble::Tables(_) => "the tables of the database are not made yet",
            Trouble::Other(_) => "the database fails",
        }
    }

    /// What the operator can do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Trouble::Silent => "see whether it is overloaded, or its disk hangs, or a firewall stands in between",
            Trouble::Address | Trouble::Unreachable(_) => "see whether it runs, and whether DATABASE_URL is right",
            Trouble::Login => "correct user and password in DATABASE_URL",
            Trouble::NoDatabase => "create it, or correct the name in DATABASE_URL",
            Trouble::NotADatabase => "restore the last copy, or correct DATABASE_URL",
            Trouble::Locked => "close what else keeps it open for writing",
            Trouble::ReadOnly(_) | Trouble::Frozen(_) => {
                "give the user that runs the site the right to write the file and its folder, or the tables; \
                 take mode=ro and immutable out of DATABASE_URL; see whether the file system is mounted read-only"
            }
            Trouble::Full(_) => "make room on the disk",
            Trouble::Disk(_) => "make room on the disk, and see what the system's log says of it",
            Trouble::Tables(_) => "the program makes them as soon as the database can be written",
            Trouble::Other(_) => "mend what the database says",
        }
    }

    /// What the database itself said.
    pub fn words(&self) -> Option<&str> {
        use Trouble::{Disk, Frozen, Full, Other, ReadOnly, Tables, Unreachable};
        match self {
            Unreachable(words) | ReadOnly(words) | Frozen(words) | Full(words) | Disk(words) | Tables(words)
            | Other(words) => Some(words),
            _ => None,
        }
    }

    /// SQLite's result codes are numbers (<https://www.sqlite.org/rescode.html>, the low eight
    /// bits tell the kind); PostgreSQL's have five characters (appendix "Error Codes").
    fn of_code(code: &str, message: &str) -> Trouble {
        let words = message.to_owned();
        match code {
            "28P01" | "28000" => Trouble::Login,
            "3D000" => Trouble::NoDatabase,
            "42501" | "25006" => Trouble::ReadOnly(words),
            "42P01" | "42703" => Trouble::Tables(words),
            "55P03" | "40001" | "40P01" => Trouble::Locked,
            "53100" => Trouble::Full(words),
            _ if code.len() == 5 => match code.get(..2) {
                Some("08" | "53" | "57") => Trouble::Unreachable(words),
                Some("58") => Trouble::Disk(words),
                _ => Trouble::Other(words),
            },
            _ => match code.parse::<u32>().map(|code| code & 0xFF) {
                Ok(5 | 6 | 15) => Trouble::Locked,
                Ok(8) => Trouble::ReadOnly(words),
                Ok(10) => Trouble::Disk(words),
                Ok(13) => Trouble::Full(words),
                Ok(14) => Trouble::Unreachable(words),
                Ok(11 | 26) => Trouble::NotADatabase,
                Ok(1) if message.starts_with("no such table") || message.starts_with("no such column") => {
                    Trouble::Tables(words)
                }
                _ => Trouble::Other(words),
            },
        }
    }

    fn of_file(error: &io::Error) -> Trouble {
        use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        match error.kind() {
            PermissionDenied | ReadOnlyFilesystem => Trouble::Frozen(error.to_string()),
            StorageFull | QuotaExceeded => Trouble::Full(error.to_string()),
            _ => Trouble::Other(error.to_string()),
        }
    }
}

impl From<&sqlx::Error> for Trouble {
    fn from(error: &sqlx::Error) -> Trouble {
        match error {
            sqlx::Error::Configuration(_) => Trouble::Address,
            sqlx::Error::PoolTimedOut => Trouble::Silent,
            sqlx::Error::PoolClosed | sqlx::Error::Io(_) | sqlx::Error::Tls(_) => {
                Trouble::Unreachable(error.to_string())
            }
            sqlx::Error::Database(said) => Trouble::of_code(said.code().as_deref().unwrap_or_default(), said.message()),
            _ => Trouble::Other(error.to_string()),
        }
    }
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Trouble {
        Trouble::from(&error)
    }
}

impl From<&DatabaseError> for Trouble {
    fn from(error: &DatabaseError) -> Trouble {
        match error {
            DatabaseError::File(_, error) => Trouble::of_file(error),
            DatabaseError::Sql(error)
            | DatabaseError::Migration(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => {
                Trouble::from(error)
            }
            DatabaseError::Migration(error) => Trouble::Other(error.to_string()),
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
            ("42P01", "Tables(\"words\")"),
            ("55P03", "Locked"),
            ("53100", "Full(\"words\")"),
            ("53300", "Unreachable(\"words\")"),
            ("58030", "Disk(\"words\")"),
            ("25093", "Other(\"words\")"),
            ("5", "Locked"),
            ("261", "Locked"),
            ("15", "Locked"),
            ("8", "ReadOnly(\"words\")"),
            ("1032", "ReadOnly(\"words\")"),
            ("10", "Disk(\"words\")"),
            ("778", "Disk(\"words\")"),
            ("13", "Full(\"words\")"),
            ("14", "Unreachable(\"words\")"),
            ("26", "NotADatabase"),
            ("1", "Other(\"words\")"),
            ("", "Other(\"words\")"),
        ] {
            assert_eq!(kind(code), kind_of, "{code}");
        }
    }

    #[test]
    fn what_the_database_cannot_do_now_is_told_from_what_is_wrong() {
        let may_pass = |code| Trouble::of_code(code, "no such table: users").may_pass();
        for code in
            ["1", "5", "261", "517", "6", "8", "776", "10", "266", "13", "14", "53300", "57P01", "08006", "55P03"]
        {
            assert!(may_pass(code), "{code}");
        }
        for code in ["19", "2067", "1811", "11", "26", "23505", "28P01", "3D000", "22001", "", "x"] {
            assert!(!may_pass(code), "{code}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_made_is_told_by_why() {
        for (kind, may_pass) in [
            (io::ErrorKind::PermissionDenied, true),
            (io::ErrorKind::ReadOnlyFilesystem, true),
            (io::ErrorKind::StorageFull, true),
            (io::ErrorKind::NotADirectory, false),
        ] {
            assert_eq!(Trouble::from(&DatabaseError::File("x".to_owned(), kind.into())).may_pass(), may_pass, "{kind}");
        }
    }
}
