//! The site behind PgBouncer, and what the doctor says about it. On SQLite, there is nothing to test.

use futures_util::future::join_all;
use qq_login::doctor::{CheckName, Status};

use crate::doctor::{result, run};
use crate::support::{Browser, PoolMode, Pooler, TestSite, options};

/// Fewer than the site opens, so that transactions really change connections.
const SERVER_CONNECTIONS: u8 = 3;
const BROWSERS: usize = 12;

async fn start_on_postgres() -> Option<TestSite> {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "1000")])).await;
    site.database_file().is_none().then_some(site)
}

/// What the operator sets for the site's user; here, only for this database.
async fn alter_settings(site: &TestSite) {
    let name = site.database_url.rsplit('/').next().expect("a name");
    for (setting, value) in [
        ("synchronous_commit", "on"),
        ("lock_timeout", "5s"),
        ("statement_timeout", "30s"),
        ("idle_in_transaction_session_timeout", "30s"),
    ] {
        site.execute(&format!("ALTER DATABASE {name} SET {setting} = '{value}'")).await;
    }
}

/// Registers a user, uses the account, lets the token be refreshed, signs out and signs in again.
async fn use_site(mut browser: Browser, number: usize) {
    let name = format!("user-{number}");
    let registration = browser.register(&name, &name, &format!("{name}@example.com")).await;
    assert_eq!(registration.location(), "/account", "{name}: {} {}", registration.status, registration.body);
    let page = browser.get("/account").await;
    assert_eq!((page.status, page.text_by_test_id("username")), (200, Some(name.clone())));
    assert_eq!(browser.get("/account/sessions").await.status, 200);
    let renamed = format!("renamed-{number}");
    assert_eq!(browser.post("/account/username", &[("username", &renamed)]).await.status, 303);
    assert_eq!(browser.post("/logout", &[]).await.location(), "/");
    assert_eq!(browser.get("/account").await.location(), "/login?next=/account");
    assert_eq!(browser.sign_in(&name).await.location(), "/account");
    assert_eq!(browser.signed_in_as().await, Some(renamed));
}

async fn use_site_through(site: &TestSite, database_url: &str) {
    let port = site.start_replica_with(options([("DATABASE_URL", database_url)])).await;
    let browsers = (0..BROWSERS).map(|number| use_site(site.browser().via_port(port), number));
    join_all(browsers).await;
    assert_eq!(site.count("users").await, i64::try_from(BROWSERS).expect("a number"));
    assert_eq!(site.browser().via_port(port).get("/readyz").await.body, "ok\n");
}

#[tokio::test]
async fn site_works_with_session_pooling() {
    let Some(site) = start_on_postgres().await else { return };
    let pooler = Pooler::start(&site, "sessions", PoolMode::Session, 20).await;
    use_site_through(&site, &pooler.url).await;
    let (_, text) = result(&run(&site, &[("DATABASE_URL", &pooler.url)]).await, CheckName::Database);
    assert!(text.contains("up to date") && !text.contains("lock_timeout"), "{text}");
}

#[tokio::test]
async fn site_works_with_transaction_pooling_and_resets() {
    let Some(site) = start_on_postgres().await else { return };
    let pooler = Pooler::start(&site, "transactions", PoolMode::TransactionWithReset, SERVER_CONNECTIONS).await;
    use_site_through(&site, &pooler.url_without_statement_cache()).await;
}

#[tokio::test]
async fn readiness_reports_a_busy_database_with_transaction_pooling() {
    let Some(site) = start_on_postgres().await else { return };
    let pooler = Pooler::start(&site, "transactions", PoolMode::TransactionWithReset, SERVER_CONNECTIONS).await;
    let url = pooler.url_without_statement_cache();
    let port = site.start_replica_with(options([("DATABASE_URL", &url)])).await;
    site.execute("BEGIN").await;
    site.execute("LOCK TABLE readiness IN EXCLUSIVE MODE").await;
    let mut browser = site.browser().via_port(port);
    let response = loop {
        let response = browser.get("/readyz").await;
        if response.status == 503 {
            break response;
        }
    };
    assert_eq!(response.body, "the database is busy\n");
    site.execute("ROLLBACK").await;
}

#[tokio::test]
async fn database_is_migrated_with_transaction_pooling() {
    let Some(site) = start_on_postgres().await else { return };
    let migrations = site.count("_sqlx_migrations").await;
    site.execute("DROP SCHEMA public CASCADE").await;
    site.execute("CREATE SCHEMA public").await;
    let pooler = Pooler::start(&site, "transactions", PoolMode::TransactionWithReset, SERVER_CONNECTIONS).await;
    let url = pooler.url_without_statement_cache();
    // Several instances start at the same time.
    let start = || site.start_replica_with(options([("DATABASE_URL", &url)]));
    join_all([start(), start(), start()]).await;
    assert_eq!(site.count("_sqlx_migrations").await, migrations);
}

#[tokio::test]
async fn doctor_names_the_settings_that_a_pooler_resets() {
    let Some(site) = start_on_postgres().await else { return };
    let pooler = Pooler::start(&site, "before", PoolMode::TransactionWithReset, SERVER_CONNECTIONS).await;
    let url = pooler.url_without_statement_cache();
    let (status, text) = result(&run(&site, &[("DATABASE_URL", &url)]).await, CheckName::Database);
    assert_eq!(status, Status::Warning, "{text}");
    assert!(text.contains("lock_timeout = 0, statement_timeout = 0"), "{text}");
    assert!(text.contains("may lose changes that were saved (synchronous_commit, fsync"), "{text}");
    assert!(text.contains("ALTER ROLE … SET lock_timeout = '5s'; ALTER ROLE … SET statement_timeout"), "{text}");
    let (_, text) = result(&run(&site, &[("DATABASE_URL", &url), ("LANG", "zh_CN")]).await, CheckName::Database);
    assert!(text.contains("网站所需的设置未生效（lock_timeout = 0"), "{text}");

    alter_settings(&site).await;
    let pooler = Pooler::start(&site, "after", PoolMode::TransactionWithReset, SERVER_CONNECTIONS).await;
    let url = pooler.url_without_statement_cache();
    let (_, text) = result(&run(&site, &[("DATABASE_URL", &url)]).await, CheckName::Database);
    assert!(text.contains("up to date") && !text.contains("lock_timeout"), "{text}");
    assert!(text.contains("(fsync, full_page_writes = off)"), "{text}");
}

#[tokio::test]
async fn doctor_rejects_a_pooler_that_loses_prepared_statements() {
    let Some(site) = start_on_postgres().await else { return };
    let pooler = Pooler::start(&site, "transactions", PoolMode::Transaction, SERVER_CONNECTIONS).await;
    let reset = Pooler::start(&site, "reset", PoolMode::TransactionWithReset, SERVER_CONNECTIONS).await;
    for url in [&pooler.url, &pooler.url_without_statement_cache(), &reset.url] {
        let (status, text) = result(&run(&site, &[("DATABASE_URL", url)]).await, CheckName::Database);
        assert!(status == Status::Error && text.contains("loses prepared statements"), "{url}: {text}");
    }
}
