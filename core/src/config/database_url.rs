//! The address of the database. Nothing else reads it: database, key file and doctor use what is found here.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use url::Url;

use super::{ConfigError, Environment};

const DEFAULT: &str = "sqlite://data/qq-login.db";
const REMEDY: &str = "use sqlite://path/to/file.db or postgres://user:password@host/name, with special characters \
                      percent-encoded (in a password, @ is %40, # is %23 and / is %2F)";
/// The parameters of PostgreSQL URLs that sqlx reads. It ignores others, and logs them.
const POSTGRES_PARAMETERS: [&str; 18] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// `DATABASE_URL`. `Debug` hides the password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    url: String,
    place: String,
    file: Option<PathBuf>,
}

impl DatabaseUrl {
    pub fn read(env: &Environment) -> Result<DatabaseUrl, ConfigError> {
        let value = env.get_or("DATABASE_URL", DEFAULT)?;
        // The messages do not repeat the value, which may contain a password.
        DatabaseUrl::parse(&value).map_err(|problem| ConfigError::new("DATABASE_URL", problem, REMEDY))
    }

    /// Reads the value of an argument, which the error names.
    pub fn from_argument(name: &'static str, value: &str) -> Result<DatabaseUrl, ConfigError> {
        DatabaseUrl::parse(value).map_err(|problem| ConfigError::new(name, problem, REMEDY))
    }

    fn parse(value: &str) -> Result<DatabaseUrl, &'static str> {
        if value.contains(char::is_control) {
            return Err("contains a control character");
        }
        match value.split_once("://") {
            Some(("sqlite", path)) => parse_sqlite(path),
            Some(("postgres" | "postgresql", server)) if !server.is_empty() => parse_postgres(value),
            _ => Err("is not a database URL"),
        }
    }

    /// The URL in the only form that the database's driver reads in one way. May contain a password.
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// The path, or the URL without user, password and parameters, each of which may be a secret.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The file, or `None` for PostgreSQL.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)
    }
}

/// `#` is a part of the path, as it is for the driver.
fn parse_sqlite(path_and_parameters: &str) -> Result<DatabaseUrl, &'static str> {
    const IN_MEMORY: &str = "is a database in memory, which would be lost when the program ends";
    let (path, parameters) = path_and_parameters.split_once('?').unwrap_or((path_and_parameters, ""));
    let path = percent_decode_str(path).decode_utf8().map_err(|_| "has a path that is not UTF-8")?;
    if path == ":memory:" || url::form_urlencoded::parse(parameters.as_bytes()).any(|pair| pair.1 == "memory") {
        return Err(IN_MEMORY);
    }
    let file = PathBuf::from(&*path);
    // SQLite itself would read `file:` as the start of a URL.
    let is_unusable = path.ends_with('/') || path.starts_with("file:") || path.contains(char::is_control);
    if file.file_name().is_none() || is_unusable {
        return Err("does not name a file");
    }
    // Without slashes, nothing in it looks like a host name or a parent folder.
    let mut url = format!("sqlite:{}", percent_encode(path.as_bytes(), NON_ALPHANUMERIC));
    if !parameters.is_empty() {
        url = format!("{url}?{parameters}");
    }
    let url = Url::parse(&url).map_err(|_| "is not a database URL")?.to_string();
    SqliteConnectOptions::from_str(&url).map_err(|_| "has an unknown parameter, or one with an unknown value")?;
    Ok(DatabaseUrl { url, place: path.into_owned(), file: Some(file) })
}

fn parse_postgres(value: &str) -> Result<DatabaseUrl, &'static str> {
    let url = Url::parse(value).map_err(|_| "is not a valid URL")?;
    // A `/`, `?` or `#` in the password ends the part before the `@`, and makes the rest look like something else.
    let is_cut = url.fragment().is_some() || url.path().contains('@') || url.query().unwrap_or_default().contains('@');
    if is_cut {
        return Err("has a special character in its password that is not percent-encoded");
    }
    let is_known = |name: &str| POSTGRES_PARAMETERS.contains(&name) || name.starts_with("options[");
    if url.query_pairs().any(|(name, _)| !is_known(&name)) {
        return Err("has a parameter that is not supported");
    }
    PgConnectOptions::from_str(value).map_err(|_| "has a part that cannot be read, such as an unknown sslmode")?;
    Ok(DatabaseUrl {
        place: postgres_place(&url).unwrap_or("PostgreSQL".to_owned()),
        url: value.to_owned(),
        file: None,
    })
}

/// Without a user, what looks like host and port may be user and password.
fn postgres_place(url: &Url) -> Option<String> {
    let (host, path) = (url.host_str().filter(|_| !url.username().is_empty())?, url.path());
    Some(match url.port() {
        Some(port) => format!("postgres://{host}:{port}{path}"),
        None => format!("postgres://{host}{path}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(value: &str) -> DatabaseUrl {
        DatabaseUrl::parse(value).expect(value)
    }

    #[test]
    fn driver_opens_the_file_that_is_shown() {
        for (value, path) in [
            (DEFAULT, "data/qq-login.db"),
            ("sqlite://x.db", "x.db"),
            ("sqlite:///srv/a.db?mode=rwc", "/srv/a.db"),
            ("sqlite:///d/my%20data/x.db", "/d/my data/x.db"),
            ("sqlite://my data/x.db", "my data/x.db"),
            ("sqlite://data/../x.db", "data/../x.db"),
            ("sqlite:///data/./../x.db", "/data/./../x.db"),
            ("sqlite://DATA/%2e%2e/x.db", "DATA/../x.db"),
            ("sqlite://数据/x#1%3F.db?immutable=0&mode=ro", "数据/x#1?.db"),
            ("sqlite://sqlite:x.db", "sqlite:x.db"),
            ("sqlite://a%2520b.db", "a%20b.db"),
        ] {
            let parsed = parse(value);
            let by_driver = SqliteConnectOptions::from_str(Url::parse(parsed.as_str()).expect(value).as_str());
            assert_eq!(by_driver.expect(value).get_filename(), Path::new(path), "{value}");
            assert_eq!((parsed.file(), parsed.place()), (Some(Path::new(path)), path), "{value}");
        }
    }

    #[test]
    fn invalid_urls_are_rejected() {
        for value in [
            "",
            "data/x.db",
            "mysql://x",
            "sqlite:x.db",
            "sqlite://",
            "sqlite://:memory:",
            "sqlite://x.db?mode=memory",
            "sqlite://file:x.db",
            "sqlite://data/",
            "sqlite://..",
            "sqlite:///",
            "sqlite://x%00.db",
            "sqlite://x%ff.db",
            "sqlite://x.db?foo=bar",
            "sqlite://x.db?mode=maybe",
            "sqlite://x.db?mode=ro#x",
            "postgres://",
            "postgres://a:b@[broken/site",
            "postgres://a:b@host:port/site",
            "postgres://a:b@host/site?foo=bar",
            "postgres://a:b@host/site?sslmode=maybe",
            "postgres://a:b@ho\nst/site",
            "postgres://a:%ff@host/site",
        ] {
            assert!(DatabaseUrl::parse(value).is_err(), "{value}");
        }
    }

    #[test]
    fn s32_no_part_of_a_password_is_shown() {
        for value in [
            "postgres://app:12/S3CR?3CRT@127.0.0.1/qq",
            "postgres://app:S3CR#T@host:5432/x",
            "postgres://app:S3CR/T@host:5432/x",
            "postgres://app:12@S3CR/T@host:5432/x",
            "postgres://app:12#S3CRT@host/x",
            "postgres://app:S3CRT",
            "postgres://app:S3CRT@ho st/x",
        ] {
            let problem = DatabaseUrl::parse(value).expect_err(value);
            assert!(!problem.contains("3CR"), "{value}: {problem}");
        }
        for (value, place) in [
            ("postgres://user:S3CRT@db.example:5433/site?password=S3CRT", "postgres://db.example:5433/site"),
            ("postgresql://user:S3C@RT@db.example/site", "postgres://db.example/site"),
            ("postgres:///site?host=/run&password=S3CRT", "PostgreSQL"),
            ("postgres://S3CRT:12/site", "PostgreSQL"),
        ] {
            assert_eq!(format!("{:?} {0:?}", parse(value)), format!("{place} {place}"));
        }
    }
}
