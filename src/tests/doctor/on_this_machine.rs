//! Database, secret key, clock and `PUBLIC_URL`.

use std::path::Path;

use qq_login::clock::{self, Clock};
use qq_login::config::Environment;
use qq_login::database::Database;
use qq_login::doctor::{self, CheckName, Status};
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, Connection};

use super::{check, create_folder, result, run, variables};
use crate::support::TestSite;

fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

/// Creates a database as the site does.
async fn create_database(file: &Path) -> Database {
    Database::open(&url(file)).await.expect("a database")
}

async fn execute(database: &Database, sql: &'static str) {
    database.execute(sqlx::query(sql)).await.expect(sql);
}

#[tokio::test]
async fn missing_database_and_key_pass_and_are_not_created() {
    let (site, folder) = (TestSite::start().await, create_folder("missing"));
    let file = folder.join("deep/er/site.db");
    let report = run(&site, &[("DATABASE_URL", &url(&file)), ("SECRET_KEY", "")]).await;
    assert!(report.ok, "{}", report.to_text());
    for name in [CheckName::Database, CheckName::SecretKey] {
        let (status, text) = result(&report, name);
        assert!(status == Status::Ok && text.contains("the first start creates it"), "{text}");
    }
    assert_eq!(std::fs::read_dir(&folder).expect("the folder").count(), 0, "the doctor left something behind");

    std::fs::write(folder.join("deep"), "in the way").expect("a file");
    let report = run(&site, &[("DATABASE_URL", &url(&file)), ("SECRET_KEY", "")]).await;
    assert_eq!(result(&report, CheckName::Database).0, Status::Error, "{}", report.to_text());
    assert_eq!(result(&report, CheckName::SecretKey).0, Status::Error, "{}", report.to_text());
    std::fs::remove_dir_all(folder).expect("cleaned up");
}

fn needs_all_migrations() -> String {
    format!("needs {} migration(s)", std::fs::read_dir("migrations/sqlite").expect("a folder").count())
}

#[tokio::test]
async fn database_states_are_reported() {
    let (site, folder) = (TestSite::start().await, create_folder("states"));
    for (name, sql, status, words) in [
        ("good", None, Status::Ok, "up to date and writable"),
        ("behind", Some("DELETE FROM _sqlx_migrations WHERE version = 2"), Status::Warning, "needs 1 migration(s)"),
        (
            "newer",
            Some(
                "INSERT INTO _sqlx_migrations SELECT 99, description, installed_on, success, checksum, execution_time \
                  FROM _sqlx_migrations WHERE version = 2",
            ),
            Status::Warning,
            "by a newer version",
        ),
        (
            "diverged",
            Some("UPDATE _sqlx_migrations SET version = 99 WHERE version = 2"),
            Status::Error,
            "changed or unfinished migration",
        ),
        (
            "changed",
            Some("UPDATE _sqlx_migrations SET checksum = x'00'"),
            Status::Error,
            "changed or unfinished migration",
        ),
        (
            "half",
            Some("UPDATE _sqlx_migrations SET success = FALSE WHERE version = 2"),
            Status::Error,
            "changed or unfinished migration",
        ),
    ] {
        let file = folder.join(name);
        let database = create_database(&file).await;
        if let Some(sql) = sql {
            execute(&database, sql).await;
        }
        database.close().await;
        let report = run(&site, &[("DATABASE_URL", &url(&file))]).await;
        let (actual, text) = result(&report, CheckName::Database);
        assert!(actual == status && text.contains(words), "{name}: {text}");
        assert_eq!(report.ok, status != Status::Error, "{name}");
    }
    std::fs::write(folder.join("empty"), "").expect("a file");
    std::fs::write(folder.join("garbage"), "this is no database at all, but long enough".repeat(99)).expect("a file");
    for (name, status, words) in [
        ("empty", Status::Warning, &*needs_all_migrations()),
        ("garbage", Status::Error, "is not a database"),
        ("good?mode=ro", Status::Error, "is not writable"),
        ("empty?mode=ro", Status::Error, "is not writable"),
        ("missing?mode=ro", Status::Error, "is not writable: mode=ro"),
    ] {
        let report = run(&site, &[("DATABASE_URL", &url(&folder.join(name)))]).await;
        let (actual, text) = result(&report, CheckName::Database);
        assert!(actual == status && text.contains(words), "{name}: {text}");
    }
    assert_eq!(std::fs::metadata(folder.join("empty")).expect("a file").len(), 0, "the doctor made tables");
    std::fs::remove_dir_all(folder).expect("cleaned up");
}

#[tokio::test]
async fn locked_database_fails_and_check_leaves_no_row() {
    let (site, folder) = (TestSite::start().await, create_folder("locked"));
    let file = folder.join("site.db");
    let database = create_database(&file).await;
    let mut writer = AnyConnection::connect(&url(&file)).await.expect("a connection");
    let mut transaction = writer.begin().await.expect("a transaction");
    sqlx::query("INSERT INTO spent_attempts (state_hash, spent_at) VALUES ('x', 0)")
        .execute(&mut *transaction)
        .await
        .expect("a row");
    let report = run(&site, &[("DATABASE_URL", &url(&file))]).await;
    let (status, text) = result(&report, CheckName::Database);
    assert!(status == Status::Error && text.contains("is locked by another program"), "{text}");
    transaction.rollback().await.expect("rolled back");
    writer.close().await.expect("closed");

    let report = run(&site, &[("DATABASE_URL", &url(&file))]).await;
    assert_eq!(result(&report, CheckName::Database).0, Status::Ok);
    let (rows,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM spent_attempts").fetch_one(database.reader()).await.expect("a number");
    assert_eq!(rows, 0);
    std::fs::remove_dir_all(folder).expect("cleaned up");
}

#[tokio::test]
async fn unusable_postgres_is_reported() {
    let site = TestSite::start().await;
    let unreachable = "postgres://site:canary@127.0.0.1:1/site";
    let report = run(&site, &[("DATABASE_URL", unreachable)]).await;
    let (status, text) = result(&report, CheckName::Database);
    let names_place = text.contains("cannot connect to postgres://127.0.0.1:1/site");
    assert!(status == Status::Error && names_place && !text.contains("canary"), "{text}");

    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else { return };
    let mut address = url::Url::parse(&server).expect("an address");
    address.set_path("/no_such_database");
    let report = run(&site, &[("DATABASE_URL", address.as_str())]).await;
    assert!(result(&report, CheckName::Database).1.contains("no database with this name"));
    address.set_password(Some("canary")).expect("a password");
    let report = run(&site, &[("DATABASE_URL", address.as_str())]).await;
    let (status, text) = result(&report, CheckName::Database);
    assert!(
        status == Status::Error && text.contains("rejected the user or password") && !text.contains("canary"),
        "{text}"
    );

    sqlx::any::install_default_drivers();
    let pool = AnyPoolOptions::new().max_connections(1).connect(&server).await.expect("the server");
    let fresh = format!("doctor_{}", std::process::id());
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {fresh}"))).execute(&pool).await.expect("a database");
    let mut address = url::Url::parse(&server).expect("an address");
    address.set_path(&fresh);
    let report = run(&site, &[("DATABASE_URL", address.as_str())]).await;
    let (status, text) = result(&report, CheckName::Database);
    assert!(status == Status::Warning && text.contains(&needs_all_migrations()), "{text}");
}

#[tokio::test]
async fn limits_and_encoding_of_a_postgres_server_are_reported() {
    let site = TestSite::start().await;
    if site.database_file().is_some() {
        return;
    }
    let mut url = url::Url::parse(&site.database_url).expect("a URL");
    let name = format!("{}_latin", url.path().trim_start_matches('/'));
    site.execute(&format!("CREATE ROLE {name} LOGIN PASSWORD 'canary' CONNECTION LIMIT 8")).await;
    site.execute(&format!("CREATE DATABASE {name} OWNER {name} ENCODING 'LATIN1' TEMPLATE template0")).await;
    url.set_path(&name);
    url.set_username(&name).and_then(|()| url.set_password(Some("canary"))).expect("a user");
    let (status, text) = result(&run(&site, &[("DATABASE_URL", url.as_str())]).await, CheckName::Database);
    site.execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
    site.execute(&format!("DROP ROLE {name}")).await;
    assert_eq!(status, Status::Error, "{text}");
    for words in [&*needs_all_migrations(), "the encoding LATIN1 cannot", "only 8 connections are allowed", "up to 9"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("canary") && !text.contains("lock_timeout"), "{text}");
}

#[tokio::test]
async fn key_file_must_be_valid_and_private() {
    use std::os::unix::fs::PermissionsExt;
    let (site, folder) = (TestSite::start().await, create_folder("key"));
    let (database, key) = (url(&folder.join("site.db")), folder.join("qq-login.key"));
    let good = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n";
    for (content, mode, status, words) in [
        (good.as_bytes(), 0o600, Status::Ok, "only its owner can read it"),
        (good.as_bytes(), 0o400, Status::Ok, "only its owner can read it"),
        (good.as_bytes(), 0o640, Status::Warning, "chmod 600"),
        (good.as_bytes(), 0o604, Status::Warning, "chmod 600"),
        (b"c2hvcnQ=", 0o600, Status::Error, "does not contain 32 bytes"),
        (b"\xC4\xE3", 0o600, Status::Error, "does not contain 32 bytes"),
        (b"", 0o600, Status::Error, "does not contain 32 bytes"),
    ] {
        let _ = std::fs::remove_file(&key);
        std::fs::write(&key, content).expect("a file");
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).expect("a mode");
        let report = run(&site, &[("DATABASE_URL", &database), ("SECRET_KEY", "")]).await;
        let (actual, text) = result(&report, CheckName::SecretKey);
        assert!(actual == status && text.contains(words) && !text.contains("MDEy"), "{mode:o}: {text}");
        assert_eq!(std::fs::read(&key).expect("the key"), content, "the doctor changed the key");
    }
    std::fs::remove_file(&key).expect("removed");
    std::fs::create_dir(&key).expect("a folder in its place");
    let report = run(&site, &[("DATABASE_URL", &database), ("SECRET_KEY", "")]).await;
    assert_eq!(result(&report, CheckName::SecretKey).0, Status::Error);
    std::fs::remove_dir_all(folder).expect("cleaned up");
}

#[tokio::test]
async fn wrong_clock_is_reported() {
    let site = TestSite::start().await;
    for (shift, status) in [(0, Status::Ok), (-150, Status::Warning), (150, Status::Warning), (3600, Status::Error)] {
        let real = clock::system();
        let shifted: Clock = std::sync::Arc::new(move || real() + shift);
        let report = doctor::run(&Environment::new(variables(&site, &[]), |_| vec![]), &shifted).await;
        assert_eq!(result(&report, CheckName::Clock).0, status, "{shift}");
        assert_eq!(report.ok, status != Status::Error);
    }
}

#[tokio::test]
async fn public_url_rules_apply_to_real_qq_only() {
    let site = TestSite::start().await;
    let report = run(&site, &[]).await;
    let (status, text) = result(&report, CheckName::PublicUrl);
    assert!(status == Status::Ok && text.contains("works with the sandbox"), "{text}");
    // This host name does not exist.
    let real = ("QQ_GRAPH_URL", "https://qq.invalid");
    for (public_url, status, words) in [
        ("https://www.example.com", Status::Ok, "meets QQ's rules"),
        ("https://www.example.com:8443", Status::Error, "has a port"),
        ("http://localhost:3000", Status::Error, "neither localhost nor IP addresses"),
        ("https://192.0.2.1", Status::Error, "neither localhost nor IP addresses"),
        ("http://www.mydomain.com", Status::Warning, "for local testing only"),
    ] {
        let variables = variables(&site, &[real, ("PUBLIC_URL", public_url)]);
        let env = Environment::new(variables, |_| vec![std::net::Ipv4Addr::LOCALHOST.into()]);
        let report = doctor::run(&env, &clock::system()).await;
        let (actual, text) = result(&report, CheckName::PublicUrl);
        assert!(actual == status && text.contains(words), "{public_url}: {text}");
        assert_eq!(check(&report, CheckName::DnsAndTls).status, Status::Error);
    }
}

#[tokio::test]
async fn unusable_proxy_is_named() {
    let site = TestSite::start().await;
    let unsupported = [("QQ_GRAPH_URL", "https://qq.invalid"), ("ALL_PROXY", "ftp://user:canary@127.0.0.1:1")];
    let (status, text) = result(&run(&site, &unsupported).await, CheckName::Configuration);
    assert!(status == Status::Error && text.contains("ALL_PROXY is not a proxy") && !text.contains("canary"), "{text}");
    for url in ["socks5h://user:canary@127.0.0.1:1", "http://user:canary@127.0.0.1:1"] {
        let report = run(&site, &[("QQ_GRAPH_URL", "https://qq.invalid"), ("ALL_PROXY", url)]).await;
        let (status, text) = result(&report, CheckName::DnsAndTls);
        assert!(status == Status::Error && text.contains("ALL_PROXY is set") && !text.contains("canary"), "{text}");
    }
}
