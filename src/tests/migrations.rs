//! Databases of earlier versions are migrated, and their users can sign in.

use sha2::{Digest, Sha256};
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, AssertSqlSafe, SqlStr};

use crate::support::TestSite;

const SQLITE: [(&str, &str); 3] = [
    ("accounts", include_str!("../../migrations/sqlite/0001_accounts.sql")),
    ("sessions", include_str!("../../migrations/sqlite/0002_sessions.sql")),
    ("permissions", include_str!("../../migrations/sqlite/0003_permissions.sql")),
];
const POSTGRES: [(&str, &str); 3] = [
    ("accounts", include_str!("../../migrations/postgres/0001_accounts.sql")),
    ("sessions", include_str!("../../migrations/postgres/0002_sessions.sql")),
    ("permissions", include_str!("../../migrations/postgres/0003_permissions.sql")),
];

/// Rows for the tables that each version added.
const ROWS: [&[&str]; 3] = [
    &[
        "INSERT INTO users (username, username_key, lookalike_key, created_at) VALUES ('Ann', 'ann', 'ann', 1)",
        "INSERT INTO email_addresses (user_id, email, verified, is_primary, created_at) \
         SELECT id, 'ann@example.com', true, true, 1 FROM users",
    ],
    &[
        "INSERT INTO sessions (id_hash, user_id, data, created_at, last_seen_at) SELECT 'hash', id, '', 1, 1 FROM users",
        "INSERT INTO spent_attempts (state_hash, spent_at) VALUES ('hash', 1)",
    ],
    &["INSERT INTO avatars (hash, picture, kept_at) VALUES ('hash', '', 1)"],
];

/// The sandbox's openid of Ann.
fn openid() -> String {
    let digest = Sha256::digest(["openid", "100000001", "Ann"].join("\0"));
    digest.iter().take(16).map(|byte| format!("{byte:02X}")).collect()
}

/// Creates the database at schema `version`, with one user, Ann.
async fn create_database_at(url: &str, version: usize) {
    sqlx::any::install_default_drivers();
    let is_sqlite = url.starts_with("sqlite");
    let url = if is_sqlite { format!("{url}?mode=rwc") } else { url.to_owned() };
    let pool = AnyPoolOptions::new().max_connections(1).connect(&url).await.expect("a database");
    let steps = if is_sqlite { SQLITE } else { POSTGRES }.into_iter().zip(1..).map(|((name, sql), version)| {
        Migration::new(version, name.into(), MigrationType::Simple, SqlStr::from_static(sql), false)
    });
    Migrator::with_migrations(steps.take(version).collect()).run(&pool).await.expect("migrated tables");
    for sql in ROWS.iter().take(version).copied().flatten() {
        execute(&pool, sql).await;
    }
    let openid = openid();
    let identity = "INSERT INTO open_ids (user_id, company_id, openid, created_at)";
    execute(&pool, &format!("{identity} SELECT id, 1, '{openid}', 1 FROM users")).await;
    pool.close().await;
}

async fn execute(pool: &AnyPool, sql: &str) {
    sqlx::query(AssertSqlSafe(sql.to_owned())).execute(pool).await.expect(sql);
}

#[tokio::test]
async fn s97_database_of_any_earlier_version_is_migrated_and_users_sign_in() {
    for version in 1..=SQLITE.len() {
        let site = TestSite::start_on_database(async |url| create_database_at(url, version).await).await;
        let mut browser = site.browser();
        assert_eq!(browser.sign_in("Ann").await.location(), "/account", "from version {version}");
        let page = browser.get("/account").await;
        assert_eq!(page.text_by_test_id("username").as_deref(), Some("Ann"), "from version {version}");
        assert_eq!(page.text_by_test_id("nickname").as_deref(), Some("Ann"), "from version {version}");
        assert!(page.body.contains("ann@example.com"), "from version {version}");
        assert!(page.body.contains("<img src=\"/avatar/"), "from version {version}");
        assert_eq!((site.count("users").await, site.count("open_ids").await), (1, 1), "from version {version}");
        assert_eq!(browser.get("/readyz").await.status, 200, "from version {version}");
        assert_eq!(site.browser().sign_in("Bob").await.location(), "/register", "from version {version}");
    }
}
