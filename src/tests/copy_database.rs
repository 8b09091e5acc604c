//! A site moves to another database and back, and nothing is lost.

use qq_login::database::{CopyError, Database, Place, copy_database};
use sqlx::AnyConnection;
use sqlx::Connection;

use crate::support::TestSite;

/// Tables that belong to a database, not to a site.
const NOT_COPIED: [&str; 3] = ["readiness", "database_copies", "_sqlx_migrations"];

fn place(url: &str) -> Place<'_> {
    Place { url, name: url }
}

/// Copies a database. Returns the tables that have rows, with the number.
async fn copy(from: &str, to: &str) -> Result<Vec<(String, u64)>, CopyError> {
    let mut tables = Vec::new();
    copy_database(place(from), place(to), |table| tables.push((table.name.to_owned(), table.rows))).await?;
    Ok(tables.into_iter().filter(|(_, rows)| *rows > 0).collect())
}

/// The URL of an SQLite database that does not exist yet, beside the site's files.
fn new_file(site: &TestSite, name: &str) -> String {
    format!("sqlite://{}/{name}.db", site.folder().display())
}

#[tokio::test]
async fn site_goes_on_in_a_copy_and_in_a_copy_of_the_copy() {
    let site = TestSite::start().await;
    let mut ann = site.browser();
    ann.register("小明", "小明", "ann@example.com").await;
    let mut pending = site.browser();
    pending.sign_in("Newcomer").await;
    let there = new_file(&site, "there");
    let copied = copy(&site.database_url, &there).await.expect("a copy");
    let tables: Vec<&str> = copied.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(tables, ["companies", "users", "email_addresses", "open_ids", "avatars", "sessions", "spent_attempts"]);

    // Back, to the kind of database that the test runs on.
    let site = TestSite::start_on_database(async |url: &str| {
        assert_eq!(copy(&there, url).await.expect("a copy back"), copied);
    })
    .await;
    let mut ann = ann.moved_to(&site);
    assert_eq!(ann.signed_in_as().await.as_deref(), Some("小明"));
    let mut pending = pending.moved_to(&site);
    let registered = pending.post("/register", &[("username", "new"), ("email", "new@example.com")]).await;
    assert_eq!(registered.location(), "/account", "new rows get free ids");
    assert_eq!(site.count("users").await, 2);
}

#[tokio::test]
async fn repeated_copy_fetches_what_has_changed() {
    let site = TestSite::start().await;
    for number in 0..3 {
        site.browser().register(&format!("User {number}"), &format!("user{number}"), "same@example.com").await;
    }
    let there = new_file(&site, "there");
    copy(&site.database_url, &there).await.expect("a copy");
    // Two names change hands, one user leaves, one comes.
    for (id, key) in [(1, "tmp"), (2, "user0"), (1, "user1")] {
        site.execute(&format!("UPDATE users SET username = '{key}', username_key = '{key}' WHERE id = {id}")).await;
    }
    site.execute("DELETE FROM users WHERE id = 3").await;
    site.browser().register("User 4", "user4", "four@example.com").await;
    let copied = copy(&site.database_url, &there).await.expect("a second copy");
    assert!(copied.contains(&("users".to_owned(), 3)) && copied.contains(&("sessions".to_owned(), 3)), "{copied:?}");
}

#[tokio::test]
async fn tables_of_several_pages_are_copied() {
    let site = TestSite::start().await;
    // Recent ones, which the site does not purge.
    let now = site.now();
    let attempts: Vec<String> = (0..1203).map(|number| format!("('hash{number}', {})", now + number)).collect();
    site.execute(&format!("INSERT INTO spent_attempts (state_hash, spent_at) VALUES {}", attempts.join(", "))).await;
    let there = new_file(&site, "there");
    let copied = copy(&site.database_url, &there).await.expect("a copy");
    assert!(copied.contains(&("spent_attempts".to_owned(), 1203)), "{copied:?}");
    site.execute("DELETE FROM spent_attempts WHERE state_hash IN ('hash700', 'hash99')").await;
    site.execute(&format!("INSERT INTO spent_attempts (state_hash, spent_at) VALUES ('before', {now})")).await;
    let copied = copy(&site.database_url, &there).await.expect("a second copy");
    assert!(copied.contains(&("spent_attempts".to_owned(), 1202)), "{copied:?}");
}

#[tokio::test]
async fn interrupted_copy_is_continued() {
    let site = TestSite::start().await;
    site.browser().register("Ann", "ann", "ann@example.com").await;
    let there = new_file(&site, "there");
    copy(&site.database_url, &there).await.expect("a copy");
    // As after a crash in the middle.
    let mut connection = AnyConnection::connect(&there).await.expect("the copy");
    for table in ["sessions", "open_ids"] {
        sqlx::query(sqlx::AssertSqlSafe(format!("DELETE FROM {table}"))).execute(&mut connection).await.expect(table);
    }
    connection.close().await.expect("closed");
    let copied = copy(&site.database_url, &there).await.expect("the rest");
    assert!(copied.contains(&("sessions".to_owned(), 1)), "{copied:?}");
}

#[tokio::test]
async fn database_of_another_site_is_not_overwritten() {
    let (site, other) = (TestSite::start().await, TestSite::start().await);
    site.browser().register("Ann", "ann", "ann@example.com").await;
    other.browser().register("Bob", "bob", "bob@example.com").await;
    let to_other = copy(&site.database_url, &other.database_url).await;
    assert!(matches!(to_other, Err(CopyError::InUse)), "{to_other:?}");
    assert!(matches!(copy(&site.database_url, &site.database_url).await, Err(CopyError::SameDatabase)));
    assert!(matches!(copy(&new_file(&site, "none"), &new_file(&site, "x")).await, Err(CopyError::Source(_))));

    // A copy from one site is not continued from another one, nor after a site has begun to use it.
    let there = new_file(&site, "there");
    copy(&site.database_url, &there).await.expect("a copy");
    assert!(matches!(copy(&other.database_url, &there).await, Err(CopyError::InUse)));
    let database = Database::open(&there).await.expect("the copy");
    database.note_use().await.expect("noted");
    database.close().await;
    assert!(matches!(copy(&site.database_url, &there).await, Err(CopyError::InUse)));
    assert_eq!(other.query_texts("SELECT username FROM users").await, ["bob"]);
}

#[tokio::test]
async fn every_table_is_copied() {
    let site = TestSite::start().await;
    let names = if site.database_file().is_some() {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
    } else {
        "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = current_schema()"
    };
    let mut existing = site.query_texts(names).await;
    existing.retain(|name| !NOT_COPIED.contains(&name.as_str()));
    existing.sort();
    let mut copied = Vec::new();
    let there = new_file(&site, "there");
    copy_database(place(&site.database_url), place(&there), |table| copied.push(table.name)).await.expect("a copy");
    copied.sort_unstable();
    assert_eq!(copied, existing);
}
