//! Databases of earlier versions are migrated, and their users can sign in. Databases of other programs are not changed.

use futures_util::future::join_all;
use qq_login::database::{
    CopyError, Database, DatabaseError, OpenError, Place, SchemaState, check_status, copy_database,
};
use sha2::{Digest, Sha256};
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, AssertSqlSafe, SqlStr};

use crate::support::{TestSite, options};

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

#[tokio::test]
async fn database_with_a_duplicate_unionid_is_migrated() {
    let prepare = async |url: &str| {
        create_database_at(url, SQLITE.len()).await;
        let pool = AnyPoolOptions::new().max_connections(1).connect(url).await.expect("a database");
        execute(
            &pool,
            "INSERT INTO users (username, username_key, lookalike_key, created_at) VALUES ('Ann2', 'ann2', 'ann2', 2)",
        )
        .await;
        execute(
            &pool,
            "INSERT INTO open_ids (user_id, company_id, openid, created_at) \
             SELECT id, 1, 'other', 2 FROM users WHERE username = 'Ann2'",
        )
        .await;
        execute(&pool, &format!("UPDATE open_ids SET unionid = '{}'", digest(&["unionid", "Ann"], "UID_"))).await;
        execute(&pool, "UPDATE open_ids SET openid = 'old' WHERE openid <> 'other'").await;
        pool.close().await;
    };
    let site = TestSite::start_on_database(prepare).await;
    let site = site.restart_with(options([("QQ_UNIONID", "on")])).await;
    let mut browser = site.browser();
    assert_eq!(browser.sign_in("Ann").await.location(), "/account");
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("Ann"), "the older account");
    assert_eq!((site.count("users").await, site.count("open_ids").await), (2, 3));
}

#[tokio::test]
async fn database_with_two_primary_addresses_is_migrated() {
    let prepare = async |url: &str| {
        create_database_at(url, SQLITE.len()).await;
        let pool = AnyPoolOptions::new().max_connections(1).connect(url).await.expect("a database");
        let second = "INSERT INTO email_addresses (user_id, email, verified, is_primary, created_at) \
                      SELECT id, 'second@example.com', false, true, 1 FROM users";
        execute(&pool, second).await;
        pool.close().await;
    };
    let site = TestSite::start_on_database(prepare).await;
    let primary = "SELECT email FROM email_addresses WHERE is_primary";
    assert_eq!(site.query_texts(primary).await, ["ann@example.com"]);
    let update = sqlx::query("UPDATE email_addresses SET is_primary = true").execute(&site.pool).await;
    assert!(update.is_err(), "a unique index allows one");
}

/// The sandbox's openid of Ann.
fn openid() -> String {
    digest(&["openid", "100000001", "Ann"], "")
}

/// An id of the sandbox.
fn digest(parts: &[&str], prefix: &str) -> String {
    let digest = Sha256::digest(parts.join("\0"));
    prefix.to_owned() + &digest.iter().take(16).map(|byte| format!("{byte:02X}")).collect::<String>()
}

/// Creates the database at schema `version`, with one user, Ann.
async fn create_database_at(url: &str, version: usize) {
    let pool = connect(url).await;
    let steps =
        if url.starts_with("sqlite") { SQLITE } else { POSTGRES }.into_iter().zip(1..).map(|((name, sql), version)| {
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

#[tokio::test]
async fn tables_of_the_next_version_can_be_used() {
    let prepare = async |url: &str| {
        Database::open(url).await.expect("the tables").close().await;
        let pool = connect(url).await;
        for sql in [
            "ALTER TABLE users ADD COLUMN motto TEXT",
            "CREATE TABLE mottos (user_id BIGINT PRIMARY KEY)",
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             SELECT 99, 'mottos', success, checksum, execution_time FROM _sqlx_migrations WHERE version = 2",
        ] {
            execute(&pool, sql).await;
        }
        pool.close().await;
        assert_eq!(check_status(url).await.expect("a state"), SchemaState::Newer);
        Database::open_existing(url).await.expect("for commands beside the site").close().await;
        let places = (Place { url, name: "old" }, Place { url: "sqlite::memory:", name: "new" });
        let copied = copy_database(places.0, places.1, |_| {}).await;
        assert!(matches!(copied, Err(CopyError::Source(OpenError::Newer))), "{copied:?}: tables would be missing");
    };
    let site = TestSite::start_on_database(prepare).await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("ann"));
    assert_eq!(browser.get("/readyz").await.status, 200);
    let next_version = "SELECT description FROM _sqlx_migrations WHERE version = 99";
    assert_eq!(site.query_texts(next_version).await, ["mottos"], "nothing was undone");
}

#[tokio::test]
async fn processes_that_start_at_once_migrate_the_database_once() {
    for round in 0..10 {
        let site = TestSite::start_on_database(async |url| {
            let opened = join_all((0..8).map(|_| Database::open(url))).await;
            for database in opened {
                let database = database.unwrap_or_else(|error| panic!("round {round}: {error}"));
                database.check_health().await.unwrap_or_else(|error| panic!("round {round}: {error}"));
                database.close().await;
            }
        })
        .await;
        assert_eq!(site.count("companies").await, 1, "round {round}");
    }
}

#[tokio::test]
async fn database_of_another_program_is_not_changed() {
    for sql in [
        &["CREATE TABLE users (id BIGINT)"][..],
        &["CREATE TABLE posts (id BIGINT)"],
        // It may use sqlx too.
        &[
            "CREATE TABLE _sqlx_migrations AS SELECT * FROM (SELECT 2026 AS version) AS other",
            "CREATE TABLE notes (id BIGINT)",
        ],
    ] {
        TestSite::start_on_database(async |url| {
            let path = url.strip_prefix("sqlite://").map(str::to_owned);
            let content = || path.as_ref().map(|path| std::fs::read(path).expect("the file"));
            let pool = connect(url).await;
            for sql in sql {
                execute(&pool, sql).await;
            }
            pool.close().await;
            let before = content();
            let state = check_status(url).await.expect("a state");
            assert!(matches!(state, SchemaState::Foreign(_)), "{sql:?}: {state:?}");
            let error = Database::open(url).await.err().expect("an error");
            assert!(matches!(error, DatabaseError::Foreign(_)), "{sql:?}: {error}");
            assert_eq!(content(), before, "{sql:?}");
            // Without the tables, a site can start.
            let pool = connect(url).await;
            for table in ["users", "posts", "notes", "_sqlx_migrations"] {
                execute(&pool, &format!("DROP TABLE IF EXISTS {table}")).await;
            }
            pool.close().await;
        })
        .await;
    }
}

/// Connects to the database at `url`, and creates its file if needed.
async fn connect(url: &str) -> AnyPool {
    sqlx::any::install_default_drivers();
    let url = if url.starts_with("sqlite") { format!("{url}?mode=rwc") } else { url.to_owned() };
    AnyPoolOptions::new().max_connections(1).connect(&url).await.expect("a database")
}
