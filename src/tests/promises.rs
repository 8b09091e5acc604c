//! Promises of `docs/security.md` that no other file is about.

use std::time::Instant;

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, ORIGIN};
use sqlx::AnyConnection;

use crate::support::{Log, TestSite, options};

#[tokio::test]
async fn s23_a_callback_opened_while_signed_in_goes_on() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let callback = browser.authorize_as(&username, Some("/?x=1")).await;
    for _ in 0..2 {
        assert_eq!(browser.get(&callback).await.location(), "/?x=1");
    }
}

#[tokio::test]
async fn s33_s69_even_the_noisiest_log_holds_no_secret() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await;
    let log = Log::default();
    let _listening = log.capture();
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    browser.get(&callback).await;
    browser.post("/register", &[("username", "ann"), ("email", "canary@example.com")]).await;
    site.advance_clock(95);
    browser.get("/account").await;
    browser.post("/account/portrait", &[]).await;
    site.set_qq_fault("token", "wrong_key", 1).await;
    site.advance_clock(95);
    browser.get("/account").await;
    let said = log.text();
    assert!(said.contains("sign_in_started") && said.contains("\"level\":\"DEBUG\""), "something is logged");
    for library in ["h2", "hyper", "reqwest", "rustls", "sqlx", "tower_sessions"] {
        let lines = said.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a JSON object"));
        let mut of_it = lines.filter(|line| line["target"].as_str().is_some_and(|target| target.starts_with(library)));
        let told = of_it.find(|line| ["TRACE", "DEBUG"].iter().any(|level| line["level"] == *level));
        assert_eq!(told, None, "{library} is kept quiet, however exactly it is asked for");
    }
    // QQ's codes, tokens and openids are 32 upper-case hexadecimal digits.
    let is_secret =
        |word: &&str| word.len() >= 32 && word.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b));
    let words = said.split(|c: char| !c.is_ascii_alphanumeric()).filter(is_secret).count();
    assert_eq!(words, 0, "no code, token or openid of QQ's");
    for secret in ["canary-app-key", "canary@example.com", browser.session_id().expect("a session")] {
        assert!(!said.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn s55_a_deleted_person_is_signed_out_at_once_and_can_come_again() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    if std::env::var_os("TEST_ON_POSTGRES").is_none() {
        site.execute("PRAGMA foreign_keys = ON").await;
    }
    site.execute(&format!("DELETE FROM users WHERE username = '{username}'")).await;
    assert_eq!(browser.signed_in_as().await, None);
    assert_eq!((site.count("open_ids").await, site.count("email_addresses").await), (0, 0));
    assert_eq!(browser.sign_in(&username).await.location(), "/register");
}

#[tokio::test]
async fn s73_cookies_fit_a_browser_however_often_one_sets_out() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let next = format!("/?{}", "x".repeat(1000));
    for _ in 0..20 {
        browser.start_login(Some(&next)).await;
        for (name, value) in &browser.cookies {
            assert!(name.len() + value.len() < 4096, "{name}");
        }
        let all: usize = browser.cookies.iter().map(|(name, value)| name.len() + value.len()).sum();
        assert!(all < 8 * 1024 && browser.cookies.len() <= 11, "{all} bytes in {} cookies", browser.cookies.len());
    }
}

#[tokio::test]
async fn s78_s79_a_malformed_next_never_breaks_anything() {
    let site = TestSite::start().await;
    let long = format!("/{}", "a".repeat(8 * 1024));
    for next in
        ["%0d%0aSet-Cookie:%20a=b", "/%0d%0ax", "%00", "%ff%fe", "/%ff", "", "//", "/\u{7f}", "%F0%9F%90%A7", &long]
    {
        let mut browser = site.browser();
        for path in ["/login", "/login/qq", "/register"] {
            let answer = browser.get(&format!("{path}?next={next}")).await;
            assert!(answer.status < 500, "{path} {next}: {}", answer.status);
            assert!(answer.headers.get("set-cookie").is_none_or(|cookie| !cookie.as_bytes().starts_with(b"a=b")));
        }
        let authorize_url = browser.get(&format!("/login/qq?next={next}")).await.location().to_owned();
        let callback = browser.approve(&authorize_url, "Ann").await;
        browser.get(&callback).await;
        let answer = browser.post("/register/auto", &[]).await;
        assert_eq!((answer.status, answer.location()), (303, "/account"), "{next}");
        site.execute("DELETE FROM open_ids").await;
    }
}

#[tokio::test]
async fn s82_no_other_site_may_read_anything() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    for path in ["/", "/login", "/healthz", "/favicon.svg", "/api/check-username?username=x", "/nowhere"] {
        for method in [Method::GET, Method::OPTIONS] {
            let request = browser.request(method, path).header(ORIGIN, "https://evil.example");
            let answer = browser.send(request).await;
            let opened = answer.headers.keys().any(|name| name.as_str().starts_with("access-control-"));
            assert!(!opened, "{path}");
        }
    }
}

#[tokio::test]
async fn s85_what_is_too_large_or_of_another_kind_is_refused() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let form = "application/x-www-form-urlencoded";
    let long = format!("username={}", "x".repeat(17 * 1024));
    for (kind, body) in
        [(form, long.as_str()), ("application/json", "{}"), ("text/plain", "username=x"), ("multipart/form-data", "")]
    {
        let request = browser.request(Method::POST, "/register").header(CONTENT_TYPE, kind).body(body.to_owned());
        let status = browser.send(request).await.status;
        assert!((400..500).contains(&status), "{kind}: {status}");
    }
    for method in [Method::TRACE, Method::PUT, Method::DELETE, Method::PATCH] {
        let status = browser.send(browser.request(method.clone(), "/register")).await.status;
        assert!(matches!(status, 403 | 405), "{method}: {status}");
    }
    assert_eq!(site.count("users").await, 0);
    assert_eq!(browser.post("/register", &[("username", "ann"), ("email", "a@b.cd")]).await.location(), "/account");
}

#[tokio::test]
async fn s87_signing_in_does_not_forgive_earlier_requests() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "on")])).await;
    let mut browser = site.browser();
    let began = Instant::now();
    for _ in 0..50 {
        assert_eq!(browser.get("/login/qq/callback?code=x&state=y").await.status, 303);
    }
    browser.register_new_user().await;
    let mut more: u64 = 0;
    while browser.get("/login/qq").await.status != 429 {
        more += 1;
    }
    // Sixty at once and two a second.
    let let_through = 60 + 2 * began.elapsed().as_secs() + 2;
    assert!(50 + more <= let_through, "{more} more after fifty failures, of {let_through}");
}

/// The number that a setting of SQLite's has on a connection.
async fn setting(connection: &mut AnyConnection, pragma: &'static str) -> i64 {
    let row: (i64,) = sqlx::query_as(pragma).fetch_one(connection).await.expect(pragma);
    row.0
}

#[tokio::test]
async fn s97_every_connection_heeds_foreign_keys_and_waits_for_other_writers() {
    let site = TestSite::start().await;
    if site.database_file().is_none() {
        return; // To PostgreSQL, both go without saying.
    }
    let database = qq_login::database::open(&site.database_url).await.expect("the database");
    let mut connections = vec![];
    while connections.len() < 3 {
        connections.push(database.pool.acquire().await.expect("a connection"));
    }
    for connection in &mut connections {
        assert_eq!(setting(connection, "PRAGMA foreign_keys").await, 1);
        assert!(setting(connection, "PRAGMA busy_timeout").await > 0);
        // FULL: what was acknowledged outlives a power cut.
        assert_eq!(setting(connection, "PRAGMA synchronous").await, 2);
        let (mode,): (String,) =
            sqlx::query_as("PRAGMA journal_mode").fetch_one(&mut **connection).await.expect("a mode");
        assert_eq!(mode, "wal");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn s97_the_database_file_and_what_is_beside_it_are_its_owners_alone() {
    let site = TestSite::start().await;
    site.browser().register_new_user().await;
    let Some(file) = site.database_file() else { return };
    for suffix in ["", "-wal", "-shm"] {
        let path = format!("{}{suffix}", file.display());
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).expect("a file").permissions());
        assert_eq!(mode & 0o777, 0o600, "{path}");
    }
}

#[test]
fn s97_sql_is_never_put_together() {
    // sqlx takes fixed texts of SQL only, unless it is told that another one is safe.
    for file in rust_files("src".as_ref()) {
        let text = std::fs::read_to_string(&file).expect("a file");
        let is_test = file.starts_with("src/tests");
        assert!(is_test || !text.contains("AssertSqlSafe"), "{}", file.display());
    }
}

#[test]
fn s98_there_is_no_unsafe_code() {
    for file in ["src/lib.rs", "src/main.rs"] {
        let text = std::fs::read_to_string(file).expect("a file");
        assert!(text.contains("#![forbid(unsafe_code)]"), "{file}");
    }
}

fn rust_files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files.into_iter().chain(folders.iter().flat_map(|folder| rust_files(folder))).collect()
}
