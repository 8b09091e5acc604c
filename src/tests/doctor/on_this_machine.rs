//! The database, the secret key, the clock and `PUBLIC_URL`.

use std::path::Path;

use qq_login::clock::{self, Clock};
use qq_login::config::Environment;
use qq_login::doctor::{Status, Subject, examine};
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Connection};

use super::{check, examined, folder, told, variables};
use crate::support::TestSite;

fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

/// A database as the site makes it.
async fn made(file: &Path) -> AnyPool {
    qq_login::database::open(&url(file)).await.expect("a database").pool
}

async fn execute(pool: &AnyPool, sql: &'static str) {
    sqlx::query(sql).execute(pool).await.expect(sql);
}

#[tokio::test]
async fn a_missing_database_is_made_by_the_site_and_not_by_the_doctor() {
    let (site, folder) = (TestSite::start().await, folder("missing"));
    let file = folder.join("deep/er/site.db");
    let report = examined(&site, &[("DATABASE_URL", &url(&file)), ("SECRET_KEY", "")]).await;
    assert!(report.ok, "{}", report.to_text());
    for subject in [Subject::Database, Subject::SecretKey] {
        let (status, said) = told(&report, subject);
        assert!(status == Status::Ok && said.contains("the first start makes it"), "{said}");
    }
    assert_eq!(std::fs::read_dir(&folder).expect("the folder").count(), 0, "the doctor left something behind");

    std::fs::write(folder.join("deep"), "in the way").expect("a file");
    let report = examined(&site, &[("DATABASE_URL", &url(&file)), ("SECRET_KEY", "")]).await;
    assert_eq!(told(&report, Subject::Database).0, Status::Error, "{}", report.to_text());
    assert_eq!(told(&report, Subject::SecretKey).0, Status::Error, "{}", report.to_text());
    std::fs::remove_dir_all(folder).expect("cleaned up");
}

#[tokio::test]
async fn the_state_of_the_database_is_told() {
    let (site, folder) = (TestSite::start().await, folder("states"));
    for (name, sql, status, words) in [
        ("good", None, Status::Ok, "up to date and writable"),
        ("behind", Some("DELETE FROM _sqlx_migrations WHERE version = 2"), Status::Warning, "1 step(s) behind"),
        (
            "newer",
            Some("UPDATE _sqlx_migrations SET version = 99 WHERE version = 2"),
            Status::Error,
            "by a newer version",
        ),
        ("changed", Some("UPDATE _sqlx_migrations SET checksum = x'00'"), Status::Error, "did not make so"),
        ("half", Some("UPDATE _sqlx_migrations SET success = FALSE WHERE version = 2"), Status::Error, "half-made"),
    ] {
        let file = folder.join(name);
        let pool = made(&file).await;
        if let Some(sql) = sql {
            execute(&pool, sql).await;
        }
        pool.close().await;
        let report = examined(&site, &[("DATABASE_URL", &url(&file))]).await;
        let (found, said) = told(&report, Subject::Database);
        assert!(found == status && said.contains(words), "{name}: {said}");
        assert_eq!(report.ok, status != Status::Error, "{name}");
    }
    std::fs::write(folder.join("empty"), "").expect("a file");
    std::fs::write(folder.join("garbage"), "this is no database at all, but long enough".repeat(99)).expect("a file");
    for (name, status, words) in [
        ("empty", Status::Warning, "5 step(s) behind"),
        ("garbage", Status::Error, "is not a database"),
        ("good?mode=ro", Status::Error, "cannot be written"),
        ("empty?mode=ro", Status::Error, "cannot be written"),
        ("missing?mode=ro", Status::Error, "cannot be written: mode=ro"),
        ("good?nonsense=1", Status::Error, "DATABASE_URL cannot be understood"),
    ] {
        let report = examined(&site, &[("DATABASE_URL", &url(&folder.join(name)))]).await;
        let (found, said) = told(&report, Subject::Database);
        assert!(found == status && said.contains(words), "{name}: {said}");
    }
    assert_eq!(std::fs::metadata(folder.join("empty")).expect("a file").len(), 0, "the doctor made tables");
    std::fs::remove_dir_all(folder).expect("cleaned up");
}

#[tokio::test]
async fn a_locked_database_is_told_and_nothing_is_left_in_a_free_one() {
    let (site, folder) = (TestSite::start().await, folder("locked"));
    let file = folder.join("site.db");
    let pool = made(&file).await;
    let mut writer = pool.acquire().await.expect("a connection");
    let mut transaction = writer.begin().await.expect("a transaction");
    sqlx::query("INSERT INTO spent_attempts (state_hash, spent_at) VALUES ('x', 0)")
        .execute(&mut *transaction)
        .await
        .expect("a row");
    let report = examined(&site, &[("DATABASE_URL", &url(&file))]).await;
    let (status, said) = told(&report, Subject::Database);
    assert!(status == Status::Error && said.contains("is locked by another program"), "{said}");
    transaction.rollback().await.expect("rolled back");
    drop(writer);

    let report = examined(&site, &[("DATABASE_URL", &url(&file))]).await;
    assert_eq!(told(&report, Subject::Database).0, Status::Ok);
    let (rows,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM spent_attempts").fetch_one(&pool).await.expect("a number");
    assert_eq!(rows, 0);
    std::fs::remove_dir_all(folder).expect("cleaned up");
}

#[tokio::test]
async fn a_postgres_that_is_not_there_or_not_ours_is_told() {
    let site = TestSite::start().await;
    let nowhere = "postgres://site:canary@127.0.0.1:1/site";
    let report = examined(&site, &[("DATABASE_URL", nowhere)]).await;
    let (status, said) = told(&report, Subject::Database);
    let names_place = said.contains("postgres://127.0.0.1:1/site cannot be reached");
    assert!(status == Status::Error && names_place && !said.contains("canary"), "{said}");

    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else { return };
    let mut address = url::Url::parse(&server).expect("an address");
    address.set_path("/no_such_database");
    let report = examined(&site, &[("DATABASE_URL", address.as_str())]).await;
    assert!(told(&report, Subject::Database).1.contains("no database of this name"));
    address.set_password(Some("canary")).expect("a password");
    let report = examined(&site, &[("DATABASE_URL", address.as_str())]).await;
    let (status, said) = told(&report, Subject::Database);
    assert!(status == Status::Error && said.contains("refuses user or password") && !said.contains("canary"), "{said}");

    sqlx::any::install_default_drivers();
    let pool = AnyPoolOptions::new().max_connections(1).connect(&server).await.expect("the server");
    let fresh = format!("doctor_{}", std::process::id());
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {fresh}"))).execute(&pool).await.expect("a database");
    let mut address = url::Url::parse(&server).expect("an address");
    address.set_path(&fresh);
    let report = examined(&site, &[("DATABASE_URL", address.as_str())]).await;
    let (status, said) = told(&report, Subject::Database);
    assert!(status == Status::Warning && said.contains("5 step(s) behind"), "{said}");
}

#[tokio::test]
async fn the_key_file_has_to_be_whole_and_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (site, folder) = (TestSite::start().await, folder("key"));
    let (database, key) = (url(&folder.join("site.db")), folder.join("qq-login.key"));
    let good = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n";
    for (content, mode, status, words) in [
        (good.as_bytes(), 0o600, Status::Ok, "its owner alone"),
        (good.as_bytes(), 0o400, Status::Ok, "its owner alone"),
        (good.as_bytes(), 0o640, Status::Warning, "chmod 600"),
        (good.as_bytes(), 0o604, Status::Warning, "chmod 600"),
        (b"c2hvcnQ=", 0o600, Status::Error, "does not hold 32 bytes"),
        (b"\xC4\xE3", 0o600, Status::Error, "does not hold 32 bytes"),
        (b"", 0o600, Status::Error, "does not hold 32 bytes"),
    ] {
        let _ = std::fs::remove_file(&key);
        std::fs::write(&key, content).expect("a file");
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).expect("a mode");
        let report = examined(&site, &[("DATABASE_URL", &database), ("SECRET_KEY", "")]).await;
        let (found, said) = told(&report, Subject::SecretKey);
        assert!(found == status && said.contains(words) && !said.contains("MDEy"), "{mode:o}: {said}");
        assert_eq!(std::fs::read(&key).expect("the key"), content, "the doctor changed the key");
    }
    std::fs::remove_file(&key).expect("removed");
    std::fs::create_dir(&key).expect("a folder in its place");
    let report = examined(&site, &[("DATABASE_URL", &database), ("SECRET_KEY", "")]).await;
    assert_eq!(told(&report, Subject::SecretKey).0, Status::Error);
    std::fs::remove_dir_all(folder).expect("cleaned up");
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_told() {
    let site = TestSite::start().await;
    for (shift, status) in [(0, Status::Ok), (-150, Status::Warning), (150, Status::Warning), (3600, Status::Error)] {
        let real = clock::system();
        let shifted: Clock = std::sync::Arc::new(move || real() + shift);
        let report = examine(&Environment::new(variables(&site, &[]), |_| vec![]), &shifted).await;
        assert_eq!(told(&report, Subject::Clock).0, status, "{shift}");
        assert_eq!(report.ok, status != Status::Error);
    }
}

#[tokio::test]
async fn what_qqs_console_would_not_take_is_told_of_the_real_qq_only() {
    let site = TestSite::start().await;
    let report = examined(&site, &[]).await;
    let (status, said) = told(&report, Subject::PublicUrl);
    assert!(status == Status::Ok && said.contains("will do for the sandbox"), "{said}");
    // Nobody is asked: the name does not exist.
    let real = ("QQ_GRAPH_URL", "https://qq.invalid");
    for (public_url, status, words) in [
        ("https://www.example.com", Status::Ok, "is what QQ's console takes"),
        ("https://www.example.com:8443", Status::Error, "has a port"),
        ("http://localhost:3000", Status::Error, "neither localhost nor IP addresses"),
        ("https://192.0.2.1", Status::Error, "neither localhost nor IP addresses"),
        ("http://www.mydomain.com", Status::Warning, "debugging on this machine only"),
    ] {
        let variables = variables(&site, &[real, ("PUBLIC_URL", public_url)]);
        let env = Environment::new(variables, |_| vec![std::net::Ipv4Addr::LOCALHOST.into()]);
        let report = examine(&env, &clock::system()).await;
        let (found, said) = told(&report, Subject::PublicUrl);
        assert!(found == status && said.contains(words), "{public_url}: {said}");
        assert_eq!(check(&report, Subject::DnsAndTls).status, Status::Error);
    }
}
