//! Checks the database for damage and incomplete registrations.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, SqlSafeStr, SqlStr};

/// Count rows that violate a rule: every user has one openid, and one email address if the username was typed.
const INCOMPLETE: [&str; 5] = [
    "SELECT COUNT(*) FROM users WHERE (SELECT COUNT(*) FROM open_ids WHERE user_id = users.id) <> 1",
    "SELECT COUNT(*) FROM users WHERE (SELECT COUNT(*) FROM email_addresses WHERE user_id = users.id) \
     <> (username LIKE 'typed-%')",
    "SELECT COUNT(*) FROM open_ids WHERE user_id NOT IN (SELECT id FROM users)",
    "SELECT COUNT(*) FROM email_addresses WHERE user_id NOT IN (SELECT id FROM users)",
    "SELECT COUNT(*) FROM email_addresses JOIN users ON users.id = user_id \
     WHERE email <> username || '@example.com' OR verified OR NOT is_primary",
];

/// Checks that the file is intact, no registration is incomplete, and every acknowledged one exists. Takes the QQ names
/// of the acknowledged users; typed usernames equal them. Returns the number of users.
pub(crate) async fn check_database(database: &Path, acknowledged: &[String]) -> usize {
    let options = SqliteConnectOptions::new().filename(database);
    let mut connection = SqliteConnection::connect_with(&options).await.expect("the database");
    let integrity: Vec<(String,)> =
        sqlx::query_as("PRAGMA integrity_check").fetch_all(&mut connection).await.expect("a result");
    assert_eq!(integrity, [("ok".to_owned(),)]);
    let dangling = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut connection).await.expect("a result");
    assert_eq!(dangling.len(), 0, "rows with dangling references");
    for sql in INCOMPLETE {
        assert_eq!(query_number(&mut connection, sql.into_sql_str()).await, 0, "{sql}");
    }
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT nickname, username FROM open_ids JOIN users ON users.id = user_id WHERE nickname <> ''")
            .fetch_all(&mut connection)
            .await
            .expect("rows");
    let usernames = BTreeMap::from_iter(rows);
    for name in acknowledged {
        let username = usernames.get(name).unwrap_or_else(|| panic!("the acknowledged user {name} is missing"));
        assert!(!name.starts_with("typed-") || username == name, "{name} has the username {username}");
    }
    let users = query_number(&mut connection, "SELECT COUNT(*) FROM users".into_sql_str()).await;
    connection.close().await.expect("closed");
    usize::try_from(users).expect("a number")
}

async fn query_number(connection: &mut SqliteConnection, sql: SqlStr) -> i64 {
    let (number,): (i64,) = sqlx::query_as(sql).fetch_one(connection).await.expect("a number");
    number
}
