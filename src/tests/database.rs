//! Settings and permissions of the SQLite database.

use sqlx::AnyConnection;

use crate::support::TestSite;

/// Reads a numeric SQLite setting of the connection.
async fn pragma_value(connection: &mut AnyConnection, pragma: &'static str) -> i64 {
    let row: (i64,) = sqlx::query_as(pragma).fetch_one(connection).await.expect(pragma);
    row.0
}

#[tokio::test]
async fn s97_every_connection_enforces_foreign_keys_and_sets_busy_timeout() {
    let site = TestSite::start().await;
    if site.database_file().is_none() {
        return; // PostgreSQL always does both.
    }
    let database = qq_login::database::open(&site.database_url).await.expect("the database");
    let mut connections = vec![];
    while connections.len() < 3 {
        connections.push(database.pool.acquire().await.expect("a connection"));
    }
    for connection in &mut connections {
        assert_eq!(pragma_value(connection, "PRAGMA foreign_keys").await, 1);
        assert!(pragma_value(connection, "PRAGMA busy_timeout").await > 0);
        // FULL: committed transactions survive a power loss.
        assert_eq!(pragma_value(connection, "PRAGMA synchronous").await, 2);
        let (mode,): (String,) =
            sqlx::query_as("PRAGMA journal_mode").fetch_one(&mut **connection).await.expect("a mode");
        assert_eq!(mode, "wal");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn s97_database_files_are_accessible_to_their_owner_only() {
    let site = TestSite::start().await;
    site.browser().register_new_user().await;
    let Some(file) = site.database_file() else { return };
    for suffix in ["", "-wal", "-shm"] {
        let path = format!("{}{suffix}", file.display());
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).expect("a file").permissions());
        assert_eq!(mode & 0o777, 0o600, "{path}");
    }
}
