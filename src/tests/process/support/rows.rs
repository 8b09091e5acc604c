//! What is found in the database.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, SqlSafeStr, SqlStr};

/// What must not be there: one without the other, or with too many of it.
const HALF_MADE: [&str; 5] = [
    "SELECT COUNT(*) FROM users WHERE (SELECT COUNT(*) FROM open_ids WHERE user_id = users.id) <> 1",
    "SELECT COUNT(*) FROM users WHERE (SELECT COUNT(*) FROM email_addresses WHERE user_id = users.id) \
     <> (username LIKE 'typed-%')",
    "SELECT COUNT(*) FROM open_ids WHERE user_id NOT IN (SELECT id FROM users)",
    "SELECT COUNT(*) FROM email_addresses WHERE user_id NOT IN (SELECT id FROM users)",
    "SELECT COUNT(*) FROM email_addresses JOIN users ON users.id = user_id \
     WHERE email <> username || '@example.com' OR verified OR NOT is_primary",
];

/// Expects a file in order with nothing half-made in it, and everybody in it who was told so. Names
/// at QQ are the user names, where those were typed. Gives the number of users in all.
pub(crate) async fn examine(database: &Path, acknowledged: &[String]) -> usize {
    let options = SqliteConnectOptions::new().filename(database);
    let mut connection = SqliteConnection::connect_with(&options).await.expect("the database");
    let said: Vec<(String,)> =
        sqlx::query_as("PRAGMA integrity_check").fetch_all(&mut connection).await.expect("an answer");
    assert_eq!(said, [("ok".to_owned(),)]);
    let strays = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut connection).await.expect("an answer");
    assert_eq!(strays.len(), 0, "rows that refer to nothing");
    for sql in HALF_MADE {
        assert_eq!(number(&mut connection, sql.into_sql_str()).await, 0, "{sql}");
    }
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT nickname, username FROM open_ids JOIN users ON users.id = user_id WHERE nickname <> ''")
            .fetch_all(&mut connection)
            .await
            .expect("rows");
    let known = BTreeMap::from_iter(rows);
    for name in acknowledged {
        let username = known.get(name).unwrap_or_else(|| panic!("{name} was told to be registered, and is not there"));
        assert!(!name.starts_with("typed-") || username == name, "{name} is there as {username}");
    }
    let users = number(&mut connection, "SELECT COUNT(*) FROM users".into_sql_str()).await;
    connection.close().await.expect("closed");
    usize::try_from(users).expect("a number")
}

async fn number(connection: &mut SqliteConnection, sql: SqlStr) -> i64 {
    let (number,): (i64,) = sqlx::query_as(sql).fetch_one(connection).await.expect("a number");
    number
}
