//! Settings of database connections, and permissions of the SQLite file.

use qq_login::database::QueryError;
use sqlx::AnyConnection;

use crate::support::TestSite;

/// Reads a numeric SQLite setting of the connection.
async fn pragma_value(connection: &mut AnyConnection, pragma: &'static str) -> i64 {
    let row: (i64,) = sqlx::query_as(pragma).fetch_one(connection).await.expect(pragma);
    row.0
}

#[tokio::test]
async fn postgres_connections_have_time_limits_and_durable_commits() {
    let site = TestSite::start().await;
    if site.database_file().is_some() {
        return;
    }
    // The server of the tests has synchronous_commit=off.
    let database = site.open_database().await;
    let limits = "SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings WHERE name IN \
                  ('lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout', 'synchronous_commit')";
    let mut connections = Vec::new();
    for _ in 0..3 {
        let mut connection = database.pool().acquire().await.expect("a connection");
        let row: (String,) = sqlx::query_as(limits).fetch_one(&mut *connection).await.expect("the settings");
        assert_eq!(
            row.0,
            "idle_in_transaction_session_timeout=30000 lock_timeout=5000 statement_timeout=30000 synchronous_commit=on"
        );
        connections.push(connection);
    }
}

#[tokio::test]
async fn s97_every_connection_has_its_settings() {
    let site = TestSite::start().await;
    if site.database_file().is_none() {
        return; // PostgreSQL has others.
    }
    let database = site.open_database().await;
    for _ in 0..3 {
        let mut reader = database.pool().acquire().await.expect("a connection");
        assert!(pragma_value(&mut reader, "PRAGMA busy_timeout").await > 0);
        assert_eq!(pragma_value(&mut reader, "PRAGMA query_only").await, 1);
    }
    let check = database.write(|connection| {
        Box::pin(async {
            assert_eq!(pragma_value(connection, "PRAGMA foreign_keys").await, 1);
            assert_eq!(pragma_value(connection, "PRAGMA secure_delete").await, 1);
            assert!(pragma_value(connection, "PRAGMA busy_timeout").await > 0);
            // FULL: committed transactions survive a power loss.
            assert_eq!(pragma_value(connection, "PRAGMA synchronous").await, 2);
            let (mode,): (String,) =
                sqlx::query_as("PRAGMA journal_mode").fetch_one(&mut *connection).await.expect("a mode");
            assert_eq!(mode, "wal");
            Ok::<_, QueryError>(())
        })
    });
    check.await.expect("the settings");
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
